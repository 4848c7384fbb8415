// Keys of requests that no client of Envoy can send, what they cost the host, and any request.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HeaderList, HostCall, Stream } from "../../host-sim/src/index.ts";
import { reasonOf } from "../support/run_cases.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();

const LIMITED = "ratelimit:limited";
const REQUEST: HeaderList = [
  [":authority", "example.test"],
  [":path", "/"],
  [":method", "GET"],
  [":scheme", "http"],
];
const ADDRESS = { clientAddress: {} };

/** Limits of one request each, with these keys. */
function filter(keys: object[][], faults?: (call: HostCall) => Status | undefined): Simulated {
  const limits = keys.map((key, i) => ({ name: `k${String(i)}`, key, capacity: 1, refill: "0/s" }));
  const configuration = { rateLimit: { limits } };
  return new Simulated(module, { configuration, ...(faults === undefined ? {} : { faults }) });
}

/** Why the limits refuse a request, null when they do not: others may. */
function outcome(
  on: Simulated,
  headers: HeaderList,
  sourceAddress = "192.0.2.1:80",
): string | null {
  const stream = on.plugin.workers[0]?.openStream({ sourceAddress });
  if (stream === undefined) throw new Error("no worker");
  try {
    return sent(stream, headers);
  } finally {
    stream.close();
  }
}

function sent(stream: Stream, headers: HeaderList): string | null {
  const result = stream.requestHeaders(headers, true);
  if (result.kind === "reply") {
    const reason = reasonOf(result.reply.details);
    return reason.startsWith("ratelimit:") ? reason : null;
  }
  if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
  return null;
}

/** The request with another value for one name, or none. */
const changed = (name: string, ...values: string[]): HeaderList => [
  ...REQUEST.filter(([each]) => each !== name),
  ...values.map((value): [string, string] => [name, value]),
];

/** Sends two requests to a new filter; whether they share a bucket. */
function share(key: object[], one: HeaderList, other: HeaderList): boolean {
  const on = filter([key]);
  expect(outcome(on, one)).toBeNull();
  return outcome(on, other) === LIMITED;
}

describe("a part that is disputed or missing", () => {
  const long = `/?id=${"a".repeat(8192)}`;
  const pairs: [what: string, part: object, one: HeaderList, other: HeaderList, same: boolean][] = [
    [
      "no path and none that is read",
      { path: true },
      changed(":path"),
      changed(":path", "a"),
      true,
    ],
    ["the path of OPTIONS * and /", { path: true }, changed(":path", "*"), REQUEST, true],
    [
      "an absolute URI and a path",
      { path: true },
      changed(":path", "http://a/b"),
      changed(":path", "/b"),
      true,
    ],
    ["no host and one", { host: true }, changed(":authority"), changed(":authority", "a"), false],
    [
      "methods of 32 characters",
      { method: true },
      changed(":method", "A".repeat(32)),
      changed(":method", `${"A".repeat(31)}B`),
      false,
    ],
    [
      "methods of 33 characters",
      { method: true },
      changed(":method", "A".repeat(33)),
      changed(":method", `${"A".repeat(32)}B`),
      true,
    ],
    [
      "parameters of 8192 bytes",
      { query: "id" },
      changed(":path", long),
      changed(":path", `${long.slice(0, -1)}b`),
      false,
    ],
    [
      "parameters of 8193 bytes",
      { query: "id" },
      changed(":path", `${long}a`),
      changed(":path", `${long}b`),
      true,
    ],
    [
      "a parameter before and behind a fragment",
      { query: "id" },
      changed(":path", "/?#id=a"),
      REQUEST,
      true,
    ],
  ];
  test.each(pairs)("%s", (_what, part, one, other, same) => {
    expect(share([part], one, other)).toBe(same);
  });

  test("is refused or skipped as configured when there is no path", () => {
    const path = (onMissing: string): object[][] => [[{ path: true, onMissing }]];
    const denies = filter(path("deny"));
    expect(outcome(denies, changed(":path"))).toBe("ratelimit:key_missing");
    expect(outcome(denies, changed(":path", "/a;b"))).toBe("ratelimit:key_missing");
    const skips = filter(path("skip"));
    for (let i = 0; i < 3; i++) expect(outcome(skips, changed(":path"))).toBeNull();
    expect(outcome(skips, changed(":path", "/a;b"))).toBeNull();
    expect(outcome(skips, changed(":path", "/a;c"))).toBe(LIMITED);
  });
});

