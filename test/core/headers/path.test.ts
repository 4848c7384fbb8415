import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readPath(ptr: number, len: number, segments: number, target: number, out: number): number;
  matchesPrefix(path: number, pathLen: number, prefix: number, prefixLen: number): number;
  segmentsOf(prefix: number, prefixLen: number): number;
  PATH_BYTES_MAX: WebAssembly.Global;
}

const RESULTS = [
  "ok",
  "too long",
  "form",
  "escape",
  "control",
  "separator",
  "twice encoded",
  "ascent",
  "segment",
] as const;

const probe = await loadCore<Exports>();
const { core } = probe;
const BYTES_MAX = Number(core.PATH_BYTES_MAX.value);

beforeEach(() => {
  probe.reset();
});

/** The path that rules see, or why there is none. Rules compare `segments` segments. */
function read(path: string, segments = 2): string {
  probe.reset();
  const target = probe.room(BYTES_MAX + 1);
  const out = probe.room(4);
  const result = core.readPath(probe.put(path), path.length, segments, target, out);
  expect(probe.bytes(target + BYTES_MAX, 1)[0]).toBe(0);
  if (result !== 0) return `refused: ${RESULTS[result] ?? "unknown"}`;
  return probe.text(target, probe.view().getUint32(out, true));
}

