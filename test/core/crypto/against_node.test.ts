// The module and node:crypto give the same answer to every signature: a twentieth of what
// test/long runs. `SEED=` repeats the choices of a run.

import { expect, test } from "vitest";

import { CURVE_CASES, HMAC_CASES, compareWithNode, rsaCases } from "../../support/against_node.ts";
import { SEED, seededRandom } from "../../support/random.ts";
import { makeRsaKeys } from "../../support/rsa_keys.ts";
import { loadVerifier } from "../../support/verifier.ts";

const GOOD = 1_000;
const KEYS = 5;

const verifier = await loadVerifier();
const rsaPairs = [...(await makeRsaKeys(KEYS - 1, 2048)), ...(await makeRsaKeys(1, 3072))];

test.each([...rsaCases(rsaPairs), ...CURVE_CASES, ...HMAC_CASES])(
  `$name has Node's answer to ${GOOD} good and ${2 * GOOD} tampered signatures (seed ${SEED})`,
  async ({ number, makeSigners }) => {
    const random = seededRandom(SEED + number);
    const found = await compareWithNode(verifier, makeSigners(KEYS), GOOD / KEYS, random);
    expect(found.differences).toEqual([]);
    expect(found).toMatchObject({ good: GOOD, tampered: 2 * GOOD });
  },
);
