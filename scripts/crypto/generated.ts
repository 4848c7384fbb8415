// Every generated file of the module's arithmetic, and what makes it.

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
];
