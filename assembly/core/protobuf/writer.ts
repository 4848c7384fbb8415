// Writes protobuf messages from their end to their beginning: the length of what is inside is then
// known when the head in front of it is written, and nothing is measured or moved.
// https://protobuf.dev/programming-guides/encoding/
//
// Each function writes in front of `end` and returns the new beginning. The caller has the room:
// HEAD_BYTES_MAX and what is inside.

import { WireType } from "./wire_type";

/** Bytes of a field's number and a length, both of 32 bits, at most. */
export const HEAD_BYTES_MAX: u32 = 10;
const TAG_SHIFT: u32 = 3;

/** Writes a varint. */
export function putVarint(end: usize, value: u64): usize {
  let bytes: u32 = 1;
  for (let rest = value >> 7; rest != 0; rest >>= 7) bytes++;
  const start = end - bytes;
  let rest = value;
  for (let at = start; at < end - 1; at++) {
    store<u8>(at, (<u8>(rest & 0x7f)) | 0x80);
    rest >>= 7;
  }
  store<u8>(end - 1, <u8>rest);
  return start;
}

// @ts-ignore: decorator
@inline
function putTag(end: usize, field: u32, wireType: WireType): usize {
  return putVarint(end, (field << TAG_SHIFT) | wireType);
}

/** Writes a field with an unsigned integer, also when that is 0. */
export function putUnsigned(end: usize, field: u32, value: u64): usize {
  return putTag(putVarint(end, value), field, WireType.VARINT);
}

/** Writes the head of a field whose `len` bytes, a message or text, begin at `end`. */
export function putHead(end: usize, field: u32, len: u32): usize {
  return putTag(putVarint(end, len), field, WireType.BYTES);
}

/** Writes a field with bytes. */
export function putBytes(end: usize, field: u32, ptr: usize, len: u32): usize {
  const start = end - len;
  memory.copy(start, ptr, len);
  return putHead(start, field, len);
}
