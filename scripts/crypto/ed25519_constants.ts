// Makes the constants of edwards25519 (RFC 8032 §5.1), computed from p, d and the base point.

import { modulusRecord } from "./modulus.ts";

const P = 2n ** 255n - 19n;
/** What the order of the base point, L = 2^252 + ORDER_TAIL, is more than a power of 2. */
const ORDER_TAIL = 27742317777372353535851937790883648493n;
const D = modP(-121665n * inverse(121666n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

function modP(value: bigint): bigint {
  return ((value % P) + P) % P;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = modP(result * square);
    square = modP(square * square);
  }
  return result;
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n);
}

/** A square root modulo p = 5 mod 8 (RFC 8032 §5.1.3). */
function root(value: bigint): bigint {
  const candidate = power(value, (P + 3n) / 8n);
  return modP(candidate * candidate) === value ? candidate : modP(candidate * ROOT_OF_MINUS_ONE);
}

/**
 * The y of the points whose order divides 8: one of 1, one of 2, two of 4 with y = 0, four of 8.
 */
function smallOrderY(): bigint[] {
  // Order 8 doubles to y = 0, so y^2 = -x^2; with the curve's equation d y^4 + 2 y^2 - 1 = 0.
  const discriminant = root(modP(1n + D));
  const squares = [-1n + discriminant, -1n - discriminant].map((value) => modP(value * inverse(D)));
  const square = squares.find((value) => power(value, (P - 1n) / 2n) === 1n) ?? 0n;
  return [0n, 1n, P - 1n, root(square), P - root(square)];
}

/** An element pair with the value in both lanes. */
function pair(value: bigint): string {
  const limbs = limbsOf(value, 29n, 9).flatMap((limb) => [limb, limb, 0, 0]);
  return `memory.data<i32>([${limbs.join(", ")}], 16)`;
}

function limbsOf(value: bigint, radixBits: bigint, count: number): number[] {
  return Array.from({ length: count }, (_, limb) =>
    Number(BigInt.asUintN(Number(radixBits), value >> (radixBits * BigInt(limb)))),
  );
}

function wordsOf(value: bigint): string[] {
  return [0n, 64n, 128n, 192n].map(
    (bit) =>
      `0x${BigInt.asUintN(64, value >> bit)
        .toString(16)
        .padStart(16, "0")}`,
  );
}

/** The text of generated/ed25519_constants.ts. */
export function makeEd25519Constants(): string {
  const half = inverse(2n);
  const neutral = [half, half, 0n].flatMap((value) => limbsOf(value, 29n, 9)).concat([0]);
  const baseY = modP(4n * inverse(5n));
  return `
// Constants of edwards25519 (RFC 8032 §5.1), computed by scripts/crypto/ed25519_constants.ts. An
// element pair is laid out as field25519.ts says.

/** p = 2^255 - 19, as inverse.ts takes it. */
export const PRIME: usize = memory.data<u32>([${modulusRecord(P).join(", ")}], 16);

/** 1, both lanes. */
export const ONE: usize = ${pair(1n)};
/** d = -121665 / 121666. */
export const CURVE_D: usize = ${pair(D)};
/** 2 d. */
export const TWICE_D: usize = ${pair((2n * D) % P)};
/** 4 d. */
export const FOUR_TIMES_D: usize = ${pair((4n * D) % P)};
/** 2^((p - 1) / 4). */
export const ROOT_OF_MINUS_ONE: usize = ${pair(ROOT_OF_MINUS_ONE)};

/** The table entry of the neutral element (0, 1): 1/2, 1/2, 0. */
export const NEUTRAL_ENTRY: usize = memory.data<i32>([${neutral.join(", ")}], 16);

/** The encoding of the base point's negative: y = 4/5 and an odd x. */
export const MINUS_BASE: usize = memory.data<u64>([
  ${wordsOf(baseY | (1n << 255n)).join(", ")}
], 16);

/** L = 2^252 + 27742317777372353535851937790883648493, the base point's order. */
export const ORDER: usize = memory.data<u64>([
  ${wordsOf(2n ** 252n + ORDER_TAIL).join(", ")}
], 16);
/** L - 2^252 in limbs of 28 bits. */
export const ORDER_TAIL: usize = memory.data<u32>([${limbsOf(ORDER_TAIL, 28n, 5).join(", ")}], 16);

/** The y of the eight points whose order divides 8, each 4 words. */
export const SMALL_ORDER_COUNT: u32 = ${smallOrderY().length};
export const SMALL_ORDER_Y: usize = memory.data<u64>([
  ${smallOrderY().flatMap(wordsOf).join(", ")}
], 16);
`;
}
