// The eight columns of a tile: sums of products of limbs, in digits of 14 bits.
//
// Limb k of one number, the stream, times a window of eight limbs of the other gives something to
// each column c: with x_2k and x_2k+1 for the limb's digits and y for the other's,
//
//   even column   x_2k+1 y_(2(c-k)-1) + x_2k y_2(c-k)        units of 2^(28 c)
//   odd column    x_2k+1 y_2(c-k) + x_2k y_(2(c-k)+1)        units of 2^(28 c + 14)
//
// i32x4.dot_i16x8_s makes four such sums of two from the swapped pair of x and from y: at the
// window less one digit for even columns, at the window for odd ones. Upper digit times upper
// digit of limbs k and c - k thus counts in column c + 1. dot needs no shuffle, where i64x2.extmul
// of whole limbs needs two for each multiplication: a verification takes 0.73 of the time.
//
// Bounds: lower digits are below 2^14, upper ones at most 2^14 (key.ts), so a sum of two is at
// most 2^28 + (2^14 - 1)^2 or 2 · 2^14 (2^14 - 1), below 2^29 - 2^14. Eight of them, below
// 2^32 - 2^17, and what is there before, below 2^16, stay below 2^32, unsigned. A fold leaves less
// than 2^14, and adds less than 2^18 to the upper half: at most 20 times for a product and 20 for
// the quotients, and the diagonal once, in all below 2^24.

/** What is summed up to a tile: up to three runs of limbs, each with its windows. */
const RUNS: usize = memory.data(3 * 12, 16);
const RUN_BYTES: usize = 12;
/** Limbs of a stream between folds, in bytes. */
const FOLD_BYTES: usize = 32;
/**
 * What a square has on top of twice the products of its run: even and odd columns below 2^14, and
 * what is above that; eight u32 each.
 */
const DIAGONAL: usize = memory.data(128, 16);
/** The limbs of a tile, u32, at most 2^28 + 8. */
export const LIMBS: usize = memory.data(32, 16);

const ZERO: v128 = i32x4(0, 0, 0, 0);
const DIGIT_LANES: v128 = i32x4(0x3fff, 0x3fff, 0x3fff, 0x3fff);
const LIMB_LANES: v128 = i32x4(0xfffffff, 0xfffffff, 0xfffffff, 0xfffffff);

/** Four pairs of digits, each the other way round. */
// @ts-ignore: decorator
@inline
export function swap(pairs: v128): v128 {
  return v128.or(i32x4.shl(pairs, 16), i32x4.shr_u(pairs, 16));
}

/** Four limbs as pairs of digits. */
// @ts-ignore: decorator
@inline
export function pairsOf(limbs: v128): v128 {
  return v128.or(v128.and(limbs, DIGIT_LANES), i32x4.shl(i32x4.shr_u(limbs, 14), 16));
}

/** Four limbs as pairs of digits the other way round. */
// @ts-ignore: decorator
@inline
export function swappedPairsOf(limbs: v128): v128 {
  return v128.or(i32x4.shl(v128.and(limbs, DIGIT_LANES), 16), i32x4.shr_u(limbs, 14));
}

/** Four pairs of digits, below 2^14 both, as limbs. */
// @ts-ignore: decorator
@inline
export function limbsOf(pairs: v128): v128 {
  return v128.or(v128.and(pairs, DIGIT_LANES), i32x4.shl(i32x4.shr_u(pairs, 16), 14));
}

/** Limbs in [from, end), and the window of eight limbs for the first; windows go down by a limb. */
// @ts-ignore: decorator
@inline
export function setRun(index: usize, from: usize, end: usize, window: usize): void {
  store<usize>(RUNS + RUN_BYTES * index, from);
  store<usize>(RUNS + RUN_BYTES * index, end, 4);
  store<usize>(RUNS + RUN_BYTES * index, window, 8);
}

/**
 * Sums each limb of the runs times its window and a carry, and makes LIMBS of it; the carry to the
 * next tile. A square's first run counts twice. Not unrolled: two, four and eight limbs at a time
 * were slower in V8 11.3.
 */
