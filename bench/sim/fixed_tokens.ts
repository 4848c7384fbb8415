// Tokens that are the same in every run: keys that are written down here, and signatures without
// chance (RFC 8032; RFC 6979).

import { createPrivateKey, sign } from "node:crypto";

import { p256 } from "@noble/curves/nist.js";

const SEED = Buffer.alloc(32, 7);
/** PKCS #8 of an Ed25519 key up to its seed (RFC 8410 §7). */
const ED25519_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const edKey = createPrivateKey({
  key: Buffer.concat([ED25519_HEAD, SEED]),
  format: "der",
  type: "pkcs8",
});
const ecPoint = p256.getPublicKey(SEED, false);

interface FixedKey {
  jwk: object;
  sign(signed: Buffer): Uint8Array;
}

const encode = (part: Uint8Array | object): string =>
  Buffer.from(part instanceof Uint8Array ? part : JSON.stringify(part)).toString("base64url");

const { crv, kty, x } = edKey.export({ format: "jwk" });

export const FIXED_KEYS = {
  EdDSA: {
    jwk: { kty, crv, x, kid: "fixed" },
    sign: (signed) => sign(null, signed, edKey),
  },
  ES256: {
    jwk: {
      kty: "EC",
      crv: "P-256",
      x: encode(ecPoint.subarray(1, 33)),
      y: encode(ecPoint.subarray(33)),
      kid: "fixed",
    },
    sign: (signed) => p256.sign(signed, SEED),
  },
} satisfies Record<string, FixedKey>;

/** So many tokens of different subjects. */
export function tokensOf(alg: keyof typeof FIXED_KEYS, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const claims = {
      iss: "https://idp.test",
      aud: "orders",
      sub: `caller-${String(i)}`,
      iat: 1,
      exp: 2_000_000_000,
    };
    const signed = `${encode({ alg, kid: "fixed" })}.${encode(claims)}`;
    return `${signed}.${encode(FIXED_KEYS[alg].sign(Buffer.from(signed)))}`;
  });
}
