// Calls about leases. Of each key one is on its way at most, and another one gathers the requests
// that want more than that brings. Each has a handle, by which its answer and the requests that
// wait for it find it: what has its place later has another handle.

import {
  REDIS_FLIGHTS_KEPT,
  REDIS_FLIGHTS_MAX,
  STORE_TIMEOUT_MILLISECONDS_MAX,
} from "../../../../core/limits";
import { TRACE_BYTES } from "../../../../core/stream_data";
import { KEY_DIGITS } from "./redis_key";

// @ts-ignore: decorator
@unmanaged
export class Flight {
  /** 0 is a free place. */
  handle: u32;
  /** Address of the rule, and the generation of its configuration. */
  rule: usize;
  generation: u32;
  /** Tokens that are asked for, at least and at most; `most` is 0 before the call is made. */
  least: u32;
  most: u32;
  /** Cost of the requests that wait for it, and of the cheapest of them. */
  awaitedCost: u32;
  leastCost: u32;
  /** Whether the call was made. */
  isSent: u32;
  /** Whether the script itself was sent. */
  hasScript: u32;
  key: u64;
  /** Microseconds of the monotonic clock at which no answer is expected any more. */
  deadline: u64;
  /** KEY_DIGITS hexadecimal digits. */
  digits: u64;
}

const DIGITS_AT: u32 = <u32>offsetof<Flight>("digits");
/** Of the request that made it necessary (keepTrace). */
const TRACE_AT: u32 = 88;
if (DIGITS_AT + KEY_DIGITS > TRACE_AT) ERROR("Flight has more than 88 bytes");
const SIZE: u32 = 144;
if (TRACE_AT + TRACE_BYTES > SIZE) ERROR("a flight has no room for a trace");
const TABLE: usize = memory.data(<i32>(REDIS_FLIGHTS_MAX * SIZE), 16);

// A handle: place, and a serial number that is never 0.
const PLACE_BITS: u32 = 8;
const PLACE_MASK: u32 = (1 << PLACE_BITS) - 1;
if (REDIS_FLIGHTS_MAX > 1 << PLACE_BITS) ERROR("a place does not fit into a handle");
const SERIAL_MAX: u32 = 0xffff;
/** Bits of a handle: what is above them in a callout's purpose is the store's. */
export const HANDLE_MASK: u32 = (SERIAL_MAX << PLACE_BITS) | PLACE_MASK;
let lastSerial: u32 = 0;

/** Microseconds beyond the timeout: the host answers by then, or never. */
const MARGIN: u64 = 1000000;
if (STORE_TIMEOUT_MILLISECONDS_MAX > 1 << 20) ERROR("a deadline overflows");

// @ts-ignore: decorator
@inline
export function flightAt(place: u32): Flight {
  return changetype<Flight>(TABLE + place * SIZE);
}

// @ts-ignore: decorator
@inline
export function digitsOf(flight: Flight): usize {
  return changetype<usize>(flight) + DIGITS_AT;
}

// @ts-ignore: decorator
@inline
export function traceOf(flight: Flight): usize {
  return changetype<usize>(flight) + TRACE_AT;
}

/** Address of the flight with this handle; 0 when it is over. */
export function findFlight(handle: u32): usize {
  const place = handle & PLACE_MASK;
  if (handle == 0 || place >= REDIS_FLIGHTS_MAX) return 0;
  const flight = flightAt(place);
  return flight.handle == handle ? changetype<usize>(flight) : 0;
}

/**
 * Address of a new flight, of which only the handle is set; 0 when REDIS_FLIGHTS_MAX are on, or
 * for a key of which nothing is known when all but REDIS_FLIGHTS_KEPT are.
 */
export function addFlight(isKnown: bool): usize {
  for (let place: u32 = isKnown ? 0 : REDIS_FLIGHTS_KEPT; place < REDIS_FLIGHTS_MAX; place++) {
    const flight = flightAt(place);
    if (flight.handle != 0) continue;
    memory.fill(changetype<usize>(flight), 0, SIZE);
    lastSerial = lastSerial == SERIAL_MAX ? 1 : lastSerial + 1;
    flight.handle = (lastSerial << PLACE_BITS) | place;
    return changetype<usize>(flight);
  }
  return 0;
}

/** Notes when the call is over at the latest. */
export function setDeadline(flight: Flight, timeoutMilliseconds: u32, now: u64): void {
  flight.deadline = now + <u64>timeoutMilliseconds * 1000 + MARGIN;
}

/** A configuration goes, and its calls are over. */
export function forgetFlights(generation: u32): void {
  for (let place: u32 = 0; place < REDIS_FLIGHTS_MAX; place++) {
    if (flightAt(place).generation == generation) flightAt(place).handle = 0;
  }
}
