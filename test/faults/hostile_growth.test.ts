// Twice the hostile input costs at most twice the instructions, in every part of the module that
// looks at what clients send. Counted, not timed: the same on every machine. Only lines of one name
// are looked for among all fields, for each name that has several: at most HEADERS_MAX / 2 times.

import { readFile } from "node:fs/promises";

import { beforeAll, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { instructionsIn, meterModule } from "../support/metered_module.ts";
import { requestOn, Simulated } from "../support/simulated_filter.ts";
import { forge, keyFor } from "../support/tokens.ts";

interface Growth {
  name: string;
  configuration: object;
  /** Of the smaller input. */
  size: number;
  headers?: (size: number) => HeaderList;
  path?: (size: number) => string;
}

const one =
  (name: string, value: (size: number) => string) =>
  (size: number): HeaderList => [[name, value(size)]];
const repeated =
  (text: string) =>
  (size: number): string =>
    text.repeat(size);
const listed =
  (member: (index: number) => string, by = ",") =>
  (size: number): string =>
    Array.from({ length: size }, (_, i) => member(i)).join(by);
const named =
  (name: (index: number) => string) =>
  (size: number): HeaderList =>
    Array.from({ length: size }, (_, i): [string, string] => [name(i), "v"]);
/** As long for every index. */
const padded = (index: number): string => String(index).padStart(4, "0");
/** Differs from others of its kind in the middle, where `hashName` does not look. */
const colliding = (index: number): string => `x-id-${padded(index)}-same`;

const KEY = keyFor("HS256", "k");
const JWT = {
  jwt: {
    providers: {
      p: {
        keys: { inline: { keys: [KEY.jwk] } },
        audiences: ["orders"],
        from: [
          { header: "authorization", scheme: "Bearer" },
          { query: "token" },
          { cookie: "token" },
        ],
        forward: { claims: [{ claim: "groups", header: "x-groups" }] },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "p" }],
  },
};
const bearing =
  (payload: (size: number) => object) =>
  (size: number): HeaderList => [
    ["authorization", `Bearer ${forge(KEY, { alg: "HS256", kid: "k" }, payload(size))}`],
  ];
const claims = (more: object): object => ({ aud: "orders", exp: 2_000_000_000, ...more });

const limitOn = (part: object): object => ({
  rateLimit: { limits: [{ name: "l", key: [part], capacity: 1000, refill: "1000/s" }] },
});
const rewriting = (rule: object): object => ({
  normalise: { rewrite: [{ header: "x-a", ...rule }] },
});

const GROWTHS: Growth[] = [
  {
    name: "headers that a prefix strips",
    configuration: { normalise: { strip: ["x-id-*"] } },
    size: 200,
    headers: named(colliding),
  },
  {
    name: "headers that a rule renames",
    configuration: { normalise: { rename: [{ header: "x-id-*", to: "y-id-*" }] } },
    size: 200,
    headers: named(colliding),
  },
  {
    name: "metadata that grpc-gateway renames",
    configuration: { normalise: { grpc: { gateway: "toMetadata" } } },
    size: 200,
    headers: named((i) => `grpc-metadata-${colliding(i)}`),
  },
  {
    name: "headers",
    configuration: { trace: {} },
    size: 200,
    headers: named((i) => `x-${padded(i)}`),
  },
  {
    name: "headers of one hash",
    configuration: { normalise: { strip: ["x-id-none-same"] } },
    size: 200,
    headers: named(colliding),
  },
  {
    name: "headers of one hash that a rule's pattern gives numbers",
    configuration: { normalise: { remove: ["x-id-*"] } },
    size: 200,
    headers: named(colliding),
  },
  {
    name: "headers of one hash that lose their underscores",
    configuration: { normalise: { underscores: "replace" } },
    size: 200,
    headers: named((i) => colliding(i).replaceAll("-", "_")),
  },
  {
    name: "lines of one header",
    configuration: { normalise: { dedupe: [{ header: "x-a", keep: "unique" }] } },
    size: 200,
    headers: named(() => "x-a"),
  },
  {
    name: "members of a list, each another",
    configuration: { normalise: { dedupe: [{ header: "x-a", keep: "unique" }] } },
    size: 100,
    headers: one(
      "x-a",
      listed((i) => `m${padded(i)}`),
    ),
  },
  {
    name: "names in connection",
    configuration: { normalise: { hopByHop: "strip" } },
    size: 200,
    headers: (size) => [["connection", listed(colliding)(size)], ...named(colliding)(size)],
  },
  {
    name: "a value that nearly matches",
    configuration: rewriting({ pattern: "{a}ab{rest**}", to: "{a}" }),
    size: 2000,
    headers: one("x-a", repeated("a")),
  },
  {
    name: "a value that nearly contains",
    configuration: {
      normalise: { reject: [{ header: "x-a", value: { contains: "aaaaaaaaaaaaaab" } }] },
    },
    size: 4000,
    headers: one("x-a", repeated("a")),
  },
  {
    name: "percent signs",
    configuration: rewriting({ apply: ["percentDecode", "collapse", "trim", "lower"] }),
    size: 1000,
    headers: one("x-a", repeated("%20")),
  },
  {
    name: "a list that is divided into lines",
    configuration: rewriting({ lines: "split" }),
    size: 100,
    headers: one(
      "x-a",
      listed((i) => `m${padded(i)}`),
    ),
  },
  {
    name: "members of tracestate",
    configuration: { trace: { sampling: {} } },
    size: 15,
    headers: (size) => [
      ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
      ["tracestate", listed((i) => `k${padded(i)}=v`)(size)],
    ],
  },
  {
    name: "bytes of tracestate",
    configuration: { trace: { mode: "yield" } },
    size: 4000,
    headers: (size) => [
      ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
      ["tracestate", repeated(",")(size)],
    ],
  },
  {
    name: "members of baggage that are not listed",
    configuration: { trace: { baggage: { keys: ["a", "b", "c", "d"] } } },
    size: 500,
    headers: one(
      "baggage",
      listed((i) => `k${padded(i)}=v;p;q`),
    ),
  },
  {
    name: "members of x-amzn-trace-id",
    configuration: { trace: { extract: ["xray"] } },
    size: 7,
    headers: one(
      "x-amzn-trace-id",
      listed(() => "Self=1", ";"),
    ),
  },
  {
    name: "members of a token",
    configuration: JWT,
    size: 100,
    headers: bearing((size) =>
      claims(Object.fromEntries(Array.from({ length: size }, (_, i) => [`c${padded(i)}`, i]))),
    ),
  },
  {
    name: "a list in a claim",
    configuration: JWT,
    size: 300,
    headers: bearing((size) => claims({ groups: Array.from({ length: size }, () => "g") })),
  },
  {
    name: "audiences",
    configuration: JWT,
    size: 300,
    headers: bearing((size) => ({ ...claims({}), aud: Array.from({ length: size }, () => "x") })),
  },
  {
    name: "escapes in a claim",
    configuration: JWT,
    size: 200,
    headers: bearing((size) => claims({ sub: "\u0001".repeat(size) })),
  },
  {
    name: "a token that is none",
    configuration: JWT,
    size: 4000,
    headers: one("authorization", (size) => `Bearer ${".".repeat(size)}`),
  },
  {
    name: "cookies",
    configuration: JWT,
    size: 500,
    headers: one(
      "cookie",
      listed((i) => `c${padded(i)}=v`, "; "),
    ),
  },
  {
    name: "cookies of the name",
    configuration: JWT,
    size: 4,
    headers: one(
      "cookie",
      listed(() => "token=v", "; "),
    ),
  },
  {
    name: "parameters",
    configuration: JWT,
    size: 500,
    path: (size) => `/?${listed((i) => `p${padded(i)}=v`, "&")(size)}`,
  },
  {
    name: "segments of a path",
    configuration: limitOn({ path: true }),
    size: 1000,
    path: repeated("/a"),
  },
  {
    name: "dots in a path",
    configuration: limitOn({ path: true }),
    size: 1000,
    path: repeated("/.."),
  },
  {
    name: "percent signs in a path",
    configuration: limitOn({ path: true }),
    size: 1000,
    path: (size) => `/${"%41".repeat(size)}`,
  },
  {
    name: "cookies of a key",
    configuration: limitOn({ cookie: "c" }),
    size: 500,
    headers: one(
      "cookie",
      listed((i) => `c${padded(i)}=v`, ";"),
    ),
  },
];

describe("twice the input costs at most twice", () => {
  let module: WebAssembly.Module;

  beforeAll(async () => {
    module = await WebAssembly.compile(new Uint8Array(meterModule(await readFile(MODULE_PATH))));
  });

  /** Instructions of one request, the first but one of its filter. */
  function cost({ configuration, headers, path }: Growth, size: number): number {
    const filter = new Simulated(module, { configuration });
    filter.send();
    const memory = filter.plugin.workers[0]?.memory;
    if (memory === undefined) throw new Error("no worker");
    const before = instructionsIn(memory);
    const stream = filter.open();
    requestOn(stream, headers?.(size) ?? [], path?.(size) ?? "/");
    stream.close();
    return instructionsIn(memory) - before;
  }

  test.each(GROWTHS)("$name", (growth) => {
    const single = cost(growth, growth.size);
    const double = cost(growth, 2 * growth.size);
    // The input is what costs: it is looked at.
    expect(double).toBeGreaterThan(single);
    expect(double / single).toBeLessThanOrEqual(2);
  });

  test("and many lines of many names have a bound", () => {
    const configuration = { normalise: { grpc: { gateway: "toMetadata" } } };
    const headers = (size: number): HeaderList =>
      named((i) => `grpc-metadata-${colliding(i % (size / 2))}`)(size);
    expect(cost({ name: "", configuration, size: 0, headers }, 500)).toBeLessThan(6_000_000);
  });
});
