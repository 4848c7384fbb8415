// What is computed of a key once: -N^-1 mod 2^28, N'' and R^2 mod N.

import {
  friendOf,
  keyBytes,
  LIMB_BITS,
  LIMB_MASK,
  limbOf,
  modulusOf,
  pairOf,
  radixSquareOf,
  readHeader,
  RsaKey,
  TILE_LIMBS,
} from "./key";
import { square } from "./montgomery";
import { doubleModulo, readNumber, reduceTwice, setPowerOfTwo } from "./number";

/** k = -N^-1 mod 2^224, in limbs. */
const FACTOR: usize = memory.data(32, 16);

/** Prepares the key of a modulus and an exponent; false when they are none. */
export function prepareKey(n: usize, nLen: u32, e: usize, eLen: u32, key: RsaKey): bool {
  if (!readHeader(n, nLen, e, eLen, key)) return false;
  const header = changetype<usize>(key) + offsetof<RsaKey>();
  memory.fill(header, 0, keyBytes(nLen) - offsetof<RsaKey>());
  readNumber(n, nLen, modulusOf(key), key);
  key.negativeInverse = negativeInverse(limbOf(load<u32>(modulusOf(key)))) & LIMB_MASK;
  makeFriend(key);
  makeRadixSquare(key);
  return true;
}

/**
 * -1 / odd mod 2^32 by Newton's iteration: odd is its own inverse modulo 2^3, each step doubles the
 * bits.
 */
function negativeInverse(odd: u32): u32 {
  let inverse = odd;
  for (let bits = 3; bits < 32; bits *= 2) inverse *= 2 - odd * inverse;
  return 0 - inverse;
}

/**
 * N'' = (k N + 1) / 2^224: k is found column by column, each clearing its own of k N + 1, and what
 * is left is N''. It is at most N. A column sums eight products and a carry.
 */
function makeFriend(key: RsaKey): void {
  const modulus = modulusOf(key);
  const friend = friendOf(key);
  let carry: u64 = 1;
  for (let column: u32 = 0; column < key.limbs + TILE_LIMBS; column++) {
    let sum = carry;
    for (let limb: u32 = 0; limb < min(column, TILE_LIMBS); limb++) {
      // Beyond the limbs of N stand zeros, a tile of them.
      sum += <u64>load<u32>(FACTOR + 4 * limb) * limbOf(load<u32>(modulus + 4 * (column - limb)));
    }
    if (column < TILE_LIMBS) {
      const factor = (sum * key.negativeInverse) & LIMB_MASK;
      store<u32>(FACTOR + 4 * column, <u32>factor);
      sum += factor * limbOf(load<u32>(modulus));
    } else {
      store<u32>(friend + 4 * (column - TILE_LIMBS), pairOf((<u32>sum) & LIMB_MASK));
    }
    carry = sum >> LIMB_BITS;
  }
}

/**
 * R^2 mod N. R = 2^(224 tiles) and 224 = 7 · 2^5: R 2^d with d = 7 tiles, squared five times in
 * Montgomery's form, is R R. 2^bits mod N is 2^bits - N, and doubling gives the others.
 */
function makeRadixSquare(key: RsaKey): void {
  const row = radixSquareOf(key);
  const exponent = (TILE_LIMBS * LIMB_BITS + 7) * key.tiles;
  setPowerOfTwo(row, key);
  for (let power = key.modulusBits; power < exponent; power++) doubleModulo(row, key);
  for (let time = 0; time < 5; time++) square(key, row);
  reduceTwice(row, key);
}
