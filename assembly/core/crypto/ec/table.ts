// Tables of a point's multiples: |d| 2^(width i) Q for each window i of a scalar and each odd |d|
// below 2^width. With them a product is a sum of one entry a window, without doublings.

import { CurveConstants } from "./curve";
import { Field } from "./field";
import { addMixed, startSum } from "./point";
import { loadWindow, makeScalarsOdd } from "./window";

/** Windows that cover the bits of n. Counted: a division could trap. */
export function windowCount(curve: CurveConstants, width: u32): u32 {
  let count: u32 = 0;
  for (let covered: u32 = 0; covered < curve.bits; covered += max<u32>(width, 1)) count++;
  return count;
}

/** Bytes of one window's entries. */
export function windowBytes(curve: CurveConstants, width: u32): u32 {
  return curve.entryBytes << (width - 1);
}

/**
 * The window whose entry is added last, see sumEntries: the lowest j so that bit (j + 1) width of n
 * is 0. It is at most 2 for these curves and widths, and the loop ends with n.
 */
export function lastWindow(curve: CurveConstants, width: u32): u32 {
  let window: u32 = 0;
  let bit = width;
  while (bit < curve.bits && ((load<u8>(curve.order + (bit >> 3)) >> (bit & 7)) & 1) != 0) {
    bit += max<u32>(width, 1);
    window++;
  }
  return window;
}

/**
 * The sum becomes the product of each lane's point and scalar; both scalars are in 1 .. n-1 and
 * changed.
 *
 * The windows are added from 0 up to below the last one j, then from the top down to j. No sum is
 * exceptional, whatever the scalar. Write k for the odd number that is summed up, w for the width,
 * A for what is summed so far, S = d 2^(w i) for the next entry, as integer multiples of the point.
 * An exception is A = S or A = -S modulo n.
 *
 *   Below j: |A| < 2^(w i) <= |S|, and |A| + |S| < 2^(w j) < n.
 *   From the top down to above j: let L be the sum of the windows below j, odd and |L| < 2^(w j),
 *     or 0 when j is 0. A - S and A + S are V = L + u 2^(w i) with an odd u; it is not 0, as |L| is
 *     less than 2^(w i). At the top u is d or -d and |V| <= k + 2 |L| < 2 n. Below, u > 0 and 0 < V
 *     < k + 2 2^(w (i + 1)) + |L| < 4 n. So V = c n or -c n needs c n to be nearer than 2^(w j) to
 *     a multiple of 2^(w i), for a c of 1, 2 or 3 so small that c n is below that sum. For j = 0 it
 *     would have to be a multiple, while n is odd and w > 1. For each curve, width, i and such c
 *     test/core/crypto/ecdsa_windows.test.ts shows that it is not as near.
 *   At j: A + S is k, not 0. A - S = k - 2 S is 0 for no odd k, and n only for k = n + 2 S with S <
 *     0. Let N be the w bits of n above bit w j: those of k are N + d modulo 2^w, and d = 2 (N + d
 *     mod 2^w) - 2^w + 1 then is 2^w - 1 - 2 N, or -2 N - 2^w - 1, which is no digit. It is
 *     negative only when the top bit of N is 1, which is bit w (j + 1) of n: by the choice of j it
 *     is 0.
 */
export function sumEntries<F extends Field>(width: u32, base: usize, key: usize): void {
  const curve = changetype<F>(0).constants();
  makeScalarsOdd(curve);
  const stride = windowBytes(curve, width);
  const top = windowCount(curve, width) - 1;
  const last = lastWindow(curve, width);
  for (let step: u32 = 0; step <= top; step++) {
    const index = step < last ? step : top - (step - last);
    const offset = index * stride;
    loadWindow<F>(base + offset, key + offset, width * index, width, index == top);
    if (step == 0) startSum<F>();
    else addMixed<F>();
  }
}
