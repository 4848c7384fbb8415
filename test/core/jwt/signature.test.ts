// Signatures on their way to the verifier, and what comes back: DER and protobuf.

import { generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { core, KeyType, probe, putFields, putText } from "./exports.ts";

/** The curves, in the order of their numbers; orders of SP 800-186 §3.2.1. */
const CURVES = [
  {
    name: "P-256",
    hash: "sha256",
    len: 32,
    order: BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  },
  {
    name: "P-384",
    hash: "sha384",
    len: 48,
    order: BigInt(
      "0xffffffffffffffffffffffffffffffffffffffffffffffff" +
        "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    ),
  },
  {
    name: "P-521",
    hash: "sha512",
    len: 66,
    order: BigInt(
      "0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
        "a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    ),
  },
];

function der(curve: number, signature: Uint8Array): Buffer | null {
  probe.reset();
  const target = probe.room(160);
  const length = core.jwtEcdsaDer(target, curve, probe.put(signature), signature.length);
  return length < 0 ? null : Buffer.from(probe.bytes(target, length));
}

/** SEQUENCE { INTEGER, INTEGER } by the book. */
function derByTheBook(r: bigint, s: bigint): Buffer {
  const integer = (value: bigint): Buffer => {
    const hex = value.toString(16);
    const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex");
    const signed = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
    return Buffer.concat([Buffer.of(2, signed.length), signed]);
  };
  const content = Buffer.concat([integer(r), integer(s)]);
  const long = content.length < 0x80 ? [] : [0x81];
  return Buffer.concat([Buffer.of(0x30, ...long, content.length), content]);
}

describe.each(CURVES)("ECDSA signatures on $name", ({ name, hash, len, order }) => {
  const curve = CURVES.findIndex((each) => each.name === name);
  const number = (value: bigint): Buffer =>
    Buffer.from(value.toString(16).padStart(2 * len, "0"), "hex");

  test("r || s becomes the DER that verifies", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: name });
    for (let round = 0; round < 50; round++) {
      const text = Buffer.from(`text ${round}`);
      const raw = sign(hash, text, { key: privateKey, dsaEncoding: "ieee-p1363" });
      const encoded = der(curve, raw);
      expect(encoded).not.toBeNull();
      expect(verify(hash, text, publicKey, encoded ?? Buffer.alloc(0))).toBe(true);
    }
  });

  test("every pair in range is encoded in the fewest bytes", () => {
    const scalar = fc.bigInt({ min: 1n, max: order - 1n });
    const small = fc.bigInt({ min: 1n, max: 70000n });
    const scalars = fc.oneof(scalar, small);
    fc.assert(
      fc.property(scalars, scalars, (r, s) => {
        expect(der(curve, Buffer.concat([number(r), number(s)]))).toEqual(derByTheBook(r, s));
      }),
      { numRuns: 500 },
    );
  });

  test("numbers out of range are refused, in both places (CVE-2022-21449)", () => {
    const good = number(1n);
    for (const bad of [0n, order, order + 1n, (1n << BigInt(8 * len)) - 1n]) {
      expect(der(curve, Buffer.concat([number(bad), good]))).toBeNull();
      expect(der(curve, Buffer.concat([good, number(bad)]))).toBeNull();
      expect(der(curve, Buffer.concat([number(bad), number(bad)]))).toBeNull();
    }
    const largest = number(order - 1n);
    expect(der(curve, Buffer.concat([largest, largest]))).not.toBeNull();
  });

  test("every other length is refused, DER among them", () => {
    for (let length = 0; length < 200; length++) {
      expect(der(curve, Buffer.alloc(length, 1)) !== null).toBe(length === 2 * len);
    }
  });
});

