// Where the module refuses what jose accepts, and why. jose is never the stricter one. The README
// of test/oracle lists the same.

import type { JsonPart, TokenFacts } from "./facts.ts";
import type { Provider } from "./world.ts";
import { NOW } from "./world.ts";

export interface Difference {
  about: string;
  /** What the module goes by. */
  reason: string;
  /** Reason codes with which the module may refuse such a token; none when it is no such token. */
  refusals: (facts: TokenFacts, provider: Provider) => string[];
}

const TOKEN_BYTES_MAX = 8192;
const JSON_DEPTH_MAX = 16;
const JSON_MEMBERS_MAX = 256;

const when = (applies: boolean, ...refusals: string[]): string[] => (applies ? refusals : []);

/** A difference about JSON, in either part. */
function ofJson(about: string, reason: string, applies: (part: JsonPart) => boolean): Difference {
  return {
    about,
    reason,
    refusals: ({ header, claims }) => [
      ...when(header !== undefined && applies(header), "jwt:header_invalid"),
      ...when(claims !== undefined && applies(claims), "jwt:claims_invalid"),
    ],
  };
}

/** A difference about one member of the header. */
function ofHeader(
  about: string,
  reason: string,
  refusal: string,
  applies: (header: JsonPart["value"]) => boolean,
): Difference {
  return {
    about,
    reason,
    refusals: ({ header }) => when(header !== undefined && applies(header.value), refusal),
  };
}

function ofClaims(
  about: string,
  reason: string,
  refusal: string,
  applies: (claims: JsonPart, provider: Provider) => boolean,
): Difference {
  return {
    about,
    reason,
    refusals: ({ claims }, provider) =>
      when(claims !== undefined && applies(claims, provider), refusal),
  };
}

const DATES = ["exp", "nbf", "iat"];

const has = (value: object, name: string): boolean => Object.hasOwn(value, name);
const isOfType = (value: unknown, types: RegExp): boolean =>
  typeof value === "string" && types.test(value);

/** The numbers of some claims, as they are written. */
const numbersOf = ({ numbers }: JsonPart, names: readonly string[]): string[] =>
  names.flatMap((name) => numbers.get(name) ?? []);

/** Whole seconds of a plain number, and whether there is a fraction. */
function secondsOf(number: string): { whole: number; hasFraction: boolean } | null {
  const [, whole, fraction] = /^(\d+)(?:\.(\d+))?$/.exec(number) ?? [];
  if (whole === undefined) return null;
  return { whole: Number(whole), hasFraction: /[1-9]/.test(fraction ?? "") };
}

const isRoundedAway = (number: string, skewSeconds: number): boolean => {
  const seconds = secondsOf(number);
  return seconds !== null && seconds.hasFraction && seconds.whole + skewSeconds <= NOW;
};

const isRoundedUp = (number: string, skewSeconds: number): boolean => {
  const seconds = secondsOf(number);
  return seconds !== null && seconds.hasFraction && seconds.whole + 1 > NOW + skewSeconds;
};

const inTheShape: Difference[] = [
  {
    about: "base64url with padding, white space or unused bits that are not zero",
    reason: "RFC 7515 §2 has no padding and no white space; RFC 4648 §3.5: one form for each value",
    refusals: ({ isLoose }) => when(isLoose, "jwt:malformed"),
  },
  {
    about: "a token of more than 8192 bytes",
    reason: "a bound: TOKEN_BYTES_MAX",
    refusals: ({ length }) => when(length > TOKEN_BYTES_MAX, "jwt:too_large"),
  },
  {
    about: "a PSS signature without its leading zeros",
    reason: "RFC 8017 §8.1.2: a signature is as long as the modulus",
    refusals: ({ header, signatureLength }) =>
      when(isOfType(header?.value["alg"], /^PS/) && signatureLength < 256, "jwt:signature_invalid"),
  },
];

const inJson: Difference[] = [
  ofJson(
    "a member name that stands twice in an object",
    "RFC 7515 §4 and RFC 7519 §4: unique, or the last one counts; readers must not disagree",
    ({ hasDuplicate }) => hasDuplicate,
  ),
  ofJson(
    "half a surrogate pair",
    "RFC 8259 §8.2: no Unicode text, readers replace it or not (RFC 8725 §3.7)",
    ({ hasHalfSurrogate }) => hasHalfSurrogate,
  ),
  ofJson(
    "a byte order mark in front of JSON",
    "RFC 8259 §8.1: must not be added",
    ({ hasByteOrderMark }) => hasByteOrderMark,
  ),
  ofJson(
    "more than 16 levels of objects and lists",
    "a bound: JSON_DEPTH_MAX",
    ({ depth }) => depth > JSON_DEPTH_MAX,
  ),
  ofJson(
    "more than 256 members in an object",
    "a bound: JSON_MEMBERS_MAX",
    ({ members }) => members > JSON_MEMBERS_MAX,
  ),
];

