// Made by scripts/crypto/sha512.ts: the compression of SHA-512, FIPS 180-4 §6.4.2.
//
// Sixteen rounds are unrolled and turn five times, their registers are locals. The schedule is
// vectors of two words: x0 to x7 hold the last sixteen; each step replaces the oldest vector by the
// next two words.

import { bigEndian, bigSigma0, bigSigma1, choose, majority, schedule } from "../sha512_functions";
import { ROUND_CONSTANTS } from "./sha512_table";

const LAST_CONSTANTS: usize = ROUND_CONSTANTS + 512;
/** The next sixteen sums of schedule word and round constant. */
const SUMS: usize = memory.data(128, 16);

/** Takes the blocks of 128 bytes in [ptr, end) into the eight words of `chain`. */
export function compressSha512(chain: usize, ptr: usize, end: usize): void {
  let a = load<u64>(chain, 0);
  let b = load<u64>(chain, 8);
  let c = load<u64>(chain, 16);
  let d = load<u64>(chain, 24);
  let e = load<u64>(chain, 32);
  let f = load<u64>(chain, 40);
  let g = load<u64>(chain, 48);
  let h = load<u64>(chain, 56);

  let t: u64;
  while (ptr < end) {
    let x0 = bigEndian(v128.load(ptr, 0));
    let x1 = bigEndian(v128.load(ptr, 16));
    let x2 = bigEndian(v128.load(ptr, 32));
    let x3 = bigEndian(v128.load(ptr, 48));
    let x4 = bigEndian(v128.load(ptr, 64));
    let x5 = bigEndian(v128.load(ptr, 80));
    let x6 = bigEndian(v128.load(ptr, 96));
    let x7 = bigEndian(v128.load(ptr, 112));

    for (let constants = ROUND_CONSTANTS; constants <= LAST_CONSTANTS; constants += 128) {
      v128.store(SUMS, i64x2.add(x0, v128.load(constants, 0)), 0);
      x0 = schedule(x0, x1, x4, x5, x7);
      t = h + bigSigma1(e) + choose(e, f, g) + load<u64>(SUMS, 0);
      d += t;
      h = t + bigSigma0(a) + majority(a, b, c);

      t = g + bigSigma1(d) + choose(d, e, f) + load<u64>(SUMS, 8);
      c += t;
      g = t + bigSigma0(h) + majority(h, a, b);

      v128.store(SUMS, i64x2.add(x1, v128.load(constants, 16)), 16);
      x1 = schedule(x1, x2, x5, x6, x0);
      t = f + bigSigma1(c) + choose(c, d, e) + load<u64>(SUMS, 16);
      b += t;
      f = t + bigSigma0(g) + majority(g, h, a);

      t = e + bigSigma1(b) + choose(b, c, d) + load<u64>(SUMS, 24);
      a += t;
      e = t + bigSigma0(f) + majority(f, g, h);

      v128.store(SUMS, i64x2.add(x2, v128.load(constants, 32)), 32);
      x2 = schedule(x2, x3, x6, x7, x1);
      t = d + bigSigma1(a) + choose(a, b, c) + load<u64>(SUMS, 32);
      h += t;
      d = t + bigSigma0(e) + majority(e, f, g);

      t = c + bigSigma1(h) + choose(h, a, b) + load<u64>(SUMS, 40);
      g += t;
      c = t + bigSigma0(d) + majority(d, e, f);

      v128.store(SUMS, i64x2.add(x3, v128.load(constants, 48)), 48);
      x3 = schedule(x3, x4, x7, x0, x2);
      t = b + bigSigma1(g) + choose(g, h, a) + load<u64>(SUMS, 48);
      f += t;
      b = t + bigSigma0(c) + majority(c, d, e);

      t = a + bigSigma1(f) + choose(f, g, h) + load<u64>(SUMS, 56);
      e += t;
      a = t + bigSigma0(b) + majority(b, c, d);

      v128.store(SUMS, i64x2.add(x4, v128.load(constants, 64)), 64);
      x4 = schedule(x4, x5, x0, x1, x3);
      t = h + bigSigma1(e) + choose(e, f, g) + load<u64>(SUMS, 64);
      d += t;
      h = t + bigSigma0(a) + majority(a, b, c);

      t = g + bigSigma1(d) + choose(d, e, f) + load<u64>(SUMS, 72);
      c += t;
      g = t + bigSigma0(h) + majority(h, a, b);

      v128.store(SUMS, i64x2.add(x5, v128.load(constants, 80)), 80);
      x5 = schedule(x5, x6, x1, x2, x4);
      t = f + bigSigma1(c) + choose(c, d, e) + load<u64>(SUMS, 80);
      b += t;
      f = t + bigSigma0(g) + majority(g, h, a);

      t = e + bigSigma1(b) + choose(b, c, d) + load<u64>(SUMS, 88);
      a += t;
      e = t + bigSigma0(f) + majority(f, g, h);

      v128.store(SUMS, i64x2.add(x6, v128.load(constants, 96)), 96);
      x6 = schedule(x6, x7, x2, x3, x5);
      t = d + bigSigma1(a) + choose(a, b, c) + load<u64>(SUMS, 96);
      h += t;
      d = t + bigSigma0(e) + majority(e, f, g);

      t = c + bigSigma1(h) + choose(h, a, b) + load<u64>(SUMS, 104);
      g += t;
      c = t + bigSigma0(d) + majority(d, e, f);

      v128.store(SUMS, i64x2.add(x7, v128.load(constants, 112)), 112);
      x7 = schedule(x7, x0, x3, x4, x6);
      t = b + bigSigma1(g) + choose(g, h, a) + load<u64>(SUMS, 112);
      f += t;
      b = t + bigSigma0(c) + majority(c, d, e);

      t = a + bigSigma1(f) + choose(f, g, h) + load<u64>(SUMS, 120);
      e += t;
      a = t + bigSigma0(b) + majority(b, c, d);
    }
    a += load<u64>(chain, 0);
    store<u64>(chain, a, 0);
    b += load<u64>(chain, 8);
    store<u64>(chain, b, 8);
    c += load<u64>(chain, 16);
    store<u64>(chain, c, 16);
    d += load<u64>(chain, 24);
    store<u64>(chain, d, 24);
    e += load<u64>(chain, 32);
    store<u64>(chain, e, 32);
    f += load<u64>(chain, 40);
    store<u64>(chain, f, 40);
    g += load<u64>(chain, 48);
    store<u64>(chain, g, 48);
    h += load<u64>(chain, 56);
    store<u64>(chain, h, 56);

    ptr += 128;
  }
}
