// Vectors to which the module's answer is not the file's result, and the decision on each result
// "acceptable". The README of test/vectors/wycheproof lists the same.

import type { Vector } from "./wycheproof.ts";

interface Exception {
  file: string;
  tcId: number;
  result: Vector["result"];
  answer: boolean;
  reason: string;
}

const NO_NULL = "RFC 8017 §9.2 has one encoding to compare with, and it has the NULL";

const IS_PS256 = "the file wants no salt; this salt of 32 bytes is the one of PS256";

const REFUSED = { tcId: 8, result: "acceptable", answer: false, reason: NO_NULL } as const;

export const EXCEPTIONS: readonly Exception[] = [
  { file: "rsa_signature_2048_sha256_test.json", ...REFUSED },
  { file: "rsa_signature_2048_sha384_test.json", ...REFUSED },
  { file: "rsa_signature_2048_sha512_test.json", ...REFUSED },
  { file: "rsa_signature_3072_sha256_test.json", ...REFUSED },
  { file: "rsa_signature_3072_sha384_test.json", ...REFUSED },
  { file: "rsa_signature_3072_sha512_test.json", ...REFUSED },
  { file: "rsa_signature_4096_sha256_test.json", ...REFUSED },
  { file: "rsa_signature_4096_sha384_test.json", ...REFUSED },
  { file: "rsa_signature_4096_sha512_test.json", ...REFUSED },
  {
    file: "rsa_pss_2048_sha256_mgf1_0_test.json",
    tcId: 69,
    result: "invalid",
    answer: true,
    reason: IS_PS256,
  },
];

export function findException(file: string, tcId: number): Exception | undefined {
  return EXCEPTIONS.find((one) => one.file === file && one.tcId === tcId);
}

/** What the module must answer. */
export function expectedAnswer(file: string, vector: Vector): boolean {
  const exception = findException(file, vector.tcId);
  if (exception !== undefined) return exception.answer;
  if (vector.result === "acceptable") {
    throw new Error(`${file} ${vector.tcId} is acceptable: decide in exceptions_table.ts`);
  }
  return vector.result === "valid";
}
