// The three prime fields. An element is two numbers mod p side by side, one a lane: limb i of both
// is at 8 i, lane 0 first, so that a vector of 128 bits holds two limbs of both. With an odd number
// of limbs the room behind the last is never read as a limb.
//
// Limbs are signed. "Carried" is an element whose limbs are at most half a limb's range in size
// (plus 2^7); `mul` and `square` return those. Sums and multiples grow: k times that is written
// (k). A product of a (j) and a (k) fits its columns while j k is at most
//   14 for P-256, 36 for P-384, 7 for P-521
// and the limbs of a (k) fit 32 bits for k up to 7 (P-256, P-521) or 15 (P-384). So do those of 8
// times a square of P-256, as they are in [-2^28, 2^28 - 1], though not their negatives. The head
// of each generated file says why.

import { mulP256, mulSubP256, squareP256 } from "../generated/p256_field";
import { P256_CONSTANTS } from "../generated/p256_table";
import { mulP384, squareP384 } from "../generated/p384_field";
import { P384_CONSTANTS } from "../generated/p384_table";
import { mulP521, squareP521 } from "../generated/p521_field";
import { P521_CONSTANTS } from "../generated/p521_table";
import { CurveConstants } from "./curve";

/** Room for an element of any field. */
export const ELEMENT_BYTES: i32 = 144;

/** Products of the fields that do not fuse two into one reduction. */
const PRODUCTS: usize = memory.data(2 * ELEMENT_BYTES, 16);
const PRODUCT0: usize = PRODUCTS;
const PRODUCT1: usize = PRODUCTS + ELEMENT_BYTES;

/**
 * What a field offers. Functions over it are generic: AssemblyScript compiles them once for each
 * field, and calls its methods directly.
 */
@unmanaged
export abstract class Field {
  abstract constants(): CurveConstants;
  /** Bytes of an element. */
  abstract size(): usize;
  abstract limbBits(): i32;
  /** 2^(limbs limbBits) is 2 mod p; else the top limb is small and nothing is carried from it. */
  abstract wraps(): bool;
  abstract mul(target: usize, a: usize, b: usize): void;
  abstract square(target: usize, a: usize): void;
  /** target = a b - c d, (1); where it is not fused, (2). */
  abstract mulSub(target: usize, a: usize, b: usize, c: usize, d: usize): void;
}


@unmanaged
@final
export class P256 extends Field {
  // @ts-ignore: decorator
  @inline
  constants(): CurveConstants {
    return changetype<CurveConstants>(P256_CONSTANTS);
  }

  // @ts-ignore: decorator
  @inline
  size(): usize {
    return 80;
  }

  // @ts-ignore: decorator
  @inline
  limbBits(): i32 {
    return 29;
  }

  // @ts-ignore: decorator
  @inline
  wraps(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  mul(target: usize, a: usize, b: usize): void {
    mulP256(target, a, b);
  }

  // @ts-ignore: decorator
  @inline
  square(target: usize, a: usize): void {
    squareP256(target, a);
  }

  // @ts-ignore: decorator
  @inline
  mulSub(target: usize, a: usize, b: usize, c: usize, d: usize): void {
    mulSubP256(target, a, b, c, d);
  }
}


@unmanaged
@final
export class P384 extends Field {
  // @ts-ignore: decorator
  @inline
  constants(): CurveConstants {
    return changetype<CurveConstants>(P384_CONSTANTS);
  }

  // @ts-ignore: decorator
  @inline
  size(): usize {
    return 112;
  }

  // @ts-ignore: decorator
  @inline
  limbBits(): i32 {
    return 28;
  }

  // @ts-ignore: decorator
  @inline
  wraps(): bool {
    return false;
  }

  // @ts-ignore: decorator
  @inline
  mul(target: usize, a: usize, b: usize): void {
    mulP384(target, a, b);
  }

  // @ts-ignore: decorator
  @inline
  square(target: usize, a: usize): void {
    squareP384(target, a);
  }

  mulSub(target: usize, a: usize, b: usize, c: usize, d: usize): void {
    mulP384(PRODUCT0, a, b);
    mulP384(PRODUCT1, c, d);
    for (let at: usize = 0; at < this.size(); at += 16) {
      v128.store(target + at, i32x4.sub(v128.load(PRODUCT0 + at), v128.load(PRODUCT1 + at)));
    }
  }
}


@unmanaged
@final
export class P521 extends Field {
  // @ts-ignore: decorator
  @inline
  constants(): CurveConstants {
    return changetype<CurveConstants>(P521_CONSTANTS);
  }

  // @ts-ignore: decorator
  @inline
  size(): usize {
    return 144;
  }

  // @ts-ignore: decorator
  @inline
  limbBits(): i32 {
    return 29;
  }

  // @ts-ignore: decorator
  @inline
  wraps(): bool {
    return true;
  }

  // @ts-ignore: decorator
  @inline
  mul(target: usize, a: usize, b: usize): void {
    mulP521(target, a, b);
  }

  // @ts-ignore: decorator
  @inline
  square(target: usize, a: usize): void {
    squareP521(target, a);
  }

  mulSub(target: usize, a: usize, b: usize, c: usize, d: usize): void {
    mulP521(PRODUCT0, a, b);
    mulP521(PRODUCT1, c, d);
    for (let at: usize = 0; at < this.size(); at += 16) {
      v128.store(target + at, i32x4.sub(v128.load(PRODUCT0 + at), v128.load(PRODUCT1 + at)));
    }
  }
}
