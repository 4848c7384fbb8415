// Hashes and HMAC from a test's side.

import { loadCrypto } from "../../support/crypto_probe.ts";

interface Global {
  value: number;
}

interface Exports {
  hashStateBytes: Global;
  hmacKeyBytes: Global;
  hashLen(hash: number): number;
  hashBegin(hash: number, state: number): void;
  hashUpdate(hash: number, state: number, ptr: number, len: number): void;
  hashEnd(hash: number, state: number, target: number): void;
  digest(hash: number, ptr: number, len: number, target: number): void;
  prepareHmac(hash: number, ptr: number, len: number, key: number): void;
  hmac(hash: number, key: number, ptr: number, len: number, target: number): void;
  verifyHmac(
    hash: number,
    key: number,
    ptr: number,
    len: number,
    tag: number,
    tagLen: number,
  ): number;
  equalCt(a: number, b: number, len: number): number;
}

export interface HashRow {
  /** As node:crypto knows it. */
  name: string;
  hash: number;
  digestLen: number;
  blockBytes: number;
}

export const HASHES: readonly HashRow[] = [
  { name: "sha256", hash: 0, digestLen: 32, blockBytes: 64 },
  { name: "sha384", hash: 1, digestLen: 48, blockBytes: 128 },
  { name: "sha512", hash: 2, digestLen: 64, blockBytes: 128 },
];

export const probe = await loadCrypto<Exports>();
export const { core } = probe;

/** Another one repeats another run: `SEED=… npx vitest run test/core/crypto`. */
export const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
let word = SEED;

/** A random integer from 0 to `limit` - 1: xorshift, enough to spread lengths and bytes. */
export function randomBelow(limit: number): number {
  word = (word + 0x9e3779b9) | 0;
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) % limit;
}

export function randomBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => randomBelow(256));
}
