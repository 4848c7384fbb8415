// A prepared RSA key, and its numbers as rows of limbs.
//
//   RsaKey, 32 bytes │ N │ N'' │ R^2 mod N                each a row
//   row = 32 bytes of zeros │ limbs, u32, lowest first, in tiles of 8 │ 32 bytes of zeros
//
// The multiplication reads windows of eight limbs that hang over both ends of a row.
//
// Limbs have W bits: 28 while (L + T) 2^56 < 2^64 for L limbs and T = 8 tiles of them, else 27. A
// sum
// of columns then never leaves 64 bits: a product adds L products of two limbs to a column, its
// reduction at most T more (montgomery.ts). 2048 bits have L = 74 and T = 80, 3072 bits 110 and
// 112,
// 4096 bits (W = 27) 152 and 152.

export const TILE_LIMBS: u32 = 8;
export const TILE_BYTES: u32 = 32;

/** RFC 7518 §3.3 asks for 2048 bits or more; above 4096 a verification costs too much. */
const MODULUS_BITS_MIN: u32 = 2048;
const MODULUS_BYTES_MIN: u32 = 256;
export const MODULUS_BYTES_MAX: u32 = 512;
/** Exponents above 2^32 only make verification slow. */
const EXPONENT_BYTES_MAX: u32 = 4;
const EXPONENT_MIN: u32 = 3;

/**
 * R = 2^(W T) >= 2^(W L) is at least 2^SPARE_BITS N, so that results stay below 2 N + N / 8
 * (montgomery.ts) and fit L limbs.
 */
const SPARE_BITS: u32 = 6;
/** (L + T) 2^56 < 2^64 with room for carries, which are below 2^37. */
const PRODUCTS_MAX: u32 = 254;

/** Tiles of 4096 bits in limbs of 27. */
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
  /** W. */
  limbBits: u32;
  /** L. */
  limbs: u32;
  /** T / 8. */
  tiles: u32;
  /** -N^-1 mod 2^W. */
  negativeInverse: u32;
  private reserved: u32;
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

/** N'' = (k N + 1) / 2^(8 W) with k = -N^-1 mod 2^(8 W). */
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

// @ts-ignore: decorator
@inline
export function limbMask(key: RsaKey): u64 {
  return ((<u64>1) << key.limbBits) - 1;
}

/** Limbs of a number of so many bits and SPARE_BITS; counted, as W is a variable. */
function countLimbs(bits: u32, limbBits: u32): u32 {
  return limbBits == 28 ? (bits + SPARE_BITS + 27) / 28 : (bits + SPARE_BITS + 26) / 27;
}

function countTiles(limbs: u32): u32 {
  return (limbs + TILE_LIMBS - 1) / TILE_LIMBS;
}

/** W for a modulus of `len` bytes. */
function limbBitsFor(len: u32): u32 {
  const limbs = countLimbs(8 * len, 28);
  return limbs + TILE_LIMBS * countTiles(limbs) <= PRODUCTS_MAX ? 28 : 27;
}

/** Bytes of a prepared key, a multiple of 16; 0 for a length that no modulus has. */
export function keyBytes(modulusLen: u32): u32 {
  if (modulusLen < MODULUS_BYTES_MIN || modulusLen > MODULUS_BYTES_MAX) return 0;
  const tiles = countTiles(countLimbs(8 * modulusLen, limbBitsFor(modulusLen)));
  return HEADER_BYTES + 3 * rowBytes(tiles);
}

/** Fills the header for a modulus and an exponent; false when they are none (RFC 8725 §3.4). */
export function readHeader(n: usize, nLen: u32, e: usize, eLen: u32, key: RsaKey): bool {
  if (keyBytes(nLen) == 0) return false;
  const first = <u32>load<u8>(n);
  if (first == 0 || (load<u8>(n + nLen - 1) & 1) == 0) return false;
  const bits: u32 = 8 * nLen - (clz<u32>(first) - 24);
  if (bits < MODULUS_BITS_MIN) return false;
  if (eLen == 0 || eLen > EXPONENT_BYTES_MAX || load<u8>(e) == 0) return false;
  let exponent: u32 = 0;
  for (let at: u32 = 0; at < eLen; at++) exponent = (exponent << 8) | load<u8>(e + at);
  if ((exponent & 1) == 0 || exponent < EXPONENT_MIN) return false;
  key.modulusLen = nLen;
  key.modulusBits = bits;
  key.exponent = exponent;
  key.limbBits = limbBitsFor(nLen);
  key.limbs = countLimbs(8 * nLen, key.limbBits);
  key.tiles = countTiles(key.limbs);
  return true;
}