export function sumRuns(count: usize, isSquare: bool, carry: u32): u32 {
  let even0 = ZERO;
  let even1 = ZERO;
  let odd0 = ZERO;
  let odd1 = ZERO;
  let evenHigh0 = ZERO;
  let evenHigh1 = ZERO;
  let oddHigh0 = ZERO;
  let oddHigh1 = ZERO;
  for (let run = RUNS; run < RUNS + RUN_BYTES * count; run += RUN_BYTES) {
    const end = load<usize>(run, 4);
    let window = load<usize>(run, 8) - 2;
    let limb = load<usize>(run);
    while (limb < end) {
      const stop = min(end, limb + FOLD_BYTES);
      do {
        const pair = v128.load_splat<u32>(limb);
        even0 = i32x4.add(even0, i32x4.dot_i16x8_s(pair, v128.load(window)));
        odd0 = i32x4.add(odd0, i32x4.dot_i16x8_s(pair, v128.load(window, 2)));
        even1 = i32x4.add(even1, i32x4.dot_i16x8_s(pair, v128.load(window, 16)));
        odd1 = i32x4.add(odd1, i32x4.dot_i16x8_s(pair, v128.load(window, 18)));
        window -= 4;
        limb += 4;
      } while (limb < stop);
      evenHigh0 = i32x4.add(evenHigh0, i32x4.shr_u(even0, 14));
      evenHigh1 = i32x4.add(evenHigh1, i32x4.shr_u(even1, 14));
      oddHigh0 = i32x4.add(oddHigh0, i32x4.shr_u(odd0, 14));
      oddHigh1 = i32x4.add(oddHigh1, i32x4.shr_u(odd1, 14));
      even0 = v128.and(even0, DIGIT_LANES);
      even1 = v128.and(even1, DIGIT_LANES);
      odd0 = v128.and(odd0, DIGIT_LANES);
      odd1 = v128.and(odd1, DIGIT_LANES);
    }
    if (isSquare && run == RUNS) {
      even0 = i32x4.add(i32x4.shl(even0, 1), v128.load(DIAGONAL));
      even1 = i32x4.add(i32x4.shl(even1, 1), v128.load(DIAGONAL, 16));
      odd0 = i32x4.add(i32x4.shl(odd0, 1), v128.load(DIAGONAL, 32));
      odd1 = i32x4.add(i32x4.shl(odd1, 1), v128.load(DIAGONAL, 48));
      evenHigh0 = i32x4.add(i32x4.shl(evenHigh0, 1), v128.load(DIAGONAL, 64));
      evenHigh1 = i32x4.add(i32x4.shl(evenHigh1, 1), v128.load(DIAGONAL, 80));
      oddHigh0 = i32x4.add(i32x4.shl(oddHigh0, 1), v128.load(DIAGONAL, 96));
      oddHigh1 = i32x4.add(i32x4.shl(oddHigh1, 1), v128.load(DIAGONAL, 112));
    }
  }
  const middle0 = i32x4.add(evenHigh0, odd0);
  const middle1 = i32x4.add(evenHigh1, odd1);
  return settle(carry, even0, even1, middle0, middle1, oddHigh0, oddHigh1);
}

/**
 * Makes limbs of sums: `even` in units of 1, below 2^16, `middle` of 2^14 and `upper` of 2^28, both
 * below 2^25. The carry is at most 2^31 + 2^26. No carry goes further than a limb: what is above 28
 * bits is at most 9 in the first limb and 1 in others, and limbs of up to 2^28 + 8 are as good.
 */
// @ts-ignore: decorator
@inline
function settle(
  carry: u32,
  even0: v128,
  even1: v128,
  middle0: v128,
  middle1: v128,
  upper0: v128,
  upper1: v128,
): u32 {
  const next0 = i32x4.add(upper0, i32x4.shr_u(middle0, 14));
  const next1 = i32x4.add(upper1, i32x4.shr_u(middle1, 14));
  let sum0 = i32x4.add(even0, i32x4.shl(v128.and(middle0, DIGIT_LANES), 14));
  let sum1 = i32x4.add(even1, i32x4.shl(v128.and(middle1, DIGIT_LANES), 14));
  sum0 = i32x4.add(sum0, v128.shuffle<u32>(i32x4.splat(carry), next0, 3, 4, 5, 6));
  sum1 = i32x4.add(sum1, v128.shuffle<u32>(next0, next1, 3, 4, 5, 6));
  const over0 = i32x4.shr_u(sum0, 28);
  const over1 = i32x4.shr_u(sum1, 28);
  sum0 = v128.and(sum0, LIMB_LANES);
  sum1 = v128.and(sum1, LIMB_LANES);
  v128.store(LIMBS, i32x4.add(sum0, v128.shuffle<u32>(ZERO, over0, 3, 4, 5, 6)));
  v128.store(LIMBS, i32x4.add(sum1, v128.shuffle<u32>(over0, over1, 3, 4, 5, 6)), 16);
  return i32x4.extract_lane(i32x4.add(next1, over1), 3);
}

