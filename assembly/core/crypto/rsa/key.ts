// A prepared RSA key, and its numbers as rows of limbs.
//
//   RsaKey, 32 bytes │ N │ N'' │ R^2 mod N                each a row
//   row = 32 bytes of zeros │ limbs, u32, lowest first, in tiles of 8 │ 32 bytes of zeros
//
// The multiplication reads windows of eight limbs that hang over both ends of a row.
//
// A limb has 28 bits and is kept as a pair of digits of 14 bits, a u16 each, the lower one first,
// as the multiplication takes them. Between products a limb may be up to 2^28 + 8, with 2^14 as its
// upper digit (sums.ts). L limbs hold N, T = 8 tiles of them make a row: 74 and 80 for 2048 bits,
// 110 and 112 for 3072, 147 and 152 for 4096.

export const LIMB_BITS: u32 = 28;
export const LIMB_MASK: u32 = (1 << LIMB_BITS) - 1;
export const DIGIT_BITS: u32 = 14;
export const DIGIT_MASK: u32 = (1 << DIGIT_BITS) - 1;
export const TILE_LIMBS: u32 = 8;
export const TILE_BYTES: u32 = 32;

/** RFC 7518 §3.3 asks for 2048 bits or more; above 4096 a verification costs too much. */
const MODULUS_BITS_MIN: u32 = 2048;
const MODULUS_BYTES_MIN: u32 = 256;
export const MODULUS_BYTES_MAX: u32 = 512;
/** Exponents above 2^32 only make verification slow. */
export const EXPONENT_BYTES_MAX: u32 = 4;
const EXPONENT_MIN: u32 = 3;

/**
 * R = 2^(28 T) >= 2^(28 L) is at least 2^SPARE_BITS N, so that results stay below 2 N + N / 8
 * (montgomery.ts) and fit L limbs.
 */
const SPARE_BITS: u32 = 6;
/** Tiles of 4096 bits. */
const TILES_MAX: u32 = 19;
/** Bytes of the longest row. */
export const ROW_BYTES_MAX: u32 = (TILES_MAX + 2) * TILE_BYTES;


@unmanaged
@final
export class RsaKey {
  /** Bytes of N, and of every signature. */
  modulusLen: u32;
  /** Bits of N. */
  modulusBits: u32;
  exponent: u32;
  /** L. */
  limbs: u32;
  /** T / 8. */
  tiles: u32;
  /** -N^-1 mod 2^28. */
  negativeInverse: u32;
  private reserved0: u32;
  private reserved1: u32;
}

const HEADER_BYTES: u32 = 32;
if (offsetof<RsaKey>() != HEADER_BYTES) ERROR("RsaKey is not 32 bytes");

// @ts-ignore: decorator
@inline
function rowBytes(tiles: u32): u32 {
  return (tiles + 2) * TILE_BYTES;
}

/** N. */
// @ts-ignore: decorator
@inline
export function modulusOf(key: RsaKey): usize {
  return changetype<usize>(key) + HEADER_BYTES + TILE_BYTES;
}

/** N'' = (k N + 1) / 2^224 with k = -N^-1 mod 2^224. */
// @ts-ignore: decorator
@inline
export function friendOf(key: RsaKey): usize {
  return modulusOf(key) + rowBytes(key.tiles);
}

/** R^2 mod N. */
// @ts-ignore: decorator
@inline
export function radixSquareOf(key: RsaKey): usize {
  return modulusOf(key) + 2 * rowBytes(key.tiles);
}

/** A limb's digits. */
// @ts-ignore: decorator
@inline
export function pairOf(limb: u32): u32 {
  return (limb & DIGIT_MASK) | ((limb >> DIGIT_BITS) << 16);
}

/** The limb of digits. */
// @ts-ignore: decorator
@inline
export function limbOf(pair: u32): u32 {
  return (pair & 0xffff) + ((pair >> 16) << DIGIT_BITS);
}

/** L for a modulus of `len` bytes. */
function countLimbs(len: u32): u32 {
  return (8 * len + SPARE_BITS + LIMB_BITS - 1) / LIMB_BITS;
}

function countTiles(limbs: u32): u32 {
  return (limbs + TILE_LIMBS - 1) / TILE_LIMBS;
}

/** Bytes of a prepared key, a multiple of 16; 0 for a length that no modulus has. */
export function keyBytes(modulusLen: u32): u32 {
  if (modulusLen < MODULUS_BYTES_MIN || modulusLen > MODULUS_BYTES_MAX) return 0;
  return HEADER_BYTES + 3 * rowBytes(countTiles(countLimbs(modulusLen)));
}

/** Bits of a big-endian number whose first byte is not 0. */
function bitsOf(ptr: usize, len: u32): u32 {
  return 8 * len - (<u32>clz<u32>(load<u8>(ptr)) - 24);
}

/** Whether a big-endian number is a modulus: odd, 2048 to 4096 bits, no leading zero byte. */
export function isRsaModulus(n: usize, nLen: u32): bool {
  if (keyBytes(nLen) == 0 || load<u8>(n) == 0) return false;
  return (load<u8>(n + nLen - 1) & 1) != 0 && bitsOf(n, nLen) >= MODULUS_BITS_MIN;
}

/** Whether a big-endian number is an exponent: odd, 3 to 2^32 - 1, no leading zero byte. */
export function isRsaExponent(e: usize, eLen: u32): bool {
  if (eLen == 0 || eLen > EXPONENT_BYTES_MAX || load<u8>(e) == 0) return false;
  const exponent = exponentOf(e, eLen);
  return (exponent & 1) != 0 && exponent >= EXPONENT_MIN;
}

function exponentOf(e: usize, eLen: u32): u32 {
  let exponent: u32 = 0;
  for (let at: u32 = 0; at < eLen; at++) exponent = (exponent << 8) | load<u8>(e + at);
  return exponent;
}

/** Fills the header for a modulus and an exponent; false when they are none (RFC 8725 §3.4). */
export function readHeader(n: usize, nLen: u32, e: usize, eLen: u32, key: RsaKey): bool {
  if (!isRsaModulus(n, nLen) || !isRsaExponent(e, eLen)) return false;
  key.modulusLen = nLen;
  key.modulusBits = bitsOf(n, nLen);
  key.exponent = exponentOf(e, eLen);
  key.limbs = countLimbs(nLen);
  key.tiles = countTiles(key.limbs);
  return true;
}
