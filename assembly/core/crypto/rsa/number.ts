// Numbers as rows of limbs: from bytes and to bytes, compared, doubled, brought below the modulus.

import { limbMask, modulusOf, RsaKey, TILE_BYTES } from "./key";

/** Reads a big-endian number into a row of the key's length, with its zeros. */
export function readNumber(ptr: usize, len: u32, row: usize, key: RsaKey): void {
  memory.fill(row - TILE_BYTES, 0, (key.tiles + 2) * TILE_BYTES);
  const limbBits: u64 = key.limbBits;
  const mask = limbMask(key);
  let bits: u64 = 0;
  let count: u64 = 0;
  let target = row;
  for (let left = len; left > 0; left--) {
    bits |= (<u64>load<u8>(ptr + left - 1)) << count;
    count += 8;
    if (count < limbBits) continue;
    store<u32>(target, <u32>(bits & mask));
    target += 4;
    bits >>= limbBits;
    count -= limbBits;
  }
  store<u32>(target, <u32>bits);
}

/** Writes a number below 2^(8 len) as `len` big-endian bytes. */
export function writeNumber(row: usize, target: usize, len: u32, key: RsaKey): void {
  let bits: u64 = 0;
  let count: u64 = 0;
  let source = row;
  for (let left = len; left > 0; left--) {
    if (count < 8) {
      bits |= (<u64>load<u32>(source)) << count;
      count += key.limbBits;
      source += 4;
    }
    store<u8>(target + left - 1, <u8>bits);
    bits >>= 8;
    count -= 8;
  }
}

/** Whether a number is below the modulus; limbs compare like the numbers that they are. */
export function isBelowModulus(row: usize, key: RsaKey): bool {
  const modulus = modulusOf(key);
  for (let limb = key.limbs; limb > 0; limb--) {
    const left = load<u32>(row + 4 * limb - 4);
    const right = load<u32>(modulus + 4 * limb - 4);
    if (left != right) return left < right;
  }
  return false;
}

/** Brings a number below 3 N below N. */
export function reduceTwice(row: usize, key: RsaKey): void {
  for (let time = 0; time < 2; time++) {
    if (isBelowModulus(row, key)) return;
    subtractModulus(row, key);
  }
}

function subtractModulus(row: usize, key: RsaKey): void {
  const modulus = modulusOf(key);
  const mask = <u32>limbMask(key);
  let borrow: u32 = 0;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const difference = load<u32>(row + at) - load<u32>(modulus + at) - borrow;
    store<u32>(row + at, difference & mask);
    borrow = difference >> 31;
  }
}

/** row = 2 row mod N, for a number below N. */
export function doubleModulo(row: usize, key: RsaKey): void {
  const mask = <u32>limbMask(key);
  let carry: u32 = 0;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const sum = (load<u32>(row + at) << 1) | carry;
    store<u32>(row + at, sum & mask);
    carry = sum >> key.limbBits;
  }
  if (!isBelowModulus(row, key)) subtractModulus(row, key);
}

/** row = 2^bits - N, which is 2^bits mod N for the bits of N. */
export function setPowerOfTwo(row: usize, key: RsaKey): void {
  const modulus = modulusOf(key);
  const mask = <u32>limbMask(key);
  memory.fill(row - TILE_BYTES, 0, (key.tiles + 2) * TILE_BYTES);
  let carry: u32 = 1;
  let left = key.modulusBits;
  for (let at: u32 = 0; at < 4 * key.limbs; at += 4) {
    const kept = left >= key.limbBits ? mask : ((<u32>1) << left) - 1;
    const sum = (~load<u32>(modulus + at) & kept) + carry;
    store<u32>(row + at, sum & kept);
    carry = kept == mask ? sum >> key.limbBits : 0;
    left -= min(left, key.limbBits);
  }
}
