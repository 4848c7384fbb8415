// The providers whose tokens are compared, as the module and as jose are told of them.

import type { JsonWebKey } from "node:crypto";
import { createLocalJWKSet, errors } from "jose";
import type { JWTVerifyGetKey } from "jose";

import type { Algorithm, TestKey } from "../tokens.ts";
import { ecKey, keyFor, rsaKey } from "../tokens.ts";

/** The simulated clock, seconds. */
export const NOW = 1_700_000_000;
/** Longer than any skew. */
export const LIFETIME_SECONDS = 3600;

export interface Provider {
  name: string;
  path: string;
  issuer?: string;
  audiences: readonly [string, ...string[]];
  skewSeconds: number;
  /** Names as tokens and jose spell them. */
  algorithms: readonly string[];
  /** Whether the module is told of the algorithms, or finds them by the keys. */
  listsAlgorithms: boolean;
  signers: readonly Signer[];
  jwks: { keys: JsonWebKey[] };
  joseKey: JWTVerifyGetKey;
}

/** A key of a provider with what its tokens may say of it. */
export interface Signer {
  key: TestKey;
  algorithms: readonly Algorithm[];
  /** Undefined when only tokens without a `kid` mean it. */
  kid: string | undefined;
  /** Whether a token without a `kid` means it. */
  isOnlyOne: boolean;
}

const RS = ["RS256", "RS384", "RS512"] as const;
const PS = ["PS256", "PS384", "PS512"] as const;
const HS = ["HS256", "HS384", "HS512"] as const;
const PUBLIC = [...RS, ...PS, "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

const one = (key: TestKey, ...algorithms: Algorithm[]): Signer => ({
  key,
  algorithms: algorithms.length === 0 ? [key.alg] : algorithms,
  kid: key.kid,
  isOnlyOne: true,
});

function idp(): Provider {
  const rsa = rsaKey("rsa");
  const ps256 = { ...rsaKey("ps256"), alg: "PS256" as const };
  const p256 = ecKey("p256");
  const p384 = ecKey("p384", "ES384");
  const p521 = ecKey("p521", "ES512");
  const ed = keyFor("EdDSA", "ed");
  const keys = [
    rsa.jwk,
    { ...ps256.jwk, alg: "PS256", use: "sig" },
    { ...p256.jwk, alg: "ES256", use: "sig", key_ops: ["verify"] },
    p384.jwk,
    p521.jwk,
    ed.jwk,
  ];
  const signers = [
    { ...one(rsa, ...RS, "PS384", "PS512"), isOnlyOne: false },
    { ...one(ps256), isOnlyOne: false },
    one(p256),
    one(p384),
    one(p521),
    one(ed),
  ];
  return {
    name: "idp",
    path: "/idp",
    issuer: "https://idp.test/realms/ä",
    audiences: ["orders", "billing"],
    skewSeconds: 60,
    algorithms: PUBLIC,
    listsAlgorithms: false,
    signers,
    jwks: { keys },
    joseKey: createLocalJWKSet({ keys: keys.map(toJwk) }),
  };
}

/** Two keys of one type, one of them under a `kid` of the other provider, and one without `kid`. */
function shop(): Provider {
  const first = ecKey("p256");
  const second = ecKey("p256-2");
  const ed = keyFor("EdDSA", "none");
  const unnamed = { kty: "OKP", crv: "Ed25519", x: ed.jwk.x ?? "" };
  const keys = [first.jwk, second.jwk, unnamed];
  return {
    name: "shop",
    path: "/shop",
    audiences: ["shop"],
    skewSeconds: 0,
    algorithms: ["ES256", "EdDSA", "Ed25519"],
    listsAlgorithms: true,
    signers: [
      { ...one(first), isOnlyOne: false },
      { ...one(second), isOnlyOne: false },
      { ...one(ed), kid: undefined },
    ],
    jwks: { keys },
    joseKey: createLocalJWKSet({ keys: keys.map(toJwk) }),
  };
}

function secret(): Provider {
  const any = keyFor("HS256", "any");
  const named = keyFor("HS384", "hs384");
  const keys = [any.jwk, { ...named.jwk, alg: "HS384" }];
  return {
    name: "secret",
    path: "/secret",
    issuer: "urn:issuer:secret",
    audiences: ["orders"],
    skewSeconds: 300,
    algorithms: HS,
    listsAlgorithms: false,
    signers: [
      { ...one(any, "HS256", "HS512"), isOnlyOne: true },
      { ...one(named, "HS384"), isOnlyOne: false },
    ],
    jwks: { keys },
    joseKey: secretByKid(keys),
  };
}

function toJwk(jwk: JsonWebKey): { kty: string } & JsonWebKey {
  return { ...jwk, kty: jwk.kty ?? "" };
}

/** Chooses as createLocalJWKSet does, which takes no secrets. */
function secretByKid(keys: readonly JsonWebKey[]): JWTVerifyGetKey {
  return ({ alg, kid }) => {
    const [found, ...more] = keys.filter(
      (jwk) =>
        (kid === undefined || kid === jwk["kid"]) &&
        (jwk["alg"] === undefined || jwk["alg"] === alg),
    );
    if (found === undefined) throw new errors.JWKSNoMatchingKey();
    if (more.length > 0) throw new errors.JWKSMultipleMatchingKeys();
    return Buffer.from(found.k ?? "", "base64url");
  };
}

/** New keys with each call. */
export function makeProviders(): Provider[] {
  return [idp(), shop(), secret()];
}

/** The module's configuration of some providers. */
export function configurationOf(providers: readonly Provider[], crypto: "auto" | "wasm"): object {
  const compiled = providers.map((each) => [
    each.name,
    {
      ...(each.issuer === undefined ? {} : { issuer: each.issuer }),
      ...(each.listsAlgorithms ? { algorithms: each.algorithms.slice(0, 2) } : {}),
      audiences: each.audiences,
      clockSkew: `${each.skewSeconds}s`,
      keys: { inline: each.jwks },
    },
  ]);
  return {
    jwt: {
      crypto,
      providers: Object.fromEntries(compiled),
      rules: providers.map(({ name, path }) => ({ match: { prefix: path }, require: name })),
    },
  };
}
