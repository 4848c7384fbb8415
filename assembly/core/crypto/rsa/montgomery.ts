// Products modulo N by Montgomery's method (P. L. Montgomery, "Modular multiplication without trial
// division", 1985), by columns, eight columns at a time: a b / R mod N with R = 2^(W T).
//
// A tile is eight columns. The lowest tile of a sum that is to vanish is its own quotient q when a
// multiple of N is added that is -1 modulo 2^(8 W): k N = 2^(8 W) N'' - 1 ("Montgomery-friendly"
// moduli: S. Gueron, V. Krasnov, "Fast prime field elliptic-curve cryptography with 256-bit
// primes",
// 2013, §4, made by multiplication with k as in T. Acar, D. Shumow, "Modular reduction without
// pre-computation for special moduli", 2010). Taking q away and adding q N'' one tile further up is
// that sum, so all tiles but the last need no multiplication to find their quotients. The last one
// uses N itself, limb by limb.
//
// Bound: with a b < 5 N^2 and R >= 64 N, the result is below a b / R + N + N < 2 N + N / 8: the
// tiles
// before the last add less than 2^(8 W) N in units of the last one, the last less than N. 2 N + N /
// 8
// squared is below 5 N^2. Columns: see key.ts.

import {
  friendOf,
  limbMask,
  modulusOf,
  ROW_BYTES_MAX,
  RsaKey,
  TILE_BYTES,
  TILE_LIMBS,
} from "./key";

/** Twice the number that is squared. */
const DOUBLED: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
/** Quotients of all tiles. */
const QUOTIENT: usize = memory.data(<i32>ROW_BYTES_MAX, 16) + TILE_BYTES;
/** The eight columns of a tile, u64. */
const COLUMNS: usize = memory.data(64, 16);
/** What is summed up to a tile: up to three runs of limbs, each with its windows. */
const RUNS: usize = memory.data(3 * 12, 16);
const RUN_BYTES: usize = 12;

/** target = a b / R mod N, below 2 N + N / 8. `target` may be `a`, not `b`. */
export function multiply(key: RsaKey, a: usize, b: usize, target: usize): void {
  const last = key.limbs - 1;
  let carry: u64 = 0;
  for (let tile: u32 = 0; tile < 2 * key.tiles; tile++) {
    const column = tile * TILE_LIMBS;
    const from = column > last ? column - last : 0;
    const to = min(last, column + TILE_LIMBS - 1);
    memory.fill(COLUMNS, 0, 64);
    setRun(0, a + 4 * from, a + 4 * to + 4, b + 4 * <usize>(column - from));
    carry = reduceTile(key, tile, carry, target);
  }
}

/** a = a^2 / R mod N. Each product of two different limbs is taken once, of one and the double. */
export function square(key: RsaKey, a: usize): void {
  const last = key.limbs - 1;
  // The zeros behind the number, too: a longer one may have been there.
  for (let at: usize = 0; at < TILE_BYTES * (key.tiles + 1); at += 16) {
    v128.store(DOUBLED + at, i32x4.shl(v128.load(a + at), 1));
  }
  let carry: u64 = 0;
  for (let tile: u32 = 0; tile < 2 * key.tiles; tile++) {
    const column = tile * TILE_LIMBS;
    const half = column >> 1;
    if (half <= last) {
      const from = column > last ? column - last : 0;
      setDiagonal(a + 4 * half, DOUBLED + 4 * half);
      setRun(0, a + 4 * from, a + 4 * half, DOUBLED + 4 * <usize>(column - from));
    } else {
      memory.fill(COLUMNS, 0, 64);
      setRun(0, a, a, a);
    }
    carry = reduceTile(key, tile, carry, a);
  }
}

/**
 * The columns 2 h to 2 h + 7 begin with what limbs h to h + 3 give with themselves and with those
 * above: limb h + s times the window of doubled limbs from h - s on, of which those below limb
 * h + s are left out and that limb itself is not doubled. `row` and `doubled` are at limb h.
 */
function setDiagonal(row: usize, doubled: usize): void {
  let times = v128.load_splat<u32>(row);
  let low = i32x4.replace_lane(v128.load(doubled), 0, load<i32>(row));
  let high = v128.load(doubled, 16);
  v128.store(COLUMNS, i64x2.extmul_low_i32x4_u(times, low));
  let sum1 = i64x2.extmul_high_i32x4_u(times, low);
  let sum2 = i64x2.extmul_low_i32x4_u(times, high);
  let sum3 = i64x2.extmul_high_i32x4_u(times, high);

  times = v128.load_splat<u32>(row, 4);
  low = i32x4.replace_lane(v128.load(doubled - 4), 2, load<i32>(row, 4));
  high = v128.load(doubled - 4, 16);
  sum1 = i64x2.add(sum1, i64x2.extmul_high_i32x4_u(times, low));
  sum2 = i64x2.add(sum2, i64x2.extmul_low_i32x4_u(times, high));
  sum3 = i64x2.add(sum3, i64x2.extmul_high_i32x4_u(times, high));
  v128.store(COLUMNS, sum1, 16);

  times = v128.load_splat<u32>(row, 8);
  high = i32x4.replace_lane(v128.load(doubled - 8, 16), 0, load<i32>(row, 8));
  sum2 = i64x2.add(sum2, i64x2.extmul_low_i32x4_u(times, high));
  sum3 = i64x2.add(sum3, i64x2.extmul_high_i32x4_u(times, high));
  v128.store(COLUMNS, sum2, 32);

  times = v128.load_splat<u32>(row, 12);
  high = i32x4.replace_lane(v128.load(doubled - 12, 16), 2, load<i32>(row, 12));
  sum3 = i64x2.add(sum3, i64x2.extmul_high_i32x4_u(times, high));
  v128.store(COLUMNS, sum3, 48);
}

