// Wycheproof's ECDSA signatures in the form of JWS, r || s, on each path.

import { describe, expect, test } from "vitest";

import type { Curve, Hash, Verifier } from "../../support/verifier.ts";
import { COORDINATE_BYTES, EC_ALGORITHMS, loadVerifier } from "../../support/verifier.ts";
import { expectedAnswer } from "./exceptions_table.ts";
import { answerOnEachPath, wrongAnswers } from "./paths.ts";
import type { EcGroup } from "./wycheproof.ts";
import { readGroups, unbase64url, unhex } from "./wycheproof.ts";

interface File {
  file: string;
  count: number;
  curve: Curve;
  hash: Hash;
}

const FILES: File[] = [
  { file: "ecdsa_secp256r1_sha256_p1363_test.json", count: 262, curve: 0, hash: 0 },
  { file: "ecdsa_secp256r1_sha512_p1363_test.json", count: 332, curve: 0, hash: 2 },
  { file: "ecdsa_secp384r1_sha384_p1363_test.json", count: 280, curve: 1, hash: 1 },
  { file: "ecdsa_secp384r1_sha512_p1363_test.json", count: 318, curve: 1, hash: 2 },
  { file: "ecdsa_secp521r1_sha512_p1363_test.json", count: 318, curve: 2, hash: 2 },
];

const verifier: Verifier = await loadVerifier();

/** The coordinates of a point in the uncompressed form of SEC 1 §2.3.3. */
function coordinates(group: EcGroup, curve: Curve): { x: Buffer; y: Buffer } {
  const point = unhex(group.publicKey.uncompressed);
  const length = COORDINATE_BYTES[curve];
  expect(point).toHaveLength(1 + 2 * length);
  return { x: point.subarray(1, 1 + length), y: point.subarray(1 + length) };
}

describe.each(FILES)("$file", ({ file, count, curve, hash }) => {
  test("every signature has its result, cold and with tables", async () => {
    const wrong: string[] = [];
    let ran = 0;
    for (const [index, group] of (await readGroups<EcGroup>(file, count)).entries()) {
      verifier.forgetKeys();
      const { x, y } = coordinates(group, curve);
      const key = verifier.ecKey(curve, x, y);
      expect(key, `key of group ${index}`).not.toBe(0);
      const signed = group.tests.map(({ msg, sig }) => ({
        message: unhex(msg),
        signature: unhex(sig),
      }));
      const results = answerOnEachPath(verifier, key, index, () =>
        signed.map((each) => verifier.verifyEcdsa(curve, key, hash, each)),
      );
      wrong.push(...wrongAnswers(file, group.tests, results));
      ran += group.tests.length;
    }
    expect(wrong).toEqual([]);
    expect(ran).toBe(count);
  });
});

describe.each(FILES.filter(({ curve, hash }) => EC_ALGORITHMS[curve]?.hash === hash))(
  "$file by the algorithm of JWS",
  ({ file, count, curve, hash }) => {
    test("every signature has its result, by the key's JWK where there is one", async () => {
      const algorithm = EC_ALGORITHMS.find((one) => one.curve === curve && one.hash === hash);
      const wrong: number[] = [];
      let jwks = 0;
      for (const group of await readGroups<EcGroup>(file, count)) {
        verifier.forgetKeys();
        const { x, y } = coordinates(group, curve);
        if (group.publicKeyJwk !== undefined) {
          expect(unbase64url(group.publicKeyJwk.x)).toEqual(x);
          expect(unbase64url(group.publicKeyJwk.y)).toEqual(y);
          jwks++;
        }
        const key = verifier.ecKey(curve, x, y);
        for (const vector of group.tests) {
          const signed = { message: unhex(vector.msg), signature: unhex(vector.sig) };
          const answer = verifier.verify(algorithm?.number ?? 0, key, signed);
          if (answer !== expectedAnswer(file, vector)) wrong.push(vector.tcId);
        }
      }
      expect(wrong).toEqual([]);
      expect(jwks).toBeGreaterThan(0);
    });
  },
);
