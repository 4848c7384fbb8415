// From the encoding of a point to its coordinates (RFC 8032 §5.1.3).

import {
  CURVE_D,
  ONE,
  ROOT_OF_MINUS_ONE,
  SMALL_ORDER_COUNT,
  SMALL_ORDER_Y,
} from "../generated/ed25519_constants";
import { add, carry, multiply, square, subtract } from "../generated/field25519";
import { copyElement, isBelowPrime, isZero, setWords, writeCanonical } from "./element";
import { setAffine } from "./point";

const SIGN_SHIFT: u64 = 63;
const Y_MASK: u64 = 0x7fffffffffffffff;

const WORDS: usize = memory.data(32, 16);
const X: usize = memory.data(144, 16);
const Y: usize = memory.data(144, 16);
const U: usize = memory.data(144, 16);
const V: usize = memory.data(144, 16);
const V3: usize = memory.data(144, 16);
const LEFT: usize = memory.data(144, 16);
const RUN: usize = memory.data(144, 16);
const RUN_10: usize = memory.data(144, 16);
const RUN_50: usize = memory.data(144, 16);
const POWER: usize = memory.data(144, 16);

/** The sign of x in the encoding of a point. */
export function signOf(encoding: usize): u64 {
  return load<u64>(encoding, 24) >> SIGN_SHIFT;
}

/** Whether an encoding's y, in canonical form, is that of a point whose order divides 8. */
export function isSmallOrder(encoding: usize): bool {
  const top = load<u64>(encoding, 24) & Y_MASK;
  for (let index: u32 = 0; index < SMALL_ORDER_COUNT; index++) {
    const y = SMALL_ORDER_Y + 32 * index;
    const difference =
      (load<u64>(encoding) ^ load<u64>(y)) |
      (load<u64>(encoding, 8) ^ load<u64>(y, 8)) |
      (load<u64>(encoding, 16) ^ load<u64>(y, 16)) |
      (top ^ load<u64>(y, 24));
    if (difference == 0) return true;
  }
  return false;
}

/**
 * Sets both lanes to the point of a 32-byte encoding, negated. False when y is not canonical, there
 * is no such point, or its order divides 8; those are also the only points with x = 0.
 */
export function setNegated(point: usize, encoding: usize): bool {
  memory.copy(WORDS, encoding, 32);
  store<u64>(WORDS, load<u64>(WORDS, 24) & Y_MASK, 24);
  if (!isBelowPrime(WORDS) || isSmallOrder(WORDS)) return false;
  setWords(Y, WORDS);

  // x^2 = u / v = (y^2 - 1) / (d y^2 + 1).
  square(LEFT, Y);
  subtract(U, LEFT, ONE);
  carry(U, U);
  multiply(V, LEFT, CURVE_D);
  add(V, V, ONE);
  carry(V, V);
  // x = u v^3 (u v^7)^((p - 5) / 8).
  square(V3, V);
  multiply(V3, V3, V);
  square(X, V3);
  multiply(X, X, V);
  multiply(X, X, U);
  raise(X, X);
  multiply(X, X, V3);
  multiply(X, X, U);

  square(LEFT, X);
  multiply(LEFT, LEFT, V);
  subtract(V, LEFT, U);
  if (!isZero(V)) {
    add(V, LEFT, U);
    if (!isZero(V)) return false;
    multiply(X, X, ROOT_OF_MINUS_ONE);
  }
  writeCanonical(WORDS, X, 0);
  if ((load<u64>(WORDS) & 1) == signOf(encoding)) {
    memory.fill(LEFT, 0, 144);
    subtract(X, LEFT, X);
    carry(X, X);
  }
  setAffine(point, X, Y);
  return true;
}

/** target = a^((p - 5) / 8) = a^(2^252 - 3). RUN is a^(2^n - 1), n as noted. */
function raise(target: usize, a: usize): void {
  extend(RUN, a, 1, a); // 2
  extend(RUN, RUN, 2, RUN); // 4
  extend(RUN, RUN, 1, a); // 5
  extend(RUN_10, RUN, 5, RUN);
  extend(RUN, RUN_10, 10, RUN_10); // 20
  extend(RUN, RUN, 20, RUN); // 40
  extend(RUN_50, RUN, 10, RUN_10);
  extend(RUN, RUN_50, 50, RUN_50); // 100
  extend(RUN, RUN, 100, RUN); // 200
  extend(RUN, RUN, 50, RUN_50); // 250
  extend(target, RUN, 2, a);
}

/** target = run^(2^times) tail, times at most 100. `target` may be either. */
function extend(target: usize, run: usize, times: u32, tail: usize): void {
  copyElement(POWER, run);
  for (let time: u32 = 0; time < times; time++) square(POWER, POWER);
  multiply(target, POWER, tail);
}
