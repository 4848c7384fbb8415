// Prepared keys: what a check needs without tables. A key is the multiples 1, 3 … 15 of its point Q
// as affine entries, then those of Q' = 2^(4 h) Q, h being splitWindows: a scalar's upper half
// shares the doublings of its lower half.

import { enterField } from "./affine";
import { CurveConstants, KEY_MULTIPLES, KEY_WINDOW_BITS, NUMBER_BYTES } from "./curve";
import { ELEMENT_BYTES, Field } from "./field";
import { joinLanes, splitLane, sub, swapLanes, tripleSum } from "./lanes";
import { isZeroElement, readNumber } from "./limbs";
import { PAIR_BYTES, startPair, writeMultiples } from "./multiples";
import { addMixed, doubleTimes, startSum } from "./point";
import { isBelow } from "./scalar";
import { loadWindow, makeScalarsOdd } from "./window";

/** Bits of the lowest window: bit KEY_BOTTOM_BITS of n is 0 for each curve, see sumKeys. */
const KEY_BOTTOM_BITS: u32 = 2;

const SCRATCH: usize = memory.data(5 * ELEMENT_BYTES, 16);
const POINT: usize = SCRATCH;
const T0: usize = SCRATCH + ELEMENT_BYTES;
const T1: usize = SCRATCH + 2 * ELEMENT_BYTES;
const T2: usize = SCRATCH + 3 * ELEMENT_BYTES;
const ONE: usize = SCRATCH + 4 * ELEMENT_BYTES;
const NUMBER_X: usize = memory.data(NUMBER_BYTES, 16);
const NUMBER_Y: usize = memory.data(NUMBER_BYTES, 16);
const PAIR: usize = memory.data(PAIR_BYTES, 16);

export function keyBytes(curve: CurveConstants): u32 {
  return 2 * KEY_MULTIPLES * curve.entryBytes;
}

/** Prepares the key of two coordinates; false unless they are below p and on the curve. */
export function prepareKey<F extends Field>(x: usize, y: usize, key: usize): bool {
  const curve = changetype<F>(0).constants();
  readNumber(NUMBER_X, x, curve.coordinateLen);
  readNumber(NUMBER_Y, y, curve.coordinateLen);
  if (!isBelow(NUMBER_X, curve.prime, curve.words)) return false;
  if (!isBelow(NUMBER_Y, curve.prime, curve.words)) return false;
  enterField<F>(POINT, NUMBER_X, NUMBER_Y);
  if (!isOnCurve<F>()) return false;
  splitLane<F>(key, POINT, 0);
  splitLane<F>(key + 4 * curve.limbs, POINT, 1);
  startPair<F>(PAIR, key, KEY_WINDOW_BITS * curve.splitWindows);
  const second = key + KEY_MULTIPLES * curve.entryBytes;
  writeMultiples<F>(PAIR, key, second, 0, KEY_MULTIPLES, 0);
  return true;
}

/** Whether y^2 = (x^2 - 3) x + b, x and y being the lanes of POINT. */
function isOnCurve<F extends Field>(): bool {
  const f = changetype<F>(0);
  const curve = f.constants();
  joinLanes<F>(ONE, curve.one, curve.one, 0, 0);
  joinLanes<F>(T2, curve.b, curve.b, 0, 0);
  f.square(T0, POINT); // x^2, y^2
  memory.fill(T1, 0, ELEMENT_BYTES);
  tripleSum<F>(T1, T1, ONE); // (3)
  sub<F>(T1, T0, T1); // (4)
  f.mul(T1, T1, POINT); // x^3 - 3 x
  swapLanes<F>(T0, T0);
  sub<F>(T0, T0, T1);
  sub<F>(T0, T0, T2);
  return isZeroElement(T0, 0, curve);
}

/**
 * The sum becomes the product of each lane's scalar and key.
 *
 * A scalar k has 2 + 8 h bits in windows: b below, then lower digits l_t and upper digits u_t for t
 * = 1 … h. Before a turn t the sum is A = P 2^(4 h) + Q, after it 16 A + u_t 2^(4 h) + l_t, in the
 * end k = 4 A + b. P > 0 as the top digit is, and |16 Q| < 2^(4 (h - t + 1)). No sum is
 * exceptional:
 *
 *   Adding u_t: V = (16 P ± u_t) 2^(4 h) + 16 Q has an odd factor before 2^(4 h) > |16 Q| for t >
 *     1, so it is not 0, and |V| < 2^(8 h - 4) < n. For t = 1, |V| < 2^(8 h) + 2^(4 h) < 2 n, so V
 *     would be n, which is odd, or 0, which it is not for the same reason.
 *   Adding l_t: for t > 1 likewise, as |16 Q| + |l_t| < 2^(4 h). For t = 1, V = n would make k at
 *     least 4 (n - 30) - 3 > n.
 *   Adding b: as the last window of a table (table.ts) with w = 2 and j = 0: bit 2 of n is 0.
 */
export function sumKeys<F extends Field>(base: usize, key: usize): void {
  const curve = changetype<F>(0).constants();
  makeScalarsOdd(curve);
  const upper = KEY_MULTIPLES * curve.entryBytes;
  const turns = curve.splitWindows;
  for (let turn = turns; turn > 0; turn--) {
    const bit = KEY_BOTTOM_BITS + KEY_WINDOW_BITS * (turn - 1);
    const upperBit = bit + KEY_WINDOW_BITS * turns;
    const isTop = turn == turns;
    loadWindow<F>(base + upper, key + upper, upperBit, KEY_WINDOW_BITS, isTop);
    if (isTop) {
      startSum<F>();
    } else {
      doubleTimes<F>(KEY_WINDOW_BITS);
      addMixed<F>();
    }
    loadWindow<F>(base, key, bit, KEY_WINDOW_BITS, false);
    addMixed<F>();
  }
  doubleTimes<F>(KEY_BOTTOM_BITS);
  loadWindow<F>(base, key, 0, KEY_BOTTOM_BITS, false);
  addMixed<F>();
}
