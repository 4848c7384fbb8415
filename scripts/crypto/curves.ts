// The curves of ECDSA and their arithmetic over whole numbers, plain and slow: for tables of
// constants, and for tests.

export interface Point {
  x: bigint;
  y: bigint;
}

/** y^2 = x^3 - 3x + b over the integers mod p; the base point has the prime order n. */
export interface Curve {
  p: bigint;
  b: bigint;
  n: bigint;
  base: Point;
  /** Bytes of a coordinate. */
  len: number;
}

/** Infinity, which has no coordinates. */
export type PointOrInfinity = Point | undefined;

// NIST SP 800-186 §3.2.1.3 to §3.2.1.5 (SEC 2 §2.4.2, §2.5.1, §2.6.1).

export const P256: Curve = {
  p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  base: {
    x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
    y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  },
  len: 32,
};

export const P384: Curve = {
  p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
  b: hex(
    "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a",
    "c656398d8a2ed19d2a85c8edd3ec2aef",
  ),
  n: hex(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf",
    "581a0db248b0a77aecec196accc52973",
  ),
  base: {
    x: hex(
      "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38",
      "5502f25dbf55296c3a545e3872760ab7",
    ),
    y: hex(
      "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0",
      "0a60b1ce1d7e819d7a431d7c90ea0e5f",
    ),
  },
  len: 48,
};

export const P521: Curve = {
  p: 2n ** 521n - 1n,
  b: hex(
    "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109",
    "e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
  ),
  n: hex(
    "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa",
    "51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
  ),
  base: {
    x: hex(
      "00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3d",
      "baa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
    ),
    y: hex(
      "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e66",
      "2c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
    ),
  },
  len: 66,
};

function hex(...digits: string[]): bigint {
  return BigInt(`0x${digits.join("")}`);
}

/** The residue in [0, modulus). */
export function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

/** The inverse modulo a prime; 0 of 0. */
export function inverse(value: bigint, prime: bigint): bigint {
  let [a, b] = [prime, mod(value, prime)];
  let [x, y] = [0n, 1n];
  while (b > 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return mod(x, prime);
}

export function isOnCurve({ p, b }: Curve, { x, y }: Point): boolean {
  return mod(y * y - x * x * x + 3n * x - b, p) === 0n;
}

export function negate({ p }: Curve, point: PointOrInfinity): PointOrInfinity {
  return point === undefined ? undefined : { x: point.x, y: mod(-point.y, p) };
}

export function add(curve: Curve, left: PointOrInfinity, right: PointOrInfinity): PointOrInfinity {
  if (left === undefined) return right;
  if (right === undefined) return left;
  const { p } = curve;
  if (left.x === right.x && mod(left.y + right.y, p) === 0n) return undefined;
  const slope =
    left.x === right.x
      ? (3n * left.x * left.x - 3n) * inverse(2n * left.y, p)
      : (right.y - left.y) * inverse(right.x - left.x, p);
  const x = mod(slope * slope - left.x - right.x, p);
  return { x, y: mod(slope * (left.x - x) - left.y, p) };
}

export function multiply(curve: Curve, point: PointOrInfinity, scalar: bigint): PointOrInfinity {
  let sum: PointOrInfinity;
  let power = point;
  for (let rest = mod(scalar, curve.n); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(curve, sum, power);
    power = add(curve, power, power);
  }
  return sum;
}
