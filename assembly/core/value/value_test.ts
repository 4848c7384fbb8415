// What is asked of a value: bytes are compared exactly.

import { Char, equals, equalsText, findByte, startsWithText } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";
import { matchPattern } from "./pattern";

export const enum ValueTestKind {
  EXACT,
  PREFIX,
  SUFFIX,
  CONTAINS,
  PATTERN,
}

// @ts-ignore: decorator
@unmanaged
export class ValueTest {
  kind: ValueTestKind;
  /** Whether the values that are asked for are all others. */
  isNegated: bool;
  /** A Text; of PATTERN a compiled pattern. */
  operand: usize;
}

export const VALUE_TEST_BYTES: u32 = <u32>offsetof<ValueTest>();

export function meetsTest(test: usize, ptr: usize, len: u32): bool {
  const asked = changetype<ValueTest>(test);
  return passes(asked, ptr, len) != asked.isNegated;
}

function passes(test: ValueTest, ptr: usize, len: u32): bool {
  const operand = test.operand;
  switch (test.kind) {
    case ValueTestKind.EXACT:
      return equalsText(ptr, len, operand);
    case ValueTestKind.PREFIX:
      return startsWithText(ptr, len, operand);
    case ValueTestKind.SUFFIX:
      return endsWithText(ptr, len, operand);
    case ValueTestKind.CONTAINS:
      return containsText(ptr, len, operand);
    default:
      return matchPattern(operand, ptr, len);
  }
}

function endsWithText(ptr: usize, len: u32, suffix: Text): bool {
  const suffixLen = textLen(suffix);
  return len >= suffixLen && equals(ptr + (len - suffixLen), textPtr(suffix), suffixLen);
}

/** The text is not empty. */
function containsText(ptr: usize, len: u32, sought: Text): bool {
  const soughtPtr = textPtr(sought);
  const soughtLen = textLen(sought);
  if (len < soughtLen) return false;
  const firstByte = <Char>load<u8>(soughtPtr);
  const placesEnd = ptr + (len - soughtLen) + 1;
  let at = findByte(ptr, placesEnd, firstByte);
  while (at < placesEnd) {
    if (equals(at, soughtPtr, soughtLen)) return true;
    at = findByte(at + 1, placesEnd, firstByte);
  }
  return false;
}
