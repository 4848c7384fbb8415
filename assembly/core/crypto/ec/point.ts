// Two points at a time on y^2 = x^3 - 3x + b, one a lane: the sum (X/Z^2, Y/Z^3) in Jacobian
// coordinates, and the affine point (PX, PY) that is added to it. Formulas: Explicit-Formulas
// Database, short Weierstrass curves, Jacobian coordinates with a4 = -3. They do not hold for
// infinity nor for the sum of equal or opposite points: callers show that those cannot occur.
//
// (k) beside a formula is the size of limbs, see field.ts; (1) where there is none. X, Y, Z, PX and
// PY are (1); where mulSub is not fused, Y of P-384 is (2), which fits as well.
//
// Values, in a Montgomery field of R = 2^5 p (P-256; P-384 has 2^8): a product of a and b is in
// (-|a b| / R, p + |a b| / R). With |X| < 4p, |Y|, |Z| < 2p:
//   double: |alpha| < 3p, |4 beta| < 2p, X in (-4p, 3p), Y in (-p, 2p), Z in (-p/2, 3p/2)
//   addMixed: |H| < 6p, |r| < 4p, HH < 3p, |HHH| < 2p, |V| < 2p, X in (-4p, 3p), Y in (-p, 3p)
// TODO bounds

import { ELEMENT_BYTES, Field } from "./field";
import { joinLanes, double as shiftUp, relax, sub, subTwice, tripleSum } from "./lanes";

const SCRATCH: usize = memory.data(12 * ELEMENT_BYTES, 16);
/** The sum; its three coordinates stand in a row. */
export const X: usize = SCRATCH;
export const Y: usize = SCRATCH + ELEMENT_BYTES;
export const Z: usize = SCRATCH + 2 * ELEMENT_BYTES;
export const POINT_BYTES: i32 = 3 * ELEMENT_BYTES;
/** What is added. */
export const PX: usize = SCRATCH + 3 * ELEMENT_BYTES;
export const PY: usize = SCRATCH + 4 * ELEMENT_BYTES;
const T0: usize = SCRATCH + 5 * ELEMENT_BYTES;
const T1: usize = SCRATCH + 6 * ELEMENT_BYTES;
const T2: usize = SCRATCH + 7 * ELEMENT_BYTES;
const T3: usize = SCRATCH + 8 * ELEMENT_BYTES;
const T4: usize = SCRATCH + 9 * ELEMENT_BYTES;
/** 0, for formulas with less to subtract. */
const ZERO: usize = SCRATCH + 11 * ELEMENT_BYTES;

/** The sum is doubled: "dbl-2001-b". */
export function doubleSum<F extends Field>(): void {
  const f = changetype<F>(0);
  f.square(T0, Z); // delta
  f.square(T1, Y); // gamma
  sub<F>(T2, X, T0); // (2)
  tripleSum<F>(T3, X, T0); // (6)
  relax<F>(T3);
  f.mul(T0, T2, T3); // alpha
  shiftUp<F>(T2, Y, 1); // (2)
  f.mul(Z, T2, Z);
  shiftUp<F>(T2, T1, 2); // 4 gamma (4)
  relax<F>(T2);
  f.mul(T3, X, T2); // 4 beta
  f.square(X, T0);
  subTwice<F>(X, X, ZERO, T3);
  sub<F>(T3, T3, X); // (2)
  shiftUp<F>(T2, T2, 1); // 8 gamma (8), relaxed (2)
  f.mulSub(Y, T0, T3, T1, T2);
  relax<F>(Y);
}

export function doubleTimes<F extends Field>(times: u32): void {
  for (let time: u32 = 0; time < times; time++) doubleSum<F>();
}

/** The affine point is added to the sum: "madd". */
export function addMixed<F extends Field>(): void {
  const f = changetype<F>(0);
  f.square(T0, Z);
  f.mul(T1, PX, T0); // U2
  f.mul(T0, Z, T0);
  f.mul(T2, PY, T0); // S2
  sub<F>(T1, T1, X); // H (2)
  sub<F>(T2, T2, Y); // r (2)
  f.mul(Z, Z, T1);
  f.square(T0, T1); // H^2
  f.mul(T3, T0, T1); // H^3
  f.mul(T4, X, T0); // V
  f.square(X, T2);
  subTwice<F>(X, X, T3, T4);
  sub<F>(T4, T4, X); // (2)
  f.mulSub(Y, T2, T4, Y, T3);
  relax<F>(Y);
}

/** Sets what is added to a table's entries, or to their negatives where a sign is -1, not 0. */
export function loadEntries<F extends Field>(
  first: usize,
  second: usize,
  firstSign: i32,
  secondSign: i32,
): void {
  const limbs = changetype<F>(0).constants().limbs;
  joinLanes<F>(PX, first, second, 0, 0);
  joinLanes<F>(PY, first + 4 * limbs, second + 4 * limbs, firstSign, secondSign);
}

/** The sum becomes the affine point. */
export function startSum<F extends Field>(): void {
  memory.copy(X, PX, 2 * ELEMENT_BYTES);
  setOne<F>(Z);
}

export function setOne<F extends Field>(target: usize): void {
  const one = changetype<F>(0).constants().one;
  joinLanes<F>(target, one, one, 0, 0);
}
