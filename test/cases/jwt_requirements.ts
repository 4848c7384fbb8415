// What rules require: one token of several, several at once, none that is bad, and claims of tokens
// that nobody verifies.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation } from "../support/case.ts";
import { mint } from "../support/tokens.ts";
import type { Claims } from "../support/tokens.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { claims, NOW, OTHER, STRANGER, token } from "./jwt_tokens.ts";

const C = "jwt requirements";
const LIMITED = "jwt requirements and limits";
const other = (changed: Claims = {}): Promise<string> => mint(OTHER, claims(changed));

const USER = await token();
const EXPIRED = await token({ exp: NOW - 1000 });
const BILLING = await token({ aud: "billing" });
const PARTNER = await other({ sub: "partner" });
const DEVICE = await other({ sub: "device", level: 5 });
const STRANGE = await mint(STRANGER, claims());

const user = bearer(USER);
const device: HeaderList = [["x-device-token", DEVICE]];
const kept: HeaderList = [["x-kept-token", DEVICE]];

/** What no client may say, in every spelling; each case sends it. */
const SPOOFED: HeaderList = [
  ["x-user", "root"],
  ["x_user", "root"],
  ["x-device", "root"],
  ["x-token-status", "verified"],
  ["x_token_status", "verified"],
];
const NOBODY = {
  "x-user": null,
  x_user: null,
  "x-partner": null,
  "x-device": null,
  "x-level": null,
  "x-kept": null,
  "x-token-status": null,
  x_token_status: null,
};
/** Nothing is there but what is listed, and no token. */
const known = (upstream: Record<string, string | null> = {}): CaseExpectation =>
  passes({ ...NOBODY, authorization: null, "x-device-token": null, ...upstream });

const at = (path: string, headers: HeaderList, expect: CaseExpectation, what: string): Case =>
  one(
    `${path.split("?")[0] ?? ""}: ${what}`,
    C,
    { path, headers: [...headers, ...SPOOFED] },
    expect,
  );

const MISSING = refused("jwt:missing");
const BAD = refused("jwt:signature_invalid");

const any: Case[] = [
  at("/any", user, known({ "x-user": "alice" }), "the first"),
  at("/any", bearer(PARTNER), known({ "x-partner": "partner" }), "a bad first, a good second"),
  at("/any", device, known({ "x-device": "device", "x-level": "5" }), "only the last"),
  at(
    "/any",
    [...user, ...device],
    known({ "x-user": "alice" }),
    "the first that is good is the only one that counts, the others do not go on",
  ),
  at(
    "/any",
    [...bearer(STRANGE), ...device],
    known({ "x-device": "device", "x-level": "5" }),
    "bad ones before a good one do not go on",
  ),
  at("/any", [], MISSING, "nothing"),
  at("/any", bearer(STRANGE), refused("jwt:key_unknown"), "all are bad"),
  at("/any", bearer(EXPIRED), refused("jwt:expired"), "the first reason that says something"),
  at("/any", [["x-device-token", USER]], BAD, "what is missing says nothing"),
];

const all: Case[] = [
  at(
    "/all",
    [...user, ...device],
    known({ "x-user": "alice", "x-device": "device", "x-level": "5" }),
    "both",
  ),
  at("/all", user, MISSING, "one is missing"),
  at("/all", [...user, ["x-device-token", USER]], BAD, "one is bad"),
  at(
    "/all",
    [...bearer(EXPIRED), ["x-device-token", "x"]],
    refused("jwt:expired"),
    "the first failure",
  ),
  at("/twice", user, known({ "x-user": "alice" }), "one token counts for both"),
  at(
    `/all-same?token=${DEVICE}`,
    bearer(await token({ level: 3 })),
    known({ "x-user": "alice", "x-level": "3", ":path": "/all-same" }),
    "the first wins a header",
  ),
  at(
    `/all-same-turned?token=${DEVICE}`,
    bearer(await token({ level: 3 })),
    known({ "x-user": "device", "x-level": "5", ":path": "/all-same-turned" }),
    "whichever that is",
  ),
  at(
    `/all-same?token=${DEVICE}`,
    user,
    known({ "x-user": "alice", "x-level": "5" }),
    "a later one adds what the first has not",
  ),
  at(
    "/all-kept",
    [...user, ...kept],
    known({ "x-user": "alice", "x-kept": "device", "x-kept-token": DEVICE }),
    "one goes on, the other does not",
  ),
  {
    name: "/all: tokens that were verified before, in any order",
    configuration: C,
    steps: [
      step({ path: "/any", headers: device }, known({ "x-device": "device", "x-level": "5" })),
      step(
        { path: "/all", headers: [...user, ...device], repeat: 3 },
        known({ "x-user": "alice", "x-device": "device", "x-level": "5" }),
      ),
      step({ path: "/any", headers: user }, known({ "x-user": "alice" })),
    ],
  },
];

