// The sixty-two hostile inputs that a JWT filter has to answer, and where each is shown.
// test/contract/jwt_inputs.test.ts checks that all of it exists.

export interface Input {
  number: number;
  about: string;
  /** Names of cases; a `*` at the end stands for whatever follows, in one case or more. */
  cases?: readonly string[];
  /** Of what no case can show: a file under test, and the beginning of a name in it. */
  tests?: readonly (readonly [file: string, name: string])[];
  /** Why there is nothing to show. */
  absent?: string;
}

const CONFIG = "filters/jwt_config.test.ts";
const KEYS_CONFIG = "filters/jwt_keys_config.test.ts";
const RUNTIME = "filters/jwt_runtime.test.ts";
const CLOCK = "filters/jwt_clock.test.ts";
const JWK = "core/jwt/jwk.test.ts";
const ANSWERS = "filters/jwt_remote_answers.test.ts";
const FLIGHTS = "filters/jwt_remote_flights.test.ts";
const REMOTE_CONFIG = "filters/jwt_remote_config.test.ts";
const KINDS = "filters/jwt_remote_kinds.test.ts";
const ROTATION = "filters/jwt_remote_rotation.test.ts";
const REMOTE_FUZZ = "filters/jwt_remote_fuzz.test.ts";
const WAITING = "filters/jwt_waiting.test.ts";
const GONE = "filters/jwt_gone.test.ts";
const CACHED = "filters/jwt_cached_tokens.test.ts";
const ANY_ORDER = [
  "faults/callbacks.test.ts",
  "callbacks in any order let nothing pass that may not",
] as const;
const REMOTE_ENVOY = "e2e/remote_keys.test.ts";
const UPGRADES = "e2e/jwt_upgrades.test.ts";
const UNUSED_KEYS = [JWK, "wrong: %s"] as const;

const presentation: Input[] = [
  {
    number: 1,
    about: "no credential, or another scheme",
    cases: ["no credentials", "credentials of another scheme: *"],
  },
  {
    number: 2,
    about: "the scheme without a token",
    cases: ["the scheme without a token: *"],
  },
  {
    number: 3,
    about: "the scheme in any case, several spaces; a tab or a comma",
    cases: [
      "the scheme in any case: *",
      "several spaces before the token",
      "a tab before the token",
      "a comma behind the token",
    ],
  },
  {
    number: 4,
    about: "two values, or two places",
    cases: ["several tokens: *", "too many tokens: *", "two Authorization fields, equal or not"],
  },
  { number: 5, about: "two tokens in one value", cases: ["two tokens in one value"] },
  {
    number: 6,
    about: "a query key or a cookie that repeats",
    cases: ["in the query, twice, *", "in a cookie, twice*"],
  },
  {
    number: 7,
    about: "a percent-encoded token in the query",
    cases: ["in the query, encoded once", "in the query, encoded twice", "in the query, with a *"],
  },
  {
    number: 8,
    about: "a token above the limit",
    cases: ["a token above the limit", "the largest token"],
  },
  {
    number: 9,
    about: "the client sends the filter's own headers",
    cases: [
      "what clients send in the place of claims is removed",
      "also where no token is required",
      "also when the mapping table would put it there",
    ],
  },
  {
    number: 10,
    about: "the same in another case, or with _",
    cases: ["in upper case as well", "what clients send in the place of claims is removed"],
  },
  {
    number: 11,
    about: "OPTIONS that is no preflight",
    cases: [
      "OPTIONS is a method like any other",
      "without an origin",
      "without a method",
      "with two methods",
      "of another method",
      "a request that looks like a preflight is checked as well",
    ],
  },
  {
    number: 12,
    about: "tricks with the path of a rule",
    cases: [
      "a path that is not below a prefix: *",
      "a path that leaves the prefix: *",
      "a path that readers disagree about: *",
    ],
  },
];

