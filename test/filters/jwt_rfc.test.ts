// The examples of RFCs as tokens for the shipped module. None has an audience, so that a good
// signature shows by what is refused after it.

import { beforeAll, describe, expect, test } from "vitest";

import { requireModule } from "../support/envoy.ts";
import { readExamples, splitToken } from "../support/rfc_vectors.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { flipBit } from "../support/tokens.ts";

beforeAll(requireModule);

const module = await loadShippedModule();
/** The `exp` of the claims in RFC 7515, and before it. */
const EXPIRES_AT = 1_300_819_380;
const SKEW_SECONDS = 10;

/** Reason by which a token is refused, which all of them are. */
function reasonOf(key: object, token: string, nowSeconds = EXPIRES_AT): string | null {
  const providers = {
    idp: { audiences: ["x"], clockSkew: `${SKEW_SECONDS}s`, keys: { inline: { keys: [key] } } },
  };
  const rules = [{ match: { prefix: "/" }, require: "idp" }];
  const filter = new Simulated(module, { configuration: { jwt: { providers, rules } } });
  filter.advance(nowSeconds - 1);
  return filter.send([["authorization", `Bearer ${token}`]]).reason;
}

const RFCS = [7515, 7520, 8037].map((rfc) => ({ rfc, ...readExamples(rfc) }));

describe.each(RFCS)("RFC $rfc", ({ compact, unsecured, detached, json }) => {
  const [first] = compact;

  test.each(compact)("$section, $alg: the signature is right, or wrong", ({ key, token }) => {
    const isClaims = splitToken(token).payload.toString().startsWith("{");
    expect(reasonOf(key, token)).toBe(isClaims ? "jwt:audience_refused" : "jwt:claims_invalid");
    const late = reasonOf(key, token, EXPIRES_AT + SKEW_SECONDS);
    expect(late).toBe(isClaims ? "jwt:expired" : "jwt:claims_invalid");
    expect(reasonOf(key, flipBit(token, 2, 7))).toBe("jwt:signature_invalid");
  });

  test("no key takes what another one signed", () => {
    const isOther = (one: object, other: object): boolean =>
      JSON.stringify(one) !== JSON.stringify(other);
    for (const { key } of compact) {
      for (const { token } of compact.filter((each) => isOther(each.key, key))) {
        expect(reasonOf(key, token)).toMatch(/^jwt:(algorithm_refused|key_unknown)$/);
      }
    }
  });

  test("nothing is unsecured, detached or JSON", () => {
    const key = first?.key ?? {};
    // Each JSON serialization has a comma, and is taken for several tokens.
    const others = json.map(({ jws }) => JSON.stringify(jws));
    expect(others.map((token) => reasonOf(key, token))).toEqual(others.map(() => "jwt:multiple"));
    for (const { token } of [...unsecured, ...detached]) {
      expect(reasonOf(key, token)).toBe("jwt:malformed");
    }
    for (const { token } of unsecured) {
      expect(reasonOf(key, `${token}AA`)).toBe("jwt:algorithm_refused");
    }
  });
});
