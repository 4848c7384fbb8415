// `grpc-message`: a text, percent-encoded as the gRPC protocol has it. Decoding never fails: what
// is no encoding stands for itself.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses

import { Char } from "../bytes/ascii";
import { hexValue } from "../bytes/hex";

/** Bytes that `encodeMessage` writes at most for each byte. */
export const MESSAGE_GROWTH: u32 = 3;

const ENCODED_LEN: u32 = 3;

/** Writes a text of any bytes; returns its length, at most MESSAGE_GROWTH times `len`. */
export function encodeMessage(target: usize, ptr: usize, len: u32): u32 {
  let end = target;
  for (let at = ptr; at < ptr + len; at++) {
    const c = <u32>load<u8>(at);
    if (c >= <u32>Char.SPACE && c <= <u32>Char.TILDE && c != Char.PERCENT) {
      store<u8>(end++, c);
      continue;
    }
    store<u8>(end, <u8>Char.PERCENT);
    store<u8>(end, upperDigit(c >> 4), 1);
    store<u8>(end, upperDigit(c & 0xf), 2);
    end += ENCODED_LEN;
  }
  return <u32>(end - target);
}

/** Writes what was encoded; returns its length, at most `len`. */
export function decodeMessage(target: usize, ptr: usize, len: u32): u32 {
  const sourceEnd = ptr + len;
  let end = target;
  for (let at = ptr; at < sourceEnd; end++) {
    const byte = encodedAt(at, sourceEnd);
    store<u8>(end, byte > 0xff ? load<u8>(at) : byte);
    at += byte > 0xff ? 1 : ENCODED_LEN;
  }
  return <u32>(end - target);
}

/** The byte that is encoded at `at`; above 0xff when none is. */
function encodedAt(at: usize, end: usize): u32 {
  if (load<u8>(at) != Char.PERCENT || end - at < ENCODED_LEN) return u32.MAX_VALUE;
  const high = hexValue(load<u8>(at + 1));
  const low = hexValue(load<u8>(at + 2));
  return (high | low) > 0xf ? u32.MAX_VALUE : (high << 4) | low;
}

// @ts-ignore: decorator
@inline
function upperDigit(nibble: u32): u32 {
  return nibble < 10 ? Char.ZERO + nibble : Char.UPPER_A - 10 + nibble;
}