/**
 * What the columns 2 h to 2 h + 7 of a square have of limbs h to h + 3 with themselves and with
 * those above: of digits i < j twice the product, the others masked off, and the square of each.
 * `stream` and `row` are at limb h.
 *
 * Bounds: at most eight products of digits in a column, doubled below 2^32 - 2^18, or seven and a
 * square, 15 · 2^28.
 */
export function setDiagonal(stream: usize, row: usize): void {
  let window = row - 2;
  let pair = v128.load_splat<u32>(stream);
  const above1 = v128.and(v128.load(window), i16x8(0, 0, 0, -1, -1, -1, -1, -1));
  const above2 = v128.and(v128.load(row), i16x8(0, -1, -1, -1, -1, -1, -1, -1));
  let even0 = i32x4.dot_i16x8_s(pair, above1);
  let odd0 = i32x4.dot_i16x8_s(pair, above2);
  let even1 = i32x4.dot_i16x8_s(pair, v128.load(window, 16));
  let odd1 = i32x4.dot_i16x8_s(pair, v128.load(window, 18));

  pair = v128.load_splat<u32>(stream, 4);
  window -= 4;
  const above3 = v128.and(v128.load(window), i16x8(0, 0, 0, 0, 0, 0, 0, -1));
  const above4 = v128.and(v128.load(window, 2), i16x8(0, 0, 0, 0, 0, -1, -1, -1));
  even0 = i32x4.add(even0, i32x4.dot_i16x8_s(pair, above3));
  odd0 = i32x4.add(odd0, i32x4.dot_i16x8_s(pair, above4));
  even1 = i32x4.add(even1, i32x4.dot_i16x8_s(pair, v128.load(window, 16)));
  odd1 = i32x4.add(odd1, i32x4.dot_i16x8_s(pair, v128.load(window, 18)));

  pair = v128.load_splat<u32>(stream, 8);
  window -= 4;
  const above5 = v128.and(v128.load(window, 16), i16x8(0, 0, 0, -1, -1, -1, -1, -1));
  const above6 = v128.and(v128.load(window, 18), i16x8(0, -1, -1, -1, -1, -1, -1, -1));
  even1 = i32x4.add(even1, i32x4.dot_i16x8_s(pair, above5));
  odd1 = i32x4.add(odd1, i32x4.dot_i16x8_s(pair, above6));

  pair = v128.load_splat<u32>(stream, 12);
  window -= 4;
  const above7 = v128.and(v128.load(window, 16), i16x8(0, 0, 0, 0, 0, 0, 0, -1));
  const above8 = v128.and(v128.load(window, 18), i16x8(0, 0, 0, 0, 0, -1, -1, -1));
  even1 = i32x4.add(even1, i32x4.dot_i16x8_s(pair, above7));
  odd1 = i32x4.add(odd1, i32x4.dot_i16x8_s(pair, above8));

  const digits = v128.load(row);
  even0 = i32x4.add(i32x4.shl(even0, 1), i32x4.extmul_low_i16x8_u(digits, digits));
  even1 = i32x4.add(i32x4.shl(even1, 1), i32x4.extmul_high_i16x8_u(digits, digits));
  odd0 = i32x4.shl(odd0, 1);
  odd1 = i32x4.shl(odd1, 1);
  v128.store(DIAGONAL, v128.and(even0, DIGIT_LANES));
  v128.store(DIAGONAL, v128.and(even1, DIGIT_LANES), 16);
  v128.store(DIAGONAL, v128.and(odd0, DIGIT_LANES), 32);
  v128.store(DIAGONAL, v128.and(odd1, DIGIT_LANES), 48);
  v128.store(DIAGONAL, i32x4.shr_u(even0, 14), 64);
  v128.store(DIAGONAL, i32x4.shr_u(even1, 14), 80);
  v128.store(DIAGONAL, i32x4.shr_u(odd0, 14), 96);
  v128.store(DIAGONAL, i32x4.shr_u(odd1, 14), 112);
}
