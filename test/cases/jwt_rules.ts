// Which rule a request falls under: by whole segments of the normalised path.

import type { Case } from "../support/case.ts";
import { bearer, one, passes, refused } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const GOOD = await token();
const ORDERS = "/orders";

export const jwtRuleCases: Case[] = [
  one("the first rule that matches", "jwt", { path: "/healthz" }, passes()),
  one("a path below a prefix", "jwt", { path: "/healthz/live?x=/orders" }, passes()),
  ...["/healthzadmin", "/health", "/Healthz", "/x/healthz", "/?/healthz", ORDERS].map((path) =>
    one(`a path that is not below a prefix: ${path}`, "jwt", { path }, refused("jwt:missing")),
  ),
  ...["/healthz/../orders", "/healthz/%2e%2e/orders", "/./healthz/../orders"].map((path) =>
    one(`a path that leaves the prefix: ${path}`, "jwt", { path }, refused("jwt:missing")),
  ),
  ...["/%68ealthz", "/./healthz", "/orders/../healthz"].map((path) =>
    one(`a path that is the prefix once normalised: ${path}`, "jwt", { path }, passes()),
  ),
  ...[
    "/healthz%2f..%2forders",
    "/healthz%2Forders",
    "/healthz%5corders",
    "//healthz",
    "/healthz;x=1",
    "/healthz/..;/orders",
    "/%252e%252e/orders",
    "/healthz%00",
    "/../orders",
    "/a%zz",
  ].map((path) =>
    one(
      `a path that readers disagree about: ${path}`,
      "jwt",
      { path, headers: bearer(GOOD) },
      refused("jwt:path_refused"),
    ),
  ),
  one(
    "no rule for a path",
    "jwt without a rule for every path",
    { path: "/", headers: bearer(GOOD) },
    refused("jwt:no_rule"),
  ),
  one(
    "a request that looks like a preflight is checked as well",
    "jwt",
    { method: "OPTIONS" },
    refused("jwt:missing"),
    ["http1", "http2"],
  ),
  one(
    "a bad token where none is required is nobody's business",
    "jwt",
    { path: "/healthz", headers: bearer("x") },
    passes({ authorization: "Bearer x" }),
  ),
];
