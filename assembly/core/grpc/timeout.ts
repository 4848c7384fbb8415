// `grpc-timeout`: 1 to 8 digits and a unit, H M S m u n
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). Counted in whole milliseconds,
// rounded up as Envoy does (source/common/grpc/common.cc, getGrpcTimeout): who waits a little
// longer never gives up too early.

import { Char } from "../bytes/ascii";
import { writeUnsigned } from "../bytes/decimal";
import { GRPC_TIMEOUT_COUNT_MAX } from "../limits";

/** Bytes that `writeTimeout` writes at most: eight digits and the unit. */
export const TIMEOUT_BYTES_MAX: u32 = 9;

/**
 * Milliseconds; 0 when it is malformed. A timeout of nothing is malformed, too: the specification
 * says positive, and what it means differs (Envoy's router: no limit; gRPC servers: over already).
 */
export function readTimeout(ptr: usize, len: u32): u64 {
  if (len < 2 || len > TIMEOUT_BYTES_MAX) return 0;
  const last = ptr + len - 1;
  let count: u64 = 0;
  for (let at = ptr; at < last; at++) {
    const digit = <u32>load<u8>(at) - Char.ZERO;
    if (digit >= 10) return 0;
    count = count * 10 + digit;
  }
  const unit = <u32>load<u8>(last);
  if (unit == Char.UPPER_H) return count * 3600000;
  if (unit == Char.UPPER_M) return count * 60000;
  if (unit == Char.UPPER_S) return count * 1000;
  if (unit == Char.LOWER_M) return count;
  if (unit == Char.LOWER_U) return (count + 999) / 1000;
  return unit == Char.LOWER_N ? (count + 999999) / 1000000 : 0;
}

/**
 * Writes milliseconds (below 2^63) in the smallest unit that has room for them, rounded up; what no
 * unit has room for becomes the longest of all. Returns how many bytes, at most TIMEOUT_BYTES_MAX.
 */
export function writeTimeout(target: usize, milliseconds: u64): u32 {
  let count = milliseconds;
  let unit = Char.LOWER_M;
  if (count > GRPC_TIMEOUT_COUNT_MAX) {
    count = (milliseconds + 999) / 1000;
    unit = Char.UPPER_S;
  }
  if (count > GRPC_TIMEOUT_COUNT_MAX) {
    count = (milliseconds + 59999) / 60000;
    unit = Char.UPPER_M;
  }
  if (count > GRPC_TIMEOUT_COUNT_MAX) {
    count = min((milliseconds + 3599999) / 3600000, GRPC_TIMEOUT_COUNT_MAX);
    unit = Char.UPPER_H;
  }
  const digits = writeUnsigned(target, count);
  store<u8>(target + digits, unit);
  return digits + 1;
}