const compact: Input[] = [
  {
    number: 13,
    about: "other counts of parts, empty parts",
    cases: [
      "jwt: one part",
      "jwt: two parts",
      "jwt: four parts",
      "jwt: five parts: an encrypted token",
      "jwt: an empty header",
      "jwt: an empty payload",
      "jwt: an empty signature",
      "jwt: a leading dot",
      "jwt: a trailing dot",
      "jwt: double dots",
    ],
  },
  {
    number: 14,
    about: "bytes that are not of base64url",
    cases: [
      "jwt: padding",
      "jwt: the alphabet of base64",
      "jwt: a question mark",
      "a byte of no alphabet in a token: *",
      "a NUL in a token",
      "a line end in a token",
    ],
  },
  {
    number: 15,
    about: "a length that cannot be, unused bits",
    cases: ["jwt: a length that cannot be", "jwt: unused bits that are not zero"],
  },
  {
    number: 16,
    about: "JSON serializations, a polyglot",
    cases: [
      "jwt: flattened JSON serialization",
      "flattened JSON serialization, complete",
      "general JSON serialization, complete",
      "compact inside of JSON, a polyglot",
    ],
  },
  { number: 17, about: "an encrypted token", cases: ["jwt: five parts: an encrypted token"] },
  {
    number: 18,
    about: "not UTF-8, a byte order mark, no object, more than an object",
    cases: [
      "a header that is not UTF-8",
      "a payload that is not UTF-8",
      "a header with a byte order mark",
      "jwt: a payload with a byte order mark",
      "jwt: a header that is no object",
      "jwt: a header that is no JSON",
      "jwt: a header with something behind it",
      "jwt: a payload that is no object",
      "jwt: a payload that is a string",
      "jwt: a payload with something behind it",
      "jwt: a payload with a comment",
      "jwt: a payload with NaN",
    ],
  },
  {
    number: 19,
    about: "a name twice",
    cases: [
      "jwt: alg twice",
      "a header member twice, once escaped",
      "jwt: a claim twice",
      "jwt: a claim twice, once escaped",
      "a name twice inside a claim",
    ],
  },
  {
    number: 20,
    about: "__proto__, deep, many, huge, NUL, half a surrogate pair",
    cases: [
      "a claim named __proto__",
      "jwt: a deep header",
      "jwt: a deep payload",
      "jwt: many members",
      "a claim that is a huge number",
      "a claim with an escaped NUL",
      "jwt: half a surrogate pair",
    ],
  },
];

const header: Input[] = [
  {
    number: 21,
    about: "alg none, empty, missing or of another type",
    cases: [
      'jwt: alg "none"',
      'jwt: alg "None"',
      'jwt: alg "NONE"',
      'jwt: alg "nOnE"',
      'jwt: alg ""',
      "jwt: alg missing",
      "jwt: alg as a number",
      "jwt: alg as a list",
    ],
  },
  {
    number: 22,
    about: "an algorithm that is not allowed",
    cases: ["RS256 where only ES256 is allowed", "a token by *"],
    tests: [[RUNTIME, "no signature is verified before everything in front of it is right"]],
  },
  {
    number: 23,
    about: "HMAC with a public key as secret",
    cases: ["jwt: HS256 with the *"],
    tests: [[KEYS_CONFIG, "are refused: %j"]],
  },
  {
    number: 24,
    about: "an algorithm that does not fit the key",
    cases: [
      "jwt: alg PS256 with the kid of an EC key",
      "a key that names its algorithm verifies that one alone",
      "ES256 by a key of P-384",
      'jwt: alg "EdDSA"',
    ],
    tests: [UNUSED_KEYS],
  },
  {
    number: 25,
    about: "keys, addresses and certificates in the header",
    cases: [
      "jwt: a key in the header (jwk)",
      "jwt: the address of a key set (jku)",
      "jwt: a certificate in the header (x5c)",
      "jwt: the address of a certificate (x5u)",
      "thumbprints of certificates choose no key",
    ],
  },
  {
    number: 26,
    about: "kid: absent, of another type, long, odd, unknown",
    cases: [
      "no kid where one key would do",
      "jwt with two keys of one type: no kid where two keys would do",
      "jwt: kid as a number",
      "jwt: an empty kid",
      "jwt: a kid *",
    ],
    tests: [
      [FLIGHTS, "of a key that the server has by now is waited for once, and known"],
      [WAITING, "that stays unknown is refused, and within the cooldown at once"],
      [KINDS, "are tried one after the other where there are several of a type"],
    ],
  },
  {
    number: 27,
    about: "a flood of unknown kids",
    tests: [
      [FLIGHTS, "asks once in a cooldown, however many there are"],
      [FLIGHTS, "gets 503 while the server fails, which is asked once a cooldown"],
      [WAITING, "are bounded: one more is refused at once, and room comes back"],
    ],
  },
  {
    number: 28,
    about: "crit, an unencoded payload",
    cases: [
      "jwt: crit *",
      "crit with a name twice",
      "an unencoded payload",
      "jwt: b64 false without crit",
    ],
  },
  {
    number: 29,
    about: "zip and enc",
    cases: ["jwt: zip", "jwt: enc: encrypted and signed at once"],
  },
  {
    number: 30,
    about: "typ of another use",
    cases: ["typed: *", "access: no type", "jwt: typ *", "typ *", "jwt-svid: typ *"],
  },
  { number: 31, about: "a nested token", cases: ["jwt: a nested token", "cty *"] },
];

