// The time that tokens are judged at, in seconds as their dates are (RFC 7519 §2).

import { recentSystemNanoseconds, systemNanoseconds } from "../../abi/clock";

const NANOSECONDS_PER_SECOND: u64 = 1000000000;

/** 0 when the host has no clock. */
export function nowSeconds(): i64 {
  return <i64>(systemNanoseconds() / NANOSECONDS_PER_SECOND);
}

/** A second ago at the earliest; 0 when the host has no clock. */
export function recentSeconds(): i64 {
  return <i64>(recentSystemNanoseconds() / NANOSECONDS_PER_SECOND);
}
