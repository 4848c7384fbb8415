// Tables of multiples: for each digit of a scalar, the multiples 1 to 2^(width - 1) of the point
// times 2^(width digit). With them a scalar times the point is an addition a digit, and no double.

import { FOUR_TIMES_D, NEUTRAL_ENTRY } from "../generated/ed25519_constants";
import { add, addAndSubtract, carry, multiply } from "../generated/field25519";
import { copyElement, ELEMENT_BYTES, invertBoth } from "./element";
import { addAddend, double, ENTRY_BYTES, POINT_BYTES, writeAddend, X, Y, Z } from "./point";

/** Multiples that one call computes at most: with one inversion, for both lanes. */
export const MULTIPLES_MAX: u32 = 16;
/** Bytes of a pair of points and its next multiple. */
export const CHAIN_BYTES: u32 = 2 * 576;

const NEXT: usize = POINT_BYTES;
/** X, Y and Z. */
const NORMALIZED_BYTES: usize = 3 * ELEMENT_BYTES;

const LIMBS: u32 = 9;

const MULTIPLES: usize = memory.data(16 * 432, 16);
const PREFIXES: usize = memory.data(16 * 144, 16);
const ADDEND: usize = memory.data(576, 16);
const INVERSE: usize = memory.data(144, 16);
const U: usize = memory.data(144, 16);
const V: usize = memory.data(144, 16);

/** Begins a chain at a pair of points: it is the first multiple. */
export function beginChain(chain: usize, point: usize): void {
  memory.copy(chain, point, POINT_BYTES);
  memory.copy(chain + NEXT, point, POINT_BYTES);
}

/** The entry of a digit of a sign, 0 or -1, among the multiples of its place. */
// @ts-ignore: decorator
@inline
export function entryOf(multiples: usize, digit: i32, sign: i32): usize {
  const times: usize = (digit ^ sign) - sign;
  return select<usize>(multiples + (times - 1) * ENTRY_BYTES, NEUTRAL_ENTRY, times != 0);
}

/**
 * Writes entries of the next `count` multiples of a chain, 1 to MULTIPLES_MAX: lane 0's at
 * `target0`, lane 1's at `target1`. `endsDigit` says that the last of them is multiple
 * 2^(width - 1): the chain goes on with twice that, the first multiple of the next digit.
 */
export function writeMultiples(
  chain: usize,
  count: u32,
  endsDigit: bool,
  target0: usize,
  target1: usize,
): void {
  const next = chain + NEXT;
  writeAddend(ADDEND, chain);
  for (let index: u32 = 0; index < count; index++) {
    memory.copy(MULTIPLES + NORMALIZED_BYTES * index, next, NORMALIZED_BYTES);
    if (index < count - 1 || !endsDigit) addAddend(next, ADDEND);
  }
  if (endsDigit) {
    double(next, true);
    memory.copy(chain, next, POINT_BYTES);
  }
  writeEntries(count, target0, target1);
}

/** Entries are halved: 1 / 2Z in place of 1 / Z gives x/2 and y/2, and d xy is 4d x/2 y/2. */
function writeEntries(count: u32, target0: usize, target1: usize): void {
  invertAll(count);
  for (let index: u32 = 0; index < count; index++) {
    const point = MULTIPLES + NORMALIZED_BYTES * index;
    const offset = ENTRY_BYTES * index;
    multiply(point + X, point + X, point + Z);
    multiply(point + Y, point + Y, point + Z);
    addAndSubtract(U, V, point + Y, point + X);
    carry(U, U);
    multiply(point + X, point + X, point + Y);
    multiply(point + X, point + X, FOUR_TIMES_D);
    writeEntry(target0 + offset, U, V, point + X);
    writeEntry(target1 + offset, U + 4, V + 4, point + X + 4);
  }
}

/** Writes the limbs of a lane of u, v and c. */
function writeEntry(target: usize, u: usize, v: usize, c: usize): void {
  for (let limb: u32 = 0; limb < LIMBS; limb++) {
    const to = target + 4 * limb;
    store<i32>(to, load<i32>(u + 16 * limb));
    store<i32>(to, load<i32>(v + 16 * limb), 4 * LIMBS);
    store<i32>(to, load<i32>(c + 16 * limb), 8 * LIMBS);
  }
}

/** Z = 1 / 2Z of each of the multiples, by one inversion: as of both lanes in `invertBoth`. */
function invertAll(count: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const z = MULTIPLES + NORMALIZED_BYTES * index + Z;
    const prefix = PREFIXES + ELEMENT_BYTES * index;
    add(z, z, z);
    carry(z, z);
    if (index == 0) copyElement(prefix, z);
    else multiply(prefix, prefix - ELEMENT_BYTES, z);
  }
  invertBoth(INVERSE, PREFIXES + ELEMENT_BYTES * (count - 1));
  for (let index = count - 1; index > 0; index--) {
    const z = MULTIPLES + NORMALIZED_BYTES * index + Z;
    multiply(U, INVERSE, PREFIXES + ELEMENT_BYTES * (index - 1));
    multiply(INVERSE, INVERSE, z);
    copyElement(z, U);
  }
  copyElement(MULTIPLES + Z, INVERSE);
}
