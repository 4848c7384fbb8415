import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

const LIMIT = { name: "a", key: [{ text: "" }], capacity: 1, refill: "1/s" };
const with_ = (change: object): object => ({ limits: [{ ...LIMIT, ...change }] });
const key = (...parts: unknown[]): object => with_({ key: parts });
const limits = (count: number): object => ({
  limits: Array.from({ length: count }, (_, i) => ({ ...LIMIT, name: `l${String(i)}` })),
});
const without = (member: keyof typeof LIMIT): object => {
  const rest = Object.entries(LIMIT).filter(([name]) => name !== member);
  return { limits: [Object.fromEntries(rest)] };
};

const AT = "$.rateLimit.limits[0]";
const RATE = "a rate such as 50/s, 10/m, 1000/h, 1/d of 0 to 100000000";
const NAME = "a name of letters, digits and !#$%&'*+-.^_`|~";
const MEMBERS = "claim, header, path, clientAddress, text";
const PARTS = `one of ${MEMBERS}`;

describe("the section rateLimit", () => {
  const accepted: [name: string, section: object][] = [
    ["the smallest numbers", with_({ capacity: 0, refill: "0/s" })],
    ["the largest numbers", with_({ capacity: 100_000_000, refill: "100000000/d" })],
    [
      "each unit",
      { limits: ["s", "m", "h", "d"].map((u) => ({ ...LIMIT, name: u, refill: `1/${u}` })) },
    ],
    ["each way with errors", { ...with_({}), onStoreFailure: "allow" }],
    ["each way with headers", { ...with_({}), headers: "refused" }],
    [
      "each kind of part",
      key({ header: "X-User" }, { path: true }, { clientAddress: {} }, { text: "a" }),
    ],
    ["trusted hops", key({ clientAddress: { trustedHops: 16 } })],
    ["the most parts", key(...Array.from({ length: 8 }, () => ({ path: true })))],
    ["the longest name", with_({ name: "n".repeat(64) })],
    ["the most limits", limits(1024)],
  ];
  test.each(accepted)("accepts %s", (_name, rateLimit) => {
    expect(errorOf({ rateLimit })).toBeNull();
  });

  const refused: [section: unknown, message: string][] = [
    [{}, '$.rateLimit: found no member "limits", allowed: "limits"'],
    [{ limits: [] }, "$.rateLimit.limits: found an empty list, allowed: a list of 1 to 1024"],
    [limits(1025), "$.rateLimit.limits: found 1025 values, allowed: a list of 1 to 1024"],
    [
      { ...with_({}), onStoreFailure: "open" },
      '$.rateLimit.onStoreFailure: found "open", allowed: deny, allow, local',
    ],
    [{ ...with_({}), headers: true }, "$.rateLimit.headers: found true, allowed: refused, always"],
    [without("name"), `${AT}: found no member "name", allowed: "name"`],
    [without("capacity"), `${AT}: found no member "capacity", allowed: "capacity"`],
    [without("refill"), `${AT}: found no member "refill", allowed: "refill"`],
    [
      with_({ period: 1 }),
      `${AT}.period: found an unknown member, allowed: name, match, key, store, onStoreFailure, \
capacity, refill, cost, maxKeys`,
    ],
    [with_({ name: "" }), `${AT}.name: found "", allowed: a text of 1 to 64 bytes`],
    [
      with_({ name: "n".repeat(65) }),
      `${AT}.name: found "${"n".repeat(64)}…", allowed: a text of 1 to 64 bytes`,
    ],
    [with_({ name: "a b" }), `${AT}.name: found "a b", allowed: ${NAME}`],
    [with_({ name: 'a"' }), `${AT}.name: found "a\\"", allowed: ${NAME}`],
    [with_({ name: "a/b" }), `${AT}.name: found "a/b", allowed: ${NAME}`],
    [
      { limits: [LIMIT, LIMIT] },
      '$.rateLimit.limits[1].name: found "a", allowed: a name that no other limit has',
    ],
    [
      with_({ capacity: -1 }),
      `${AT}.capacity: found -1, allowed: a whole number from 0 to 100000000`,
    ],
    [
      with_({ capacity: 1.5 }),
      `${AT}.capacity: found 1.5, allowed: a whole number from 0 to 100000000`,
    ],
    [
      with_({ capacity: 100_000_001 }),
      `${AT}.capacity: found 100000001, allowed: a whole number from 0 to 100000000`,
    ],
    [
      with_({ capacity: "1" }),
      `${AT}.capacity: found "1", allowed: a whole number from 0 to 100000000`,
    ],
    [with_({ refill: 1 }), `${AT}.refill: found 1, allowed: ${RATE}`],
    [with_({ refill: "1" }), `${AT}.refill: found "1", allowed: ${RATE}`],
    [with_({ refill: "1/w" }), `${AT}.refill: found "1/w", allowed: ${RATE}`],
    [with_({ refill: "-1/s" }), `${AT}.refill: found "-1/s", allowed: ${RATE}`],
    [with_({ refill: "100000001/s" }), `${AT}.refill: found "100000001/s", allowed: ${RATE}`],
    [with_({ refill: "1/s " }), `${AT}.refill: found "1/s ", allowed: ${RATE}`],
    [key(), `${AT}.key: found an empty list, allowed: a list of 1 to 8`],
    [
      key(...Array.from({ length: 9 }, () => ({ path: true }))),
      `${AT}.key: found 9 values, allowed: a list of 1 to 8`,
    ],
    [key("sub"), `${AT}.key[0]: found "sub", allowed: an object`],
    [key({}), `${AT}.key[0]: found 0 members, allowed: ${PARTS}`],
    [key({ path: true, text: "a" }), `${AT}.key[0]: found 2 members, allowed: ${PARTS}`],
    [key({ cookie: "a" }), `${AT}.key[0].cookie: found an unknown member, allowed: ${MEMBERS}`],
    [key({ path: false }), `${AT}.key[0].path: found false, allowed: true`],
    [key({ clientAddress: true }), `${AT}.key[0].clientAddress: found true, allowed: an object`],
    [
      key({ clientAddress: { trustedHops: 17 } }),
      `${AT}.key[0].clientAddress.trustedHops: found 17, allowed: a whole number from 0 to 16`,
    ],
    [
      key({ clientAddress: { hops: 1 } }),
      `${AT}.key[0].clientAddress.hops: found an unknown member, allowed: trustedHops`,
    ],
    [
      key({ text: "t".repeat(257) }),
      `${AT}.key[0].text: found "${"t".repeat(64)}…", allowed: a text of 0 to 256 bytes`,
    ],
    [
      key({ claim: "sub" }),
      `${AT}.key[0].claim: found a claim, allowed: claims only with a jwt section`,
    ],
  ];
  test("refuses members it does not know", () => {
    const message = errorOf({ rateLimit: { ...with_({}), burst: 1 } });
    expect(message).toMatch(
      /^\$\.rateLimit\.burst: found an unknown member, allowed: .*onStoreFailure/,
    );
  });

  test.each(refused)("refuses %j", (rateLimit, message) => {
    expect(errorOf({ rateLimit })).toBe(message);
  });
});
