// The members `key` and `cost` of a limit.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { PROVIDER, RULES } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const LIMIT = { name: "a", capacity: 10, refill: "1/s" };
const JWT = { providers: { idp: PROVIDER }, rules: RULES };
const TOKENS = 100_000_000;
const AT = "$.rateLimit.limits[0]";

const limit = (change: object): object => ({ rateLimit: { limits: [{ ...LIMIT, ...change }] } });
const key = (...parts: unknown[]): object => limit({ key: parts });
const cost = (value: unknown, change: object = {}): object => limit({ ...change, cost: value });

const KINDS = "claim, header, query, cookie, method, host, path, pathTemplate, clientAddress, text";

describe("the member key", () => {
  const accepted: [name: string, configuration: object][] = [
    ["no key", limit({})],
    [
      "each kind of part",
      key(
        { header: "X-User" },
        { query: "user_id.a~b-c" },
        { cookie: "__Host-id" },
        { method: true },
        { host: true },
        { path: true },
        { clientAddress: {} },
        { text: "" },
      ),
    ],
    ["a template", key({ pathTemplate: "/v1/{tenant}/*" }, { pathTemplate: "/{a}/{b}/**" })],
    ["a template with a slash at its end", key({ pathTemplate: "/{a}/" })],
    ["the most parts", key(...Array.from({ length: 8 }, () => ({ path: true })))],
    [
      "the whole of an address",
      key({ clientAddress: { trustedHops: 16, ipv4Prefix: 32, ipv6Prefix: 128 } }),
    ],
    ["the widest networks", key({ clientAddress: { ipv4Prefix: 1, ipv6Prefix: 1 } })],
    [
      "each way with what is missing",
      key(
        { header: "x-a", onMissing: "share" },
        { header: "x-b", onMissing: "skip" },
        { header: "x-c", onMissing: "deny" },
        { header: "x-d", default: "none", as: "d" },
        { header: "x-e", onMissing: "share", default: "", as: "e" },
        { text: "a", as: "kind" },
      ),
    ],
    ["a text of many bytes", key({ text: "t".repeat(256) })],
  ];
  test.each(accepted)("accepts %s", (_name, configuration) => {
    expect(errorOf(configuration)).toBeNull();
  });

  const name = (kind: string, found: string): string =>
    `${AT}.key[0].${kind}: found ${found}, allowed: `;
  const refused: [part: unknown, message: string][] = [
    ["sub", `${AT}.key[0]: found "sub", allowed: an object`],
    [{}, `${AT}.key[0]: found no kind of part, allowed: one of ${KINDS}`],
    [{ onMissing: "deny" }, `${AT}.key[0]: found no kind of part, allowed: one of ${KINDS}`],
    [{ path: true, text: "a" }, `${AT}.key[0]: found 2 kinds of part, allowed: one of ${KINDS}`],
    [{ ip: true }, `${name("ip", "an unknown member")}${KINDS}, onMissing, default, as`],
    [{ claim: "sub" }, `${name("claim", "a claim")}claims only with a jwt section`],
    [{ claim: ["a", "b"] }, `${name("claim", "a claim")}claims only with a jwt section`],
    [
      { header: "x_user" },
      `${name("header", '"x_user"')}a header name in letters, digits and - (no _, it also stands \
for the one with -)`,
    ],
    [{ query: "" }, `${name("query", '""')}a text of 1 to 128 bytes`],
    [{ query: "a b" }, `${name("query", '"a b"')}a name in letters, digits and - . _ ~`],
    [{ query: "a%62" }, `${name("query", '"a%62"')}a name in letters, digits and - . _ ~`],
    [{ query: 1 }, `${name("query", "1")}a text of 1 to 128 bytes`],
    [{ cookie: "" }, `${name("cookie", '""')}a name of 1 to 128 token characters`],
    [{ cookie: "a;b" }, `${name("cookie", '"a;b"')}a name of 1 to 128 token characters`],
    [
      { cookie: "c".repeat(129) },
      `${name("cookie", `"${"c".repeat(64)}…"`)}a name of 1 to 128 token characters`,
    ],
    [{ method: "GET" }, `${name("method", '"GET"')}true, false`],
    [{ method: false }, `${name("method", "false")}true`],
    [{ host: false }, `${name("host", "false")}true`],
    [{ path: false }, `${name("path", "false")}true`],
    [
      { pathTemplate: "/a/*" },
      `${name("pathTemplate", '"/a/*"')}a template with a {name}, which is what counts`,
    ],
    [
      { pathTemplate: "/a/{b" },
      `${name("pathTemplate", '"/a/{b"')}a path such as /v1/{tenant}/orders, at the end perhaps \
with * or **`,
    ],
    [
      { pathTemplate: "a/{b}" },
      `${name("pathTemplate", '"a/{b}"')}a path such as /v1/{tenant}/orders, at the end perhaps \
with * or **`,
    ],
    [{ clientAddress: true }, `${name("clientAddress", "true")}an object`],
    [
      { clientAddress: { hops: 1 } },
      `${AT}.key[0].clientAddress.hops: found an unknown member, allowed: trustedHops, \
ipv4Prefix, ipv6Prefix`,
    ],
    ...(
      [
        ["trustedHops", 17, "0 to 16"],
        ["trustedHops", -1, "0 to 16"],
        ["ipv4Prefix", 0, "1 to 32"],
        ["ipv4Prefix", 33, "1 to 32"],
        ["ipv6Prefix", 0, "1 to 128"],
        ["ipv6Prefix", 129, "1 to 128"],
      ] as const
    ).map(([member, value, range]): [unknown, string] => [
      { clientAddress: { [member]: value } },
      `${name(`clientAddress.${member}`, String(value))}a whole number from ${range}`,
    ]),
    [{ text: "t".repeat(257) }, `${name("text", `"${"t".repeat(64)}…"`)}a text of 0 to 256 bytes`],
    [{ path: true, onMissing: "refuse" }, `${name("onMissing", '"refuse"')}share, skip, deny`],
    [
      { text: "a", onMissing: "skip" },
      `${name("onMissing", "onMissing")}no onMissing beside a text`,
    ],
    [{ text: "a", default: "b" }, `${name("default", "a default")}no default beside a text`],
    ...["skip", "deny"].map((onMissing): [unknown, string] => [
      { path: true, onMissing, default: "/" },
      `${name("default", "a default")}no default beside onMissing skip or deny`,
    ]),
    [
      { path: true, default: "d".repeat(8193) },
      `${name("default", `"${"d".repeat(64)}…"`)}a text of 0 to 8192 bytes`,
    ],
    [{ path: true, as: "" }, `${name("as", '""')}a text of 1 to 256 bytes`],
  ];
  test.each(refused)("refuses %j", (part, message) => {
    expect(errorOf(key(part))).toBe(message);
  });

  test("has claims with a jwt section", () => {
    const section = key({ claim: "sub" }, { claim: ["a", "b"], onMissing: "deny" });
    expect(errorOf({ jwt: JWT, ...section })).toBeNull();
  });

  test("has 1 to 8 parts", () => {
    expect(errorOf(key())).toBe(`${AT}.key: found an empty list, allowed: a list of 1 to 8`);
    const nine = Array.from({ length: 9 }, () => ({ path: true }));
    expect(errorOf(key(...nine))).toBe(`${AT}.key: found 9 values, allowed: a list of 1 to 8`);
  });
});

