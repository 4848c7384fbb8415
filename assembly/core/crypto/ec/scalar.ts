// Numbers modulo the order n of a base point, in words of 32 bits, lowest first.

import { CurveConstants } from "./curve";

/** A product while it is reduced: one word more than a number, one for the carry. */
const PRODUCT: usize = memory.data(<i32>(20 * 4), 16);

export function isZero(number: usize, words: u32): bool {
  let bits: u32 = 0;
  for (let at: usize = 0; at < 4 * words; at += 4) bits |= load<u32>(number + at);
  return bits == 0;
}

export function isBelow(a: usize, b: usize, words: u32): bool {
  for (let index = words; index > 0; index--) {
    const left = load<u32>(a + 4 * index - 4);
    const right = load<u32>(b + 4 * index - 4);
    if (left != right) return left < right;
  }
  return false;
}

/** target = a - b, and whether that is negative: then 2^(32 words) was added. */
export function subtract(target: usize, a: usize, b: usize, words: u32): bool {
  let borrow: i64 = 0;
  for (let at: usize = 0; at < 4 * words; at += 4) {
    borrow += <i64>load<u32>(a + at) - <i64>load<u32>(b + at);
    store<u32>(target + at, <u32>borrow);
    borrow >>= 32;
  }
  return borrow != 0;
}

/** target = a + b, and whether that has 2^(32 words), which is left out. */
export function add(target: usize, a: usize, b: usize, words: u32): bool {
  let carry: u64 = 0;
  for (let at: usize = 0; at < 4 * words; at += 4) {
    carry += <u64>load<u32>(a + at) + <u64>load<u32>(b + at);
    store<u32>(target + at, <u32>carry);
    carry >>= 32;
  }
  return carry != 0;
}

/**
 * target = a b / 2^(32 words) mod n, in [0, n): Montgomery's product, one word of `a` a turn
 * (Ç. K. Koç, T. Acar, B. S. Kaliski, "Analyzing and comparing Montgomery multiplication
 * algorithms", 1996, CIOS). a < 2^(32 words), b < n; what is kept between turns is below 2n.
 */
export function mulOrder(target: usize, a: usize, b: usize, curve: CurveConstants): void {
  const size: usize = 4 * curve.words;
  const order = curve.order;
  memory.fill(PRODUCT, 0, size + 8);
  for (let row: usize = 0; row < size; row += 4) {
    const word: u64 = load<u32>(a + row);
    // Low words of both rows go in together; a sum is at most (2^32 - 1)^2 + 2 (2^32 - 1) < 2^64.
    let sum = word * load<u32>(b) + load<u32>(PRODUCT);
    let carry = sum >> 32;
    const times: u64 = <u32>sum * curve.orderInverse;
    let reduced = times * load<u32>(order) + <u32>sum;
    let reducedCarry = reduced >> 32;
    for (let at: usize = 4; at < size; at += 4) {
      sum = word * load<u32>(b + at) + load<u32>(PRODUCT + at) + carry;
      carry = sum >> 32;
      reduced = times * load<u32>(order + at) + <u32>sum + reducedCarry;
      reducedCarry = reduced >> 32;
      store<u32>(PRODUCT + at - 4, <u32>reduced);
    }
    sum = load<u32>(PRODUCT + size) + carry + reducedCarry;
    store<u64>(PRODUCT + size - 4, sum);
  }
  // At most 1 in the word above the number: then n fits once.
  const isLess = subtract(target, PRODUCT, order, curve.words);
  if (isLess && load<u32>(PRODUCT + size) == 0) memory.copy(target, PRODUCT, size);
}
