// Rows of the cases about claims: a provider, tokens, and why each is refused.

import type { Case, CaseExpectation } from "../support/case.ts";
import type { Claims } from "../support/tokens.ts";
import { forge } from "../support/tokens.ts";
import { bearer, challengeOf, one, passes, refused } from "./jwt_expectations.ts";
import { claims, EC, token } from "./jwt_tokens.ts";

export const CONFIGURATION = "jwt claims";

export type Row = [name: string, value: string | Promise<string>, reason: string | null];

export const header = (typ: unknown, changed: Claims = {}): string =>
  forge(EC, { alg: "ES256", kid: "ec-1", typ }, claims(changed));

export const payload = (text: string): string => forge(EC, { alg: "ES256", kid: "ec-1" }, text);

export function expectation(reason: string | null, scope: string | undefined): CaseExpectation {
  if (reason === null) return passes();
  const expected = refused(reason);
  if (scope === undefined) return expected;
  const challenge = `${challengeOf(reason) ?? ""}, scope="${scope}"`;
  return { ...expected, response: { "www-authenticate": challenge } };
}

/** A case for each row: its name, a token, and why that is refused: maybe for want of a scope. */
export async function rows(
  provider: string,
  each: readonly Row[],
  scope?: string,
): Promise<Case[]> {
  return Promise.all(
    each.map(async ([name, value, reason]) => {
      const request = { path: `/${provider}`, headers: bearer(await value) };
      return one(`${provider}: ${name}`, CONFIGURATION, request, expectation(reason, scope));
    }),
  );
}

export const withClaims = (name: string, changed: Claims, reason: string | null): Row => [
  name,
  token(changed),
  reason,
];