const signatures: Input[] = [
  {
    number: 32,
    about: "a bit of each part, another token's signature, none or a part of one",
    cases: [
      "jwt: a bit of the payload flipped",
      "jwt: a bit of the signature flipped",
      "a header of another token that is right itself",
      "jwt: the signature of another token",
      "jwt: a short signature",
      "jwt: a signature of one byte",
      "jwt: an empty signature",
    ],
  },
  {
    number: 33,
    about: "ECDSA: lengths, DER, r and s out of range; the higher s is right",
    cases: [
      "jwt: a long signature",
      "jwt: ECDSA in DER",
      "jwt: r = s = 0 (CVE-2022-21449)",
      "jwt: r = *",
      "jwt: s = *",
      "jwt: all ones",
      "a signature by a curve with the higher s",
    ],
  },
  {
    number: 34,
    about: "RSA: lengths, above the modulus, forged padding",
    cases: [
      "jwt: a short RSA signature",
      "jwt: a long RSA signature",
      "jwt: an RSA signature above the modulus",
      "jwt: PKCS #1 padding with SHA-*",
      "a cube root under an exponent of 3",
      "a DigestInfo without its NULL",
      "bytes behind the digest",
      "no DigestInfo",
    ],
  },
  {
    number: 35,
    about: "PSS: salt, hash, trailer, highest bit",
    cases: [
      "PSS with a salt of *",
      "PSS by SHA-512 under PS256",
      "a PSS trailer that is not bc",
      "a PSS encoding whose highest bit is set",
      "jwt: PSS padding under RS256",
    ],
    tests: [
      [
        "core/crypto_vectors/rsa.test.ts",
        "of all pairs of hashes and lengths of salt, those of PS256, 384, 512 pass",
      ],
    ],
  },
  {
    number: 36,
    about: "Ed25519: S above the order, points of small order or in no canonical form",
    cases: ["an S above the order of Ed25519", "an R of small order, or in no canonical form: *"],
    tests: [UNUSED_KEYS],
  },
  {
    number: 37,
    about: "HMAC: a tag cut off, a short secret",
    cases: ["HS256 is verified: *", "HS384 is verified: *", "HS512 is verified: *"],
    tests: [
      UNUSED_KEYS,
      [
        "core/crypto_vectors/hmac.test.ts",
        "every tag of ${file} has its result, shortened ones are refused",
      ],
    ],
  },
  {
    number: 38,
    about: "JWKs that are no good",
    tests: [
      [ANSWERS, "is dropped and counted: %s"],
      [ANSWERS, "a key for another purpose is read over and not counted"],
      [ANSWERS, "a secret of the server is no key, though a token is made by it"],
      [REMOTE_CONFIG, "are refused as PEM: %s"],
      [KINDS, "gives the keys whose use is jwt-svid, and no others"],
      UNUSED_KEYS,
      [JWK, "for another purpose: %s"],
      [KEYS_CONFIG, "are refused: %j"],
    ],
  },
  {
    number: 39,
    about: "what a server of keys may answer",
    tests: [
      [ANSWERS, "%s: the last good keys stay"],
      [ANSWERS, "%s at first: 503 until there are some"],
      [ANSWERS, "an answer that never comes is given up after the timeout"],
      [ANSWERS, "are used until staleFor, for cached tokens too; then 503 until new ones"],
      [KINDS, "refuses metadata with %s"],
      [REMOTE_FUZZ, "garbage among %s never traps"],
      [REMOTE_ENVOY, "that cannot be asked for are 503, and nothing passes"],
      [REMOTE_ENVOY, "are fetched once for all workers, rotate, and outlive their server"],
    ],
  },
  {
    number: 40,
    about: "one bad key among good ones",
    tests: [[ANSWERS, "is dropped and counted: %s"]],
  },
  {
    number: 41,
    about: "a key that leaves the set",
    tests: [
      [ROTATION, "ends a key that left at once, and its cached tokens with it"],
      [ROTATION, "to another key of the same kid ends tokens by the old one"],
      [KINDS, "without keys revokes all of them, cached tokens too"],
      [REMOTE_ENVOY, "are fetched once for all workers, rotate, and outlive their server"],
    ],
  },
];

