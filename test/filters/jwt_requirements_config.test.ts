// What rules require, and requirements with a name: what is accepted, and the message for the rest.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { list, PROVIDER } from "./jwt_sections.ts";

const errorOf = await loadConfigurationError();

const forward = { claims: [{ claim: "sub", header: "x-user" }] };
const PROVIDERS = {
  idp: { ...PROVIDER, forward },
  other: { ...PROVIDER, from: [{ header: "x-other" }] },
};

/** A section whose rules require these. */
const section = (requirements: object | undefined, ...requires: unknown[]): object => ({
  providers: PROVIDERS,
  ...(requirements === undefined ? {} : { requirements }),
  rules: requires.map((require, i) => ({ match: { prefix: `/${String(i)}` }, require })),
});
const requires = (...each: unknown[]): object => section(undefined, ...each);

/** `optional` so many times around a provider. */
const nested = (depth: number): unknown => (depth === 1 ? "idp" : { optional: nested(depth - 1) });
/** 17 nodes, 1 + 16 x 17, and 1 + 17 x the members of the last: 512 with 13 of them. */
const large = (members: number): object => ({
  r0: { all: list(16, () => "idp") },
  r1: { all: list(16, () => "r0") },
  r2: { all: list(members, () => "r0") },
});

const accepted: [name: string, section: object][] = [
  [
    "every form",
    requires(
      "none",
      "idp",
      { any: ["idp", "other"] },
      { all: ["idp", "idp"] },
      { optional: "idp" },
      { optionalOrFailed: { optional: "other" } },
      { extractOnly: "idp" },
      { extractOnly: "idp", status: "x-status" },
      { provider: "idp", audiences: ["a", "b"] },
    ),
  ],
  [
    "one status header for several",
    requires(
      { extractOnly: "idp", status: "x-status" },
      { extractOnly: "other", status: "X-Status" },
    ),
  ],
  [
    "names before they are defined",
    section({ a: { any: ["b", "idp"] }, b: { all: ["idp", "other"] }, c: "b" }, "a", "b", "c", {
      any: ["a", "c"],
    }),
  ],
  ["names that nothing uses", section({ a: "idp" }, "idp")],
  ["the most members", requires({ any: list(16, () => "idp") })],
  ["the most levels", requires(nested(6))],
  [
    "the most levels through a name",
    section({ a: nested(4) }, { optional: { any: ["other", { all: ["a", "idp"] }] } }),
  ],
  ["as many nodes as there may be", section(large(13), "r1", "r2")],
  [
    "the most audiences of one provider",
    requires(...list(128, (i) => ({ provider: "idp", audiences: [String(i)] }))),
  ],
];

const R = "$.jwt.rules[0].require";
const FORMS = "one of any, all, optional, optionalOrFailed, extractOnly, provider";

