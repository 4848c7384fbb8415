// The little of protobuf that Envoy's foreign functions speak: strings, bytes, varints.
// https://protobuf.dev/programming-guides/encoding/

import { concatBytes } from "./latin1.ts";

export type FieldValue = Uint8Array | bigint;

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;
const WIRE_FIXED32 = 5;
const VARINT_MAX_BYTES = 10;

/** Field number to value; the last one wins. Null when the message does not parse. */
export function parseMessage(bytes: Uint8Array): Map<number, FieldValue> | null {
  const fields = new Map<number, FieldValue>();
  let position = 0;

  function varint(): bigint | null {
    let value = 0n;
    for (let index = 0; index < VARINT_MAX_BYTES; index++) {
      const byte = bytes[position++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return null;
  }

  while (position < bytes.length) {
    const tag = varint();
    if (tag === null || tag >> 3n === 0n || tag >> 32n !== 0n) return null;
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (wire === WIRE_VARINT) {
      const value = varint();
      if (value === null) return null;
      fields.set(number, value);
      continue;
    }
    const length = wire === WIRE_BYTES ? varint() : fixedLength(wire);
    if (length === null || BigInt(position) + length > BigInt(bytes.length)) return null;
    const end = position + Number(length);
    if (wire === WIRE_BYTES) fields.set(number, bytes.slice(position, end));
    position = end;
  }
  return fields;
}

function fixedLength(wire: number): bigint | null {
  if (wire === WIRE_FIXED64) return 8n;
  return wire === WIRE_FIXED32 ? 4n : null;
}

/** The bytes of a field, empty when absent or of another wire type. */
export function bytesField(fields: Map<number, FieldValue>, number: number): Uint8Array {
  const value = fields.get(number);
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** Writes the fields in order; proto3 leaves out empty and zero values. */
export function encodeMessage(fields: readonly (readonly [number, FieldValue])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [number, value] of fields) {
    if (typeof value === "bigint") {
      if (value !== 0n) parts.push(varintBytes(BigInt(number << 3)), varintBytes(value));
    } else if (value.length > 0) {
      const tag = varintBytes(BigInt((number << 3) | WIRE_BYTES));
      parts.push(tag, varintBytes(BigInt(value.length)), value);
    }
  }
  return concatBytes(parts);
}

function varintBytes(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
