// NIST's vectors for FIPS 186: signatures and keys, right and wrong. And the examples of RFC 6979.

import { createPublicKey } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { Curve, Hash, Verifier } from "../../support/verifier.ts";
import { COORDINATE_BYTES, CURVES, loadVerifier } from "../../support/verifier.ts";
import { answerOnEachPath } from "./paths.ts";
import type { Record } from "./rsp.ts";
import { readParagraphs, readRecords } from "./rsp.ts";
import { unbase64url, unhex, unhexNumber } from "./wycheproof.ts";

const verifier: Verifier = await loadVerifier();

const BITS = ["256", "384", "512"];

/** SHA256 and SHA-256 alike. */
function hashOf(name: string): Hash {
  const index = BITS.findIndex((bits) => name.replace("-", "") === `SHA${bits}`);
  if (index !== 0 && index !== 1 && index !== 2) throw new Error(`${name} is no hash of ours`);
  return index;
}

function curveOf(name: string): Curve {
  const index = CURVES.findIndex((curve) => curve === name);
  if (index !== 0 && index !== 1 && index !== 2) throw new Error(`${name} is no curve of ours`);
  return index;
}

/** Digits of a number, big-endian, with leading zeros up to a length. */
function padded(digits: string, length: number): Buffer {
  return unhex(digits.padStart(2 * length, "0"));
}

/** What the file says of a signature; files of signatures only say nothing. */
const isRight = (record: Record): boolean => record["Result"]?.startsWith("P") ?? true;

function ecRecord(record: Record): {
  curve: Curve;
  hash: Hash;
  x: Buffer;
  y: Buffer;
  message: Buffer;
  signature: Buffer;
} {
  const [curveName = "", hashName = ""] = (record["section"] ?? "").split(",");
  const curve = curveOf(curveName);
  const length = COORDINATE_BYTES[curve];
  const number = (name: string): Buffer => padded(record[name] ?? "", length);
  return {
    curve,
    hash: hashOf(hashName),
    x: number("Qx"),
    y: number("Qy"),
    message: unhex(record["Msg"] ?? ""),
    signature: Buffer.concat([number("R"), number("S")]),
  };
}

