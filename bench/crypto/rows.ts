// Who takes part in which row. Each has shown that it does the work before it is in.

import { createHash, randomBytes } from "node:crypto";
import type { ContestantName, Hasher, Verifier, Work } from "./contestant.ts";
import { hashWork, verifyWork } from "./contestant.ts";
import { nobleHasher, nobleVerifier } from "./noble.ts";
import { nodeHasher, nodeVerifier } from "./node_crypto.ts";
import type { TableBuilder } from "./our_module.ts";
import { ourHasher, ourVerifier } from "./our_module.ts";
import type { Row } from "./rounds.ts";
import { cpuSecondsOf, rateOf } from "./rounds.ts";
import type { RustCrypto } from "./rustcrypto.ts";
import type { Sample } from "./samples.ts";
import { HASHES, NODE_HASHES } from "./samples.ts";

const BULK_BYTES = 65_536;
const TABLE_WIDTHS = [4, 5, 6, 7, 8] as const;

/** null where it could not be built. */
export interface RustCryptoPeers {
  rustcrypto: RustCrypto | null;
  rustcrypto_simd: RustCrypto | null;
}

/** Verifications a second. */
export async function verifyRow(
  sample: Sample,
  peers: RustCryptoPeers,
  turnSeconds: number,
): Promise<Row<ContestantName>> {
  const verifiers: [ContestantName, Verifier | null][] = [
    ["without_table", await ourVerifier(sample, null)],
    ["table_6", hasTables(sample) ? await ourVerifier(sample, 6) : null],
    ["table_8", hasTables(sample) ? await ourVerifier(sample, 8) : null],
    ["node", nodeVerifier(sample)],
    ["noble", nobleVerifier(sample)],
    ["rustcrypto", peers.rustcrypto?.verifier(sample) ?? null],
    ["rustcrypto_simd", peers.rustcrypto_simd?.verifier(sample) ?? null],
  ];
  const works = verifiers.flatMap(([name, verifier]): [ContestantName, Work][] =>
    verifier === null ? [] : [[name, verifyWork(name, sample, verifier)]],
  );
  return rateRow(sample.name, works, turnSeconds);
}

/** Megabytes a second, of 64 KiB. */
export async function hashRow(
  hash: number,
  peers: RustCryptoPeers,
  turnSeconds: number,
): Promise<Row<ContestantName>> {
  const bytes = randomBytes(BULK_BYTES);
  const expected = createHash(NODE_HASHES[hash] ?? "")
    .update(bytes)
    .digest();
  const hashers: [ContestantName, Hasher | null][] = [
    ["without_table", await ourHasher(hash, bytes)],
    ["node", nodeHasher(hash, bytes)],
    ["noble", nobleHasher(hash, bytes)],
    ["rustcrypto", peers.rustcrypto?.hasher(hash, bytes) ?? null],
    ["rustcrypto_simd", peers.rustcrypto_simd?.hasher(hash, bytes) ?? null],
  ];
  const works = hashers.flatMap(([name, hasher]): [ContestantName, Work][] =>
    hasher === null ? [] : [[name, hashWork(name, expected, hasher)]],
  );
  return rateRow(HASHES[hash] ?? "", works, turnSeconds, BULK_BYTES / 1e6);
}

/** Milliseconds that it takes to build both tables, by width. */
export function tableRow(name: string, builder: TableBuilder): Row<string> {
  const build = (width: number): number => {
    builder.drop();
    return 1000 * cpuSecondsOf(() => builder.build(width));
  };
  return {
    name,
    contestants: TABLE_WIDTHS.map((width) => {
      // Once before it counts: compiled code gets better.
      build(width);
      return [String(width), () => build(width)];
    }),
  };
}

/** Only points have tables. */
export function hasTables({ parts }: Sample): boolean {
  return parts.kind === "ec" || parts.kind === "okp";
}

function rateRow(
  name: string,
  works: readonly [ContestantName, Work][],
  turnSeconds: number,
  unit = 1,
): Row<ContestantName> {
  return {
    name,
    contestants: works.map(([who, work]) => {
      const rate = rateOf(work, turnSeconds);
      return [who, () => rate() * unit];
    }),
  };
}
