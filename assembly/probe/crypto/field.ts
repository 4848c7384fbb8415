// Test-only: the fields of the curves on elements of two lanes, and numbers modulo n.

import { Curve, CurveConstants } from "../../core/crypto/ec/curve";
import { P256, P384, P521 } from "../../core/crypto/ec/field";
import { toNumber } from "../../core/crypto/ec/limbs";
import { add, mulOrder, subtract } from "../../core/crypto/ec/scalar";

function constantsOf(curve: Curve): CurveConstants {
  switch (curve) {
    case Curve.P256:
      return changetype<P256>(0).constants();
    case Curve.P384:
      return changetype<P384>(0).constants();
    default:
      return changetype<P521>(0).constants();
  }
}

export function ecMul(curve: Curve, target: usize, a: usize, b: usize): void {
  switch (curve) {
    case Curve.P256:
      return changetype<P256>(0).mul(target, a, b);
    case Curve.P384:
      return changetype<P384>(0).mul(target, a, b);
    default:
      return changetype<P521>(0).mul(target, a, b);
  }
}

export function ecSquare(curve: Curve, target: usize, a: usize): void {
  switch (curve) {
    case Curve.P256:
      return changetype<P256>(0).square(target, a);
    case Curve.P384:
      return changetype<P384>(0).square(target, a);
    default:
      return changetype<P521>(0).square(target, a);
  }
}

export function ecMulSub(
  curve: Curve,
  target: usize,
  a: usize,
  b: usize,
  c: usize,
  d: usize,
): void {
  switch (curve) {
    case Curve.P256:
      return changetype<P256>(0).mulSub(target, a, b, c, d);
    case Curve.P384:
      return changetype<P384>(0).mulSub(target, a, b, c, d);
    default:
      return changetype<P521>(0).mulSub(target, a, b, c, d);
  }
}

export function ecToNumber(curve: Curve, target: usize, element: usize, lane: u32): void {
  toNumber(target, element, lane, constantsOf(curve));
}

export function ecMulOrder(curve: Curve, target: usize, a: usize, b: usize): void {
  mulOrder(target, a, b, constantsOf(curve));
}

export function ecSubtract(curve: Curve, target: usize, a: usize, b: usize): bool {
  return subtract(target, a, b, constantsOf(curve).words);
}

export function ecAdd(curve: Curve, target: usize, a: usize, b: usize): bool {
  return add(target, a, b, constantsOf(curve).words);
}
