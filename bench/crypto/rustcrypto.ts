// RustCrypto compiled to wasm: bench/peers/rustcrypto.

import { readFile } from "node:fs/promises";
import type { Hasher, Verifier } from "./contestant.ts";
import type { KeyParts, Sample } from "./samples.ts";
import { HASH_BYTES, uncompressedPoint } from "./samples.ts";

export interface RustCrypto {
  /** Throws when the key is refused. */
  verifier(sample: Sample): Verifier;
  hasher(hash: number, bytes: Uint8Array): Hasher;
}

interface Exports {
  memory: WebAssembly.Memory;
  allocate(len: number): number;
  prepare(algorithm: number, ptr: number, len: number): number;
  verify_many(
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
    times: number,
  ): number;
  digest_many(hash: number, ptr: number, len: number, target: number, times: number): void;
}

export async function loadRustCrypto(path: string): Promise<RustCrypto> {
  const exports = await instantiate(path);

  function put(bytes: Uint8Array): number {
    const ptr = exports.allocate(bytes.length);
    new Uint8Array(exports.memory.buffer).set(bytes, ptr);
    return ptr;
  }

  return {
    verifier({ name, algorithm, parts, message, signature }) {
      const bytes = keyBytes(parts);
      const key = exports.prepare(algorithm, put(bytes), bytes.length);
      if (key === 0) throw new Error(`RustCrypto refuses the key of ${name}`);
      const [text, proof] = [put(message), put(signature)];
      const verifyMany = (times: number): number =>
        exports.verify_many(key, text, message.length, proof, signature.length, times);
      return {
        verify: (other, otherProof) =>
          exports.verify_many(
            key,
            put(other),
            other.length,
            put(otherProof),
            otherProof.length,
            1,
          ) === 1,
        verifyMany,
      };
    },
    hasher(hash, bytes) {
      const [ptr, target] = [put(bytes), exports.allocate(64)];
      const digestMany = (times: number): void =>
        exports.digest_many(hash, ptr, bytes.length, target, times);
      return {
        digest() {
          digestMany(1);
          return new Uint8Array(exports.memory.buffer).slice(
            target,
            target + (HASH_BYTES[hash] ?? 0),
          );
        },
        digestMany,
      };
    },
  };
}

async function instantiate(path: string): Promise<Exports> {
  const isPeer = (exports: object): exports is Exports =>
    ["memory", "allocate", "prepare", "verify_many", "digest_many"].every(
      (name) => name in exports,
    );
  const { instance } = await WebAssembly.instantiate(await readFile(path));
  const exports: object = instance.exports;
  if (!isPeer(exports)) throw new Error(`${path} is not RustCrypto's module`);
  return exports;
}

function keyBytes(parts: KeyParts): Uint8Array {
  switch (parts.kind) {
    case "rsa":
      return parts.n;
    case "ec":
      return uncompressedPoint(parts);
    case "okp":
      return parts.x;
    case "secret":
      return parts.k;
  }
}
