// Texts: byte strings with their length in front, made once and kept as long as what owns them.
//
//   Text ──► ┌────────────┬───────────────┐
//            │ length u32 │ bytes …       │
//            └────────────┴───────────────┘

import { TEXT_POOL_BYTES } from "../limits";

/** Address of a text. 0 is "no text". */
export type Text = usize;

const POOL: usize = memory.data(<i32>TEXT_POOL_BYTES, 16);
let poolUsed: u32 = 0;

/**
 * Copies ASCII characters into the program's pool. Only called at start, at the top level of a
 * file.
 */
export function text(characters: string): Text {
  const length = <u32>characters.length;
  const target = POOL + poolUsed;
  poolUsed += (4 + length + 3) & ~3;
  assert(poolUsed <= TEXT_POOL_BYTES, "text pool full");
  store<u32>(target, length);
  for (let i: u32 = 0; i < length; i++) {
    store<u8>(target + 4 + i, <u8>characters.charCodeAt(i));
  }
  return target;
}

// @ts-ignore: decorator
@inline
export function textPtr(source: Text): usize {
  return source + 4;
}

// @ts-ignore: decorator
@inline
export function textLen(source: Text): u32 {
  return load<u32>(source);
}

/** Copies a text's bytes; returns their end. */
export function copyText(target: usize, source: Text): usize {
  memory.copy(target, textPtr(source), textLen(source));
  return target + textLen(source);
}
