import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  siphash(ptr: number, len: number, k0: bigint, k1: bigint): bigint;
  hashBlock(ptr: number, secret: number): bigint;
}

const MASK = (1n << 64n) - 1n;
// The key of the reference vectors: bytes 00 01 … 0f.
const K0 = 0x0706050403020100n;
const K1 = 0x0f0e0d0c0b0a0908n;

/** SipHash-c-d straight from the paper, in BigInt. */
function reference(bytes: Uint8Array, k0: bigint, k1: bigint, c: number, d: number): bigint {
  const rotl = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (64n - by))) & MASK;
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK;
      v1 = rotl(v1, 13n) ^ v0;
      v0 = rotl(v0, 32n);
      v2 = (v2 + v3) & MASK;
      v3 = rotl(v3, 16n) ^ v2;
      v0 = (v0 + v3) & MASK;
      v3 = rotl(v3, 21n) ^ v0;
      v2 = (v2 + v1) & MASK;
      v1 = rotl(v1, 17n) ^ v2;
      v2 = rotl(v2, 32n);
    }
  };
  const padded = new Uint8Array((Math.floor(bytes.length / 8) + 1) * 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length & 0xff;
  const view = new DataView(padded.buffer);
  for (let offset = 0; offset < padded.length; offset += 8) {
    const word = view.getBigUint64(offset, true);
    v3 ^= word;
    rounds(c);
    v0 ^= word;
  }
  v2 ^= 0xffn;
  rounds(d);
  return v0 ^ v1 ^ v2 ^ v3;
}

const sequence = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);

const probe = await loadCore<Exports>();

function siphash(bytes: Uint8Array, k0: bigint, k1: bigint): bigint {
  probe.reset();
  return BigInt.asUintN(64, probe.core.siphash(probe.put(bytes), bytes.length, k0, k1));
}

describe("siphash", () => {
  test("the reference used here gives the published vector of SipHash-2-4", () => {
    // Appendix A of the paper: key 00…0f, message 00…0e.
    expect(reference(sequence(15), K0, K1, 2, 4)).toBe(0xa129ca6149be45e5n);
  });

  test("equals SipHash-1-3 for every length up to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = sequence(length);
      expect(siphash(bytes, K0, K1), `length ${String(length)}`).toBe(
        reference(bytes, K0, K1, 1, 3),
      );
    }
  });

  test("depends on every bit of the input and of the key", () => {
    const bytes = sequence(24);
    const seen = new Set([siphash(bytes, K0, K1)]);
    for (let bit = 0; bit < 24 * 8; bit++) {
      const changed = Uint8Array.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      seen.add(siphash(changed, K0, K1));
    }
    for (let bit = 0n; bit < 64n; bit++) {
      seen.add(siphash(bytes, K0 ^ (1n << bit), K1));
      seen.add(siphash(bytes, K0, K1 ^ (1n << bit)));
    }
    expect(seen.size).toBe(1 + 24 * 8 + 128);
  });
});

describe("the hash of a block", () => {
  const BLOCK_BYTES = 16;
  const SECRET_BYTES = 40;
  const secret = Uint8Array.from({ length: SECRET_BYTES }, (_, i) => (i * 73 + 41) & 0xff);

  function hashBlock(bytes: Uint8Array, key: Uint8Array): bigint {
    probe.reset();
    return BigInt.asUintN(64, probe.core.hashBlock(probe.put(bytes), probe.put(key)));
  }

  /** m1 + (m2 + s1)(m3 + s2) + (m4 + s3)(m5 + s4) + …, its upper half (Lemire and Kaser, §3). */
  function expected(bytes: Uint8Array, key: Uint8Array): bigint {
    const words = new DataView(bytes.buffer);
    const keys = new DataView(key.buffer);
    const keyed = (i: number): bigint =>
      keys.getBigUint64(8 * (i + 1), true) + BigInt(words.getUint32(4 * i, true));
    let sum = keys.getBigUint64(0, true);
    for (let i = 0; i < 4; i += 2) sum += keyed(i) * keyed(i + 1);
    return (sum & MASK) >> 32n;
  }

  test("is the one of the paper", () => {
    const blocks = [
      new Uint8Array(BLOCK_BYTES),
      new Uint8Array(BLOCK_BYTES).fill(0xff),
      sequence(BLOCK_BYTES),
    ];
    for (const block of blocks) {
      for (const key of [secret, new Uint8Array(SECRET_BYTES).fill(0xff)]) {
        expect(hashBlock(block, key)).toBe(expected(block, key));
      }
    }
  });

  test("depends on every bit of the block and on every word of the secret", () => {
    const seen = new Set([hashBlock(sequence(BLOCK_BYTES), secret)]);
    for (let bit = 0; bit < BLOCK_BYTES * 8; bit++) {
      const changed = sequence(BLOCK_BYTES);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      seen.add(hashBlock(changed, secret));
    }
    for (let at = 4; at < SECRET_BYTES; at += 8) {
      const changed = Uint8Array.from(secret);
      changed[at] = (changed[at] ?? 0) ^ 1;
      seen.add(hashBlock(sequence(BLOCK_BYTES), changed));
    }
    expect(seen.size).toBe(1 + BLOCK_BYTES * 8 + SECRET_BYTES / 8);
  });
});
