// Test-only: inverses, and many of them in a row.

import { invert } from "../../core/crypto/inverse";

export { invert };

/** Replaces the value by its inverse again and again; for measuring. */
export function invertMany(value: usize, modulus: usize, times: u32): bool {
  let isDone = true;
  for (let time: u32 = 0; time < times; time++) {
    if (!invert(value, modulus, value)) isDone = false;
  }
  return isDone;
}