describe("the peer's address", () => {
  test("counts without its port, and by its network", () => {
    const on = filter([[ADDRESS]]);
    expect(outcome(on, REQUEST, "192.0.2.1:80")).toBeNull();
    expect(outcome(on, REQUEST, "192.0.2.1:81")).toBe(LIMITED);
    expect(outcome(on, REQUEST, "192.0.2.2:80")).toBeNull();
    expect(outcome(on, REQUEST, "[2001:db8::1]:80")).toBeNull();
    expect(outcome(on, REQUEST, "[2001:db8::2]:80")).toBe(LIMITED);
    expect(outcome(on, REQUEST, "[::ffff:192.0.2.1]:80")).toBe(LIMITED);
  });

  test("is missing when it is a path, or the host does not tell it", () => {
    const on = filter([[{ ...ADDRESS, onMissing: "deny" }]]);
    expect(outcome(on, REQUEST, "/var/run/envoy.sock")).toBe("ratelimit:key_missing");
    expect(outcome(on, REQUEST, "")).toBe("ratelimit:key_missing");
    const failing = filter([[{ ...ADDRESS, onMissing: "deny" }]], (call) =>
      call.name === "proxy_get_property" ? Status.INTERNAL_FAILURE : undefined,
    );
    expect(outcome(failing, REQUEST)).toBe("ratelimit:key_missing");
  });

  test("is asked for once a request whatever the number of limits", () => {
    const networks = [8, 16, 24, 32].map((ipv4Prefix) => [{ clientAddress: { ipv4Prefix } }]);
    const asks = (on: Simulated): number => on.callsOf().get("proxy_get_property") ?? 0;
    const before = asks(filter([[{ text: "" }]]));
    expect(asks(filter([[ADDRESS]])) - before).toBe(1);
    expect(asks(filter(networks)) - before).toBe(1);
    expect(asks(filter([[{ clientAddress: { trustedHops: 1 } }]])) - before).toBe(0);
  });

  test("is looked up anew for each request", () => {
    const on = filter([[{ clientAddress: { ipv4Prefix: 8 } }], [ADDRESS]]);
    expect(outcome(on, REQUEST, "10.0.0.1:1")).toBeNull();
    expect(outcome(on, REQUEST, "11.0.0.1:1")).toBeNull();
    expect(outcome(on, REQUEST, "10.0.0.2:1")).toBe(LIMITED);
  });
});

describe("long values", () => {
  const HEADERS = 20;
  const limits = Array.from({ length: 2 * HEADERS }, (_, i) => ({
    name: `l${String(i)}`,
    key: [{ header: `x-${String(i % HEADERS)}` }],
    capacity: i < HEADERS ? 1 : 2,
    refill: "0/s",
    store: "worker",
  }));
  const values = (letter: string, last = letter): HeaderList =>
    Array.from({ length: HEADERS }, (_, i) => [
      `x-${String(i)}`,
      (i === HEADERS - 1 ? last : letter).repeat(300),
    ]);

  test("count each for itself in every limit that names them", () => {
    const on = new Simulated(module, { configuration: { rateLimit: { limits } } });
    expect(on.send(values("a")).reason).toBeNull();
    expect(on.send(values("a")).reason).toBe(LIMITED);
    // One of twenty is the same.
    const refused = on.send(values("b", "a"));
    expect(refused.reason).toBe(LIMITED);
    expect(refused.headers.get("ratelimit")).toMatch(/^"l19";/);
    expect(on.send(values("b")).reason).toBeNull();
    expect(on.send(values("c")).reason).toBeNull();
  });
});

describe("any request", () => {
  const KEY = [
    { header: "x-a" },
    { query: "q" },
    { cookie: "c" },
    { method: true },
    { host: true },
    { path: true },
    { pathTemplate: "/{a}/**" },
    { clientAddress: { trustedHops: 2 } },
  ];
  const piece = fc.constantFrom(
    ...'/a|//|;|%61|%2f|%zz|?q=|&q=|..|#|:|,|[|]|::1|1.2.3.4|c=|"|=| |\xff'.split("|"),
  );
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  const name = fc.constantFrom(
    ":path",
    ":method",
    ":authority",
    "x-a",
    "cookie",
    "x-forwarded-for",
  );
  const headers = fc.array(fc.tuple(name, value), { maxLength: 10 });

  test("passes once and is refused when it comes again, whatever it says", () => {
    const on = filter([KEY]);
    const seen = new Set<string>();
    fc.assert(
      fc.property(headers, (each) => {
        const request: HeaderList = [[":scheme", "http"], ...each];
        const first = outcome(on, request);
        expect([null, LIMITED]).toContain(first);
        expect(outcome(on, request)).toBe(LIMITED);
        if (first === null) seen.add(JSON.stringify(each));
      }),
      { numRuns: 2000 },
    );
    expect(seen.size).toBeGreaterThan(100);
  });
});
