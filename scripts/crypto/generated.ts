// Every generated file of the module's arithmetic, and what makes it.

import { selfTestTable } from "./self_test.ts";

export interface Generated {
  /** In the repository. */
  path: string;
  /** The file's text, not formatted yet. */
  make: () => string;
}

const FOLDER = "assembly/core/crypto/generated";

export const GENERATED: readonly Generated[] = [
  { path: `${FOLDER}/self_test_table.ts`, make: selfTestTable },
];