const claims: Input[] = [
  {
    number: 42,
    about: "iss: missing, nearly right, of another type",
    cases: ["jwt: iss *", "an issuer that looks alike: *"],
  },
  {
    number: 43,
    about: "aud: missing, empty, of another type, one of many",
    cases: [
      "jwt: aud *",
      "jwt: aud as a number",
      "jwt: aud with a number among texts",
      "jwt: a nested aud",
      "one expected audience among others",
    ],
  },
  {
    number: 44,
    about: "exp: missing, of another type, at the limits",
    cases: [
      "jwt: exp missing",
      "jwt: exp *",
      "jwt with no skew: exp just past",
      "an exp with a fraction",
      "an exp that overflows with the skew",
    ],
    tests: [[RUNTIME, "expires like any other, and the clock may go back"]],
  },
  {
    number: 45,
    about: "nbf and iat in the future, exp before nbf, too long a life",
    cases: [
      "short: a second too long",
      "short: nearly over, but long",
      "fresh: old",
      "jwt: nbf in the future",
      "jwt: iat in the future",
      "jwt: exp before nbf",
    ],
  },
  {
    number: 46,
    about: "sub: missing, empty, of another type",
    cases: [
      "where subjects are listed: missing",
      'where subjects are listed: ""',
      "jwt: sub as a number",
      "jwt-svid: sub missing",
      "jwt-svid: sub empty",
    ],
  },
  {
    number: 47,
    about: "scope: read and readwrite, texts and lists, scp",
    cases: ["scope: *", "scp: *"],
  },
  {
    number: 48,
    about: "a path of claims through lists and texts, dots",
    cases: [
      "paths: not through lists and texts",
      "paths: through objects, and dots are no path",
      "roles: in a list of objects",
      "roles: with a dotted name",
      "required: a path through a list",
      "required: a dot is no path",
    ],
  },
  {
    number: 49,
    about: "a claim that no header field can hold",
    cases: ["a claim that no field can hold: *"],
  },
  { number: 50, about: "cnf without proof", cases: ["a token with cnf *", "mtls: *"] },
  {
    number: 51,
    about: "a jti that comes again",
    absent: "no replay guard: a bearer token may be used as often as it holds (RFC 6750 §5.3)",
  },
  {
    number: 52,
    about: "an ID token as access token",
    cases: ["access: an ID token", "access: no type"],
  },
  {
    number: 53,
    about: "one issuer's token by another issuer's key",
    cases: ["a key of another provider under the same kid"],
  },
];

const logic: Input[] = [
  {
    number: 54,
    about: "a bad token where none is needed",
    cases: ["/optional: an expired token", "/optional: no token", "/optional: two tokens"],
  },
  {
    number: 55,
    about: "a bad token of one provider, a good one of another",
    cases: ["/any: a bad first, a good second", "/any: all are bad"],
  },
  {
    number: 56,
    about: "one token for two requirements",
    cases: ["/twice: one token counts for both", "/all: one is missing"],
  },
  {
    number: 57,
    about: "a cached token after its exp, a new configuration, for another provider",
    cases: ["a token that was verified before, and others in between"],
    tests: [
      [CACHED, "means nothing to another provider"],
      [CACHED, "means nothing to other audiences of its provider"],
      [CACHED, "is judged by the configuration of the moment: %s"],
      [ANSWERS, "are used until staleFor, for cached tokens too; then 503 until new ones"],
      [ROTATION, "ends a key that left at once, and its cached tokens with it"],
      [RUNTIME, "expires like any other, and the clock may go back"],
      [RUNTIME, "is forgotten with its configuration"],
    ],
  },
  {
    number: 58,
    about: "a clock that jumps, a host without one",
    tests: [
      [CLOCK, "a jump forward ends tokens, a jump back brings them to life"],
      [CLOCK, "a host whose time is 0 refuses every token"],
      [RUNTIME, "expires like any other, and the clock may go back"],
    ],
  },
  {
    number: 59,
    about: "a stream that is reset while it waits for keys",
    tests: [
      [GONE, "while it waits, its keys come and nobody speaks of it again"],
      [GONE, "among others that wait, whoever goes and whenever"],
      [REMOTE_ENVOY, "come when those who waited have gone"],
      ANY_ORDER,
    ],
  },
  {
    number: 60,
    about: "keys that arrive after a new configuration",
    tests: [
      [FLIGHTS, "while a request is on its way: its answer is ignored and another is made"],
      [GONE, "whose configuration is replaced while it waits"],
      ANY_ORDER,
    ],
  },
  {
    number: 61,
    about: "gRPC statuses; upgrades and CONNECT are checked too",
    cases: ["no credentials", "jwt: exp in the past"],
    tests: [[UPGRADES, "a WebSocket is refused without a token, and opens with one"]],
  },
  {
    number: 62,
    about: "configurations that are wrong",
    tests: [
      [CONFIG, "refuses %j"],
      [KEYS_CONFIG, "are refused: %j"],
      [REMOTE_CONFIG, "are refused: %j"],
    ],
  },
];

export const INPUTS: readonly Input[] = [
  ...presentation,
  ...compact,
  ...header,
  ...signatures,
  ...claims,
  ...logic,
];
