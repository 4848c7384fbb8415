// Every generated file of the module's arithmetic, and what makes it.

import { makeCurveTable } from "./curve_constants.ts";
import { P256, P384, P521 } from "./curves.ts";
import { makeEd25519Constants } from "./ed25519_constants.ts";
import { makeField } from "./field.ts";
import { makeField25519 } from "./field25519.ts";
import { P256_FIELD, P384_FIELD, P521_FIELD } from "./prime_fields.ts";
import { selfTestTable } from "./self_test.ts";
import { makeSha256Compress, makeSha256Table } from "./sha256.ts";
import { makeSha512Compress, makeSha512Table } from "./sha512.ts";

export interface Generated {
  /** In the repository. */
  path: string;
  /** The file's text, not formatted yet. */
  make: () => string;
}

const FOLDER = "assembly/core/crypto/generated";

export const GENERATED: readonly Generated[] = [
  { path: `${FOLDER}/sha256_table.ts`, make: makeSha256Table },
  { path: `${FOLDER}/sha256_compress.ts`, make: makeSha256Compress },
  { path: `${FOLDER}/sha512_table.ts`, make: makeSha512Table },
  { path: `${FOLDER}/sha512_compress.ts`, make: makeSha512Compress },
  { path: `${FOLDER}/p256_field.ts`, make: () => makeField(P256_FIELD) },
  { path: `${FOLDER}/p384_field.ts`, make: () => makeField(P384_FIELD) },
  { path: `${FOLDER}/p521_field.ts`, make: () => makeField(P521_FIELD) },
  { path: `${FOLDER}/p256_table.ts`, make: () => makeCurveTable("P-256", P256, P256_FIELD) },
  { path: `${FOLDER}/p384_table.ts`, make: () => makeCurveTable("P-384", P384, P384_FIELD) },
  { path: `${FOLDER}/p521_table.ts`, make: () => makeCurveTable("P-521", P521, P521_FIELD) },
  { path: `${FOLDER}/field25519.ts`, make: makeField25519 },
  { path: `${FOLDER}/ed25519_constants.ts`, make: makeEd25519Constants },
  { path: `${FOLDER}/self_test_table.ts`, make: selfTestTable },
];
