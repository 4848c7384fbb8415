// The end of a failed assertion: a line in the log, then a trap.
// asc compiles this before any global exists, so it has none.

import { proxy_log } from "./imports";
import { LogLevel } from "./types";

// @ts-ignore: decorator
@inline
const LINE_BYTES: u32 = 256;

function put(line: usize, len: u32, byte: u32): u32 {
  if (len >= LINE_BYTES) return len;
  store<u8>(line + len, <u8>byte);
  return len + 1;
}

function putText(line: usize, len: u32, text: string | null): u32 {
  if (text === null) return len;
  for (let i = 0, length = text.length; i < length; i++) {
    len = put(line, len, text.charCodeAt(i));
  }
  return len;
}

function putNumber(line: usize, len: u32, value: u32): u32 {
  let divisor: u32 = 1000000000;
  while (divisor > 1 && value < divisor) divisor /= 10;
  for (; divisor > 0; divisor /= 10) len = put(line, len, 48 + ((value / divisor) % 10));
  return len;
}

/** asc calls this instead of `env.abort`, which Envoy does not provide. It does not return. */
export function abort(message: string | null, file: string | null, row: u32, column: u32): void {
  const line = memory.data(256);
  let len = putText(line, 0, "abort at ");
  len = putText(line, len, file);
  len = put(line, len, 58);
  len = putNumber(line, len, row);
  len = put(line, len, 58);
  len = putNumber(line, len, column);
  len = put(line, len, 32);
  len = putText(line, len, message);
  proxy_log(LogLevel.CRITICAL, line, len);
  unreachable();
}
