// The messages of Envoy's foreign function "verify_signature", in the protobuf wire format.
// VerifySignatureArguments and VerifySignatureResult of
// source/extensions/common/wasm/ext/verify_signature.proto in Envoy.

import { Text, textLen, textPtr } from "../bytes/text";

// Tags: field number << 3 | wire type.
const enum ArgumentTag {
  HASH_FUNCTION = 0x0a,
  PUBLIC_KEY = 0x12,
  SIGNATURE = 0x1a,
  TEXT = 0x22,
}
const RESULT_TAG: u64 = 0x08;

const enum WireType {
  VARINT = 0,
  FIXED64 = 1,
  LENGTH_DELIMITED = 2,
  FIXED32 = 5,
}

const VARINT_BYTES_MAX: u32 = 10;
/** Bytes of tag and length of one field at most, for lengths below 2^28. */
const FIELD_PREFIX_BYTES_MAX: u32 = 5;
const FIELDS: u32 = 4;

export const enum VerifyResult {
  /** The answer is no VerifySignatureResult: nothing is known. */
  MALFORMED,
  REFUSED,
  VERIFIED,
}

/** One verification. Each part is below 2^28 bytes. */
@unmanaged
export class VerifyArguments {
  hash: Text;
  keyPtr: usize;
  keyLen: u32;
  signaturePtr: usize;
  signatureLen: u32;
  textPtr: usize;
  textLen: u32;
}

/** Bytes of the message at most. */
export function verifyArgumentsLenMax(message: VerifyArguments): u32 {
  const contents = textLen(message.hash) + message.keyLen + message.signatureLen + message.textLen;
  return contents + FIELDS * FIELD_PREFIX_BYTES_MAX;
}

/** Writes the message; returns its length. */
export function writeVerifyArguments(message: VerifyArguments, target: usize): u32 {
  let at = target;
  at = writeField(at, ArgumentTag.HASH_FUNCTION, textPtr(message.hash), textLen(message.hash));
  at = writeField(at, ArgumentTag.PUBLIC_KEY, message.keyPtr, message.keyLen);
  at = writeField(at, ArgumentTag.SIGNATURE, message.signaturePtr, message.signatureLen);
  at = writeField(at, ArgumentTag.TEXT, message.textPtr, message.textLen);
  return <u32>(at - target);
}

function writeField(target: usize, tag: ArgumentTag, ptr: usize, len: u32): usize {
  store<u8>(target, tag);
  let at = target + 1;
  let rest = len;
  while (rest >= 0x80) {
    store<u8>(at, rest | 0x80);
    rest >>= 7;
    at++;
  }
  store<u8>(at, rest);
  memory.copy(at + 1, ptr, len);
  return at + 1 + len;
}

/**
 * Reads the answer. Fields that are not ours are read over; the last `result` counts; none is
 * false, as in proto3.
 */
export function readVerifyResult(ptr: usize, len: u32): VerifyResult {
  const end = ptr + len;
  let at = ptr;
  let verified = false;
  while (at < end) {
    at = readVarint(at, end);
    if (at == 0) return VerifyResult.MALFORMED;
    const tag = varint;
    if (tag == RESULT_TAG) {
      at = readVarint(at, end);
      if (at == 0) return VerifyResult.MALFORMED;
      verified = varint != 0;
    } else {
      at = skipField(at, end, <u32>(tag & 7));
      if (at == 0) return VerifyResult.MALFORMED;
    }
  }
  return verified ? VerifyResult.VERIFIED : VerifyResult.REFUSED;
}

/** Behind the field's content, or 0. */
function skipField(at: usize, end: usize, wireType: u32): usize {
  let len: u64 = 0;
  let content = at;
  switch (wireType) {
    case WireType.VARINT:
      return readVarint(at, end);
    case WireType.FIXED64:
      len = 8;
      break;
    case WireType.FIXED32:
      len = 4;
      break;
    case WireType.LENGTH_DELIMITED:
      content = readVarint(at, end);
      if (content == 0) return 0;
      len = varint;
      break;
    default:
      return 0;
  }
  return len <= <u64>(end - content) ? content + <usize>len : 0;
}

/** The number that readVarint read last. */
let varint: u64 = 0;

/** Behind the varint at `from`, or 0 when it does not end in time. */
function readVarint(from: usize, end: usize): usize {
  const last = min(end, from + VARINT_BYTES_MAX);
  let value: u64 = 0;
  let shift: u64 = 0;
  for (let at = from; at < last; at++, shift += 7) {
    const byte = <u64>load<u8>(at);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      varint = value;
      return at + 1;
    }
  }
  return 0;
}
