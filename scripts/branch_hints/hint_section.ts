// The custom section of branch hints (proposal WebAssembly/branch-hinting, "Binary format").

import {
  customSectionName,
  encodeCustomSection,
  HEADER_BYTES,
  SectionId,
  sectionsOf,
  unsigned,
} from "../lib/wasm_sections.ts";
import type { BranchCount } from "./counted_module.ts";

export const HINT_SECTION = "metadata.code.branch_hint";

export interface Hint {
  functionIndex: number;
  /** Of its `if` or `br_if`, from the locals of its function. */
  offset: number;
  isLikely: boolean;
}

/** What is taken less often than one time in a hundred is unlikely. */
const UNLIKELY_BELOW = 0.01;
const LIKELY_ABOVE = 0.99;
const HINT_BYTES = 1;

/** For branches that nearly always go one way; of those never executed nothing is known. */
export function hintsOf(counts: readonly BranchCount[]): Hint[] {
  return counts.flatMap(({ functionIndex, offset, executed, taken }) => {
    if (executed === 0) return [];
    const rate = taken / executed;
    const isLikely = rate > LIKELY_ABOVE;
    return isLikely || rate < UNLIKELY_BELOW ? [{ functionIndex, offset, isLikely }] : [];
  });
}

/**
 * The module with these hints, functions and offsets ascending, and no others. They stand in front
 * of the code, as the proposal wants it.
 */
export function withHints(wasm: Uint8Array, hints: readonly Hint[]): Uint8Array<ArrayBuffer> {
  const parts = sectionsOf(wasm).flatMap((section) => {
    if (section.id === SectionId.custom && customSectionName(wasm, section)[0] === HINT_SECTION) {
      return [];
    }
    const bytes = wasm.subarray(section.start, section.end);
    return section.id === SectionId.code ? [encodeHints(hints), bytes] : [bytes];
  });
  return Uint8Array.from(Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...parts]));
}

function encodeHints(hints: readonly Hint[]): Uint8Array {
  const byFunction = new Map<number, Hint[]>();
  for (const hint of hints) {
    const others = byFunction.get(hint.functionIndex) ?? [];
    byFunction.set(hint.functionIndex, [...others, hint]);
  }
  const functions = [...byFunction].flatMap(([index, list]) => [
    ...unsigned(index),
    ...unsigned(list.length),
    ...list.flatMap(({ offset, isLikely }) => [
      ...unsigned(offset),
      ...unsigned(HINT_BYTES),
      Number(isLikely),
    ]),
  ]);
  return encodeCustomSection(
    HINT_SECTION,
    Uint8Array.from([...unsigned(byFunction.size), ...functions]),
  );
}
