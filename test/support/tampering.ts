// Ways to spoil a signature. Some leave it right, as n - s for s in ECDSA: who uses these asks
// node:crypto.

import type { Random } from "./random.ts";
import type { SignatureNumbers, Signer } from "./signers.ts";

export interface SignedBytes {
  message: Buffer;
  signature: Buffer;
}

type Tampering = (good: SignedBytes, signer: Signer, other: Signer, random: Random) => SignedBytes;

export const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  "a bit of the signature": (good, _signer, _other, random) => ({
    ...good,
    signature: flipBit(good.signature, random),
  }),
  "a bit of the message": (good, _signer, _other, random) => ({
    ...good,
    message: flipBit(good.message, random),
  }),
  "another key": ({ message }, _signer, other) => ({ message, signature: other.sign(message) }),
  "another algorithm": ({ message }, signer, _other, random) => ({
    message,
    signature: signer.signOtherwise(message, random.below(256)),
  }),
  "another message's signature": ({ message }, signer, _other, random) => ({
    message,
    signature: signer.sign(random.bytes(random.below(100))),
  }),
  "a shorter signature": (good, _signer, _other, random) => ({
    ...good,
    signature: shorten(good.signature, random),
  }),
  "a longer signature": (good, _signer, _other, random) => ({
    ...good,
    signature: lengthen(good.signature, random),
  }),
  "a shorter message": (good, _signer, _other, random) => ({
    ...good,
    message: shorten(good.message, random),
  }),
  "a longer message": (good, _signer, _other, random) => ({
    ...good,
    message: lengthen(good.message, random),
  }),
  "a number at an edge": (good, { numbers }, _other, random) => ({
    ...good,
    signature: replaceNumber(good.signature, numbers, random),
  }),
  "random bytes": ({ message, signature }, _signer, _other, random) => ({
    message,
    signature: random.bytes(signature.length),
  }),
};

function flipBit(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return Buffer.of(1);
  const flipped = Buffer.from(bytes);
  const place = random.below(bytes.length);
  flipped[place] = (flipped[place] ?? 0) ^ (1 << random.below(8));
  return flipped;
}

/** Without some bytes at one of its ends: mostly a few, sometimes all. */
function shorten(bytes: Buffer, random: Random): Buffer {
  const count = 1 + random.below(random.below(2) === 0 ? 3 : bytes.length);
  return random.below(2) === 0 ? bytes.subarray(count) : bytes.subarray(0, -count);
}

/** With more bytes at one of its ends: zeros, or any. */
function lengthen(bytes: Buffer, random: Random): Buffer {
  const count = 1 + random.below(random.below(4) === 0 ? 300 : 3);
  const more = random.below(2) === 0 ? Buffer.alloc(count) : random.bytes(count);
  return Buffer.concat(random.below(2) === 0 ? [more, bytes] : [bytes, more]);
}

/** One of the numbers, or all, replaced by one at which an implementation could go wrong. */
function replaceNumber(signature: Buffer, numbers: SignatureNumbers, random: Random): Buffer {
  const { count, order, moduli } = numbers;
  if (count === 0) return Buffer.alloc(signature.length, random.pick([0, 0xff]));
  const length = signature.length / count;
  const values = Array.from({ length: count }, (_, index) =>
    fromBytes(signature.subarray(index * length, (index + 1) * length), numbers),
  );
  if (count === 2 && random.below(16) === 0) values.reverse();
  else {
    const only = random.below(count + 1);
    values.forEach((value, index) => {
      if (only !== count && index !== only) return;
      const top = 2n ** BigInt(random.below(8 * length + 1));
      const edges = [order, ...moduli, top, order / 2n].flatMap((edge) => [
        edge - 1n,
        edge,
        edge + 1n,
      ]);
      values[index] = random.pick([0n, 1n, 2n, order - value, order + value, value + 1n, ...edges]);
    });
  }
  return Buffer.concat(values.map((value) => toBytes(value, length, numbers)));
}

function fromBytes(bytes: Buffer, { littleEndian }: SignatureNumbers): bigint {
  const ordered = littleEndian ? Buffer.from(bytes).reverse() : bytes;
  return BigInt(`0x${ordered.toString("hex")}`);
}

/** The lowest bytes of a number: what does not fit is cut off. */
function toBytes(value: bigint, length: number, { littleEndian }: SignatureNumbers): Buffer {
  const wrapped = BigInt.asUintN(8 * length, value);
  const bytes = Buffer.from(wrapped.toString(16).padStart(2 * length, "0"), "hex");
  return littleEndian ? bytes.reverse() : bytes;
}
