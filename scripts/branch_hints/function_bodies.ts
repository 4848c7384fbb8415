// The instructions of a module's functions, where they are in its bytes. Whatever is not known
// throws: a hint at a wrong offset would say something about another branch, and no engine objects.

import { findSection, readUnsigned, SectionId, sectionsOf } from "../lib/wasm_sections.ts";
import { Opcode, OPENS_BLOCK, PLAIN, PREFIXED } from "./immediates_table.ts";

export interface FunctionBody {
  /** In the module's index space: imported functions come first. */
  index: number;
  /** Offset of its locals: hints count from here. */
  start: number;
  /** Offset of its first instruction. */
  code: number;
  end: number;
}

export interface Instruction {
  /** The first byte: a prefix, where there is one. */
  opcode: number;
  start: number;
  end: number;
}

const FUNCTION_IMPORT = 0;
/** A number of 64 bits in LEB128 (§5.2.2). */
const NUMBER_BYTES_MAX = 10;

export function functionBodies(wasm: Uint8Array): FunctionBody[] {
  const imported = countImports(wasm);
  const section = findSection(wasm, SectionId.code);
  const count = readUnsigned(wasm, section.body);
  const bodies: FunctionBody[] = [];
  let at = count.end;
  for (let i = 0; i < count.value; i++) {
    const size = readUnsigned(wasm, at);
    at = size.end + size.value;
    const code = skipLocals(wasm, size.end);
    bodies.push({ index: imported + i, start: size.end, code, end: at });
  }
  if (at !== section.end) throw new Error(`the code section does not end at byte ${at}`);
  return bodies;
}

/** In order, to the `end` that closes the function. */
export function instructionsOf(wasm: Uint8Array, { code, end }: FunctionBody): Instruction[] {
  const instructions: Instruction[] = [];
  let depth = 1;
  let at = code;
  while (depth > 0 && at < end) {
    const opcode = wasm[at] ?? 0;
    const next = skipInstruction(wasm, at);
    instructions.push({ opcode, start: at, end: next });
    if (OPENS_BLOCK.includes(opcode)) depth++;
    else if (opcode === Opcode.end) depth--;
    at = next;
  }
  if (depth > 0 || at !== end) throw new Error(`no function ends at byte ${at}`);
  return instructions;
}

function countImports(wasm: Uint8Array): number {
  const section = sectionsOf(wasm).find(({ id }) => id === SectionId.import);
  if (section === undefined) return 0;
  const count = readUnsigned(wasm, section.body);
  let at = count.end;
  for (let i = 0; i < count.value; i++) {
    const module = readUnsigned(wasm, at);
    const name = readUnsigned(wasm, module.end + module.value);
    at = name.end + name.value;
    if (wasm[at] !== FUNCTION_IMPORT) throw new Error(`no function is imported at byte ${at}`);
    at = skipNumber(wasm, at + 1);
  }
  return count.value;
}

/** Groups of locals: how many, and their type. */
function skipLocals(wasm: Uint8Array, start: number): number {
  const groups = readUnsigned(wasm, start);
  let at = groups.end;
  for (let i = 0; i < groups.value; i++) at = skipNumber(wasm, at) + 1;
  return at;
}

function skipInstruction(wasm: Uint8Array, start: number): number {
  const opcode = wasm[start] ?? 0;
  if (opcode === Opcode.brTable) return skipBranchTable(wasm, start + 1);
  const prefixed = PREFIXED[opcode];
  const { value, end } =
    prefixed === undefined ? { value: opcode, end: start + 1 } : readUnsigned(wasm, start + 1);
  const found = (prefixed ?? PLAIN).find(({ first, last }) => first <= value && value <= last);
  if (found === undefined) {
    const name = prefixed === undefined ? hex(opcode) : `${hex(opcode)} ${value}`;
    throw new Error(`unknown opcode ${name} at byte ${start}`);
  }
  let at = end;
  for (let i = 0; i < found.numbers; i++) at = skipNumber(wasm, at);
  return at + found.bytes;
}

/** Labels, and the one for all other operands. */
function skipBranchTable(wasm: Uint8Array, start: number): number {
  const labels = readUnsigned(wasm, start);
  let at = labels.end;
  for (let i = 0; i <= labels.value; i++) at = skipNumber(wasm, at);
  return at;
}

function skipNumber(wasm: Uint8Array, start: number): number {
  for (let at = start; at < start + NUMBER_BYTES_MAX; at++) {
    const byte = wasm[at];
    if (byte !== undefined && byte < 0x80) return at + 1;
  }
  throw new Error(`no number at byte ${start}`);
}

function hex(opcode: number): string {
  return `0x${opcode.toString(16).padStart(2, "0")}`;
}
