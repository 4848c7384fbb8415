// A scalar as odd signed digits, one a window of its bits.
//
// An odd k below 2^T is the sum of d_i 2^p_i over windows of w_i bits at p_i that tile T bits, with
// d_i = 2 c_i - 2^w_i + 1 and c_i the bits of (k - 1) / 2 + 2^(T - 1) there (M. Joye, M. Tunstall,
// "Exponent Recoding and Regular Exponentiation Algorithms", 2009, §3.2). No digit is 0, so no
// window adds infinity. An even scalar is replaced by n - k, which is odd, and what comes of it
// negated.

import { CurveConstants } from "./curve";
import { Field } from "./field";
import { bitsOf } from "./limbs";
import { loadEntries } from "./point";
import { subtract } from "./scalar";
import { BASE_SCALAR, KEY_SCALAR } from "./signature";

let baseSign: i32 = 0;
let keySign: i32 = 0;

/** Makes both scalars, in 1 .. n-1, odd; to be called before their windows are loaded. */
export function makeScalarsOdd(curve: CurveConstants): void {
  baseSign = makeOdd(BASE_SCALAR, curve);
  keySign = makeOdd(KEY_SCALAR, curve);
}

/** -1 when the scalar's negative takes its place, else 0. */
function makeOdd(scalar: usize, curve: CurveConstants): i32 {
  if ((load<u32>(scalar) & 1) != 0) return 0;
  subtract(scalar, curve.order, scalar, curve.words);
  return -1;
}

/**
 * Sets what is added to d Q for both scalars' digits d of the window of `width` bits at `bit`, from
 * the odd multiples of the base point and of the key.
 */
export function loadWindow<F extends Field>(
  base: usize,
  key: usize,
  bit: u32,
  width: u32,
  isTop: bool,
): void {
  const size = changetype<F>(0).constants().entryBytes;
  const baseBits = windowOf(BASE_SCALAR, bit, width, isTop);
  const keyBits = windowOf(KEY_SCALAR, bit, width, isTop);
  loadEntries<F>(
    base + indexOf(baseBits, width) * size,
    key + indexOf(keyBits, width) * size,
    baseSign ^ signOf(baseBits, width),
    keySign ^ signOf(keyBits, width),
  );
}

/** c of a window; the top one has bit T - 1. */
// @ts-ignore: decorator
@inline
function windowOf(scalar: usize, bit: u32, width: u32, isTop: bool): u32 {
  const bits = <u32>bitsOf(scalar, bit + 1, width);
  return isTop ? bits | (1 << (width - 1)) : bits;
}

/** -1 for a window whose digit is negative, else 0. */
// @ts-ignore: decorator
@inline
function signOf(window: u32, width: u32): i32 {
  return <i32>(window >> (width - 1)) - 1;
}

/** Where |d| stands among the odd multiples 1, 3, 5 … */
// @ts-ignore: decorator
@inline
function indexOf(window: u32, width: u32): u32 {
  return (window ^ signOf(window, width)) & ((1 << (width - 1)) - 1);
}
