// Pairs of points of edwards25519, one in each lane, in extended coordinates (X : Y : Z : T) with
// x = X/Z, y = Y/Z, xy = T/Z. H. Hisil, K. K.-H. Wong, G. Carter, E. Dawson, "Twisted Edwards
// Curves Revisited", 2008: §3.1 with a = -1 for a sum, §3.3 for a double. As -1 is a square modulo
// p and d is not, both are complete: no points, of whatever order, are an exception, and Z is
// never 0.
//
// A point to be added is kept as u = y + x, v = y - x, c = 2d xy and z = 2, or any multiple of
// these four (D. J. Bernstein et al., "High-speed high-security signatures", 2011, §4). Those of a
// table are halved, so that z = 1 goes without saying.

import { TWICE_D } from "../generated/ed25519_constants";
import {
  add,
  addAndSubtract,
  carry,
  multiply,
  selectEntries,
  square,
  subtract,
} from "../generated/field25519";
import { copyElement, ELEMENT_BYTES, mergeLanes, setOne, swapLanes } from "./element";

export const POINT_BYTES: usize = 576;
export const X: usize = 0;
export const Y: usize = 144;
export const Z: usize = 288;
const T: usize = 432;

// A point kept to be added: u is reduced, v a difference, c and z what they may be multiplied as.
const U: usize = 0;
const V: usize = 144;
const C: usize = 288;
const ADDEND_Z: usize = 432;

/** Bytes of a table entry: the 27 limbs of u, v and c of one lane, and 4 not used. */
export const ENTRY_BYTES: usize = 112;

const ADDEND: usize = memory.data(576, 16);
const A: usize = memory.data(144, 16);
const B: usize = memory.data(144, 16);
const D: usize = memory.data(144, 16);
const E: usize = memory.data(144, 16);
const F: usize = memory.data(144, 16);
const G: usize = memory.data(144, 16);
const H: usize = memory.data(144, 16);

/**
 * Sets each lane to a table entry, negated where its sign is -1 and not 0: u - v = x, u + v = y.
 * Both are below 3 2^29 in size before the carry.
 */
export function setEntries(
  point: usize,
  entry0: usize,
  sign0: i32,
  entry1: usize,
  sign1: i32,
): void {
  selectEntries(ADDEND, entry0, sign0, entry1, sign1);
  addAndSubtract(point + Y, point + X, ADDEND + U, ADDEND + V);
  carry(point + X, point + X);
  carry(point + Y, point + Y);
  setOne(point + Z);
  multiply(point + T, point + X, point + Y);
}

/** Sets the point to (x, y), reduced elements. */
export function setAffine(point: usize, x: usize, y: usize): void {
  copyElement(point + X, x);
  copyElement(point + Y, y);
  setOne(point + Z);
  multiply(point + T, x, y);
}

/**
 * Adds a table entry to each lane, negated where its sign is -1 and not 0. T is left out where a
 * double follows, which does not read it.
 */
export function addEntries(
  point: usize,
  entry0: usize,
  sign0: i32,
  entry1: usize,
  sign1: i32,
  needsT: bool,
): void {
  selectEntries(ADDEND, entry0, sign0, entry1, sign1);
  addNormalized(point, ADDEND, point + Z, needsT);
}

/** Writes u, v, c and z of a point, each Z times what stands above. */
export function writeAddend(addend: usize, point: usize): void {
  addAndSubtract(addend + U, addend + V, point + Y, point + X);
  carry(addend + U, addend + U);
  multiply(addend + C, point + T, TWICE_D);
  add(addend + ADDEND_Z, point + Z, point + Z);
}

export function addAddend(point: usize, addend: usize): void {
  multiply(D, point + Z, addend + ADDEND_Z);
  addNormalized(point, addend, D, true);
}

/** Adds lane 1 to lane 0, and lane 0 to lane 1. */
export function addLanes(point: usize): void {
  writeAddend(ADDEND, point);
  for (let at: usize = 0; at < POINT_BYTES; at += ELEMENT_BYTES) {
    swapLanes(ADDEND + at, ADDEND + at);
  }
  addAddend(point, ADDEND);
}

/**
 * Adds u, v, c of which `d` is the product of both z. A has the other sign than in the paper, so
 * that each product below is of a sum and a difference of two reduced elements.
 */
function addNormalized(point: usize, addend: usize, d: usize, needsT: bool): void {
  addAndSubtract(B, A, point + X, point + Y);
  multiply(A, A, addend + V);
  multiply(B, B, addend + U);
  multiply(E, point + T, addend + C);
  addAndSubtract(G, F, d, E);
  addAndSubtract(E, H, B, A);
  multiply(point + X, E, F);
  multiply(point + Y, G, H);
  multiply(point + Z, F, G);
  if (needsT) multiply(point + T, E, H);
}

/**
 * Doubles each lane. E, F, G and H have the other sign than in the paper, and 2XY is
 * X^2 + Y^2 - (X - Y)^2: squares of sums would pass the bounds. E is carried, being multiplied by
 * F, a sum of three, and by H, a sum. T is left out where another double follows.
 */
export function double(point: usize, needsT: bool): void {
  square(A, point + X);
  square(B, point + Y);
  square(D, point + Z);
  subtract(E, point + X, point + Y);
  square(E, E);
  addAndSubtract(H, G, A, B);
  subtract(E, E, H);
  carry(E, E);
  add(F, D, D);
  add(F, F, G);
  multiply(point + X, E, F);
  multiply(point + Y, G, H);
  multiply(point + Z, F, G);
  if (needsT) multiply(point + T, E, H);
}

/** Doubles lane 1 `times` times, at most 128. */
export function doubleLane1(point: usize, times: u32): void {
  memory.copy(ADDEND, point, POINT_BYTES);
  for (let time: u32 = 0; time < times; time++) double(point, true);
  for (let at: usize = 0; at < POINT_BYTES; at += ELEMENT_BYTES) {
    mergeLanes(point + at, ADDEND + at, point + at);
  }
}
