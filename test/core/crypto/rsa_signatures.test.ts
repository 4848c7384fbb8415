// RSA signatures: those of node:crypto, and encodings that are almost right, by keys made here.

import { describe, expect, test } from "vitest";

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
import { core, fromBigEndian, prepareToStay, probe, shortest } from "./rsa_exports.ts";
import { digestOf, makeKey } from "./rsa_keys.ts";

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
