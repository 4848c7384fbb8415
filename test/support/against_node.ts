// The module and node:crypto verify the same signatures, good and tampered with, by many keys.

import { setImmediate } from "node:timers/promises";

import type { Random } from "./random.ts";
import type { RsaPair } from "./rsa_keys.ts";
import { ecSigner, edSigner, hmacSigner, rsaSigner } from "./signers.ts";
import type { Signer } from "./signers.ts";
import { TAMPERINGS } from "./tampering.ts";
import type { SignedBytes } from "./tampering.ts";
import { EC_ALGORITHMS, EDDSA, HMAC_ALGORITHMS, RSA_ALGORITHMS } from "./verifier.ts";
import type { Verifier } from "./verifier.ts";

/** Tables of every width are built, most often of the one that is the default. */
const WIDTHS = [6, 5, 6, 4, 6, 7, 6, 8];
const TAMPERED_PER_GOOD = 2;
const REPORTED_MAX = 5;

/** An algorithm and new keys for it; those of RSA take too long to make for each. */
export interface Case {
  name: string;
  number: number;
  makeSigners: (count: number) => Signer[];
}

const several = (count: number, make: () => Signer): Signer[] =>
  Array.from({ length: count }, make);

export const rsaCases = (pairs: readonly RsaPair[]): Case[] =>
  RSA_ALGORITHMS.map((algorithm) => ({
    ...algorithm,
    makeSigners: (count) => pairs.slice(0, count).map((pair) => rsaSigner(algorithm, pair)),
  }));

export const CURVE_CASES: readonly Case[] = [
  ...EC_ALGORITHMS.map((algorithm) => ({
    ...algorithm,
    makeSigners: (count: number) => several(count, () => ecSigner(algorithm)),
  })),
  { ...EDDSA, makeSigners: (count) => several(count, () => edSigner(EDDSA)) },
];

export const HMAC_CASES: readonly Case[] = HMAC_ALGORITHMS.map((algorithm) => ({
  ...algorithm,
  makeSigners: (count) => several(count, () => hmacSigner(algorithm)),
}));

export interface Comparison {
  good: number;
  tampered: number;
  /** Of the tampered: those that Node accepts all the same. */
  stillRight: number;
  onTables: number;
  /** The first few signatures on which the two differ, with all that repeats them. */
  differences: string[];
}

/**
 * Checks so many good signatures by each of some keys, and twice as many tampered ones; keys with
 * tables check half of them before those are built.
 */
export async function compareWithNode(
  verifier: Verifier,
  signers: readonly Signer[],
  goodPerKey: number,
  random: Random,
): Promise<Comparison> {
  const total = { good: 0, tampered: 0, stillRight: 0, onTables: 0, differences: [] };
  for (const [index, signer] of signers.entries()) {
    const other = signers[(index + 1) % signers.length] ?? signer;
    compareByKey({ verifier, signer, other, index, goodPerKey, random }, total);
    // Lets the runner of the tests hear from this process.
    await setImmediate();
  }
  return total;
}

interface Turn {
  verifier: Verifier;
  signer: Signer;
  other: Signer;
  index: number;
  goodPerKey: number;
  random: Random;
}

function compareByKey(turn: Turn, total: Comparison): void {
  const { verifier, signer, other, index, goodPerKey, random } = turn;
  verifier.forgetKeys();
  const key = signer.prepare(verifier);
  if (key === 0) throw new Error(`the module refuses ${JSON.stringify(signer.privateKey)}`);
  let path = "cold";

  function compare(kind: string, { message, signature }: SignedBytes, expected: boolean): void {
    if (path !== "cold") total.onTables++;
    const answer = verifier.verify(signer.algorithm.number, key, { message, signature });
    if (answer === expected || total.differences.length >= REPORTED_MAX) return;
    total.differences.push(
      [
        `${signer.algorithm.name}, ${path}, ${kind}: Node says ${expected}`,
        `key ${JSON.stringify(signer.privateKey)}`,
        `message ${message.toString("hex")}`,
        `signature ${signature.toString("hex")}`,
      ].join("\n"),
    );
  }

  for (let count = 0; count < goodPerKey; count++) {
    if (signer.hasTables && count === Math.floor(goodPerKey / 2)) {
      const width = WIDTHS[index % WIDTHS.length] ?? 6;
      if (!verifier.buildTables(key, width)) throw new Error("no room for tables");
      path = `width ${width}`;
    }
    const message = random.bytes(random.below(random.below(8) === 0 ? 2_000 : 300));
    const good = { message, signature: signer.sign(message) };
    compare("good", good, true);
    total.good++;
    for (let tampered = 0; tampered < TAMPERED_PER_GOOD; tampered++) {
      const [kind, tamper] = random.pick(Object.entries(TAMPERINGS));
      const bad = tamper(good, signer, other, random);
      const expected = signer.verify(bad.message, bad.signature);
      compare(kind, bad, expected);
      total.tampered++;
      if (expected) total.stillRight++;
    }
  }
  if (signer.hasTables) verifier.dropTables();
}
