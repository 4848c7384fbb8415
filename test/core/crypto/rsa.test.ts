// RSA: powers against BigInt, keys that are refused, signatures of node:crypto, and encodings that
// are almost right, signed by keys made here.

import { describe, expect, test } from "vitest";

import { randomNumbers, SEED } from "../../support/big_numbers.ts";
import {
  digestInfo,
  encodePkcs1,
  encodePss,
  flipped,
  HASHES,
  padPkcs1,
  withByte,
} from "./rsa_encodings.ts";
import type { HashRow, PssFault } from "./rsa_encodings.ts";
import {
  bigEndian,
  core,
  fromBigEndian,
  isGuarded,
  power,
  prepare,
  prepareNumbers,
  prepareToStay,
  probe,
  raise,
  shortest,
} from "./rsa_exports.ts";
import { digestOf, makeKey } from "./rsa_keys.ts";

// 440 bytes are the longest with limbs of 28 bits.
const LENGTHS = [256, 257, 263, 375, 384, 385, 433, 434, 440, 441, 511, 512];
const RADIX_BITS = (length: number): number => (length <= 440 ? 28 : 27);
const random = randomNumbers(SEED);
const randomOdd = (bits: number): bigint => random(bits) | (1n << BigInt(bits - 1)) | 1n;

const EXPONENTS = [3n, 5n, 17n, 65537n, 2n ** 32n - 1n, randomOdd(25)];

/** Moduli of a length in bytes, with what is special about them. */
function moduliOf(length: number): [string, bigint][] {
  const bits = BigInt(8 * length);
  const tile = BigInt(8 * RADIX_BITS(length));
  return [
    ["all ones", 2n ** bits - 1n],
    ["2^(8 k - 1) + 1", 2n ** (bits - 1n) + 1n],
    // Such an N gives N'' full limbs, too.
    ["ones above a tile", 2n ** bits - 2n ** tile + 1n],
    ["random", randomOdd(8 * length)],
    ...(length > 256 ? ([["the fewest bits", randomOdd(8 * length - 7)]] as const) : []),
  ].map(([name, modulus]) => [String(name), BigInt(modulus)]);
}

/** The number whose Montgomery form is a value: value R^-1, R a power of 2. */
function unformed(value: bigint, modulus: bigint, length: number): bigint {
  const limbBits = RADIX_BITS(length);
  const tiles = Math.ceil(Math.ceil((8 * length + 6) / limbBits) / 8);
  let result = value;
  for (let bit = 0; bit < 8 * tiles * limbBits; bit++) {
    result = (result + ((result & 1n) === 0n ? 0n : modulus)) >> 1n;
  }
  return result;
}

function basesOf(modulus: bigint, length: number): bigint[] {
  const bits = 8 * length;
  return [
    0n,
    1n,
    modulus - 1n,
    (2n ** BigInt(bits) - 1n) % modulus,
    random(bits) % modulus,
    unformed(modulus - 1n, modulus, length),
    unformed(modulus - 2n, modulus, length),
  ];
}

describe.each(LENGTHS)(`a power modulo %d bytes, seed ${SEED}`, (length) => {
  test.each(moduliOf(length))("is right for a modulus of %s", (_, modulus) => {
    const bases = basesOf(modulus, length);
    for (const exponent of EXPONENTS) {
      probe.reset();
      const key = prepareNumbers(modulus, exponent);
      expect(key).not.toBe(0);
      for (const base of bases) {
        const found = raise(key, bigEndian(base, length));
        const isRight = found === power(base, exponent, modulus);
        expect(isRight, `${base}^${exponent} mod ${modulus}`).toBe(true);
      }
      expect(isGuarded(key, length)).toBe(true);
    }
  });

  test("is refused of a number that is not below the modulus", () => {
    for (const [, modulus] of moduliOf(length)) {
      probe.reset();
      const key = prepareNumbers(modulus, 65537n);
      const top = 2n ** BigInt(8 * length) - 1n;
      for (const base of [modulus, modulus + 1n, modulus + 2n ** 200n, top]) {
        if (base > top) continue;
        expect(raise(key, bigEndian(base, length))).toBeUndefined();
      }
    }
  });

  test("is refused of a number of another length", () => {
    const key = prepareNumbers(randomOdd(8 * length), 3n);
    for (const other of [0, 1, length - 1, length + 1, 2 * length]) {
      expect(raise(key, new Uint8Array(other))).toBeUndefined();
    }
  });
});

