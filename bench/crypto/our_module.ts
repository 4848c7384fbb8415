// Our arithmetic in build/crypto_probe.wasm. Whoever is measured has an instance of their own, so
// that tables and keys of one do not meet those of another; the compiled code is one.

import type { CoreProbe } from "../../test/support/core_probe.ts";
import { loadCrypto } from "../../test/support/crypto_probe.ts";
import type { Hasher, Verifier } from "./contestant.ts";
import type { KeyParts, Sample } from "./samples.ts";
import { HASH_BYTES } from "./samples.ts";

/** What assembly/probe/crypto/verify.ts exports. A key is a number, 0 when it was refused. */
interface Exports {
  prepareRsaKey(n: number, nLen: number, e: number, eLen: number): number;
  prepareEcKey(curve: number, x: number, xLen: number, y: number, yLen: number): number;
  prepareOkpKey(x: number, xLen: number): number;
  prepareSecret(hash: number, k: number, kLen: number): number;
  verifyMany(
    algorithm: number,
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
    times: number,
  ): number;
  /** Of the base point and of the key. */
  buildTables(key: number, width: number): number;
  dropTables(): void;
  /** Bytes of one of them. */
  tableBytes(key: number, width: number): number;
  digestMany(hash: number, ptr: number, len: number, target: number, times: number): void;
}

type Probe = CoreProbe<Exports>;

/** Without tables when `width` is null. */
export async function ourVerifier(sample: Sample, width: number | null): Promise<Verifier> {
  const { name, algorithm, message, signature } = sample;
  const probe = await loadCrypto<Exports>();
  const { core } = probe;
  const put = (bytes: Uint8Array): number => probe.put(bytes);
  const key = prepare(probe, sample);
  if (width !== null && core.buildTables(key, width) === 0) {
    throw new Error(`our module builds no tables of width ${width} for ${name}`);
  }
  const [text, proof] = [put(message), put(signature)];
  return {
    verify: (other, otherProof) =>
      core.verifyMany(
        algorithm,
        key,
        put(other),
        other.length,
        put(otherProof),
        otherProof.length,
        1,
      ) === 1,
    verifyMany: (times) =>
      core.verifyMany(algorithm, key, text, message.length, proof, signature.length, times),
  };
}

export async function ourHasher(hash: number, bytes: Uint8Array): Promise<Hasher> {
  const probe = await loadCrypto<Exports>();
  const length = HASH_BYTES[hash] ?? 0;
  const [ptr, target] = [probe.put(bytes), probe.room(length)];
  const digestMany = (times: number): void =>
    probe.core.digestMany(hash, ptr, bytes.length, target, times);
  return {
    digest() {
      digestMany(1);
      return probe.bytes(target, length);
    },
    digestMany,
  };
}

export interface TableBuilder {
  /** Bytes of the table of a key. */
  bytes(width: number): number;
  /** Builds the base point's and the key's table anew. */
  build(width: number): void;
  drop(): void;
}

export async function ourTableBuilder(sample: Sample): Promise<TableBuilder> {
  const probe = await loadCrypto<Exports>();
  const { core } = probe;
  const key = prepare(probe, sample);
  return {
    bytes: (width) => core.tableBytes(key, width),
    build(width) {
      if (core.buildTables(key, width) === 0) throw new Error(`no tables of width ${width}`);
    },
    drop: () => core.dropTables(),
  };
}

function prepare(probe: Probe, { name, parts }: Sample): number {
  const key = prepareParts(probe, parts);
  if (key === 0) throw new Error(`our module refuses the key of ${name}`);
  return key;
}

function prepareParts(probe: Probe, parts: KeyParts): number {
  const { core } = probe;
  const put = (bytes: Uint8Array): number => probe.put(bytes);
  switch (parts.kind) {
    case "rsa":
      return core.prepareRsaKey(put(parts.n), parts.n.length, put(parts.e), parts.e.length);
    case "ec": {
      const { curve, x, y } = parts;
      return core.prepareEcKey(curve, put(x), x.length, put(y), y.length);
    }
    case "okp":
      return core.prepareOkpKey(put(parts.x), parts.x.length);
    case "secret":
      return core.prepareSecret(parts.hash, put(parts.k), parts.k.length);
  }
}
