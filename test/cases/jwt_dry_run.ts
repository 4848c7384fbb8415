// Refusals that are only tried out: the request passes with a mark, and as nobody.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest } from "../support/case.ts";
import { flipBit } from "../support/tokens.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const GOOD = await token();
const EXPIRED = await token({ exp: 1 });
const MARK = "x-sallyport-dry-run";
const SPOOFED: HeaderList = [
  ["x-user", "root"],
  ["x_user", "root"],
  ["x-jwt-payload", "e30"],
  [MARK, "ok"],
  ["x_sallyport_dry_run", "ok"],
];

/** Passes as nobody, with this reason for a mark. */
function marked(reason: string, authorization: string | null = null): CaseExpectation {
  return passes({ [MARK]: reason, "x-user": null, "x-jwt-payload": null, authorization });
}

const WOULD_BE_REFUSED: readonly (readonly [reason: string, request: CaseRequest])[] = [
  ["jwt:missing", { path: "/api" }],
  ["jwt:malformed", { path: "/api", headers: bearer("x") }],
  ["jwt:expired", { path: "/api", headers: bearer(EXPIRED) }],
  ["jwt:signature_invalid", { path: "/api", headers: bearer(flipBit(GOOD, 2, 1)) }],
  ["jwt:multiple", { path: "/api", headers: [...bearer(GOOD), ...bearer(GOOD)] }],
  ["jwt:audience_refused", { path: "/api", headers: bearer(await token({ aud: "x" })) }],
  ["jwt:no_rule", { path: "/", headers: bearer(GOOD) }],
  ["jwt:path_refused", { path: "/api;x", headers: bearer(GOOD) }],
];

const GOOD_PASSES = passes({ "x-user": "alice", [MARK]: null, authorization: null });

const LIMITED: CaseExpectation = { status: 429, reason: "ratelimit:limited", grpcStatus: 8 };

export const jwtDryRunCases: Case[] = [
  ...WOULD_BE_REFUSED.map(([reason, request]) =>
    one(`${reason} passes with a mark`, "dry run", request, marked(reason)),
  ),
  ...WOULD_BE_REFUSED.map(([reason, request]) =>
    one(`${reason} without a dry run`, "no dry run", request, refused(reason)),
  ),
  one(
    "a good token passes without",
    "dry run",
    { path: "/api", headers: bearer(GOOD) },
    {
      ...GOOD_PASSES,
    },
  ),
  one("what needs no token passes without", "dry run", { path: "/open" }, passes({ [MARK]: null })),
  one(
    "what clients send in the place of claims and mark is gone",
    "dry run",
    { path: "/api", headers: [...bearer(EXPIRED), ...SPOOFED] },
    marked("jwt:expired"),
  ),
  one(
    "with a good token as well",
    "dry run",
    { path: "/api", headers: [...bearer(GOOD), ...SPOOFED] },
    GOOD_PASSES,
  ),
  one(
    "and where no token is needed",
    "dry run",
    { path: "/open", headers: [...SPOOFED, ["claimed", "ok"]] },
    passes({ [MARK]: null, "x-user": null, "x-jwt-payload": null }),
  ),
  one(
    "credentials of another scheme go on",
    "dry run",
    { path: "/api", headers: [["authorization", "Basic YTpi"]] },
    marked("jwt:missing", "Basic YTpi"),
  ),
  one(
    "a bad token goes on where tokens are kept",
    "dry run with the token kept",
    { path: "/api", headers: bearer(EXPIRED) },
    marked("jwt:expired", `Bearer ${EXPIRED}`),
  ),
  one(
    "without a dry run the mark is nobody's",
    "no dry run",
    { path: "/open", headers: [[MARK, "mine"]] },
    passes({ [MARK]: "mine" }),
  ),
  {
    name: "other filters refuse all the same",
    configuration: "dry run behind other filters",
    steps: [
      step(
        { path: "/api", headers: [["x_a", "1"]] },
        { status: 400, reason: "normalise:header_refused", grpcStatus: 3 },
      ),
      step({ path: "/api", headers: bearer(EXPIRED) }, marked("jwt:expired")),
      step({ path: "/api", headers: bearer(GOOD) }, GOOD_PASSES),
      step({ path: "/api", headers: bearer(EXPIRED) }, LIMITED),
    ],
  },
];
