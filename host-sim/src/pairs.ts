// The wire form of header maps: u32 count, then a (name length, value length) pair per entry, then
// `name NUL value NUL` per entry; little endian. Source: proxy-wasm-cpp-host src/pairs_util.cc.

import { latin1, writeLatin1 } from "./latin1.ts";
import type { HeaderList } from "./api.ts";

/** Decoder limits, proxy-wasm-cpp-host limits.h; the encoder has none. */
export const PAIRS_MAX_BYTES = 1024 * 1024;
export const PAIRS_MAX_COUNT = 1024;

const COUNT_BYTES = 4;
const LENGTHS_BYTES = 8;

/** Bytes that `writePairs` needs. */
export function pairsSize(names: readonly string[], values: readonly string[]): number {
  let size = COUNT_BYTES + names.length * (LENGTHS_BYTES + 2);
  for (const name of names) size += name.length;
  for (const value of values) size += value.length;
  return size;
}

/** Writes the map at `offset`; the target must have `pairsSize` bytes there. */
export function writePairs(
  names: readonly string[],
  values: readonly string[],
  target: Uint8Array,
  offset: number,
): void {
  const view = new DataView(target.buffer, target.byteOffset);
  view.setUint32(offset, names.length, true);
  let lengths = offset + COUNT_BYTES;
  let position = lengths + names.length * LENGTHS_BYTES;
  for (let index = 0; index < names.length; index++) {
    const name = names[index] ?? "";
    const value = values[index] ?? "";
    view.setUint32(lengths, name.length, true);
    view.setUint32(lengths + 4, value.length, true);
    lengths += LENGTHS_BYTES;
    writeLatin1(name, target, position);
    position += name.length;
    target[position++] = 0;
    writeLatin1(value, target, position);
    position += value.length;
    target[position++] = 0;
  }
}

export function encodePairs(list: HeaderList): Uint8Array {
  const names = list.map(([name]) => name);
  const values = list.map(([, value]) => value);
  const bytes = new Uint8Array(pairsSize(names, values));
  writePairs(names, values, bytes, 0);
  return bytes;
}

/** The pairs, or an empty list for anything malformed or over a limit: Envoy raises no error. */
export function decodePairs(bytes: Uint8Array): HeaderList {
  if (bytes.length > PAIRS_MAX_BYTES || bytes.length < COUNT_BYTES) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(0, true);
  if (count > PAIRS_MAX_COUNT) return [];
  let position = COUNT_BYTES + count * LENGTHS_BYTES;
  if (position > bytes.length) return [];
  const list: HeaderList = [];
  for (let index = 0; index < count; index++) {
    const lengths = COUNT_BYTES + index * LENGTHS_BYTES;
    const nameEnd = position + view.getUint32(lengths, true);
    if (nameEnd + 1 > bytes.length || bytes[nameEnd] !== 0) return [];
    const valueEnd = nameEnd + 1 + view.getUint32(lengths + 4, true);
    if (valueEnd + 1 > bytes.length || bytes[valueEnd] !== 0) return [];
    list.push([
      latin1(bytes.subarray(position, nameEnd)),
      latin1(bytes.subarray(nameEnd + 1, valueEnd)),
    ]);
    position = valueEnd + 1;
  }
  return position === bytes.length ? list : [];
}
