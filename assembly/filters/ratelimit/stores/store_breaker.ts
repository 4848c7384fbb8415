// The breaker for the calls to a store outside of Envoy: when call after call fails, none is made
// for a while, so that requests do not each wait for what does not answer. Each worker has its own.

import { log } from "../../../abi/host";
import { randomBytes } from "../../../abi/random";
import { LogLevel } from "../../../abi/types";
import { Text, text } from "../../../core/bytes/text";
import { beginLine, endLine, LINE, putName } from "../../../core/log/line";
import { Store } from "../model";
import { countOpenBreakers } from "./open_breakers";

/** Failures in a row that open it. */
const FAILURES_TO_OPEN: u32 = 5;
/** Milliseconds without calls: they double from one probe that fails to the next. */
const OPEN_MILLISECONDS_MIN: u64 = 1000;
const OPEN_MILLISECONDS_MAX: u64 = 30000;
/** The doubling ends above OPEN_MILLISECONDS_MAX. */
const DOUBLINGS_MAX: u32 = 5;

const FAILS = text("store fails: no calls for a while");
const WORKS = text("store answers again");
const STORE = text("store");

// @ts-ignore: decorator
@inline
function isOpen(store: Store): bool {
  return store.failures >= FAILURES_TO_OPEN;
}

/**
 * Whether a call may be made now. One that is allowed while the breaker is open is the probe: the
 * next one may follow only after a longer time still, unless this one succeeds.
 */
export function mayCall(store: Store, nowMilliseconds: u64): bool {
  if (!isOpen(store)) return true;
  if (nowMilliseconds < store.openUntilMilliseconds) return false;
  store.failures = min(store.failures + 1, FAILURES_TO_OPEN + DOUBLINGS_MAX);
  store.openUntilMilliseconds = nowMilliseconds + openMilliseconds(store);
  return true;
}

/** The store did its part. */
export function noteSuccess(store: Store): void {
  if (isOpen(store)) logLine(LogLevel.INFO, store, WORKS);
  closeBreaker(store);
}

/** There is nothing against calls any more, or nobody who makes any: its configuration goes. */
export function closeBreaker(store: Store): void {
  if (isOpen(store)) countOpenBreakers(store, -1);
  store.failures = 0;
}

/**
 * The store did not: no answer, or none that makes sense. While the breaker is open, failures of
 * calls from before change nothing.
 */
export function noteFailure(store: Store, nowMilliseconds: u64): void {
  if (isOpen(store)) return;
  store.failures++;
  if (!isOpen(store)) return;
  countOpenBreakers(store, 1);
  store.openUntilMilliseconds = nowMilliseconds + openMilliseconds(store);
  logLine(LogLevel.WARN, store, FAILS);
}

/** Up to a tenth less, so that workers do not probe at once. */
function openMilliseconds(store: Store): u64 {
  const doublings = store.failures - FAILURES_TO_OPEN;
  const open = min(OPEN_MILLISECONDS_MIN << doublings, OPEN_MILLISECONDS_MAX);
  const random = randomBytes(4);
  if (random == 0) return open;
  return open - (((open / 10) * <u64>load<u32>(random)) >> 32);
}

function logLine(level: LogLevel, store: Store, what: Text): void {
  beginLine(what);
  putName(STORE, store.name);
  log(level, LINE, endLine());
}
