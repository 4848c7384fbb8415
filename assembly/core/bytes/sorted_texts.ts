// A sorted list of texts, four bytes each: by length, then by bytes. What is looked up may come
// from anyone, so the work follows from the list's length alone.

import { Text, textLen, textPtr } from "./text";

/** Order of a text and bytes: negative, zero or positive. */
export function compareText(known: Text, ptr: usize, len: u32): i32 {
  const knownLen = textLen(known);
  if (knownLen != len) return knownLen < len ? -1 : 1;
  return memory.compare(textPtr(known), ptr, len);
}

/** Whether bytes are one of the texts. */
export function holdsText(texts: usize, count: u32, ptr: usize, len: u32): bool {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareText(load<u32>(texts + 4 * middle), ptr, len);
    if (order == 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return false;
}