test("keys of all lengths follow each other in any order", () => {
  const rows = [...LENGTHS, ...LENGTHS].map((length, index) => {
    // Dense and sparse ones: both leave and meet limbs of the other.
    const bits = 8 * length;
    const modulus = index < LENGTHS.length ? 2n ** BigInt(bits) - 1n : randomOdd(bits);
    const base = index < LENGTHS.length ? 2n : random(bits) % modulus;
    return { modulus, bytes: bigEndian(base, length), right: power(base, 17n, modulus) };
  });
  for (const first of rows) {
    for (const second of rows) {
      probe.reset();
      const early = prepareNumbers(second.modulus, 17n);
      const key = prepareNumbers(first.modulus, 17n);
      expect(raise(key, first.bytes) === first.right).toBe(true);
      expect(raise(early, second.bytes) === second.right).toBe(true);
      const late = prepareNumbers(second.modulus, 17n);
      expect(raise(late, second.bytes) === second.right).toBe(true);
      expect(raise(key, first.bytes) === first.right).toBe(true);
    }
  }
});

describe("preparing a key", () => {
  const n = shortest(randomOdd(2048));
  const e = Uint8Array.of(1, 0, 1);
  const takes = (modulus: Uint8Array, exponent: Uint8Array): boolean => {
    probe.reset();
    return prepare(modulus, exponent) !== 0;
  };

  test("takes every length from 256 to 512 bytes, in a multiple of 16 bytes", () => {
    for (let length = 0; length <= 600; length++) {
      const isTaken = length >= 256 && length <= 512;
      const bytes = core.rsaKeyBytes(length);
      expect(bytes % 16 === 0 && bytes > 0 === isTaken, `${length} bytes`).toBe(true);
      if (length > 0) expect(takes(new Uint8Array(length).fill(0xff), e)).toBe(isTaken);
    }
    expect(core.rsaKeyBytes(-1)).toBe(0);
    expect(core.rsaKeyBytes(-(2 ** 31))).toBe(0);
  });

  test.each([
    ["without bytes", new Uint8Array(0)],
    ["that is even", shortest(randomOdd(2048) - 1n)],
    ["of 2047 bits", shortest(randomOdd(2047))],
    ["of 255 bytes", shortest(randomOdd(2040))],
    ["of 513 bytes", shortest(randomOdd(4097))],
    ["of 257 bytes, the first 0", bigEndian(fromBigEndian(n), 257)],
    ["of 512 bytes, the first 0", bigEndian(randomOdd(4088), 512)],
    ["of zeros", new Uint8Array(256)],
  ])("refuses a modulus %s", (_, modulus) => {
    expect(takes(modulus, e)).toBe(false);
  });

  test.each([
    [[]],
    [[0]],
    [[1]],
    [[2]],
    [[4]],
    [[1, 0, 0]],
    [[0, 3]],
    [[0, 1, 0, 1]],
    [[0, 1]],
    [[255, 255, 255, 254]],
    [[1, 0, 0, 0, 1]],
    [[0, 0, 1, 0, 1]],
    [[1, 0, 0, 0, 0, 0, 0, 0, 3]],
  ])("refuses the exponent of bytes %j", (exponent) => {
    expect(takes(n, Uint8Array.from(exponent))).toBe(false);
  });

  test("takes odd exponents from 3 to 2^32 - 1", () => {
    for (const exponent of EXPONENTS) expect(takes(n, shortest(exponent))).toBe(true);
  });
});

