// Errors of jose, and the reasons by which the module refuses a token that is wrong in the same
// way.

import type { TokenFacts } from "./facts.ts";

const CLAIM = "ERR_JWT_CLAIM_VALIDATION_FAILED";

export const SAME_REFUSALS: Readonly<Record<string, readonly string[]>> = {
  "ERR_JWS_INVALID: Invalid Compact JWS": ["jwt:malformed"],
  "ERR_JWS_INVALID: JWS Protected Header is invalid": ["jwt:header_invalid", "jwt:malformed"],
  "ERR_JWS_INVALID: Failed to base64url decode the payload": ["jwt:malformed"],
  "ERR_JWS_INVALID: Failed to base64url decode the signature": ["jwt:malformed"],
  "ERR_JWS_INVALID: The payload is not a valid base64url string": ["jwt:malformed"],
  'ERR_JWS_INVALID: JWS "alg" (Algorithm) Header Parameter missing or invalid': [
    "jwt:header_invalid",
    "jwt:algorithm_refused",
  ],
  ERR_JOSE_ALG_NOT_ALLOWED: ["jwt:algorithm_refused"],
  ERR_JWKS_NO_MATCHING_KEY: ["jwt:key_unknown"],
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: ["jwt:key_unknown"],
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: ["jwt:signature_invalid"],
  "ERR_JWT_INVALID: JWT Claims Set must be a top-level JSON object": ["jwt:claims_invalid"],
  [`${CLAIM}: iss missing`]: ["jwt:issuer_refused"],
  [`${CLAIM}: iss check_failed`]: ["jwt:issuer_refused"],
  [`${CLAIM}: aud missing`]: ["jwt:audience_refused"],
  [`${CLAIM}: aud check_failed`]: ["jwt:audience_refused"],
  [`${CLAIM}: exp missing`]: ["jwt:claims_invalid"],
  [`${CLAIM}: exp invalid`]: ["jwt:claims_invalid"],
  [`${CLAIM}: iat invalid`]: ["jwt:claims_invalid"],
  [`${CLAIM}: nbf invalid`]: ["jwt:claims_invalid"],
  [`${CLAIM}: nbf check_failed`]: ["jwt:not_yet_valid"],
  ERR_JWT_EXPIRED: ["jwt:expired"],
};

interface Precedence {
  about: string;
  /** What the module sees first. */
  refusal: string;
  applies: (facts: TokenFacts) => boolean;
}

/** Faults that the module names before whatever jose sees first. */
export const PRECEDENCES: readonly Precedence[] = [
  {
    about: "a comma: hosts join repeated fields with one (RFC 9110 §5.3)",
    refusal: "jwt:multiple",
    applies: ({ hasComma }) => hasComma,
  },
  {
    about: "a part that is empty or no base64url: jose decodes the payload after the signature",
    refusal: "jwt:malformed",
    applies: ({ isBroken }) => isBroken,
  },
  {
    about: "a `kid` that is no string: jose finds no key for it",
    refusal: "jwt:header_invalid",
    applies: ({ header }) =>
      header !== undefined &&
      Object.hasOwn(header.value, "kid") &&
      typeof header.value["kid"] !== "string",
  },
  {
    about: "no `exp`, or a claim of the wrong type: jose looks for `iss` and `aud` first",
    refusal: "jwt:claims_invalid",
    applies: ({ claims }) =>
      claims !== undefined && (!Object.hasOwn(claims.value, "exp") || hasWrongType(claims.value)),
  },
];

function hasWrongType({ aud, ...claims }: Readonly<Record<string, unknown>>): boolean {
  const isAudience =
    aud === undefined || [aud].flat().every((audience) => typeof audience === "string");
  return (
    !isAudience ||
    ["iss", "sub"].some((name) => !["undefined", "string"].includes(typeof claims[name]))
  );
}
