// Values of metrics' labels.

import { Char, isDigit, isLowerLetter, lower } from "./ascii";

/**
 * Copies letters, digits and - _ . as they are, and `_` in the place of all others: a label must
 * neither end the part of the metric's name that it stands in, nor break a line of a statistics
 * sink. Returns the end. In place when `target` is `ptr`.
 */
export function copyMetricLabel(target: usize, ptr: usize, len: u32): usize {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    store<u8>(target + i, isLabelCharacter(c) ? c : <u32>Char.UNDERSCORE);
  }
  return target + len;
}

/** Whether a label has it as it is. */
export function isLabelCharacter(c: u32): bool {
  if (isDigit(c) || isLowerLetter(lower(c))) return true;
  return c == Char.MINUS || c == Char.DOT || c == Char.UNDERSCORE;
}
