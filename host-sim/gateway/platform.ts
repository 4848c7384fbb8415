// What the simulator is given instead of reading it: the machine's clocks, randomness and OpenSSL.

import { createVerify, createPublicKey, randomFillSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { UnusableKey } from "../src/index.ts";
import type { Clock, SignatureCrypto } from "../src/index.ts";

/** Parsed keys that are kept: reading a DER key costs as much as an ES256 verification. */
const KEYS_KEPT_MAX = 64;

/** Nanoseconds since the epoch with millisecond grain, and the monotonic clock. */
export const systemClock: Clock = {
  systemNanoseconds: () => BigInt(Date.now()) * 1_000_000n,
  monotonicNanoseconds: () => process.hrtime.bigint(),
};

export function systemRandom(target: Uint8Array): void {
  randomFillSync(target);
}

/**
 * Verifies with OpenSSL's defaults, as Envoy does: RSA is PKCS#1 v1.5, ECDSA signatures are DER.
 */
export function createSignatureCrypto(): SignatureCrypto {
  const keys = new Map<string, KeyObject>();
  return {
    verify(hash, encodedKey, signature, text) {
      const name = Buffer.from(encodedKey).toString("latin1");
      const key = keys.get(name) ?? publicKey(name, encodedKey);
      if (keys.size >= KEYS_KEPT_MAX) keys.clear();
      keys.set(name, key);
      return createVerify(hash).update(text).verify(key, signature);
    },
  };
}

function publicKey(text: string, encodedKey: Uint8Array): KeyObject {
  try {
    if (text.startsWith("-----BEGIN ")) return createPublicKey(text);
    return createPublicKey({ key: Buffer.from(encodedKey), format: "der", type: "spki" });
  } catch (error) {
    throw new UnusableKey("the key does not parse", { cause: error });
  }
}