const OUR_TYPES = /^(application\/)?(jwt|at\+jwt|jose)$/i;
const NESTED = /^(application\/)?jwt$/i;

const inHeader: Difference[] = [
  ofHeader(
    "`crit`, whatever it names",
    "RFC 7515 §4.1.11: no extension is understood; RFC 7797 §7: `b64` is none for JWT",
    "jwt:critical_refused",
    (header) => has(header, "crit"),
  ),
  ofHeader(
    "`b64` that is not true, without `crit`",
    "RFC 7797 §6: it must stand in `crit`; §7: a JWT is encoded",
    "jwt:header_invalid",
    (header) => has(header, "b64") && header["b64"] !== true,
  ),
  ofHeader(
    "`zip` or `enc`",
    "RFC 7516 §4.1: members of encrypted tokens",
    "jwt:header_invalid",
    (header) => has(header, "zip") || has(header, "enc"),
  ),
  ofHeader(
    "`typ` of something that is no token for us",
    "RFC 8725 §3.11: a token made for another use",
    "jwt:type_refused",
    ({ typ }) => typeof typ === "string" && !OUR_TYPES.test(typ),
  ),
  ofHeader(
    "`typ` or `cty` that is no string",
    "RFC 7515 §4.1.9, §4.1.10: media types",
    "jwt:header_invalid",
    (header) =>
      ["typ", "cty"].some((name) => has(header, name) && typeof header[name] !== "string"),
  ),
  ofHeader(
    "`cty` of a nested token",
    "RFC 7519 §5.2: the claims are those of another token, which is not read",
    "jwt:type_refused",
    ({ cty }) => isOfType(cty, NESTED),
  ),
];

const inClaims: Difference[] = [
  ofClaims(
    "`iat` in the future, beyond the skew",
    "RFC 7519 §4.1.6: a token cannot be older than its issuance",
    "jwt:not_yet_valid",
    ({ value: { iat } }, { skewSeconds }) => typeof iat === "number" && iat > NOW + skewSeconds,
  ),
  ofClaims(
    "a date below zero, of 2^53 and more, or with an exponent",
    "RFC 7519 §2: seconds since 1970; RFC 8259 §6: readers disagree above 2^53",
    "jwt:claims_invalid",
    (claims) =>
      numbersOf(claims, DATES).some(
        (number) => /[-eE]/.test(number) || Math.trunc(Number(number)) >= 2 ** 53,
      ),
  ),
  ofClaims(
    "`exp` whose fraction alone is in the future",
    "RFC 7519 §4.1.4: whole seconds are compared, fractions count against the token",
    "jwt:expired",
    (claims, { skewSeconds }) =>
      numbersOf(claims, ["exp"]).some((number) => isRoundedAway(number, skewSeconds)),
  ),
  ofClaims(
    "`nbf` or `iat` with a fraction in the second of the limit",
    "RFC 7519 §4.1.5: whole seconds are compared, fractions count against the token",
    "jwt:not_yet_valid",
    (claims, { skewSeconds }) =>
      numbersOf(claims, ["nbf", "iat"]).some((number) => isRoundedUp(number, skewSeconds)),
  ),
  ofClaims(
    "`exp` before `nbf`",
    "RFC 7519 §4.1.4, §4.1.5: such a token never holds, but for the skew",
    "jwt:claims_invalid",
    (claims) => {
      const [exp, nbf] = ["exp", "nbf"].map((name) => secondsOf(claims.numbers.get(name) ?? ""));
      if (!exp || !nbf) return false;
      return exp.whole < nbf.whole + (nbf.hasFraction ? 1 : 0);
    },
  ),
  ofClaims(
    "`cnf`: a token that is bound to a key",
    "RFC 7800 §3.1, RFC 8705 §3: the proof of the key is asked for, or it is no bearer token",
    "jwt:confirmation_refused",
    ({ value }) => has(value, "cnf"),
  ),
  ofClaims(
    "`iss` or `sub` that is no string, where nobody asks for it",
    "RFC 7519 §4.1.1, §4.1.2: StringOrURI",
    "jwt:claims_invalid",
    ({ value }) =>
      ["iss", "sub"].some((name) => has(value, name) && typeof value[name] !== "string"),
  ),
  ofClaims(
    "`aud` with other values among its strings",
    "RFC 7519 §4.1.3: an array of strings",
    "jwt:claims_invalid",
    ({ value: { aud } }) => Array.isArray(aud) && aud.some((each) => typeof each !== "string"),
  ),
];

export const DIFFERENCES: readonly Difference[] = [
  ...inTheShape,
  ...inJson,
  ...inHeader,
  ...inClaims,
];
