// The curves, and what each one's table of constants holds.

export const enum Curve {
  P256,
  P384,
  P521,
}

/** Bits of a window of the multiples that a prepared key holds. */
export const KEY_WINDOW_BITS: u32 = 4;
/** Odd multiples 1, 3 … 15 of a point. */
export const KEY_MULTIPLES: u32 = 8;

/** Bytes of a number in words of 32 bits, zeros behind it: bits can be read beyond its end. */
export const NUMBER_BYTES: i32 = 80;

/** Made by scripts/crypto/curve_constants.ts. Numbers are in limbs or words, lowest first. */
@unmanaged
@final
export class CurveConstants {
  /** Limbs of a field element. */
  limbs: u32;
  /** Bits of a limb. */
  limbBits: u32;
  /** Bytes of a coordinate and of a scalar. */
  coordinateLen: u32;
  /** Words of 32 bits of a number; even. */
  words: u32;
  /** Bits of p, and of n. */
  bits: u32;
  /** Bits of p in its top limb. */
  topBits: u32;
  /** -n^-1 mod 2^32. */
  orderInverse: u32;
  /** Windows in half a scalar: the second half of a key's multiples is 2^(4 splitWindows) up. */
  splitWindows: u32;

  // @ts-ignore: decorator
  @inline
  get primeLimbs(): usize {
    return changetype<usize>(this) + 32;
  }

  /** 1 in the field. */
  // @ts-ignore: decorator
  @inline
  get one(): usize {
    return changetype<usize>(this) + 112;
  }

  /** A number times this is its element of the field. */
  // @ts-ignore: decorator
  @inline
  get intoField(): usize {
    return changetype<usize>(this) + 192;
  }

  /** b of the curve's equation, in the field. */
  // @ts-ignore: decorator
  @inline
  get b(): usize {
    return changetype<usize>(this) + 272;
  }

  // @ts-ignore: decorator
  @inline
  get prime(): usize {
    return changetype<usize>(this) + 352;
  }

  /** The order n of the base point. */
  // @ts-ignore: decorator
  @inline
  get order(): usize {
    return changetype<usize>(this) + 432;
  }

  /** 2^(64 words) mod n. */
  // @ts-ignore: decorator
  @inline
  get orderSquare(): usize {
    return changetype<usize>(this) + 512;
  }

  /** For `invert`. */
  // @ts-ignore: decorator
  @inline
  get primeModulus(): usize {
    return changetype<usize>(this) + 592;
  }

  // @ts-ignore: decorator
  @inline
  get orderModulus(): usize {
    return changetype<usize>(this) + 688;
  }

  /** The base point as a prepared key. */
  // @ts-ignore: decorator
  @inline
  get base(): usize {
    return changetype<usize>(this) + 784;
  }

  /** Bytes of a two-lane element, and of an affine point of one lane. */
  // @ts-ignore: decorator
  @inline
  get entryBytes(): u32 {
    return ((this.limbs + 1) >> 1) << 4;
  }
}
