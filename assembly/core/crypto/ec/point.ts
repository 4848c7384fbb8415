// Two points at a time on y^2 = x^3 - 3x + b, one a lane: the sum (X/Z^2, Y/Z^3) in Jacobian
// coordinates, and the affine point (PX, PY) that is added to it. Formulas: Explicit-Formulas
// Database, short Weierstrass curves, Jacobian coordinates with a4 = -3. They do not hold for
// infinity nor for the sum of equal or opposite points: callers show that those cannot occur.
//
// (k) beside a formula is the size of limbs, see field.ts; (1) where there is none. X, Y, Z, PX and
// PY are (1); where mulSub is not fused, Y of P-384 is (2), which fits as well: r is (3) then, and
// its square 9 of the 36.
//
// Values in a Montgomery field, where R is above 2^5 p (P-256) or 2^8 p (P-384): a product of a and
// b is in [a b / R, a b / R + p). In units of p, with |X| < 4, |Y| < 2, |Z| < 2, and |PX|, |PY| <
// 1.2 as products of such values and as numbers below p are:
//   double: delta and gamma in [0, 1.2), alpha in (-0.2, 2.5), 4 beta in (-0.6, 1.6), and so
//     X in (-3.2, 2.4), Y in (-1.1, 1.4), Z in (-0.3, 1.3)
//   addMixed: |H| < 5.1, |r| < 3.1, H^2 in [0, 1.9), H^3 in (-0.4, 1.4), V in (-0.3, 1.3), and so
//     X in (-3.9, 2.3), Y in (-1.2, 1.6), Z in (-0.4, 1.4)
// So factors are below 2^4 (alpha's are the largest: 3 (X + delta) < 15.6), and differences that
// are compared with 0 below 2^4, where limbs.ts allows 2^7. In P-521 (k) alone bounds a value: k
// 1.01.

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
  // 8 gamma (8), relaxed (2). In P-256 its limbs are in [-2^31, 2^31 - 8], as those of gamma are a
  // square's: so it is the other factor, gamma, whose limbs are negated.
  shiftUp<F>(T2, T2, 1);
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
