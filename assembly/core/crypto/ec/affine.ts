// Many sums become affine with one inversion (P. L. Montgomery's trick; H. Cohen, "A Course in
// Computational Algebraic Number Theory", algorithm 10.3.4).

import { invert } from "../inverse";
import { NUMBER_BYTES } from "./curve";
import { ELEMENT_BYTES, Field } from "./field";
import { joinLanes, swapLanes } from "./lanes";
import { toLimbs, toNumber } from "./limbs";
import { POINT_BYTES, setOne, X } from "./point";

/** Points that fit one batch. */
export const BATCH_POINTS: i32 = 18;

const POINTS: usize = memory.data(BATCH_POINTS * POINT_BYTES, 16);
/** Of each point the product of all Z before its own. */
const PRODUCTS: usize = memory.data(BATCH_POINTS * ELEMENT_BYTES, 16);
const SCRATCH: usize = memory.data(4 * ELEMENT_BYTES, 16);
const PRODUCT: usize = SCRATCH;
const T0: usize = SCRATCH + ELEMENT_BYTES;
const T1: usize = SCRATCH + 2 * ELEMENT_BYTES;
const T2: usize = SCRATCH + 3 * ELEMENT_BYTES;
const NUMBER: usize = memory.data(NUMBER_BYTES, 16);
const LIMBS: usize = memory.data(2 * NUMBER_BYTES, 16);

/** A point of the batch: X, Y, Z in a row. */
// @ts-ignore: decorator
@inline
export function batchPoint(index: u32): usize {
  return POINTS + index * POINT_BYTES;
}

/** Keeps the sum as a point of the batch. */
export function keepSum(index: u32): void {
  memory.copy(batchPoint(index), X, POINT_BYTES);
}

/** The first points of the batch become (X, Y) with Z = 1, which is not written. */
export function makeAffine<F extends Field>(count: u32): void {
  const f = changetype<F>(0);
  setOne<F>(PRODUCT);
  for (let index: u32 = 0; index < count; index++) {
    memory.copy(PRODUCTS + index * ELEMENT_BYTES, PRODUCT, ELEMENT_BYTES);
    f.mul(PRODUCT, PRODUCT, batchPoint(index) + 2 * ELEMENT_BYTES);
  }
  invertLanes<F>(PRODUCT);
  for (let index = count; index > 0; index--) {
    const x = batchPoint(index - 1);
    const y = x + ELEMENT_BYTES;
    f.mul(T0, PRODUCT, PRODUCTS + (index - 1) * ELEMENT_BYTES); // 1 / Z
    f.mul(PRODUCT, PRODUCT, y + ELEMENT_BYTES);
    f.square(T1, T0);
    f.mul(x, x, T1);
    f.mul(T1, T1, T0);
    f.mul(y, y, T1);
  }
}

/**
 * Both lanes of an element become their inverses: 1 / (a b), times b and a. In a Montgomery field
 * of R, the number inverted is a b R and what comes of it 1 / (a b R), which lacks R twice.
 */
function invertLanes<F extends Field>(element: usize): void {
  const f = changetype<F>(0);
  const curve = f.constants();
  swapLanes<F>(T0, element);
  f.mul(T1, T0, element);
  toNumber(NUMBER, T1, 0, curve);
  // 0 has no inverse and stays; no point that is multiplied here is infinity.
  invert(NUMBER, curve.primeModulus, NUMBER);
  enterField<F>(T1, NUMBER, NUMBER);
  joinLanes<F>(T2, curve.intoField, curve.intoField, 0, 0);
  f.mul(T1, T1, T2);
  f.mul(element, T1, T0);
}

/** The lanes become the elements of two numbers below 2^(limbs limbBits). */
export function enterField<F extends Field>(target: usize, first: usize, second: usize): void {
  const f = changetype<F>(0);
  const curve = f.constants();
  toLimbs(LIMBS, first, curve);
  toLimbs(LIMBS + NUMBER_BYTES, second, curve);
  joinLanes<F>(target, LIMBS, LIMBS + NUMBER_BYTES, 0, 0);
  joinLanes<F>(T2, curve.intoField, curve.intoField, 0, 0);
  f.mul(target, target, T2);
}
