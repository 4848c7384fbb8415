// What is done to elements limb by limb. Beside each, what it does to the size of limbs, as (k) in
// field.ts.

import { Field } from "./field";

/** (j) - (k) is (j + k). */
export function sub<F extends Field>(target: usize, a: usize, b: usize): void {
  const size = changetype<F>(0).size();
  for (let at: usize = 0; at < size; at += 16) {
    v128.store(target + at, i32x4.sub(v128.load(a + at), v128.load(b + at)));
  }
}

/** 3 (a + b): of (1) and (1) it is (6). */
export function tripleSum<F extends Field>(target: usize, a: usize, b: usize): void {
  const size = changetype<F>(0).size();
  for (let at: usize = 0; at < size; at += 16) {
    const sum = i32x4.add(v128.load(a + at), v128.load(b + at));
    v128.store(target + at, i32x4.add(i32x4.shl(sum, 1), sum));
  }
}

/** 2^bits a. */
export function double<F extends Field>(target: usize, a: usize, bits: i32): void {
  const size = changetype<F>(0).size();
  for (let at: usize = 0; at < size; at += 16) {
    v128.store(target + at, i32x4.shl(v128.load(a + at), bits));
  }
}

/** a - b - 2c, carried: each of them (1). */
export function subTwice<F extends Field>(target: usize, a: usize, b: usize, c: usize): void {
  const size = changetype<F>(0).size();
  let below = i32x4.splat(0);
  if (changetype<F>(0).wraps()) {
    const last = size - 16;
    const x = difference(a + last, b + last, c + last);
    below = i32x4.shl(carryOf<F>(x), 1);
  }
  for (let at: usize = 0; at < size; at += 16) {
    const limbs = difference(a + at, b + at, c + at);
    const carry = carryOf<F>(limbs);
    v128.store(target + at, settle<F>(limbs, carry, below));
    below = carry;
  }
}

// @ts-ignore: decorator
@inline
function difference(a: usize, b: usize, c: usize): v128 {
  return i32x4.sub(i32x4.sub(v128.load(a), v128.load(b)), i32x4.shl(v128.load(c), 1));
}

/** What each limb has too much, in the nearest multiples of its range. */
// @ts-ignore: decorator
@inline
function carryOf<F extends Field>(limbs: v128): v128 {
  const bits = changetype<F>(0).limbBits();
  return i32x4.shr_s(i32x4.add(limbs, i32x4.splat(1 << (bits - 1))), bits);
}

/** Takes a vector's carry from its limbs, and adds that of the limbs just below each. */
// @ts-ignore: decorator
@inline
function settle<F extends Field>(limbs: v128, carry: v128, below: v128): v128 {
  const rest = i32x4.sub(limbs, i32x4.shl(carry, changetype<F>(0).limbBits()));
  return i32x4.add(rest, v128.shuffle<i32>(below, carry, 2, 3, 4, 5));
}

/** Carries where the field leaves no room for larger limbs. */
// @ts-ignore: decorator
@inline
export function relax<F extends Field>(element: usize): void {
  if (changetype<F>(0).wraps()) carry<F>(element);
}

/** Limbs of up to 31 bits and a sign become (1). */
function carry<F extends Field>(element: usize): void {
  const size = changetype<F>(0).size();
  let below = i32x4.shl(carryOf<F>(v128.load(element + size - 16)), 1);
  for (let at: usize = 0; at < size; at += 16) {
    const limbs = v128.load(element + at);
    const carry = carryOf<F>(limbs);
    v128.store(element + at, settle<F>(limbs, carry, below));
    below = carry;
  }
}

/** Each lane gets the other one's number. */
export function swapLanes<F extends Field>(target: usize, a: usize): void {
  const size = changetype<F>(0).size();
  for (let at: usize = 0; at < size; at += 16) {
    const limbs = v128.load(a + at);
    v128.store(target + at, v128.shuffle<i32>(limbs, limbs, 1, 0, 3, 2));
  }
}

/** Lane 0 of a, lane 1 of b. */
export function mergeLanes<F extends Field>(target: usize, a: usize, b: usize): void {
  const size = changetype<F>(0).size();
  for (let at: usize = 0; at < size; at += 16) {
    v128.store(target + at, v128.shuffle<i32>(v128.load(a + at), v128.load(b + at), 0, 5, 2, 7));
  }
}

/**
 * Numbers of one lane, limbs of 32 bits in a row, become the lanes of an element: of each the
 * negative where its sign is -1, not 0.
 */
export function joinLanes<F extends Field>(
  target: usize,
  first: usize,
  second: usize,
  firstSign: i32,
  secondSign: i32,
): void {
  const size = changetype<F>(0).size();
  const signs = i32x4.replace_lane(i32x4.splat(firstSign), 1, secondSign);
  const mask = v128.shuffle<i32>(signs, signs, 0, 1, 0, 1);
  for (let at: usize = 0; at < size; at += 16) {
    const left = v128.load64_zero(first + (at >> 1));
    const right = v128.load64_zero(second + (at >> 1));
    const limbs = v128.shuffle<i32>(left, right, 0, 4, 1, 5);
    v128.store(target + at, i32x4.sub(v128.xor(limbs, mask), mask));
  }
}

/** One lane as limbs in a row. */
export function splitLane<F extends Field>(target: usize, a: usize, lane: u32): void {
  const limbs = changetype<F>(0).constants().limbs;
  for (let limb: u32 = 0; limb < limbs; limb++) {
    store<u32>(target + 4 * limb, load<u32>(a + 8 * limb + 4 * lane));
  }
}
