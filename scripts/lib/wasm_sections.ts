// Sections of a module's binary format (WebAssembly Core Specification §5.5).

/** Magic number and version (§5.5.16). */
export const HEADER_BYTES = 8;

export const SectionId = { custom: 0, import: 2, memory: 5, code: 10 } as const;

export interface Section {
  id: number;
  /** Offset of its id. */
  start: number;
  /** Offset of its contents. */
  body: number;
  end: number;
}

interface Unsigned {
  value: number;
  /** Offset of the first byte after it. */
  end: number;
}

/** The bodies of all functions. */
export function codeSection(wasm: Uint8Array): Uint8Array {
  const { body, end } = findSection(wasm, SectionId.code);
  return wasm.subarray(body, end);
}

/** Pages of the module's only memory; `maximum` is null when it may grow without bound. */
export function memoryLimits(wasm: Uint8Array): { initial: number; maximum: number | null } {
  const { body } = findSection(wasm, SectionId.memory);
  const count = readUnsigned(wasm, body);
  if (count.value !== 1) throw new Error(`expected one memory, found ${count.value}`);
  const flags = readUnsigned(wasm, count.end);
  const initial = readUnsigned(wasm, flags.end);
  const hasMaximum = (flags.value & 1) === 1;
  return {
    initial: initial.value,
    maximum: hasMaximum ? readUnsigned(wasm, initial.end).value : null,
  };
}

/** The first section with that id. */
export function findSection(wasm: Uint8Array, id: number): Section {
  const found = sectionsOf(wasm).find((section) => section.id === id);
  if (found === undefined) throw new Error(`the module has no section ${id}`);
  return found;
}

/** In the order of the module. */
export function sectionsOf(wasm: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let start = HEADER_BYTES; start < wasm.length;) {
    const size = readUnsigned(wasm, start + 1);
    const end = size.end + size.value;
    sections.push({ id: wasm[start] ?? 0, start, body: size.end, end });
    start = end;
  }
  return sections;
}

/** The name of a custom section, and the offset of what follows it (§5.5.3). */
export function customSectionName(wasm: Uint8Array, { body }: Section): [string, number] {
  const length = readUnsigned(wasm, body);
  const end = length.end + length.value;
  return [Buffer.from(wasm.subarray(length.end, end)).toString(), end];
}

/** LEB128 of at most 32 bits (§5.2.2). */
export function readUnsigned(bytes: Uint8Array, offset: number): Unsigned {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: offset + index + 1 };
  }
  throw new Error(`no number at byte ${offset}`);
}

/** The shortest LEB128 of a number of at most 32 bits. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

export function encodeSection(id: number, contents: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(id, ...unsigned(contents.length)), contents]);
}

export function encodeCustomSection(name: string, contents: Uint8Array): Uint8Array {
  const encoded = Buffer.from(name);
  const length = Uint8Array.from(unsigned(encoded.length));
  return encodeSection(SectionId.custom, Buffer.concat([length, encoded, contents]));
}