const MESSAGE = Buffer.from("a message");
const KEYS = [2048, 2049, 2056, 3072].map((bits) => {
  const key = makeKey(bits);
  return { ...key, prepared: prepareToStay(key.n, key.e) };
});
type PreparedKey = (typeof KEYS)[number];
const KEYS_AND_HASHES = KEYS.flatMap((key) =>
  HASHES.map((row) => ({ key, row, bits: key.bits, name: row.name })),
);

type Verify = (key: PreparedKey, row: HashRow, signature: Uint8Array) => boolean;

const verifyBy =
  (scheme: "verifyRsaPkcs1" | "verifyRsaPss"): Verify =>
  (key, row, signature) => {
    probe.reset();
    const digest = probe.put(digestOf(row, MESSAGE));
    const ptr = probe.put(signature);
    return core[scheme](key.prepared, row.hash, digest, ptr, signature.length) !== 0;
  };
const isPkcs1Signature = verifyBy("verifyRsaPkcs1");
const isPssSignature = verifyBy("verifyRsaPss");

function refusesOthers(verify: Verify, key: PreparedKey, row: HashRow, right: Uint8Array): void {
  for (let length = 0; length < right.length; length++) {
    expect(verify(key, row, right.subarray(0, length)), `first ${length}`).toBe(false);
    expect(verify(key, row, right.subarray(-length - 1).subarray(1))).toBe(false);
  }
  expect(verify(key, row, Buffer.concat([right, Buffer.alloc(1)]))).toBe(false);
  expect(verify(key, row, Buffer.concat([Buffer.alloc(1), right]))).toBe(false);
  for (let bit = 0; bit < 8 * right.length; bit += 61) {
    expect(verify(key, row, flipped(right, bit)), `bit ${bit}`).toBe(false);
  }
  const again = fromBigEndian(right) + key.n;
  expect(verify(key, row, shortest(again))).toBe(false);
  for (const other of HASHES.filter(({ hash }) => hash !== row.hash)) {
    expect(verify(key, other, right)).toBe(false);
  }
}

describe.each(KEYS_AND_HASHES)("PKCS #1 v1.5 by $bits bits with $name", ({ key, row }) => {
  const digest = digestOf(row, MESSAGE);
  const info = digestInfo(row, digest);
  const right = encodePkcs1(row, digest, key.length);
  const takes = (encoded: Uint8Array): boolean =>
    isPkcs1Signature(key, row, key.signEncoded(encoded));

  test("takes what node:crypto signs, and no other bytes", () => {
    const signature = key.signPkcs1(row, MESSAGE);
    expect(isPkcs1Signature(key, row, signature)).toBe(true);
    expect(isPssSignature(key, row, signature)).toBe(false);
    refusesOthers(isPkcs1Signature, key, row, signature);
  });

  test("takes the right encoding", () => {
    expect(takes(right)).toBe(true);
  });

  test.each<[string, Uint8Array]>([
    ["garbage behind the digest", Buffer.concat([padPkcs1(info, 256 - 64), Buffer.alloc(64, 7)])],
    ["eight bytes of padding", Buffer.concat([padPkcs1(info, 11 + info.length), right])],
    ["garbage in the parameters", padPkcs1(digestInfo(row, digest, Buffer.alloc(40, 7)), 256)],
    ["no NULL", padPkcs1(digestInfo(row, digest, Buffer.alloc(0)), key.length)],
    ["one FF less", Buffer.concat([padPkcs1(info, key.length - 1), Buffer.alloc(1)])],
    ["one FF less in front", Buffer.concat([Buffer.alloc(1), padPkcs1(info, key.length - 1)])],
    ["the digest alone", padPkcs1(digest, key.length)],
    ["nothing but padding", padPkcs1(Buffer.alloc(0), key.length)],
    ["another hash's name", padPkcs1(digestInfo({ ...row, arc: 4 }, digest), key.length)],
    ["another digest", padPkcs1(digestInfo(row, digestOf(row, digest)), key.length)],
    ["00 02", withByte(right, 1, 2)],
    ["00 00", withByte(right, 1, 0)],
    ["a padding byte of FE", withByte(right, 60, 0xfe)],
    ["01 behind the padding", withByte(right, -info.length - 1, 1)],
    ["zeros", Buffer.alloc(key.length)],
  ])("refuses %s", (_, encoded) => {
    const whole = Buffer.concat([encoded, Buffer.alloc(key.length, 7)]).subarray(0, key.length);
    expect(takes(whole)).toBe(false);
  });
});

