// Sections of a module's binary format (WebAssembly Core Specification §5.5).

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const CODE_SECTION = 10;

interface Unsigned {
  value: number;
  /** Offset of the first byte after it. */
  end: number;
}

/** The bodies of all functions. */
export function codeSection(wasm: Uint8Array): Uint8Array {
  return sectionOf(wasm, CODE_SECTION);
}

/** Pages of the module's only memory; `maximum` is null when it may grow without bound. */
export function memoryLimits(wasm: Uint8Array): { initial: number; maximum: number | null } {
  const section = sectionOf(wasm, MEMORY_SECTION);
  const count = readUnsigned(section, 0);
  if (count.value !== 1) throw new Error(`expected one memory, found ${count.value}`);
  const flags = readUnsigned(section, count.end);
  const initial = readUnsigned(section, flags.end);
  const hasMaximum = (flags.value & 1) === 1;
  return {
    initial: initial.value,
    maximum: hasMaximum ? readUnsigned(section, initial.end).value : null,
  };
}

function sectionOf(wasm: Uint8Array, id: number): Uint8Array {
  let at = HEADER_BYTES;
  while (at < wasm.length) {
    const size = readUnsigned(wasm, at + 1);
    if (wasm[at] === id) return wasm.subarray(size.end, size.end + size.value);
    at = size.end + size.value;
  }
  throw new Error(`the module has no section ${id}`);
}

/** LEB128 of at most 32 bits (§5.2.2). */
function readUnsigned(bytes: Uint8Array, offset: number): Unsigned {
  let value = 0;
  for (let index = 0; index < 5; index++) {
    const byte = bytes[offset + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: offset + index + 1 };
  }
  throw new Error(`no number at byte ${offset}`);
}