describe("the member cost", () => {
  const source = (change: object, rest: object = {}): object =>
    cost({ header: "x-cost", max: 5, ...change }, rest);
  const rls = {
    stores: { far: { rls: { cluster: "c", domain: "d" } } },
    limits: [{ name: "a", store: "far", cost: TOKENS }],
  };
  const accepted: [name: string, configuration: object][] = [
    ["nothing", cost(0)],
    ["the capacity", cost(10)],
    ["anything where nothing passes", cost(TOKENS, { capacity: 0 })],
    ["a header", source({})],
    ["all members", source({ default: 0, min: 0, max: 10, onInvalid: "deny" })],
    ["least and most alike", source({ min: 5, default: 5, onInvalid: "default" })],
    ["what a service counts", { rateLimit: rls }],
  ];
  test.each(accepted)("accepts %s", (_name, configuration) => {
    expect(errorOf(configuration)).toBeNull();
  });

  const whole = (member: string, found: unknown, range: string): string =>
    `${AT}.cost${member}: found ${String(found)}, allowed: a whole number from ${range}`;
  const refused: [configuration: object, message: string][] = [
    [cost(-1), whole("", -1, `0 to ${TOKENS}`)],
    [cost(1.5), whole("", 1.5, `0 to ${TOKENS}`)],
    [cost("1"), whole("", '"1"', `0 to ${TOKENS}`)],
    [cost(TOKENS + 1), whole("", TOKENS + 1, `0 to ${TOKENS}`)],
    [cost(11), `${AT}.cost: found 11, allowed: at most the capacity, 10`],
    [cost({}), `${AT}.cost: found no member "max", allowed: "max"`],
    [cost({ max: 1 }), `${AT}.cost: found neither, allowed: one of header, claim`],
    [source({ claim: "weight" }), `${AT}.cost: found both, allowed: one of header, claim`],
    [
      source({ query: "a" }),
      `${AT}.cost.query: found an unknown member, allowed: header, claim, default, min, max, \
onInvalid`,
    ],
    [
      cost({ claim: "weight", max: 1 }),
      `${AT}.cost.claim: found a claim, allowed: claims only with a jwt section`,
    ],
    [source({ max: 0 }), whole(".max", 0, `1 to ${TOKENS}`)],
    [source({ max: 11 }), `${AT}.cost.max: found 11, allowed: at most the capacity, 10`],
    [source({ min: 6 }), whole(".min", 6, "0 to 5")],
    [source({ default: 6 }), whole(".default", 6, "0 to 5")],
    [source({ onInvalid: "allow" }), `${AT}.cost.onInvalid: found "allow", allowed: default, deny`],
  ];
  test.each(refused)("refuses %j", (configuration, message) => {
    expect(errorOf(configuration)).toBe(message);
  });

  test("is a claim's with a jwt section", () => {
    const section = cost({ claim: ["usage", "weight"], max: 3 });
    expect(errorOf({ jwt: JWT, ...section })).toBeNull();
  });
});
