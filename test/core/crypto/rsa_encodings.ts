// What RSA signs (RFC 8017 §9), encoded right or almost right.

import { createHash } from "node:crypto";

export interface HashRow {
  /** As node:crypto knows it. */
  name: string;
  hash: number;
  digestLen: number;
  /** The last arc of its object identifier, 2.16.840.1.101.3.4.2. */
  arc: number;
}

export const HASHES: readonly HashRow[] = [
  { name: "sha256", hash: 0, digestLen: 32, arc: 1 },
  { name: "sha384", hash: 1, digestLen: 48, arc: 2 },
  { name: "sha512", hash: 2, digestLen: 64, arc: 3 },
];

const bytesOf = (...bytes: number[]): Buffer => Buffer.from(bytes);
const tagged = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([bytesOf(tag, content.length), content]);
};

const NULL = bytesOf(0x05, 0x00);

/** DigestInfo in DER, with other parameters or another hash's identifier when told. */
export function digestInfo(row: HashRow, digest: Uint8Array, parameters = NULL): Buffer {
  const oid = tagged(0x06, bytesOf(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, row.arc));
  return tagged(0x30, tagged(0x30, oid, parameters), tagged(0x04, digest));
}

/** 00 01 FF … FF 00, then `tail`, in `length` bytes. */
export function padPkcs1(tail: Uint8Array, length: number): Buffer {
  const padding = Buffer.alloc(length - tail.length - 3, 0xff);
  return Buffer.concat([bytesOf(0x00, 0x01), padding, bytesOf(0x00), tail]);
}

export function encodePkcs1(row: HashRow, digest: Uint8Array, length: number): Buffer {
  return padPkcs1(digestInfo(row, digest), length);
}

export interface PssFault {
  /** Bytes of salt; those of the hash are right. */
  saltLen?: number;
  trailer?: number;
  /** The byte in front of the salt. */
  separator?: number;
  /** A byte of the zeros in front of that, the first or the last of them. */
  filled?: "first" | "last";
  /** Hash of the mask; that of the message is right. */
  maskHash?: string;
}

function maskOf(seed: Uint8Array, length: number, name: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, done = 0; done < length; counter++) {
    const block = createHash(name)
      .update(seed)
      .update(bytesOf(0, 0, 0, counter))
      .digest();
    blocks.push(block);
    done += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** EMSA-PSS for a modulus of so many bits, as long as the modulus; `salt` is made from `turn`. */
export function encodePss(
  { name, digestLen }: HashRow,
  digest: Uint8Array,
  bits: number,
  turn = 0,
  fault: PssFault = {},
): Buffer {
  const { saltLen = digestLen, trailer = 0xbc, separator = 1, filled, maskHash = name } = fault;
  const salt = maskOf(Buffer.from(`salt ${turn}`), saltLen, "sha256");
  const h = createHash(name).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const blockLen = Math.ceil((bits - 1) / 8);
  const zeros = Buffer.alloc(blockLen - saltLen - digestLen - 2);
  if (filled !== undefined) zeros[filled === "first" ? 0 : zeros.length - 1] = 1;
  const block = Buffer.concat([zeros, bytesOf(separator), salt]);
  const mask = maskOf(h, block.length, maskHash);
  const masked = block.map((byte, at) => byte ^ (mask[at] ?? 0));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * blockLen - bits + 1));
  const front = Buffer.alloc(Math.ceil(bits / 8) - blockLen);
  return Buffer.concat([front, masked, h, bytesOf(trailer)]);
}

/** A copy with another byte at a place; a negative one counts from the end. */
export function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  return Uint8Array.from(bytes).fill(value, at, at === -1 ? bytes.length : at + 1);
}

/** A copy with a bit flipped. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const at = bit >> 3;
  return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << (bit & 7)));
}
