// What comes out of a token: its payload, claims, and what the host is told.

import type { Case } from "../support/case.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const GOOD = await token();
const BOB = await token({ sub: "bob", name: "Übung?>" });
const payloadOf = (value: string): string => value.split(".")[1] ?? "";
const SPOOFED = [
  ["x-jwt-payload", "e30"],
  ["x_jwt_payload", "e30"],
] as const;
const spoofed = SPOOFED.map(([name, value]): [string, string] => [name, value]);

const payloads: Case[] = [
  {
    name: "the payload as it stands in the token, remembered or not",
    configuration: "the payload in a header",
    steps: [
      step(
        { headers: bearer(GOOD), repeat: 2 },
        passes({ "x-jwt-payload": payloadOf(GOOD), "x-user": "alice", authorization: null }),
      ),
      step({ headers: bearer(BOB), repeat: 2 }, passes({ "x-jwt-payload": payloadOf(BOB) })),
      step({ headers: bearer(GOOD) }, passes({ "x-jwt-payload": payloadOf(GOOD) })),
    ],
  },
  one(
    "what clients send in its place is replaced",
    "the payload in a header",
    { headers: [...bearer(GOOD), ...spoofed] },
    passes({ "x-jwt-payload": payloadOf(GOOD), x_jwt_payload: null }),
  ),
  one(
    "or removed, where no token is required",
    "the payload in a header",
    { path: "/healthz", headers: [...bearer(GOOD), ...spoofed] },
    passes({ "x-jwt-payload": null, x_jwt_payload: null }),
  ),
  one(
    "also when the mapping table would put it there",
    "the payload behind a mapping",
    { path: "/healthz", headers: [["claimed", "e30"]] },
    passes({ "x-jwt-payload": null }),
  ),
];

const host: Case[] = [
  one(
    "a request whose claims become filter state passes",
    "claims in filter state",
    { headers: bearer(GOOD), repeat: 2 },
    passes({ "x-user": "alice" }),
  ),
  one("one without a token does not", "claims in filter state", {}, refused("jwt:missing")),
  one(
    "a request whose route is chosen again passes",
    "the route chosen again",
    { headers: bearer(GOOD), repeat: 2 },
    passes({ "x-user": "alice" }),
  ),
  one(
    "and one that needs no token",
    "the route chosen again",
    { path: "/healthz", headers: [["x-user", "root"]] },
    passes({ "x-user": null }),
  ),
  one("one that is refused is refused", "the route chosen again", {}, refused("jwt:missing")),
];

export const jwtOutputCases: Case[] = [...payloads, ...host];
