// The member `ot` of a tracestate: `key:value` pairs, of which `th` is the threshold that the trace
// was sampled by and `rv` its randomness, where that is not in the trace-id
// (https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/). A pair that breaks a rule
// is left out, all others stay.

import { Char, isDigit, isLowerLetter, lower } from "../bytes/ascii";
import {
  NO_NUMBER,
  RANDOMNESS_LEN,
  readRandomness,
  readThreshold,
  writeRandomness,
  writeThreshold,
} from "./sampling";

/** The most that the value may have. */
export const OT_VALUE_BYTES_MAX: u32 = 256;
/** Two letters and a colon. */
const HEAD: u32 = 3;
/** The letters th and rv, as they lie in memory. */
const TH: u16 = 0x6874;
const RV: u16 = 0x7672;

/** Of the value that `readOt` read last; NO_NUMBER where it has none. */
export let otThreshold: u64 = NO_NUMBER;
export let otRandomness: u64 = NO_NUMBER;

/** The other pairs, ptr u32 and len u32 each: a pair has three bytes and a semicolon. */
const PAIRS_MAX: u32 = (OT_VALUE_BYTES_MAX + 1) / (HEAD + 1);
const PAIRS: usize = memory.data(<i32>(PAIRS_MAX << 3), 8);
let pairCount: u32 = 0;

/** Begins a trace of which nothing is said. */
export function beginOt(): void {
  otThreshold = NO_NUMBER;
  otRandomness = NO_NUMBER;
  pairCount = 0;
}

/** Reads a value; what is longer than OT_VALUE_BYTES_MAX says nothing. */
export function readOt(ptr: usize, len: u32): void {
  beginOt();
  if (len > OT_VALUE_BYTES_MAX) return;
  const end = ptr + len;
  for (let at = ptr; at < end;) {
    let pairEnd = at;
    while (pairEnd < end && load<u8>(pairEnd) != Char.SEMICOLON) pairEnd++;
    readPair(at, <u32>(pairEnd - at));
    at = pairEnd + 1;
  }
}

function readPair(ptr: usize, len: u32): void {
  let keyLen: u32 = 0;
  while (keyLen < len && isKeyCharacter(load<u8>(ptr + keyLen), keyLen == 0)) keyLen++;
  if (keyLen == 0 || keyLen == len || load<u8>(ptr + keyLen) != Char.COLON) return;
  const value = ptr + keyLen + 1;
  const valueLen = len - keyLen - 1;
  const key = keyLen == 2 ? load<u16>(ptr) : 0;
  if (key == TH) {
    if (otThreshold == NO_NUMBER) otThreshold = readThreshold(value, valueLen);
  } else if (key == RV) {
    if (otRandomness == NO_NUMBER) otRandomness = readRandomness(value, valueLen);
  } else if (isValue(value, valueLen) && pairCount < PAIRS_MAX) {
    const pair = PAIRS + (pairCount++ << 3);
    store<u32>(pair, <u32>ptr);
    store<u32>(pair, len, 4);
  }
}

// @ts-ignore: decorator
@inline
function isKeyCharacter(c: u32, isFirst: bool): bool {
  return isLowerLetter(c) || (!isFirst && isDigit(c));
}

function isValue(ptr: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    const isMark = c == Char.DOT || c == Char.UNDERSCORE || c == Char.MINUS;
    if (!isMark && !isDigit(c) && !isLowerLetter(lower(c))) return false;
  }
  return true;
}

/**
 * Writes the value with these two numbers, NO_NUMBER for none, before the other pairs that were
 * read. `target` has room for OT_VALUE_BYTES_MAX: pairs that do not fit go. Returns its length: 0
 * when nothing is left to say.
 */
export function writeOt(target: usize, threshold: u64, randomness: u64): u32 {
  let at = target;
  if (threshold != NO_NUMBER) {
    at = putHead(target, at, TH);
    at += writeThreshold(at, threshold);
  }
  if (randomness != NO_NUMBER) {
    at = putHead(target, at, RV);
    writeRandomness(at, randomness);
    at += RANDOMNESS_LEN;
  }
  for (let i: u32 = 0; i < pairCount; i++) {
    const pair = PAIRS + (i << 3);
    const len = load<u32>(pair, 4);
    if (<u32>(at - target) + 1 + len > OT_VALUE_BYTES_MAX) continue;
    if (at > target) store<u8>(at++, Char.SEMICOLON);
    memory.copy(at, load<u32>(pair), len);
    at += len;
  }
  return <u32>(at - target);
}

function putHead(target: usize, at: usize, key: u16): usize {
  let to = at;
  if (to > target) store<u8>(to++, Char.SEMICOLON);
  store<u16>(to, key);
  store<u8>(to, Char.COLON, 2);
  return to + HEAD;
}