describe.each([
  { file: "ecdsa_sig_ver.rsp", last: "Result", right: 27 },
  { file: "ecdsa_sig_gen.rsp", last: "S", right: 135 },
])("$file", ({ file, last, right }) => {
  test("every signature has its result, cold and with tables", async () => {
    const records = await readRecords(file, last);
    expect(records).toHaveLength(135);
    const wrong: string[] = [];
    let passed = 0;
    for (const [index, record] of records.entries()) {
      verifier.forgetKeys();
      const { curve, hash, x, y, message, signature } = ecRecord(record);
      const key = verifier.ecKey(curve, x, y);
      const expected = isRight(record);
      if (expected) passed++;
      // "Q changed" may leave the curve.
      if (key === 0 && !expected) continue;
      const results = answerOnEachPath(verifier, key, index, () => [
        verifier.verifyEcdsa(curve, key, hash, { message, signature }),
      ]);
      for (const { path, answers } of results) {
        if (answers[0] !== expected) wrong.push(`${record["section"] ?? ""} ${index}, ${path}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(passed).toBe(right);
  });
});

describe("ecdsa_pkv.rsp", () => {
  test("every key has its result", async () => {
    const records = await readRecords("ecdsa_pkv.rsp", "Result");
    expect(records).toHaveLength(36);
    const wrong: string[] = [];
    for (const { section = "", Qx = "", Qy = "", Result = "" } of records) {
      const curve = curveOf(section);
      const length = COORDINATE_BYTES[curve];
      // What is out of range in P-256 and P-384 has a digit more: too long for the member.
      const key = verifier.ecKey(curve, member(Qx, length), member(Qy, length));
      if ((key !== 0) !== Result.startsWith("P")) wrong.push(`${section} ${Qx}`);
    }
    expect(wrong).toEqual([]);
  });
});

/** A coordinate as long as the curve wants it, or longer when the number is. */
function member(digits: string, length: number): Buffer {
  return padded(digits, Math.max(length, Math.ceil(digits.length / 2)));
}

describe("ecdsa_rfc_6979.txt", () => {
  test("the examples of RFC 6979 verify, and not with another s", async () => {
    const keys = new Map<string, { curve: Curve; key: number }>();
    verifier.forgetKeys();
    let [right, wrong] = [0, 0];
    for (const lines of await readParagraphs("ecdsa_rfc_6979.txt")) {
      const [head = "", ...rest] = lines;
      const name = /^PublicKey=(.*)$/.exec(head)?.[1];
      if (name !== undefined) {
        const { crv, x = "", y = "" } = createPublicKey(rest.join("\n")).export({ format: "jwk" });
        const curve = curveOf(crv ?? "");
        const key = verifier.ecKey(curve, unbase64url(x), unbase64url(y));
        keys.set(name, { curve, key });
        continue;
      }
      const members: Record = Object.fromEntries(lines.map((line) => line.split(" = ")));
      const used = keys.get(members["Key"] ?? "");
      if (used === undefined) throw new Error("a signature comes before its key");
      const message = Buffer.from((members["Input"] ?? "").replaceAll('"', ""), "latin1");
      const signature = plainSignature(unhex(members["Output"] ?? ""), used.curve);
      const hash = hashOf(members["DigestVerify"] ?? "");
      const expected = members["Result"] === undefined;
      if (expected) right++;
      else wrong++;
      expect(verifier.verifyEcdsa(used.curve, used.key, hash, { message, signature })).toBe(
        expected,
      );
    }
    expect([right, wrong]).toEqual([18, 18]);
  });
});

/** The r || s of a SEQUENCE of two INTEGERs in DER. */
function plainSignature(der: Buffer, curve: Curve): Buffer {
  const length = COORDINATE_BYTES[curve];
  let at = (der[1] ?? 0) < 0x80 ? 2 : 3;
  const numbers = [0, 1].map(() => {
    const end = at + 2 + (der[at + 1] ?? 0);
    const digits = der
      .subarray(at + 2, end)
      .toString("hex")
      .replace(/^00/, "");
    at = end;
    return padded(digits, length);
  });
  expect(at).toBe(der.length);
  return Buffer.concat(numbers);
}

describe.each([
  { file: "rsa_pkcs1_sig_ver.rsp", last: "Result", count: 162, right: 27 },
  { file: "rsa_pkcs1_em.rsp", last: "Result", count: 54, right: 0 },
  { file: "rsa_pkcs1_sig_gen.rsp", last: "S", count: 90, right: 90 },
])("$file", ({ file, last, count, right }) => {
  test("every signature has its result", async () => {
    const records = await readRecords(file, last);
    expect(records).toHaveLength(count);
    const wrong: string[] = [];
    let passed = 0;
    for (const [index, record] of records.entries()) {
      const expected = isRight(record);
      if (expected) passed++;
      if (verifyRsaRecord(record, false) !== expected) wrong.push(`${index}`);
    }
    expect(wrong).toEqual([]);
    expect(passed).toBe(right);
  });
});

describe.each([
  { file: "rsa_pss_sig_ver.rsp", last: "Result", count: 54, right: 9, salt: "10 bytes" },
  { file: "rsa_pss_sig_gen.rsp", last: "S", count: 30, right: 30, salt: "0 bytes" },
])("$file", ({ file, last, count, right, salt }) => {
  test(`signatures with a salt of ${salt} are refused, the right ones too`, async () => {
    const records = await readRecords(file, last);
    expect(records).toHaveLength(count);
    expect(records.filter(isRight)).toHaveLength(right);
    expect(records.filter((record) => verifyRsaRecord(record, true))).toEqual([]);
  });
});

function verifyRsaRecord(record: Record, pss: boolean): boolean {
  verifier.forgetKeys();
  const { n = "", e = "", SHAAlg = "", Msg = "", S = "" } = record;
  const key = verifier.rsaKey(unhexNumber(n), unhexNumber(e));
  expect(key, "the key").not.toBe(0);
  const signed = { message: unhex(Msg), signature: unhex(S) };
  return verifier.verifyRsa(pss, hashOf(SHAAlg), key, signed);
}
