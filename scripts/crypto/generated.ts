// Every generated file of the module's arithmetic, and what makes it.

import { makeEd25519Constants } from "./ed25519_constants.ts";
import { makeField25519 } from "./field25519.ts";
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
  { path: `${FOLDER}/field25519.ts`, make: makeField25519 },
  { path: `${FOLDER}/ed25519_constants.ts`, make: makeEd25519Constants },
];
