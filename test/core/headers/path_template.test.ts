import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  matchesTemplate(path: number, pathLen: number, template: number, templateLen: number): number;
  matchesSuffix(path: number, pathLen: number, suffix: number, suffixLen: number): number;
  templateHeadLen(ptr: number, len: number): number;
  writeCaptures(
    path: number,
    pathLen: number,
    template: number,
    templateLen: number,
    target: number,
  ): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;

beforeEach(() => {
  probe.reset();
});

/** Templates here have `*` for a segment and `**` for the rest; compiled they have marks. */
const compile = (template: string): string =>
  template.replaceAll("**", "\x02").replaceAll("*", "\x01");

function matches(path: string, template: string): boolean {
  probe.reset();
  const compiled = compile(template);
  // A mark that is behind the template must not be seen.
  const at = probe.put(`${compiled}\x02`);
  return core.matchesTemplate(probe.put(path), path.length, at, compiled.length) === 1;
}

function model(path: string, template: string): boolean {
  const source = template
    .split("/")
    .slice(1)
    .map((segment) => {
      if (segment === "**") return "(/[^]*)?";
      return segment === "*" ? "/[^/]+" : `/${segment.replaceAll(".", "\\.")}`;
    });
  return new RegExp(`^${source.join("")}$`).test(path);
}

describe("a template", () => {
  const cases: [path: string, template: string, matches: boolean][] = [
    ["/", "/", true],
    ["/a", "/", false],
    ["/", "/a", false],
    ["/a", "/a", true],
    ["/a/", "/a", false],
    ["/a", "/a/", false],
    ["/a/", "/a/", true],
    ["/ab", "/a", false],
    ["/a", "/*", true],
    ["/", "/*", false],
    ["/a/", "/*", false],
    ["/a/b", "/*", false],
    ["/a/b", "/*/*", true],
    ["/a//", "/a/*/", false],
    ["/a/x/b", "/a/*/b", true],
    ["/a//b", "/a/*/b", false],
    ["/a/x/y/b", "/a/*/b", false],
    ["/", "/**", true],
    ["/a/b", "/**", true],
    ["/a", "/a/**", true],
    ["/a/", "/a/**", true],
    ["/a/b/c", "/a/**", true],
    ["/ab", "/a/**", false],
    ["/", "/a/**", false],
    ["/a", "/*/**", true],
    ["/", "/*/**", false],
  ];
  test.each(cases)("%s is one of %s: %s", (path, template, expected) => {
    expect(model(path, template)).toBe(expected);
    expect(matches(path, template)).toBe(expected);
  });

  test("is a regular expression, for any path", () => {
    const segment = fc.constantFrom(
      "",
      "a",
      "b",
      "ab",
      "a-segment-of-more-than-sixteen-bytes",
      "..",
    );
    const path = fc.array(segment, { minLength: 1, maxLength: 5 });
    const template = fc
      .tuple(
        fc.array(fc.oneof(segment, fc.constant("*")), { maxLength: 4 }),
        fc.oneof(segment, fc.constantFrom("*", "**")),
      )
      .map(([begin, last]) => [...begin, last]);
    let matched = 0;
    fc.assert(
      fc.property(path, template, (segments, parts) => {
        const text = `/${segments.join("/")}`;
        const pattern = `/${parts.join("/")}`;
        expect(matches(text, pattern)).toBe(model(text, pattern));
        if (model(text, pattern)) matched++;
      }),
      { numRuns: 5000 },
    );
    expect(matched).toBeGreaterThan(200);
  });

  const heads: [template: string, head: string][] = [
    ["/a/b", "/a/b"],
    ["/a/b/", "/a/b/"],
    ["/a/*/b", "/a"],
    ["/a/b/**", "/a/b"],
    ["/*", "/"],
    ["/**", "/"],
    ["/", "/"],
  ];
  test.each(heads)("%s begins with %s", (template, head) => {
    const compiled = compile(template);
    const len = core.templateHeadLen(probe.put(compiled), compiled.length);
    expect(template.slice(0, len)).toBe(head);
  });
});

const NONE = 0xffff_ffff;

/** What stands for each `*`; null when the path is none of the template's. `-` is one uncounted. */
function captures(path: string, template: string): string | null {
  probe.reset();
  const compiled = compile(template).replaceAll("-", "\x03");
  const target = probe.room(path.length + 16);
  const at = probe.put(`${compiled}\x02`);
  const arguments_ = [probe.put(path), path.length, at, compiled.length] as const;
  const length = core.writeCaptures(...arguments_, target) >>> 0;
  expect(probe.bytes(target + path.length, 16).every((byte) => byte === 0)).toBe(true);
  return length === NONE ? null : probe.text(target, length);
}

describe("what stands in a path for the segments of a template", () => {
  const cases: [path: string, template: string, captured: string | null][] = [
    ["/v1/acme", "/v1/*", "acme"],
    ["/v1/acme/orders/7", "/v1/*/orders/*", "acme/7"],
    ["/v1/acme/orders/7", "/v1/*/orders/-", "acme"],
    ["/v1/acme/x/y/z", "/v1/*/**", "acme"],
    ["/v1/acme", "/v1/*/**", "acme"],
    ["/a/b/c", "/*/*/*", "a/b/c"],
    ["/a/b/c", "/-/*/-", "b"],
    ["/a", "/a", ""],
    ["/v2/acme", "/v1/*", null],
    ["/v1", "/v1/*", null],
    ["/v1/", "/v1/*", null],
    ["/v1/", "/v1/-", null],
    ["/v1/acme/", "/v1/*", null],
    ["/v1/acme/orders", "/v1/*/-/-", null],
    ["/", "/*", null],
  ];
  test.each(cases)("%s and %s give %j", (path, template, captured) => {
    expect(captures(path, template)).toBe(captured);
  });

  test("is there exactly when the template matches", () => {
    const segment = fc.constantFrom("", "a", "b", "ab");
    const path = fc.array(segment, { minLength: 1, maxLength: 4 });
    const template = fc.array(fc.oneof(segment, fc.constantFrom("*", "**", "-")), {
      minLength: 1,
      maxLength: 4,
    });
    let matched = 0;
    fc.assert(
      fc.property(path, template, (segments, parts) => {
        // All the rest is at the end only.
        fc.pre(!parts.slice(0, -1).includes("**"));
        const text = `/${segments.join("/")}`;
        const pattern = `/${parts.join("/")}`;
        const counted = segments.filter((_segment, i) => parts[i] === "*").join("/");
        const isOne = model(text, pattern.replaceAll("-", "*"));
        expect(captures(text, pattern)).toBe(isOne ? counted : null);
        if (isOne) matched++;
      }),
      { numRuns: 5000 },
    );
    expect(matched).toBeGreaterThan(200);
  });
});

describe("a suffix", () => {
  const cases: [path: string, suffix: string, matches: boolean][] = [
    ["/a", "/a", true],
    ["/b/a", "/a", true],
    ["/ba", "/a", false],
    ["/a/", "/a", false],
    ["/a/b", "/a/b", true],
    ["/b", "/a/b", false],
    ["/", "/a", false],
  ];
  test.each(cases)("%s ends with %s: %s", (path, suffix, expected) => {
    const arguments_ = [probe.put(path), path.length, probe.put(suffix), suffix.length] as const;
    expect(core.matchesSuffix(...arguments_) === 1).toBe(expected);
  });
});
