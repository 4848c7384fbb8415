// Signers and points for Ed25519's tests. What no honest signer makes comes from @noble/curves.

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

import { ed25519, ED25519_TORSION_SUBGROUP } from "@noble/curves/ed25519.js";

import { fromLittleEndian, littleEndian, randomNumbers, SEED } from "../../support/big_numbers.ts";
import { L, P } from "./ed25519_exports.ts";

export const { Point } = ed25519;
export type Point = typeof Point.BASE;

export const SIGN_BIT = 1n << 255n;

export const random = randomNumbers(SEED);
export const randomBytes = (length: number): Uint8Array => littleEndian(random(8 * length), length);

export interface Signer {
  x: Uint8Array;
  sign: (message: Uint8Array) => Uint8Array;
}

/** What stands in front of a private key of 32 bytes in PKCS #8 (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** node:crypto as the signer, with a private key of 32 bytes. */
export function makeSigner(secret: Uint8Array): Signer {
  const der = Buffer.concat([PKCS8_PREFIX, secret]);
  const privateKey = createPrivateKey({ format: "der", type: "pkcs8", key: der });
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return {
    x: new Uint8Array(Buffer.from(x, "base64url")),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

/** RFC 8032 §5.1.7: k. */
function challenge(r: Uint8Array, x: Uint8Array, message: Uint8Array): bigint {
  const digest = createHash("sha512").update(r).update(x).update(message).digest();
  return fromLittleEndian(digest) % L;
}

/** R || S with S = nonce + k secret, under whatever encodings of R and of the key. */
export function craft(
  r: Uint8Array,
  x: Uint8Array,
  message: Uint8Array,
  nonce: bigint,
  secret: bigint,
): Uint8Array {
  const s = (nonce + challenge(r, x, message) * secret) % L;
  return new Uint8Array([...r, ...littleEndian(s, 32)]);
}

export const TORSION = ED25519_TORSION_SUBGROUP.map((hex) => Point.fromHex(hex));
/** All encodings of points of small order, canonical or not, with either sign. */
export const SMALL_ORDER = TORSION.flatMap((point) => {
  const y = fromLittleEndian(point.toBytes()) & ~SIGN_BIT;
  return [y, y + P]
    .filter((value) => value < SIGN_BIT)
    .flatMap((value) => [value, value | SIGN_BIT]);
}).map((value) => littleEndian(value, 32));

/** Whether an encoding is that of a point, canonical or not. */
export function isPoint(x: Uint8Array): boolean {
  try {
    Point.fromBytes(x);
    return true;
  } catch {
    return false;
  }
}