describe.each(KEYS_AND_HASHES)("PSS by $bits bits with $name", ({ key, row }) => {
  const digest = digestOf(row, MESSAGE);
  const encode = (fault: PssFault, turn = 0): Buffer =>
    encodePss(row, digest, key.bits, turn, fault);
  const takes = (encoded: Uint8Array): boolean =>
    isPssSignature(key, row, key.signEncoded(encoded));

  test("takes what node:crypto signs, and no other bytes", () => {
    const signature = key.signPss(row, MESSAGE);
    expect(isPssSignature(key, row, signature)).toBe(true);
    expect(isPkcs1Signature(key, row, signature)).toBe(false);
    refusesOthers(isPssSignature, key, row, signature);
  });

  test("takes the right encoding with any salt", () => {
    for (let turn = 0; turn < 10; turn++) expect(takes(encode({}, turn))).toBe(true);
  });

  test.each<[string, PssFault]>([
    ["no salt", { saltLen: 0 }],
    ["a salt one shorter", { saltLen: row.digestLen - 1 }],
    ["a salt one longer", { saltLen: row.digestLen + 1 }],
    ["a salt of 20 bytes", { saltLen: 20 }],
    ["another trailer", { trailer: 0xbd }],
    ["the trailer of another hash", { trailer: 0xcc }],
    ["0 in front of the salt", { separator: 0 }],
    ["2 in front of the salt", { separator: 2 }],
    ["81 in front of the salt", { separator: 0x81 }],
    ["a 1 first in the padding", { filled: "first" }],
    ["a 1 last in the padding", { filled: "last" }],
    ["a mask of SHA-1", { maskHash: "sha1" }],
  ])("refuses %s", (_, fault) => {
    expect(takes(encode(fault))).toBe(false);
  });

  test("refuses the bit above the encoding", () => {
    // Both primes have their two top bits: the modulus is 9/8 of that bit or more.
    const raised = Array.from({ length: 200 }, (_, turn) => {
      return flipped(encode({}, turn), (key.bits - 1) & 7);
    }).find((encoded) => fromBigEndian(encoded) < key.n);
    expect(raised).toBeDefined();
    if (raised !== undefined) expect(takes(raised)).toBe(false);
  });
});

describe.each(HASHES)("an encoding with $name", (row) => {
  const digest = digestOf(row, MESSAGE);
  // isPss writes where it reads.
  const isPss = (encoded: Uint8Array, bits: number): boolean => {
    probe.reset();
    const ptr = probe.put(encoded);
    return core.rsaIsPss(ptr, encoded.length, bits, row.hash, probe.put(digest)) !== 0;
  };
  const isPkcs1 = (encoded: Uint8Array): boolean => {
    probe.reset();
    const ptr = probe.put(encoded);
    return core.rsaIsPkcs1(ptr, encoded.length, row.hash, probe.put(digest)) !== 0;
  };

  function expectAllBits(right: Uint8Array, isRight: (encoded: Uint8Array) => boolean): void {
    expect(isRight(right)).toBe(true);
    for (let bit = 0; bit < 8 * right.length; bit++) {
      if (isRight(flipped(right, bit))) expect(`bit ${bit}`).toBe("seen");
    }
  }

  test.each([2048, 2049, 2050, 2055, 2056, 2057, 4096])(
    "of PSS, %d bits, has no free bit",
    (bits) => {
      expectAllBits(encodePss(row, digest, bits), (encoded) => isPss(encoded, bits));
    },
  );

  test.each([256, 257, 512])("of PKCS #1, %d bytes, has no free bit", (length) => {
    expectAllBits(encodePkcs1(row, digest, length), isPkcs1);
  });
});