const refused: [section: unknown, message: string][] = [
  [requires("idq"), `${R}: found "idq", allowed: none, idp, other`],
  [section({ a: "idp" }, "b"), `${R}: found "b", allowed: none, idp, other, a`],
  [requires(5), `${R}: found 5, allowed: none, idp, other`],
  [requires(["idp"]), `${R}: found a list, allowed: none, idp, other`],
  [requires({}), `${R}: found an empty object, allowed: ${FORMS}`],
  [
    requires({ any: ["idp", "other"], all: ["idp", "other"] }),
    `${R}: found an object, allowed: ${FORMS}`,
  ],
  [requires({ status: "x-a" }), `${R}: found an object, allowed: ${FORMS}`],
  [
    requires({ not: "idp" }),
    `${R}.not: found an unknown member, ` +
      "allowed: any, all, optional, optionalOrFailed, extractOnly, status, provider, " +
      "audiences",
  ],
  [requires({ any: ["idp"] }), `${R}.any: found a list, allowed: a list of 2 to 16`],
  [
    requires({ all: list(17, () => "idp") }),
    `${R}.all: found 17 values, allowed: a list of 2 to 16`,
  ],
  [requires({ any: ["idp", "none"] }), `${R}.any[1]: found "none", allowed: idp, other`],
  [requires({ optional: "none" }), `${R}.optional: found "none", allowed: idp, other`],
  [
    requires({ optional: { any: ["idp", {}] } }),
    `${R}.optional.any[1]: found an empty object, allowed: ${FORMS}`,
  ],
  [
    requires({ optional: "idp", status: "x-a" }),
    `${R}.status: found "x-a", allowed: a status only with extractOnly`,
  ],
  [
    requires({ optional: "idp", audiences: ["a"] }),
    `${R}.audiences: found a list, allowed: audiences only with a provider`,
  ],
  [requires({ provider: "idp" }), `${R}: found no member "audiences", allowed: "audiences"`],
  [
    requires({ provider: "idp", audiences: [] }),
    `${R}.audiences: found an empty list, allowed: a list of 1 to 16`,
  ],
  [
    section({ a: "idp" }, { provider: "a", audiences: ["a"] }),
    `${R}.provider: found "a", allowed: idp, other`,
  ],
  [section({ a: "idp" }, { extractOnly: "a" }), `${R}.extractOnly: found "a", allowed: idp, other`],
  [
    requires({ extractOnly: "idp", status: "x_a" }),
    `${R}.status: found "x_a", ` +
      "allowed: a header name in letters, digits and - (no _, it also stands for the " +
      "one with -)",
  ],
  [
    requires({ extractOnly: "idp", status: "X-User" }),
    `${R}.status: found "X-User", allowed: a header that no claim becomes`,
  ],
  [
    requires({ extractOnly: "idp", status: "x-other" }),
    "$.jwt.providers: found a token in a header that clients may not send, allowed: another header",
  ],
  [
    requires(...list(17, (i) => ({ extractOnly: "idp", status: `x-${String(i)}` }))),
    "$.jwt.rules[16].require.status: found one header for a status too many, allowed: 16 in all",
  ],
  [
    requires(...list(129, (i) => ({ provider: "idp", audiences: [String(i)] }))),
    "$.jwt.rules[128].require.provider: found audiences of one provider too many, " +
      "allowed: 128 in all",
  ],

  [
    section({}, "idp"),
    "$.jwt.requirements: found an empty object, allowed: an object of 1 to 64 members",
  ],
  [
    section(
      Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`r${String(i)}`, "idp"])),
      "idp",
    ),
    "$.jwt.requirements: found an object, allowed: an object of 1 to 64 members",
  ],
  [
    section({ none: "idp" }, "idp"),
    "$.jwt.requirements.none: found the name none, allowed: a name that nothing else has",
  ],
  [
    section({ idp: "idp" }, "idp"),
    "$.jwt.requirements.idp: found the name idp, allowed: a name that nothing else has",
  ],
  [section({ a: "none" }, "a"), '$.jwt.requirements.a: found "none", allowed: idp, other, a'],
  [section({ a: "b" }, "a"), '$.jwt.requirements.a: found "b", allowed: idp, other, a'],
  [
    section({ a: "a" }, "a"),
    '$.jwt.requirements.a: found "a", allowed: a requirement that does not contain itself',
  ],
  [
    section({ a: { any: ["b", "idp"] }, b: { all: ["idp", { optional: "a" }] } }, "idp"),
    '$.jwt.requirements.b.all[1].optional: found "a", ' +
      "allowed: a requirement that does not contain itself",
  ],
  [
    section({ a: nested(5) }, { optional: { any: ["other", { all: ["a", "idp"] }] } }),
    "$.jwt.requirements.a.optional.optional.optional.optional: found a requirement too deep, " +
      "allowed: 8 levels, those of names included",
  ],
  [
    section(large(14), "idp"),
    "$.jwt.requirements.r0.all: found one part of a requirement too many, " +
      "allowed: 512 in all rules",
  ],
];

describe("what rules require", () => {
  test.each(accepted)("accepts %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("refuses %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
