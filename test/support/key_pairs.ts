// New keys that nothing else of the process holds. Node 20 waits for itself without end where it
// exports a key that generateKeyPairSync returned and collects garbage meanwhile: the job that made
// the key goes then, and takes a lock that the export holds (~KeyGenJob; seen in CI, 2026-11-27).

import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";

export interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

const ENCODINGS = {
  publicKeyEncoding: { type: "spki", format: "der" },
  privateKeyEncoding: { type: "pkcs8", format: "der", cipher: undefined, passphrase: undefined },
} as const;

export function newEcKeys(namedCurve: string): KeyPair {
  return read(generateKeyPairSync("ec", { namedCurve, ...ENCODINGS }));
}

export function newRsaKeys(modulusLength: number, publicExponent = 65_537): KeyPair {
  return read(generateKeyPairSync("rsa", { modulusLength, publicExponent, ...ENCODINGS }));
}

export function newEdwardsKeys(type: "ed25519" | "ed448" | "x25519"): KeyPair {
  if (type === "ed25519") return read(generateKeyPairSync(type, ENCODINGS));
  if (type === "ed448") return read(generateKeyPairSync(type, ENCODINGS));
  return read(generateKeyPairSync(type, ENCODINGS));
}

function read(pair: { publicKey: Buffer; privateKey: Buffer }): KeyPair {
  return {
    publicKey: createPublicKey({ key: pair.publicKey, format: "der", type: "spki" }),
    privateKey: createPrivateKey({ key: pair.privateKey, format: "der", type: "pkcs8" }),
  };
}
