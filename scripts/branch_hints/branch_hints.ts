// Tells engines which way the module's branches nearly always go, so that they lay out the code of
// a request in one piece (docs/decisions/0028-branch-hints.md).

import { countBranches } from "./counted_module.ts";
import { hintsOf, withHints } from "./hint_section.ts";
import { train } from "./training.ts";
import { trainingCases } from "./training_cases.ts";

/** The module with hints from a training run, instead of those that it may have. */
export async function addBranchHints(wasm: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const counts = await train(countBranches(wasm), trainingCases());
  return withHints(wasm, hintsOf(counts));
}