describe("the path that rules see", () => {
  const accepted: [path: string, seen: string][] = [
    ["/", "/"],
    ["/healthz", "/healthz"],
    ["/healthz/", "/healthz/"],
    ["/a/b/c", "/a/b/c"],
    ["/a?b/../c", "/a"],
    ["/a#b", "/a"],
    ["/a?b#c", "/a"],
    ["/a#b?c", "/a"],
    ["/?", "/"],
    ["/%68ealth%7A", "/healthz"],
    ["/%41%42", "/AB"],
    ["/a%20b", "/a b"],
    ["/a%3Fb", "/a?b"],
    ["/a%23b", "/a#b"],
    ["/a%25b", "/a%b"],
    ["/a%2561", "/a%61"],
    ["/caf%C3%A9", "/caf\xc3\xa9"],
    ["/caf\xc3\xa9", "/caf\xc3\xa9"],
    ["/.", "/"],
    ["/./", "/"],
    ["/./a", "/a"],
    ["/a/.", "/a/"],
    ["/a/./b", "/a/b"],
    ["/a/..", "/"],
    ["/a/../", "/"],
    ["/a/../b", "/b"],
    ["/a/b/..", "/a/"],
    ["/a/b/../../c", "/c"],
    ["/a/%2e%2E/b", "/b"],
    ["/a/.%2e/b", "/b"],
    ["/a/%2e/b", "/a/b"],
    ["/...", "/..."],
    ["/..a", "/..a"],
    ["/a..", "/a.."],
    ["*", "/"],
    ["*?q", "/"],
    ["http://example.test", "/"],
    ["http://example.test?q", "/"],
    ["http://example.test/", "/"],
    ["http://example.test/a/../b?q", "/b"],
    ["HTTPS://example.test:8443/a", "/a"],
    ["a+b-c.d://x/y", "/y"],
    ["/a/b//c", "/a/b//c"],
    ["/a/b/c;v=1", "/a/b/c;v=1"],
    ["/a/b//", "/a/b//"],
  ];
  test.each(accepted)("%s is %s", (path, seen) => {
    expect(read(path)).toBe(seen);
  });

  const refused: [path: string, why: (typeof RESULTS)[number]][] = [
    ["", "form"],
    ["a", "form"],
    ["a/b", "form"],
    ["?q", "form"],
    ["**", "form"],
    ["*/a", "form"],
    ["://x/y", "form"],
    ["http:/x", "form"],
    ["http:", "form"],
    ["http:/", "form"],
    ["http://", "form"],
    ["http:///a", "form"],
    ["http://a\\b/c", "form"],
    ["http://a b/c", "form"],
    [`${"s".repeat(33)}://x/y`, "form"],
    ["/%", "escape"],
    ["/%2", "escape"],
    ["/%zz", "escape"],
    ["/%4g", "escape"],
    ["/a%/b", "escape"],
    ["/a%2/b", "escape"],
    ["/%%32%66", "escape"],
    ["/a%00", "control"],
    ["/a\0b", "control"],
    ["/a%0a", "control"],
    ["/a%1F", "control"],
    ["/a%7f", "control"],
    ["/a\x7f", "control"],
    ["/a\tb", "control"],
    ["/a%2fb", "separator"],
    ["/a%2Fb", "separator"],
    ["/a%5cb", "separator"],
    ["/a%5Cb", "separator"],
    ["/a\\b", "separator"],
    ["/a/..%2fb", "separator"],
    ["/a%252fb", "twice encoded"],
    ["/a%252Fb", "twice encoded"],
    ["/a%255cb", "twice encoded"],
    ["/a%2500", "twice encoded"],
    ["/a/%252e%252e/b", "twice encoded"],
    ["/a%25%32%66", "twice encoded"],
    ["/a%252%66", "twice encoded"],
    ["/..", "ascent"],
    ["/../a", "ascent"],
    ["/a/../..", "ascent"],
    ["/a/../../b", "ascent"],
    ["/%2e%2e/a", "ascent"],
    ["/./..", "ascent"],
    ["/a/b//../c", "ascent"],
    ["/a/b/c;v/../d", "ascent"],
    ["//", "segment"],
    ["//a", "segment"],
    ["/a//b", "segment"],
    ["/;a", "segment"],
    ["/a;b/c", "segment"],
    ["/a;b/../c", "segment"],
    ["/a/b;c", "segment"],
    ["/a/%3bc", "segment"],
    ["/a/b/c/..;/d", "segment"],
    ["/a/b/c/..;x=1/d", "segment"],
    ["/a/b/c/.;/d", "segment"],
    ["/a/b/c/%2e%2e%3b/d", "segment"],
  ];
  test.each(refused)("%s is refused: %s", (path, why) => {
    expect(read(path)).toBe(`refused: ${why}`);
  });

  test("how far empty segments and parameters are refused is the caller's", () => {
    expect(read("/a;b//c", 0)).toBe("/a;b//c");
    expect(read("/a;b//c", 1)).toBe("refused: segment");
    expect(read("/a//c", 1)).toBe("/a//c");
    expect(read("/a//c", 2)).toBe("refused: segment");
  });

  test("is bounded", () => {
    expect(read(`/${"a".repeat(BYTES_MAX - 1)}`)).toHaveLength(BYTES_MAX);
    expect(read(`/${"a".repeat(BYTES_MAX)}`)).toBe("refused: too long");
    expect(read("/a".repeat(BYTES_MAX / 2))).toHaveLength(BYTES_MAX);
    expect(read("/a/..".repeat(1638))).toBe("/");
  });

  test("is that of an absolute URI, which is never taken as it stands", () => {
    const odd = [
      "",
      "?",
      "#",
      "%41",
      "%",
      ";",
      "//",
      "/.",
      "/..",
      "/.a",
      "\\",
      "\0",
      "\x1f",
      "\x7f",
      "/",
    ];
    for (let len = 0; len < 70; len++) {
      for (const piece of odd) {
        for (let at = 0; at <= len; at += 1 + (len >> 4)) {
          const text = `/${"a".repeat(at)}${piece}${"b".repeat(len - at)}`;
          expect(read(text)).toBe(read(`http://h${text}`));
        }
      }
    }
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...Array.from("ab~/.%;?#\\")), { maxLength: 60 }),
        (tail) => {
          const text = `/${tail.join("")}`;
          expect(read(text)).toBe(read(`http://h${text}`));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("is a path without dot segments that is read as itself, for any input", () => {
    const piece = fc.constantFrom(
      ...Array.from("abA/.;%?#*\\:\0\x7f\xff 25efF0"),
      "..",
      "/../",
      "/./",
      "%2e",
      "%2f",
      "%25",
      "http://",
    );
    const path = fc
      .array(piece, { maxLength: 30 })
      .map((pieces) => pieces.join(""))
      .chain((text) => fc.constantFrom(text, `/${text}`));
    let accepted = 0;
    fc.assert(
      fc.property(path, fc.integer({ min: 0, max: 3 }), (text, segments) => {
        const seen = read(text, segments);
        if (seen.startsWith("refused")) return;
        accepted++;
        expect(seen).toMatch(/^\//);
        expect(seen.split("/")).not.toContain("..");
        expect(seen.split("/")).not.toContain(".");
        expect(seen).not.toMatch(/[\0-\x1f\x7f\\]|%(00|2e|2f|5c)|\/\.{1,2};/i);
        const again = seen.replaceAll("%", "%25").replaceAll("?", "%3f").replaceAll("#", "%23");
        expect(read(again, segments)).toBe(seen);
      }),
      { numRuns: 5000 },
    );
    expect(accepted).toBeGreaterThan(500);
  });
});

describe("a prefix", () => {
  const cases: [path: string, prefix: string, matches: boolean][] = [
    ["/", "/", true],
    ["/a", "/", true],
    ["/a/b", "/", true],
    ["/healthz", "/healthz", true],
    ["/healthz/", "/healthz", true],
    ["/healthz/live", "/healthz", true],
    ["/healthzadmin", "/healthz", false],
    ["/health", "/healthz", false],
    ["/Healthz", "/healthz", false],
    ["/", "/healthz", false],
    ["/a", "/a/", true],
    ["/a/", "/a/", true],
    ["/a/b", "/a/", true],
    ["/ab", "/a/", false],
    ["/a/b/c", "/a/b", true],
    ["/a/bc", "/a/b", false],
  ];
  test.each(cases)("%s under %s: %s", (path, prefix, matches) => {
    const arguments_ = [probe.put(path), path.length, probe.put(prefix), prefix.length] as const;
    expect(core.matchesPrefix(...arguments_) === 1).toBe(matches);
  });

  const counts: [prefix: string, segments: number][] = [
    ["/", 0],
    ["/a", 1],
    ["/a/", 1],
    ["/a/b", 2],
    ["/a/b/c/", 3],
  ];
  test.each(counts)("%s compares %i segments", (prefix, segments) => {
    expect(core.segmentsOf(probe.put(prefix), prefix.length)).toBe(segments);
  });
});
