// Products modulo N by Montgomery's method (P. L. Montgomery, "Modular multiplication without trial
// division", 1985), by columns, eight columns at a time: a b / R mod N with R = 2^(28 T).
//
// A tile is eight columns. The lowest tile of a sum that is to vanish is its own quotient q when a
// multiple of N is added that is -1 modulo 2^224: k N = 2^224 N'' - 1 ("Montgomery-friendly"
// moduli: S. Gueron, V. Krasnov, "Fast prime field elliptic-curve cryptography with 256-bit
// primes", 2013, §4, made by multiplication with k as in T. Acar, D. Shumow, "Modular reduction
// without pre-computation for special moduli", 2010). Taking q away and adding q N'' one tile
// further up is that sum, so all tiles but the last need no multiplication to find their quotients.
// The last one uses N itself, limb by limb.
//
// Bound: with a b < 5 N^2 and R >= 64 N, the result is below a b / R + N + N < 2 N + N / 8: the
// tiles before the last add less than 2^224 (1 + 2^-20) N in units of the last one, as limbs are at
// most 2^28 + 8, and the last less than N. 2 N + N / 8 squared is below 5 N^2. Columns: sums.ts.
// Limbs behind L stay 0, as the result and 2^28 L are apart by 2^4 at least.

import {
  DIGIT_BITS,
  friendOf,
  LIMB_BITS,
  LIMB_MASK,
  modulusOf,
  ROW_BYTES_MAX,
  RsaKey,
  TILE_BYTES,
  TILE_LIMBS,
} from "./key";
import {
  LIMBS,
  limbsOf,
  pairsOf,
  setDiagonal,
  setRun,
  sumRuns,
  swap,
  swappedPairsOf,
} from "./sums";

/** The number of which each limb is taken at a time, its digits swapped. */
const STREAM: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
/** Quotients of all tiles, digits swapped. */
const QUOTIENT: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
/** The lowest limbs of N. */
const LOWEST: usize = memory.data(<i32>TILE_BYTES, 16);

/** target = a b / R mod N, below 2 N + N / 8. `target` may be `a`, not `b`. */
export function multiply(key: RsaKey, a: usize, b: usize, target: usize): void {
  const limbs = key.limbs;
  setStream(key, a);
  let carry: u32 = 0;
  for (let tile: u32 = 0; tile < 2 * key.tiles; tile++) {
    const column = tile * TILE_LIMBS;
    const from = column > limbs ? column - limbs : 0;
    const end = max(from, min(limbs, column + TILE_LIMBS));
    setRun(0, STREAM + 4 * from, STREAM + 4 * end, b + 4 * <usize>(column - from));
    carry = reduceTile(key, tile, false, carry, target);
  }
}

/** a = a^2 / R mod N. Each product of two different digits is taken once and doubled. */
export function square(key: RsaKey, a: usize): void {
  const limbs = key.limbs;
  setStream(key, a);
  let carry: u32 = 0;
  for (let tile: u32 = 0; tile < 2 * key.tiles; tile++) {
    const column = tile * TILE_LIMBS;
    const half = column >> 1;
    const from = min(half, column > limbs ? column - limbs : 0);
    setDiagonal(STREAM + 4 * half, a + 4 * half);
    setRun(0, STREAM + 4 * from, STREAM + 4 * half, a + 4 * <usize>(column - from));
    carry = reduceTile(key, tile, true, carry, a);
  }
}

function setStream(key: RsaKey, a: usize): void {
  // The zeros behind the number, too: a longer one may have been there.
  for (let at: usize = 0; at < TILE_BYTES * (key.tiles + 1); at += 16) {
    v128.store(STREAM + at, swap(v128.load(a + at)));
  }
}

/** Adds the quotients so far to a tile, then keeps its own quotient or its limbs; the carry. */
function reduceTile(key: RsaKey, tile: u32, isSquare: bool, carry: u32, target: usize): u32 {
  const column = tile * TILE_LIMBS;
  const limbs = key.limbs;
  // Quotients by N'' lie below this, those by N from it on.
  const friendly = (key.tiles - 1) * TILE_LIMBS;
  let runs: usize = 1;
  if (tile > 0) {
    const offset = column - TILE_LIMBS;
    const from = offset > limbs ? offset - limbs : 0;
    const end = max(from, min(friendly, column));
    setRun(1, QUOTIENT + 4 * from, QUOTIENT + 4 * end, friendOf(key) + 4 * <usize>(offset - from));
    runs = 2;
  }
  if (tile >= key.tiles) {
    const from = QUOTIENT + 4 * friendly;
    setRun(2, from, from + TILE_BYTES, modulusOf(key) + 4 * <usize>(column - friendly));
    runs = 3;
  }
  const carryOut = sumRuns(runs, isSquare, carry);
  if (tile + 1 == key.tiles) return settleLast(key, carryOut);
  const low = v128.load(LIMBS);
  const high = v128.load(LIMBS, 16);
  if (tile < key.tiles) {
    const quotient = QUOTIENT + 4 * column;
    v128.store(quotient, swappedPairsOf(low));
    v128.store(quotient, swappedPairsOf(high), 16);
  } else {
    const row = target + 4 * <usize>(column - key.tiles * TILE_LIMBS);
    v128.store(row, pairsOf(low));
    v128.store(row, pairsOf(high), 16);
  }
  return carryOut;
}

/**
 * The tile whose quotient is found limb by limb: each clears its column with a multiple of N. A
 * column sums eight products and a carry, below 2^60; what goes to the next tile is below 2^32.
 */
function settleLast(key: RsaKey, carryOut: u32): u32 {
  const modulus = modulusOf(key);
  const quotient = QUOTIENT + 4 * <usize>((key.tiles - 1) * TILE_LIMBS);
  v128.store(LOWEST, limbsOf(v128.load(modulus)));
  v128.store(LOWEST, limbsOf(v128.load(modulus, 16)), 16);
  let carry: u64 = 0;
  for (let column: usize = 0; column < TILE_LIMBS; column++) {
    let sum = load<u32>(LIMBS + 4 * column) + carry;
    for (let below: usize = 0; below < column; below++) {
      sum += <u64>load<u32>(quotient + 4 * below) * load<u32>(LOWEST + 4 * (column - below));
    }
    const times = (sum * key.negativeInverse) & LIMB_MASK;
    store<u32>(quotient + 4 * column, <u32>times);
    carry = (sum + times * load<u32>(LOWEST)) >> LIMB_BITS;
  }
  // Upper digits times upper digits in column 7 are counted by the next tile (sums.ts).
  for (let limb: usize = 0; limb < TILE_BYTES; limb += 4) {
    const upper = load<u32>(quotient + limb) >> DIGIT_BITS;
    carry -= upper * (load<u32>(LOWEST + TILE_BYTES - 4 - limb) >> DIGIT_BITS);
  }
  v128.store(quotient, swappedPairsOf(v128.load(quotient)));
  v128.store(quotient, swappedPairsOf(v128.load(quotient, 16)), 16);
  return carryOut + <u32>carry;
}
