// The end of a check: both lanes are added, and the sum's x is compared with r.

import { NUMBER_BYTES } from "./curve";
import { ELEMENT_BYTES, Field } from "./field";
import { joinLanes, mergeLanes, sub, subTwice, swapLanes } from "./lanes";
import { isZeroElement, toLimbs } from "./limbs";
import { doubleSum, X, Y, Z } from "./point";
import { add, isBelow } from "./scalar";

const SCRATCH: usize = memory.data(5 * ELEMENT_BYTES, 16);
const T0: usize = SCRATCH;
const T1: usize = SCRATCH + ELEMENT_BYTES;
const T2: usize = SCRATCH + 2 * ELEMENT_BYTES;
const T3: usize = SCRATCH + 3 * ELEMENT_BYTES;
const T4: usize = SCRATCH + 4 * ELEMENT_BYTES;
const CANDIDATE: usize = memory.data(NUMBER_BYTES, 16);

/**
 * The sum of both lanes' points, which are not infinity, to lane 0: X and Z only. False when it is
 * infinity. EFD "add-1998-cmo-2", between the lanes.
 */
export function addLanes<F extends Field>(): bool {
  const f = changetype<F>(0);
  const curve = f.constants();
  f.square(T0, Z);
  swapLanes<F>(T1, T0);
  f.mul(T1, X, T1); // U of the lane's own point
  f.mul(T0, Z, T0);
  swapLanes<F>(T0, T0);
  f.mul(T2, Y, T0); // S
  swapLanes<F>(T3, T1);
  sub<F>(T3, T3, T1); // H
  swapLanes<F>(T4, T2);
  sub<F>(T4, T4, T2); // r
  if (isZeroElement(T3, 0, curve)) {
    if (!isZeroElement(T4, 0, curve)) return false;
    doubleSum<F>();
    return true;
  }
  swapLanes<F>(T0, Z);
  f.mul(Z, Z, T0);
  f.mul(Z, Z, T3);
  f.square(T0, T3); // H^2
  f.mul(T3, T3, T0); // H^3
  f.mul(T1, T1, T0); // V
  f.square(X, T4);
  subTwice<F>(X, X, T3, T1);
  return true;
}

/** Lane 1's point, X and Z only, to lane 0. */
export function takeSecond<F extends Field>(): void {
  swapLanes<F>(X, X);
  swapLanes<F>(Z, Z);
}

/**
 * Whether x of lane 0's point is r modulo n. x is below p, so it is r or, where that is below p,
 * r + n; compared as X = r Z^2, without an inversion. Z is not 0.
 */
export function hasX<F extends Field>(r: usize): bool {
  const curve = changetype<F>(0).constants();
  if (equalsX<F>(r)) return true;
  memory.fill(CANDIDATE, 0, NUMBER_BYTES);
  if (add(CANDIDATE, r, curve.order, curve.words)) return false;
  return isBelow(CANDIDATE, curve.prime, curve.words) && equalsX<F>(CANDIDATE);
}

/**
 * Z^2 and X side by side, times the number and 1 as they are: a Montgomery field then lacks R in
 * both.
 */
function equalsX<F extends Field>(number: usize): bool {
  const f = changetype<F>(0);
  const curve = f.constants();
  f.square(T0, Z);
  swapLanes<F>(T1, X);
  mergeLanes<F>(T0, T0, T1);
  toLimbs(T1, number, curve);
  memory.fill(T2, 0, ELEMENT_BYTES);
  store<u32>(T2, 1);
  joinLanes<F>(T3, T1, T2, 0, 0);
  f.mul(T0, T0, T3);
  swapLanes<F>(T1, T0);
  sub<F>(T0, T0, T1);
  return isZeroElement(T0, 0, curve);
}
