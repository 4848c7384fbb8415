// Every generated file of the module's arithmetic, and what makes it.

import { makeEd25519Constants } from "./ed25519_constants.ts";
import { makeField25519 } from "./field25519.ts";

export interface Generated {
  /** In the repository. */
  path: string;
  /** The file's text, not formatted yet. */
  make: () => string;
}

const ROOM = "assembly/core/crypto/generated";

export const GENERATED: readonly Generated[] = [
  { path: `${ROOM}/field25519.ts`, make: makeField25519 },
  { path: `${ROOM}/ed25519_constants.ts`, make: makeEd25519Constants },
];
