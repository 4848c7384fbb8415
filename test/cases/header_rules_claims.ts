// Header rules that name claims: they have their turn once the token is verified.

import type { Case, CaseStep } from "../support/case.ts";
import { token } from "./jwt_tokens.ts";
import type { Fields, Headers } from "./normalise_steps.ts";
import { passing, refused } from "./normalise_steps.ts";

const bearer = (value: string): Headers => [["authorization", `Bearer ${value}`]];
const ALICE = bearer(await token({ tier: "gold", age: 42, role: ["a", "b"], beta: true }));
const FREE = bearer(await token({ tier: "free", role: "reader" }));

const claims = (name: string, ...steps: CaseStep[]): Case => ({
  name,
  configuration: "headers from claims",
  steps,
});
const withAlice = (headers: Headers, upstream: Fields): CaseStep =>
  passing([...ALICE, ...headers], upstream);

export const headerRulesClaimCases: Case[] = [
  claims(
    "a claim becomes a header",
    withAlice([], { "x-user": "ALICE", "x-age": "42 years", "x-plan": "gold", "x-env": "prod" }),
    passing(FREE, { "x-user": "ALICE", "x-age": null, "x-plan": null, "x-roles": "reader" }),
  ),
  claims("a list of a claim has no text", withAlice([], { "x-roles": null })),
  claims(
    "what claims write is taken from nobody else",
    passing(
      [
        ["x-user", "forged"],
        ["x_user", "forged"],
        ["x-age", "forged"],
        ["x-plan", "forged"],
        ["x-roles", "forged"],
        ["x_roles", "forged"],
      ],
      {
        "x-user": null,
        x_user: null,
        "x-age": null,
        "x-plan": null,
        "x-roles": null,
        x_roles: null,
        "x-env": "prod",
      },
    ),
    withAlice(
      [
        ["x-age", "forged"],
        ["x-roles", "forged"],
      ],
      { "x-age": "42 years", "x-roles": null },
    ),
  ),
  claims(
    "a claim refuses a header, or removes it",
    refused([...FREE, ["x-tier", "1"]]),
    withAlice([["x-tier", "1"]], { "x-tier": "1" }),
    withAlice([["x-beta", "1"]], { "x-beta": "1" }),
    passing([...FREE, ["x-beta", "1"]], { "x-beta": null }),
    passing([["x-beta", "1"]], { "x-beta": null }),
  ),
  claims(
    "a claim is written into a line",
    withAlice([["x-greeting", "hello"]], { "x-greeting": "hello alice" }),
    passing([["x-greeting", "hello"]], { "x-greeting": null }),
  ),
];
