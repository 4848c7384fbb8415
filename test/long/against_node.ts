// What the long tests run of each algorithm.

import { expect } from "vitest";

import { compareWithNode } from "../support/against_node.ts";
import type { Case } from "../support/against_node.ts";
import { SEED, seededRandom } from "../support/random.ts";
import type { Verifier } from "../support/verifier.ts";

const GOOD_MIN = 20_000;

/** Compares at least 20,000 good and 40,000 tampered signatures by so many keys. */
export async function compareAtLength(
  verifier: Verifier,
  { name, number, makeSigners }: Case,
  keyCount: number,
): Promise<void> {
  const signers = makeSigners(keyCount);
  expect(signers).toHaveLength(keyCount);
  const goodPerKey = Math.ceil(GOOD_MIN / keyCount);
  const random = seededRandom(SEED + number);
  const { differences, ...counts } = await compareWithNode(verifier, signers, goodPerKey, random);
  console.log(`${name}: ${keyCount} keys, ${JSON.stringify(counts)}`);
  expect(differences).toEqual([]);
  expect(counts.good).toBeGreaterThanOrEqual(GOOD_MIN);
  expect(counts.tampered).toBe(2 * counts.good);
}
