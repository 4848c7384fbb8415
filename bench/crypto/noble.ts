// @noble/curves and @noble/hashes: JavaScript with BigInt. They take keys as bytes and have no RSA.

import { ed25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { equalBytes } from "@noble/curves/utils.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { Check, Hasher, Verifier } from "./contestant.ts";
import { verifyInLoop } from "./contestant.ts";
import type { KeyParts, Sample } from "./samples.ts";
import { uncompressedPoint } from "./samples.ts";

const NOBLE_CURVES = [p256, p384, p521] as const;
const NOBLE_HASHES = [sha256, sha384, sha512] as const;

/** null for RSA. */
export function nobleVerifier(sample: Sample): Verifier | null {
  const check = nobleCheck(sample.parts);
  return check === null ? null : verifyInLoop(sample, check);
}

export function nobleHasher(hash: number, bytes: Uint8Array): Hasher {
  const digest = NOBLE_HASHES[hash] ?? sha256;
  return {
    digest: () => digest(bytes),
    digestMany(times) {
      for (let i = 0; i < times; i++) digest(bytes);
    },
  };
}

function nobleCheck(parts: KeyParts): Check | null {
  switch (parts.kind) {
    case "rsa":
      return null;
    case "ec": {
      const curve = NOBLE_CURVES[parts.curve] ?? p256;
      const key = uncompressedPoint(parts);
      const options = { lowS: false };
      return (message, signature) => curve.verify(signature, message, key, options);
    }
    case "okp": {
      // As RFC 8032 asks, and as the others do.
      const options = { zip215: false };
      return (message, signature) => ed25519.verify(signature, message, parts.x, options);
    }
    case "secret": {
      const keyed = hmac.create(NOBLE_HASHES[parts.hash] ?? sha256, parts.k);
      return (message, signature) => equalBytes(keyed.clone().update(message).digest(), signature);
    }
  }
}
