// `grpc-message`: a text, percent-encoded as the gRPC protocol has it. Decoding never fails: what
// is no encoding stands for itself.
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses

import { Char } from "../bytes/ascii";
import { hexValue } from "../bytes/hex";

/** Bytes of an encoded byte. */
const ENCODED_LEN: u32 = 3;

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
