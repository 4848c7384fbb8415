// Odd multiples of two points, one a lane, as affine entries of a table or of a prepared key.

import { batchPoint, BATCH_POINTS, keepSum, makeAffine } from "./affine";
import { ELEMENT_BYTES, Field } from "./field";
import { mergeLanes, splitLane } from "./lanes";
import {
  addMixed,
  doubleSum,
  doubleTimes,
  loadEntries,
  PX,
  PY,
  setOne,
  startSum,
  X,
  Y,
  Z,
} from "./point";

/** Multiples of a point that one call writes at most. */
export const MULTIPLES_MAX: u32 = BATCH_POINTS - 2;

/** Two points and twice each: X and Y of the points, then of their doubles. */
export const PAIR_BYTES: i32 = 4 * ELEMENT_BYTES;
const TWICE: usize = 2 * ELEMENT_BYTES;

/** The pair becomes a point Q and 2^shift Q. */
export function startPair<F extends Field>(pair: usize, entry: usize, shift: u32): void {
  loadEntries<F>(entry, entry, 0, 0);
  startSum<F>();
  doubleTimes<F>(shift);
  mergeLanes<F>(X, PX, X);
  mergeLanes<F>(Y, PY, Y);
  setOne<F>(PX);
  mergeLanes<F>(Z, PX, Z);
  keepSum(0);
  doubleSum<F>();
  keepSum(1);
  makeAffine<F>(2);
  keepPair(pair, 0);
}

/** From two points of the batch. */
function keepPair(pair: usize, index: u32): void {
  memory.copy(pair, batchPoint(index), 2 * ELEMENT_BYTES);
  memory.copy(pair + TWICE, batchPoint(index + 1), 2 * ELEMENT_BYTES);
}

/**
 * Writes `count` entries, at most MULTIPLES_MAX, of the pair's multiples 1, 3, 5 …, beginning at
 * entry `from`; the one before must stand there. `second` = 0 leaves out lane 1. With `shift`, the
 * pair becomes 2^shift times itself after it.
 *
 * No sum is exceptional: 2 Q is added to odd multiples of Q below the order of the group less 2.
 * Without `second`, lane 1 adds twice the pair's second point, 2^(width + 1) Q, to an odd multiple
 * of the first: nor there, and its Z, which is inverted along, is not 0.
 */
export function writeMultiples<F extends Field>(
  pair: usize,
  first: usize,
  second: usize,
  from: u32,
  count: u32,
  shift: u32,
): void {
  const size = changetype<F>(0).constants().entryBytes;
  if (from == 0) {
    memory.copy(PX, pair, 2 * ELEMENT_BYTES);
  } else {
    const last = (from - 1) * size;
    loadEntries<F>(first + last, (second != 0 ? second : first) + last, 0, 0);
  }
  startSum<F>();
  memory.copy(PX, pair + TWICE, 2 * ELEMENT_BYTES);
  for (let index: u32 = 0; index < count; index++) {
    if (from + index > 0) addMixed<F>();
    keepSum(index);
  }
  let kept = count;
  if (shift != 0) {
    startSum<F>();
    doubleTimes<F>(shift - 1);
    keepSum(kept);
    doubleSum<F>();
    keepSum(kept + 1);
    kept += 2;
  }
  makeAffine<F>(kept);
  for (let index: u32 = 0; index < count; index++) {
    const offset = (from + index) * size;
    writeEntry<F>(first + offset, index, 0);
    if (second != 0) writeEntry<F>(second + offset, index, 1);
  }
  if (shift != 0) keepPair(pair, count);
}

function writeEntry<F extends Field>(target: usize, index: u32, lane: u32): void {
  const limbs = changetype<F>(0).constants().limbs;
  const x = batchPoint(index);
  splitLane<F>(target, x, lane);
  splitLane<F>(target + 4 * limbs, x + ELEMENT_BYTES, lane);
}