const optional: Case[] = [
  at("/none", [], known(), "nobody"),
  at("/optional", [], known(), "nothing"),
  at(
    "/optional",
    [["authorization", "Basic x"]],
    known({ authorization: "Basic x" }),
    "another scheme",
  ),
  at("/optional", user, known({ "x-user": "alice" }), "a good token"),
  at("/optional", bearer(EXPIRED), refused("jwt:expired"), "an expired token"),
  at("/optional", bearer("x"), refused("jwt:malformed"), "no token"),
  at("/optional", [...user, ...user], refused("jwt:multiple"), "two tokens"),
  at("/optional-any", [], known(), "nothing"),
  at("/optional-any", device, known({ "x-device": "device", "x-level": "5" }), "one of them"),
  at("/optional-any", [["x-device-token", USER]], BAD, "a bad one"),
  at("/optional-or-failed", [], known(), "nothing"),
  at("/optional-or-failed", user, known({ "x-user": "alice" }), "a good token"),
  ...[EXPIRED, STRANGE, "x", "a.b.c", ""].map((value) =>
    at("/optional-or-failed", bearer(value), known(), `a bad token: ${value.slice(-9)}`),
  ),
  at("/optional-or-failed", [...user, ...user], known(), "two tokens"),
  at("/any-or-none", [], known(), "nothing"),
  at("/any-or-none", bearer(EXPIRED), known(), "a bad token of the other branch"),
  at("/any-or-none", [["x-device-token", USER]], BAD, "a bad token of the optional one"),
  at("/all-optional", [], known(), "nothing"),
  at("/all-optional", device, known({ "x-device": "device", "x-level": "5" }), "the second"),
  at(
    "/all-optional",
    [...user, ["x-device-token", "x"]],
    known({ "x-user": "alice" }),
    "one is bad",
  ),
  at("/all-optional", bearer("x"), refused("jwt:malformed"), "the optional one is bad"),
];

const named: Case[] = [
  at("/alias", user, known({ "x-user": "alice" }), "another name"),
  at("/alias", bearer(PARTNER), BAD, "another name, a bad token"),
  at(
    "/either",
    [...user, ...device],
    known({ "x-user": "alice", "x-device": "device", "x-level": "5" }),
    "the first branch",
  ),
  at("/either", bearer(PARTNER), known({ "x-partner": "partner" }), "the second branch"),
  at(
    "/either",
    [...bearer(PARTNER), ...device],
    known({ "x-partner": "partner" }),
    "the second branch, and half of the first",
  ),
  at("/either", user, BAD, "half of the first branch hands nothing on"),
  at("/either", [], MISSING, "nothing"),
  at("/either-deep", user, known({ "x-user": "alice" }), "one inside the other"),
  at("/either-deep", bearer(PARTNER), BAD, "one inside the other, all must hold"),
];

const status = (value: string, upstream: Record<string, string> = {}): CaseExpectation =>
  known({ "x-token-status": value, ...upstream });

const extracted: Case[] = [
  at("/extract", [], status("missing"), "nothing"),
  at("/extract", user, status("unverified", { "x-user": "alice" }), "a good token is not verified"),
  ...[EXPIRED, await mint(STRANGER, claims())].map((value) =>
    at(
      "/extract",
      bearer(value),
      status("unverified", { "x-user": "alice" }),
      `a bad token is read: ${value.slice(-9)}`,
    ),
  ),
  ...["", "x", "a.b.c", `${USER}=`, `${USER},`].map((value) =>
    at(
      "/extract",
      bearer(value),
      status("malformed"),
      `no token: ${JSON.stringify(value.slice(-9))}`,
    ),
  ),
  at("/extract", [...user, ...user], status("malformed"), "two tokens"),
  at("/extract-quietly", user, known({ "x-user": "alice" }), "no status"),
  at(
    `/extract-and-verify?token=${DEVICE}`,
    user,
    status("unverified", { "x-user": "alice" }),
    "nothing unverified beside what is verified",
  ),
  at("/extract-and-verify?token=x", user, status("malformed", { "x-user": "alice" }), "a bad one"),
  at(`/extract-and-verify?token=${DEVICE}`, [], MISSING, "the other one is missing"),
  at("/extract-or-not", bearer(PARTNER), known({ "x-partner": "partner" }), "a branch that fails"),
  {
    name: "/extract: a limit on claims counts nobody, as nobody is verified",
    configuration: LIMITED,
    steps: [
      step({ path: "/extract", headers: user, repeat: 3 }, passes({ "x-user": "alice" })),
      step({ path: "/optional", repeat: 3 }, passes()),
      step({ path: "/all-same", headers: user }, refused("jwt:missing")),
      step({ path: `/all-same?token=${DEVICE}`, headers: user }, passes({ "x-user": "alice" })),
      step({ path: "/any", headers: user }, { status: 429, reason: "ratelimit:limited" }),
      step({ path: "/any", headers: device }, passes({ "x-device": "device" })),
    ],
  },
];

const audiences: Case[] = [
  at("/billing", bearer(BILLING), known({ "x-user": "alice" }), "an audience of the rule"),
  at("/billing", user, refused("jwt:audience_refused"), "one of the provider alone"),
  at("/any", bearer(BILLING), refused("jwt:audience_refused"), "one of another rule"),
  at("/billing-or-device", bearer(BILLING), known({ "x-user": "alice" }), "inside another one"),
  {
    name: "a token that was verified for one audience is nothing for another",
    configuration: C,
    steps: [
      step({ path: "/alias", headers: user, repeat: 2 }, known({ "x-user": "alice" })),
      step({ path: "/billing", headers: user }, refused("jwt:audience_refused")),
      step({ path: "/billing", headers: bearer(BILLING), repeat: 2 }, known({ "x-user": "alice" })),
      step({ path: "/alias", headers: bearer(BILLING) }, refused("jwt:audience_refused")),
      step({ path: "/alias", headers: user }, known({ "x-user": "alice" })),
    ],
  },
];

export const jwtRequirementCases: Case[] = [
  ...any,
  ...all,
  ...optional,
  ...named,
  ...extracted,
  ...audiences,
];
