// Wycheproof's RSA signatures. Salts that are not as long as the hash, and masks by another hash,
// are not of JWS (RFC 7518 §3.5): whatever the file says of them, they must be refused.

import { describe, expect, test } from "vitest";

import type { Hash, Verifier } from "../../support/verifier.ts";
import { HASHES, HASH_BYTES, RSA_ALGORITHMS, loadVerifier } from "../../support/verifier.ts";
import { expectedAnswer, findException } from "./exceptions_table.ts";
import type { RsaGroup } from "./wycheproof.ts";
import { readGroups, unbase64url, unhex, unhexNumber } from "./wycheproof.ts";

interface File {
  file: string;
  count: number;
}

const PKCS1_FILES: File[] = [
  { file: "rsa_signature_2048_sha256_test.json", count: 259 },
  { file: "rsa_signature_2048_sha384_test.json", count: 258 },
  { file: "rsa_signature_2048_sha512_test.json", count: 259 },
  { file: "rsa_signature_3072_sha256_test.json", count: 259 },
  { file: "rsa_signature_3072_sha384_test.json", count: 259 },
  { file: "rsa_signature_3072_sha512_test.json", count: 260 },
  { file: "rsa_signature_4096_sha256_test.json", count: 258 },
  { file: "rsa_signature_4096_sha384_test.json", count: 259 },
  { file: "rsa_signature_4096_sha512_test.json", count: 259 },
];

const PSS_FILES: File[] = [
  { file: "rsa_pss_2048_sha256_mgf1_32_test.json", count: 108 },
  { file: "rsa_pss_2048_sha384_mgf1_48_test.json", count: 141 },
  { file: "rsa_pss_3072_sha256_mgf1_32_test.json", count: 108 },
  { file: "rsa_pss_4096_sha256_mgf1_32_test.json", count: 108 },
  { file: "rsa_pss_4096_sha384_mgf1_48_test.json", count: 141 },
  { file: "rsa_pss_4096_sha512_mgf1_64_test.json", count: 179 },
];

const NO_SALT: File = { file: "rsa_pss_2048_sha256_mgf1_0_test.json", count: 103 };
const MIXED: File = { file: "rsa_pss_misc_test.json", count: 150 };

const verifier: Verifier = await loadVerifier();

/** The key of a group; its JWK, where there is one, holds the same numbers. */
function prepare(group: RsaGroup): number {
  verifier.forgetKeys();
  const n = unhexNumber(group.publicKey.modulus);
  const e = unhexNumber(group.publicKey.publicExponent);
  const jwk = group.keyJwk ?? group.publicKeyJwk;
  if (jwk !== undefined) {
    expect(unbase64url(jwk.n)).toEqual(n);
    expect(unbase64url(jwk.e)).toEqual(e);
  }
  const key = verifier.rsaKey(n, e);
  expect(key, "the key").not.toBe(0);
  return key;
}

/** The number of a hash, undefined if the module has none of this name. */
function hashOf(sha: string | undefined): Hash | undefined {
  return ([0, 1, 2] as const).find((hash) => HASHES[hash] === sha);
}

/** Does a group have the parameters of a PS algorithm? */
function isPs(group: RsaGroup): boolean {
  const hash = hashOf(group.sha);
  return hash !== undefined && group.mgfSha === group.sha && group.sLen === HASH_BYTES[hash];
}

describe.each([
  ...PKCS1_FILES.map((file) => ({ ...file, pss: false })),
  ...PSS_FILES.map((file) => ({ ...file, pss: true })),
])("$file", ({ file, count, pss }) => {
  test("every signature has its result", async () => {
    const wrong: string[] = [];
    let ran = 0;
    for (const group of await readGroups<RsaGroup>(file, count)) {
      const key = prepare(group);
      const hash = hashOf(group.sha);
      if (pss) expect(isPs(group)).toBe(true);
      const algorithm = RSA_ALGORITHMS.find((one) => one.pss === pss && one.hash === hash);
      for (const vector of group.tests) {
        const signed = { message: unhex(vector.msg), signature: unhex(vector.sig) };
        const answers = [
          verifier.verify(algorithm?.number ?? 0, key, signed),
          verifier.verifyRsa(pss, algorithm?.hash ?? 0, key, signed),
        ];
        ran++;
        const expected = expectedAnswer(file, vector);
        if (answers.every((answer) => answer === expected)) continue;
        wrong.push(`${vector.tcId} (${vector.comment})`);
      }
    }
    expect(wrong).toEqual([]);
    expect(ran).toBe(count);
  });
});

describe(NO_SALT.file, () => {
  test("signatures without salt are refused, the valid ones too; one has a salt", async () => {
    const wrong: number[] = [];
    let valid = 0;
    for (const group of await readGroups<RsaGroup>(NO_SALT.file, NO_SALT.count)) {
      expect(group).toMatchObject({ sha: "SHA-256", mgfSha: "SHA-256", sLen: 0 });
      const key = prepare(group);
      for (const { tcId, msg, sig, result } of group.tests) {
        if (result === "valid") valid++;
        const signed = { message: unhex(msg), signature: unhex(sig) };
        const expected = findException(NO_SALT.file, tcId)?.answer ?? false;
        if (verifier.verifyRsa(true, 0, key, signed) !== expected) wrong.push(tcId);
      }
    }
    expect(wrong).toEqual([]);
    expect(valid).toBe(61);
  });
});

describe(MIXED.file, () => {
  test("of all pairs of hashes and lengths of salt, those of PS256, 384, 512 pass", async () => {
    const wrong: string[] = [];
    const passed: string[] = [];
    for (const group of await readGroups<RsaGroup>(MIXED.file, MIXED.count)) {
      const key = prepare(group);
      for (const { tcId, msg, sig, result } of group.tests) {
        expect(result).toBe("valid");
        const signed = { message: unhex(msg), signature: unhex(sig) };
        for (const hash of [0, 1, 2] as const) {
          const answer = verifier.verifyRsa(true, hash, key, signed);
          if (answer) passed.push(HASHES[hash]);
          if (answer !== (isPs(group) && HASHES[hash] === group.sha)) {
            wrong.push(`${tcId} as ${HASHES[hash]}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(passed.sort()).toEqual([...HASHES]);
  });
});
