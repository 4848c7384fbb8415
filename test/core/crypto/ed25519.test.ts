// Ed25519 verification without tables and with those of every width: RFC 8032's examples,
// node:crypto, and what must be refused.

import { describe, expect, test } from "vitest";

import { fromLittleEndian, littleEndian, SEED } from "../../support/big_numbers.ts";
import {
  ALL_INVALID,
  ALL_VALID,
  allocate,
  core,
  L,
  P,
  prepare,
  prepareAll,
  probe,
  verifyAll,
  verifyCold,
  verifyNode,
} from "./ed25519_exports.ts";
import {
  isPoint,
  makeSigner,
  random,
  randomBytes,
  SIGN_BIT,
  SMALL_ORDER,
} from "./ed25519_signers.ts";
import { EXAMPLES } from "./ed25519_table.ts";

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

function withBit(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

const signer = makeSigner(randomBytes(32));
const message = randomBytes(100);
const signature = signer.sign(message);
prepareAll(signer.x);

describe("Ed25519", () => {
  test.each(EXAMPLES)("takes the example $name of RFC 8032", (example) => {
    expect(prepareAll(bytesOf(example.publicKey))).toBe(true);
    const [text, tag] = [bytesOf(example.message), bytesOf(example.signature)];
    expect(verifyAll(text, tag)).toEqual(ALL_VALID);
    expect(verifyAll(new Uint8Array([...text, 0]), tag)).toEqual(ALL_INVALID);
  });

  test(`agrees with node:crypto over many keys, seed ${SEED}`, () => {
    for (let round = 0; round < 40; round++) {
      const { x, sign: signText } = makeSigner(randomBytes(32));
      expect(prepareAll(x)).toBe(true);
      for (let turn = 0; turn < 8; turn++) {
        const text = randomBytes(Number(random(8)));
        const valid = signText(text);
        expect(verifyAll(text, valid)).toEqual(ALL_VALID);
        const invalid = withBit(valid, Number(random(9)));
        expect(verifyNode(x, text, invalid)).toBe(false);
        expect(verifyAll(text, invalid)).toEqual(ALL_INVALID);
      }
    }
  });

  test("takes messages of every length up to 300, at whatever address", () => {
    prepareAll(signer.x);
    const key = allocate(core.edKeyBytes());
    expect(prepare(signer.x, key)).toBe(true);
    for (let length = 0; length <= 300; length++) {
      const text = randomBytes(length);
      const offset = length & 15;
      probe.reset();
      const textPtr = probe.put(new Uint8Array([...randomBytes(offset), ...text])) + offset;
      const tagPtr = probe.put(new Uint8Array([0, ...signer.sign(text)])) + 1;
      expect(core.verifyEd25519(key, textPtr, length, tagPtr, 64), `length ${length}`).toBe(1);
    }
  });
});

describe("Ed25519 refuses", () => {
  test("a signature with any bit changed", () => {
    prepareAll(signer.x);
    expect(verifyAll(message, signature)).toEqual(ALL_VALID);
    for (let bit = 0; bit < 512; bit++) {
      expect(verifyCold(message, withBit(signature, bit)), `bit ${bit}`).toBe(false);
    }
    for (let bit = 3; bit < 512; bit += 37) {
      expect(verifyAll(message, withBit(signature, bit)), `bit ${bit}`).toEqual(ALL_INVALID);
    }
  });

  test("a message with any bit changed, longer or shorter", () => {
    for (let bit = 0; bit < 8 * message.length; bit++) {
      expect(verifyCold(withBit(message, bit), signature), `bit ${bit}`).toBe(false);
    }
    for (let length = 0; length < message.length; length++) {
      expect(verifyCold(message.subarray(0, length), signature)).toBe(false);
    }
    expect(verifyAll(new Uint8Array([...message, 0]), signature)).toEqual(ALL_INVALID);
  });

  test("a signature of every other length", () => {
    const longer = new Uint8Array([...signature, ...signature]);
    for (const length of Array.from({ length: 129 }, (_, index) => index)) {
      if (length === 64) continue;
      expect(verifyAll(message, longer.subarray(0, length)), `length ${length}`).toEqual(
        ALL_INVALID,
      );
    }
  });

  test("S of L and more", () => {
    const s = fromLittleEndian(signature.subarray(32));
    for (let times = 1n; s + times * L < 1n << 256n; times++) {
      const other = new Uint8Array([
        ...signature.subarray(0, 32),
        ...littleEndian(s + times * L, 32),
      ]);
      expect(verifyAll(message, other)).toEqual(ALL_INVALID);
      expect(verifyNode(signer.x, message, other)).toBe(false);
    }
  });

  test("the key with any bit changed", () => {
    for (let bit = 0; bit < 256; bit++) {
      if (prepare(withBit(signer.x, bit)))
        expect(verifyCold(message, signature), `bit ${bit}`).toBe(false);
    }
  });

  test("keys of every other length", () => {
    const longer = new Uint8Array([...signer.x, ...signer.x]);
    for (let length = 0; length <= 64; length++) {
      expect(prepare(longer.subarray(0, length)), `length ${length}`).toBe(length === 32);
    }
  });

  test("keys that are no point", () => {
    for (let round = 0; round < 300; round++) {
      const x = randomBytes(32);
      expect(prepare(x), Buffer.from(x).toString("hex")).toBe(isPoint(x));
    }
  });

  test("keys whose y is not canonical", () => {
    for (let y = P; y < SIGN_BIT; y++) {
      expect(prepare(littleEndian(y, 32)), `${y}`).toBe(false);
      expect(prepare(littleEndian(y | SIGN_BIT, 32)), `${y}`).toBe(false);
    }
    const largest = littleEndian(P - 3n, 32);
    expect(prepare(largest)).toBe(isPoint(largest));
  });

  test("keys of small order", () => {
    expect(SMALL_ORDER.length).toBeGreaterThan(14);
    for (const x of SMALL_ORDER) expect(prepare(x), Buffer.from(x).toString("hex")).toBe(false);
  });
});
