// Reads protobuf messages field by field. Bytes come from outside: whatever they are, a field lies
// within its message or the message is refused. Groups, which proto3 does not have, are refused.
// https://protobuf.dev/programming-guides/encoding/

import { WireType } from "./wire_type";

const TAG_SHIFT: u32 = 3;
const WIRE_MASK: u64 = 7;
const FIELD_NUMBER_MAX: u64 = 0x1fffffff;
/** Shift of the tenth byte of a varint, which has one bit. */
const LAST_SHIFT: u64 = 63;
const FIXED64_BYTES: u32 = 8;
const FIXED32_BYTES: u32 = 4;

/** Number and type of the field that was read. */
export let fieldNumber: u32 = 0;
export let fieldWire: WireType = WireType.VARINT;
/** Value of a VARINT. */
export let fieldValue: u64 = 0;
/** Value of BYTES: a view of the message. */
export let fieldPtr: usize = 0;
export let fieldLen: u32 = 0;

/**
 * Reads the field that begins at `at`, which is before `end`, into the `field…`; returns where the
 * next begins, 0 when the message is malformed. A field has two bytes at least, so whoever goes on
 * until `end` comes there.
 */
export function readField(at: usize, end: usize): usize {
  const value = readVarint(at, end);
  if (value == 0) return 0;
  const number = varint >> TAG_SHIFT;
  if (number == 0 || number > FIELD_NUMBER_MAX) return 0;
  fieldNumber = <u32>number;
  fieldWire = <WireType>(<u32>(varint & WIRE_MASK));
  fieldPtr = 0;
  fieldLen = 0;
  switch (fieldWire) {
    case WireType.VARINT: {
      const next = readVarint(value, end);
      fieldValue = varint;
      return next;
    }
    case WireType.BYTES: {
      const start = readVarint(value, end);
      if (start == 0 || varint > <u64>(end - start)) return 0;
      fieldPtr = start;
      fieldLen = <u32>varint;
      return start + fieldLen;
    }
    case WireType.FIXED64:
      return skip(value, end, FIXED64_BYTES);
    case WireType.FIXED32:
      return skip(value, end, FIXED32_BYTES);
    default:
      return 0;
  }
}

function skip(at: usize, end: usize, len: u32): usize {
  return end - at < <usize>len ? 0 : at + len;
}

let varint: u64 = 0;

/** Reads a varint of 64 bits into `varint`; returns its end, 0 when it has none or is larger. */
function readVarint(start: usize, end: usize): usize {
  varint = 0;
  let at = start;
  for (let shift: u64 = 0; shift <= LAST_SHIFT && at < end; shift += 7) {
    const byte = <u64>load<u8>(at++);
    if (shift == LAST_SHIFT && byte > 1) return 0;
    varint |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at;
  }
  return 0;
}