/** Limbs in [from, end), and the window of eight limbs for the first; windows go down by a limb. */
// @ts-ignore: decorator
@inline
function setRun(index: usize, from: usize, end: usize, window: usize): void {
  store<usize>(RUNS + RUN_BYTES * index, from);
  store<usize>(RUNS + RUN_BYTES * index, end, 4);
  store<usize>(RUNS + RUN_BYTES * index, window, 8);
}

/**
 * Adds each limb of the runs times its window to the columns. Not unrolled: two, four and eight
 * times were slower in V8 11.3.
 */
function addRuns(count: usize): void {
  let sum0 = v128.load(COLUMNS);
  let sum1 = v128.load(COLUMNS, 16);
  let sum2 = v128.load(COLUMNS, 32);
  let sum3 = v128.load(COLUMNS, 48);
  for (let run = RUNS; run < RUNS + RUN_BYTES * count; run += RUN_BYTES) {
    const end = load<usize>(run, 4);
    let window = load<usize>(run, 8);
    for (let limb = load<usize>(run); limb < end; limb += 4) {
      const times = v128.load_splat<u32>(limb);
      const low = v128.load(window);
      const high = v128.load(window, 16);
      sum0 = i64x2.add(sum0, i64x2.extmul_low_i32x4_u(times, low));
      sum1 = i64x2.add(sum1, i64x2.extmul_high_i32x4_u(times, low));
      sum2 = i64x2.add(sum2, i64x2.extmul_low_i32x4_u(times, high));
      sum3 = i64x2.add(sum3, i64x2.extmul_high_i32x4_u(times, high));
      window -= 4;
    }
  }
  v128.store(COLUMNS, sum0);
  v128.store(COLUMNS, sum1, 16);
  v128.store(COLUMNS, sum2, 32);
  v128.store(COLUMNS, sum3, 48);
}

/** Adds the quotients so far to a tile, then keeps its own quotient or its limbs; the carry. */
function reduceTile(key: RsaKey, tile: u32, carry: u64, target: usize): u64 {
  const column = tile * TILE_LIMBS;
  const last = key.limbs - 1;
  // Quotients by N'' lie below this, those by N from it on.
  const friendly = (key.tiles - 1) * TILE_LIMBS;
  let runs: usize = 1;
  if (tile > 0) {
    const offset = column - TILE_LIMBS;
    const from = offset > last ? offset - last : 0;
    const end = min(friendly, column);
    const window = friendOf(key) + 4 * <usize>(offset - from);
    setRun(1, QUOTIENT + 4 * from, QUOTIENT + 4 * end, window);
    runs = 2;
  }
  if (tile >= key.tiles) {
    const from = QUOTIENT + 4 * friendly;
    setRun(2, from, from + TILE_BYTES, modulusOf(key) + 4 * <usize>(column - friendly));
    runs = 3;
  }
  addRuns(runs);
  if (tile + 1 == key.tiles) return settleLast(key, carry);
  const isQuotient = tile < key.tiles;
  const limb = isQuotient ? column : column - key.tiles * TILE_LIMBS;
  return settle(key, carry, (isQuotient ? QUOTIENT : target) + 4 * limb);
}

/** Carries through the tile's columns and writes their limbs. */
function settle(key: RsaKey, carryIn: u64, target: usize): u64 {
  const limbBits: u64 = key.limbBits;
  const mask = limbMask(key);
  let carry = settleColumn(0, carryIn, mask, target) >> limbBits;
  carry = settleColumn(1, carry, mask, target) >> limbBits;
  carry = settleColumn(2, carry, mask, target) >> limbBits;
  carry = settleColumn(3, carry, mask, target) >> limbBits;
  carry = settleColumn(4, carry, mask, target) >> limbBits;
  carry = settleColumn(5, carry, mask, target) >> limbBits;
  carry = settleColumn(6, carry, mask, target) >> limbBits;
  return settleColumn(7, carry, mask, target) >> limbBits;
}

// @ts-ignore: decorator
@inline
function settleColumn(column: usize, carry: u64, mask: u64, target: usize): u64 {
  const sum = load<u64>(COLUMNS + 8 * column) + carry;
  store<u32>(target + 4 * column, <u32>(sum & mask));
  return sum;
}

/** The tile whose quotient is found limb by limb: each clears its column with a multiple of N. */
function settleLast(key: RsaKey, carryIn: u64): u64 {
  const limbBits: u64 = key.limbBits;
  const mask = limbMask(key);
  const modulus = modulusOf(key);
  const quotient = QUOTIENT + 4 * <usize>((key.tiles - 1) * TILE_LIMBS);
  let carry = carryIn;
  for (let column: usize = 0; column < TILE_LIMBS; column++) {
    let sum = load<u64>(COLUMNS + 8 * column) + carry;
    for (let below: usize = 0; below < column; below++) {
      sum += <u64>load<u32>(quotient + 4 * below) * load<u32>(modulus + 4 * (column - below));
    }
    const times = (sum * key.negativeInverse) & mask;
    store<u32>(quotient + 4 * column, <u32>times);
    carry = (sum + times * load<u32>(modulus)) >> limbBits;
  }
  return carry;
}
