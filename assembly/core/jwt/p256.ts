// NIST P-256: its constants, comparison, and whether a point is on the curve (SEC 1 §2.3.4; FIPS
// 186-5; RFC 8725 §3.4). Runs at configure time for each key, so it is written to be read:
// multiplication is by doubling and adding.

/** Bytes of a field element and of a scalar. */
export const P256_BYTES: u32 = 32;

// Big-endian, as in SEC 2 §2.4.2.
const PRIME: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
  0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
]);
const CURVE_B: usize = memory.data<u8>([
  0x5a, 0xc6, 0x35, 0xd8, 0xaa, 0x3a, 0x93, 0xe7, 0xb3, 0xeb, 0xbd, 0x55, 0x76, 0x98, 0x86, 0xbc,
  0x65, 0x1d, 0x06, 0xb0, 0xcc, 0x53, 0xb0, 0xf6, 0x3b, 0xce, 0x3c, 0x3e, 0x27, 0xd2, 0x60, 0x4b,
]);
/** The order n of the base point. */
export const P256_ORDER: usize = memory.data<u8>([
  0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
]);

/** Words of 64 bits in a number of 32 bytes, most significant first. */
const WORDS: u32 = 4;

const LEFT: usize = memory.data(<i32>P256_BYTES, 8);
const RIGHT: usize = memory.data(<i32>P256_BYTES, 8);
const SUM: usize = memory.data(<i32>P256_BYTES, 8);

// @ts-ignore: decorator
@inline
function word(number: usize, index: u32): u64 {
  return bswap<u64>(load<u64>(number + 8 * index));
}

// @ts-ignore: decorator
@inline
function setWord(number: usize, index: u32, value: u64): void {
  store<u64>(number + 8 * index, bswap<u64>(value));
}

/** Whether a big-endian number of 32 bytes is 0. */
export function isZero(number: usize): bool {
  return !v128.any_true(v128.or(v128.load(number), v128.load(number, 16)));
}

/** Whether one big-endian number of 32 bytes is less than another. */
export function isBelow(a: usize, b: usize): bool {
  for (let index: u32 = 0; index < WORDS; index++) {
    const left = word(a, index);
    const right = word(b, index);
    if (left != right) return left < right;
  }
  return false;
}

/** Whether y^2 = x^3 - 3x + b, both coordinates being below p: big-endian numbers of 32 bytes. */
export function isOnP256(x: usize, y: usize): bool {
  if (!isBelow(x, PRIME) || !isBelow(y, PRIME)) return false;
  // x^3 + b = y^2 + 3x, which needs no subtraction.
  multiply(LEFT, x, x);
  multiply(LEFT, LEFT, x);
  add(LEFT, LEFT, CURVE_B);
  multiply(RIGHT, y, y);
  for (let times = 0; times < 3; times++) add(RIGHT, RIGHT, x);
  return memory.compare(LEFT, RIGHT, P256_BYTES) == 0;
}

/** target = a * b mod p, for a and b below p. `target` may be `a`. */
function multiply(target: usize, a: usize, b: usize): void {
  memory.fill(SUM, 0, P256_BYTES);
  for (let index: u32 = 0; index < WORDS; index++) {
    const bits = word(a, index);
    for (let mask: u64 = 1 << 63; mask != 0; mask >>= 1) {
      add(SUM, SUM, SUM);
      if ((bits & mask) != 0) add(SUM, SUM, b);
    }
  }
  memory.copy(target, SUM, P256_BYTES);
}

/** target = a + b mod p, for a and b below p. `target` may be either. */
function add(target: usize, a: usize, b: usize): void {
  let carry: u64 = 0;
  for (let index = WORDS; index > 0; index--) {
    const left = word(a, index - 1);
    const partial = left + word(b, index - 1);
    const sum = partial + carry;
    carry = u64(partial < left) | u64(sum < partial);
    setWord(target, index - 1, sum);
  }
  if (carry == 0 && isBelow(target, PRIME)) return;
  let borrow: u64 = 0;
  for (let index = WORDS; index > 0; index--) {
    const left = word(target, index - 1);
    const right = word(PRIME, index - 1);
    setWord(target, index - 1, left - right - borrow);
    borrow = u64(left < right) | (u64(left == right) & borrow);
  }
}