describe("writeSignature", () => {
  function write(keyType: number, expectedLen: number, signature: Uint8Array): string | null {
    probe.reset();
    const target = probe.room(512);
    const ptr = probe.put(signature);
    const length = core.jwtWriteSignature(keyType, expectedLen, ptr, signature.length, target);
    return length < 0 ? null : Buffer.from(probe.bytes(target, length)).toString("hex");
  }

  test("RSA signatures are as long as the modulus and handed on as they are", () => {
    const signature = Buffer.alloc(256, 0xab);
    expect(write(KeyType.RSA, 256, signature)).toBe(signature.toString("hex"));
    for (const length of [0, 1, 255, 257, 512]) {
      expect(write(KeyType.RSA, 256, Buffer.alloc(length))).toBeNull();
    }
    expect(write(KeyType.RSA, 6000, Buffer.alloc(6000))).toBeNull();
  });

  test("ECDSA signatures become DER", () => {
    expect(write(KeyType.EC_P256, 64, Buffer.alloc(64, 1))).toMatch(/^3044/);
    expect(write(KeyType.EC_P256, 64, Buffer.alloc(64, 0))).toBeNull();
    expect(write(KeyType.EC_P384, 96, Buffer.alloc(96, 1))).toMatch(/^3064/);
    expect(write(KeyType.EC_P521, 132, Buffer.alloc(132, 1))).toMatch(/^308188/);
  });
});

describe("VerifySignatureArguments", () => {
  test("is what a protobuf reader expects", () => {
    for (const textLength of [0, 1, 127, 128, 300, 8000, 20000]) {
      probe.reset();
      const parts = [Buffer.alloc(91, 1), Buffer.alloc(72, 2), Buffer.alloc(textLength, 3)];
      const fields = parts.flatMap((part) => [probe.put(part), part.length]);
      const message = putFields(putText("sha256"), ...fields);
      const lenMax = core.jwtVerifyArgumentsLenMax(message);
      const target = probe.room(lenMax);
      const length = core.jwtWriteVerifyArguments(message, target);
      expect(length).toBeLessThanOrEqual(lenMax);
      const read = readFields(Buffer.from(probe.bytes(target, length)));
      expect(read.map(([field]) => field)).toEqual([1, 2, 3, 4]);
      expect(read[0]?.[1].toString()).toBe("sha256");
      expect(read.slice(1).map(([, content]) => content)).toEqual(parts);
    }
  });

  function readFields(message: Buffer): [field: number, content: Buffer][] {
    const fields: [number, Buffer][] = [];
    for (let at = 0; at < message.length;) {
      const tag = message[at++] ?? 0;
      expect(tag & 7).toBe(2);
      let length = 0;
      for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
        byte = message[at++] ?? 0;
        length |= (byte & 0x7f) << shift;
      }
      fields.push([tag >> 3, message.subarray(at, at + length)]);
      at += length;
    }
    return fields;
  }
});

describe("VerifySignatureResult", () => {
  const [MALFORMED, REFUSED, VERIFIED] = [0, 1, 2];
  const cases: [name: string, hex: string, result: number][] = [
    ["nothing: result is false", "", REFUSED],
    ["result true", "0801", VERIFIED],
    ["result false", "0800", REFUSED],
    ["result true, error text", "08011203616263", VERIFIED],
    ["error text alone", "1203616263", REFUSED],
    ["error text in front", "12036162630801", VERIFIED],
    ["result twice: the last counts", "08010800", REFUSED],
    ["result as any number but 0", "08ffffffffffffffffff01", VERIFIED],
    ["fields that are not ours", "189601213132333435363738251234567808011a00", VERIFIED],
    ["field 1 of another wire type", "0a0101", REFUSED],
    ["field 17, whose tag ends like ours", "880101", REFUSED],
    ["a tag alone", "08", MALFORMED],
    ["a varint without end", "08ffffffffffffffffffffff01", MALFORMED],
    ["a text that is longer than the message", "12046162", MALFORMED],
    ["a text of 2^63 bytes", "12ffffffffffffffff7f61", MALFORMED],
    ["a short fixed64", "2131", MALFORMED],
    ["a short fixed32", "2531", MALFORMED],
    ["a group", "0b0801", MALFORMED],
    ["wire type 7", "0f", MALFORMED],
    ["not protobuf", "66616c7365", MALFORMED],
  ];
  test.each(cases)("%s", (_, hex, result) => {
    probe.reset();
    const bytes = Buffer.from(hex, "hex");
    expect(core.jwtReadVerifyResult(probe.put(bytes), bytes.length)).toBe(result);
  });

  test("any bytes are judged without a trap", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        probe.reset();
        expect([MALFORMED, REFUSED, VERIFIED]).toContain(
          core.jwtReadVerifyResult(probe.put(bytes), bytes.length),
        );
      }),
      { numRuns: 2000 },
    );
  });
});
