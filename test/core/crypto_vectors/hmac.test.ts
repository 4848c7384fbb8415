// Wycheproof's tags and those of RFC 4231. JWS knows no shortened tag and no key shorter than the
// hash (RFC 7518 §3.2): the right tags of those are prefixes of ours, or ours, and are refused.

import { describe, expect, test } from "vitest";

import type { Hash, Verifier } from "../../support/verifier.ts";
import { HASH_BYTES, HMAC_ALGORITHMS, loadVerifier } from "../../support/verifier.ts";
import { expectedAnswer } from "./exceptions_table.ts";
import { readRecords } from "./rsp.ts";
import type { MacGroup } from "./wycheproof.ts";
import { readGroups, unhex } from "./wycheproof.ts";

const verifier: Verifier = await loadVerifier();

describe.each(HMAC_ALGORITHMS)("$name", ({ number, hash }) => {
  const bits = 8 * HASH_BYTES[hash];
  const file = `hmac_sha${bits}_test.json`;

  test(`every tag of ${file} has its result, shortened ones are refused`, async () => {
    const wrong: string[] = [];
    const seen = { full: 0, shortened: 0 };
    for (const group of await readGroups<MacGroup>(file, 174)) {
      for (const vector of group.tests) {
        verifier.forgetKeys();
        const [key, message, signature] = [vector.key, vector.msg, vector.tag].map(unhex);
        if (key === undefined || message === undefined || signature === undefined) continue;
        const isFull = signature.length === HASH_BYTES[hash];
        const isKey = key.length >= HASH_BYTES[hash];
        seen[isFull ? "full" : "shortened"]++;
        const expected = expectedAnswer(file, vector);
        const start = verifier.hmac(hash, key, message).subarray(0, signature.length);
        const isRight = Buffer.from(start).equals(signature);
        const prepared = verifier.secret(hash, key);
        const answer = isKey && verifier.verify(number, prepared, { message, signature });
        const isAsked = answer === (expected && isFull && isKey) && (prepared !== 0) === isKey;
        if (isRight === expected && isAsked) continue;
        wrong.push(`${vector.tcId} (${vector.comment})`);
      }
    }
    expect(wrong).toEqual([]);
    expect(seen).toEqual({ full: 87, shortened: 87 });
  });

  test("the test cases 1 to 4, 6 and 7 of RFC 4231 have their tags", async () => {
    const records = await readRecords(`hmac_rfc_4231_sha${bits}.txt`, "MD");
    expect(records).toHaveLength(6);
    for (const { Key = "", Msg = "", MD = "" } of records) {
      expect(tagOf(hash, unhex(Key), unhex(Msg))).toBe(MD);
      const prepared = verifier.secret(hash, unhex(Key));
      expect(prepared !== 0).toBe(Key.length >= 2 * HASH_BYTES[hash]);
      if (prepared === 0) continue;
      const signed = { message: unhex(Msg), signature: unhex(MD) };
      expect(verifier.verify(number, prepared, signed)).toBe(true);
    }
  });
});

function tagOf(hash: Hash, key: Buffer, message: Buffer): string {
  return Buffer.from(verifier.hmac(hash, key, message)).toString("hex");
}
