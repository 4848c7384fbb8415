// The wire form of a header map.
//
//   count u32 │ (nameLen u32, valueLen u32) × count │ name NUL value NUL …        little endian
//
// Everything about it is the host's word: each length is checked before it is used.
// https://github.com/proxy-wasm/proxy-wasm-cpp-host/blob/main/src/pairs_util.cc

import { Field, FIELD_BYTES, fieldAt } from "../core/bytes/field";

/** `decodePairs`: the bytes are not a map. */
export const PAIRS_MALFORMED: i32 = -1;
/** `decodePairs`: more fields than there is room for. */
export const PAIRS_TOO_MANY: i32 = -2;

/** Bytes in front of the first name. */
function tableEnd(count: u32): u64 {
  return 4 + ((<u64>count) << 3);
}

/**
 * Reads a map into `fields` (views into the same bytes). Returns the number of fields or one of the
 * two constants above. An empty map is no bytes at all or a count of 0.
 */
export function decodePairs(ptr: usize, len: u32, fields: usize, fieldsMax: u32): i32 {
  if (len == 0) return 0;
  if (len < 4) return PAIRS_MALFORMED;
  const count = load<u32>(ptr);
  if (tableEnd(count) > <u64>len) return PAIRS_MALFORMED;
  if (count > fieldsMax) return PAIRS_TOO_MANY;
  // In 64 bits: two lengths may be more than 32 hold.
  const end = <u64>ptr + <u64>len;
  let at = <u64>ptr + tableEnd(count);
  let ends: u32 = 0;
  const fieldsEnd = fields + count * FIELD_BYTES;
  for (let table = ptr + 4, to = fields; to != fieldsEnd; table += 8, to += FIELD_BYTES) {
    const nameLen = load<u32>(table);
    const valueLen = load<u32>(table, 4);
    const nameEnd = at + <u64>nameLen;
    const valueEnd = nameEnd + 1 + <u64>valueLen;
    if (valueEnd >= end) return PAIRS_MALFORMED;
    const field = changetype<Field>(to);
    field.namePtr = <usize>at;
    field.nameLen = nameLen;
    field.valuePtr = <usize>nameEnd + 1;
    field.valueLen = valueLen;
    ends |= (<u32>load<u8>(<usize>nameEnd)) | (<u32>load<u8>(<usize>valueEnd));
    at = valueEnd + 1;
  }
  return at == end && ends == 0 ? <i32>count : PAIRS_MALFORMED;
}

/** Bytes that `encodePairs` writes for these fields. */
export function encodedPairsLen(fields: usize, count: u32): u64 {
  let len = tableEnd(count);
  for (let i: u32 = 0; i < count; i++) {
    const field = fieldAt(fields, i);
    len += <u64>field.nameLen + <u64>field.valueLen + 2;
  }
  return len;
}

/** Writes fields as a map to `target`, which has room for `encodedPairsLen` bytes. */
export function encodePairs(fields: usize, count: u32, target: usize): void {
  store<u32>(target, count);
  let table = target + 4;
  let data = target + <usize>tableEnd(count);
  for (let i: u32 = 0; i < count; i++) {
    const field = fieldAt(fields, i);
    store<u32>(table, field.nameLen);
    store<u32>(table, field.valueLen, 4);
    memory.copy(data, field.namePtr, field.nameLen);
    store<u8>(data + field.nameLen, 0);
    data += field.nameLen + 1;
    memory.copy(data, field.valuePtr, field.valueLen);
    store<u8>(data + field.valueLen, 0);
    data += field.valueLen + 1;
    table += 8;
  }
}

/** Bytes of the table of fields that `decodePairs` fills. */
export function fieldsLen(count: u32): u32 {
  return count * FIELD_BYTES;
}
