// Sections jwt of configurations, with one provider or rule changed, and words of their errors.

import { ecKey, rsaKey } from "../support/tokens.ts";
import { newEdwardsKeys } from "../support/key_pairs.ts";

export const EC = ecKey("ec").jwk;
export const RSA = rsaKey("rsa").jwk;
export const ED = newEdwardsKeys("ed25519").publicKey.export({ format: "jwk" });
export const SECRET = { kty: "oct", k: Buffer.alloc(64, 1).toString("base64url") };

export const inline = (...keys: unknown[]): object => ({ inline: { keys } });
export const PROVIDER = { audiences: ["orders"], keys: inline(EC) };
export const RULES = [{ match: { prefix: "/" }, require: "idp" }];

/** A section with one provider, `idp`, changed in some members. */
export function provider(changed: object): object {
  return { providers: { idp: { ...PROVIDER, ...changed } }, rules: RULES };
}

export const svid = (changed: object): object =>
  provider({ profile: "jwt-svid", trustDomain: "example.org", ...changed });

export function rules(...each: unknown[]): object {
  return { providers: { idp: PROVIDER }, rules: each };
}

export const rule = (prefix: unknown, require: unknown = "idp"): object => ({
  match: { prefix },
  require,
});
export const forward = (...claims: unknown[]): object => provider({ forward: { claims } });
export const keys = (...each: unknown[]): object => provider({ keys: inline(...each) });
export const list = (count: number, each: (i: number) => unknown): unknown[] =>
  Array.from({ length: count }, (_, i) => each(i));

export const KEY = "RSA of 2048 to 4096 bits, EC on P-256, P-384 or P-521, OKP on Ed25519, or oct";

export const ALL =
  "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, HS256, HS384, HS512";

export const SVID = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512";

export const BY_HOST = "RS256, RS384, RS512, ES256, ES384, ES512";

export const IDP = "$.jwt.providers.idp";

export const SET = `${IDP}.keys.inline.keys`;
