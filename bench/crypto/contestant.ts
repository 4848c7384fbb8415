// Whoever takes part: shown to do the work, then told how often.

import type { Sample } from "./samples.ts";

/** Our module: with no table, and with tables of that width for the base point and the key. */
export const OURS = ["without_table", "table_6", "table_8"] as const;
export type Ours = (typeof OURS)[number];
export const PEERS = ["node", "noble", "rustcrypto", "rustcrypto_simd"] as const;
export type Peer = (typeof PEERS)[number];
export type ContestantName = Ours | Peer;

/** Verifies one sample with a key that it has parsed. */
export interface Verifier {
  verify: Check;
  /** Verifies the sample again and again; how often it was right. */
  verifyMany(times: number): number;
}

/** Hashes the same bytes. */
export interface Hasher {
  digest(): Uint8Array;
  digestMany(times: number): void;
}

export type Check = (message: Uint8Array, signature: Uint8Array) => boolean;

/** A verifier of which nothing but the check is its own. */
export function verifyInLoop({ message, signature }: Sample, verify: Check): Verifier {
  return {
    verify,
    verifyMany(times) {
      let right = 0;
      for (let i = 0; i < times; i++) if (verify(message, signature)) right++;
      return right;
    },
  };
}

/** Does something `times` times. */
export type Work = (times: number) => void;

/** Its work on a sample. Throws when it does not tell right from wrong. */
export function verifyWork(name: string, sample: Sample, verifier: Verifier): Work {
  const { message, signature } = sample;
  const claims: [string, boolean, boolean][] = [
    ["the signature", verifier.verify(message, signature), true],
    ["a tampered signature", verifier.verify(message, tampered(signature)), false],
    ["a tampered message", verifier.verify(tampered(message), signature), false],
  ];
  for (const [what, found, expected] of claims) {
    if (found === expected) continue;
    throw new Error(`${name} ${expected ? "refuses" : "accepts"} ${what} of ${sample.name}`);
  }
  return (times) => {
    const right = verifier.verifyMany(times);
    if (right === times) return;
    throw new Error(`${name} found ${right} of ${times} signatures of ${sample.name} right`);
  };
}

/** Its work on some bytes. Throws when its digest is another one. */
export function hashWork(name: string, expected: Uint8Array, hasher: Hasher): Work {
  if (Buffer.compare(hasher.digest(), expected) !== 0) throw new Error(`${name} hashes wrongly`);
  return (times) => hasher.digestMany(times);
}

/** A copy with its middle bit turned. */
function tampered(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const middle = copy.length >> 1;
  copy[middle] = (copy[middle] ?? 0) ^ 1;
  return copy;
}
