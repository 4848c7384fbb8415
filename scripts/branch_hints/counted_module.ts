// A copy of a module that counts its branches: in front of each how often it was executed, behind
// it how often execution got there. Two numbers in memory, behind all pages of the module's own.

import {
  encodeSection,
  HEADER_BYTES,
  memoryLimits,
  SectionId,
  sectionsOf,
  unsigned,
} from "../lib/wasm_sections.ts";
import type { Instruction } from "./function_bodies.ts";
import { functionBodies, instructionsOf } from "./function_bodies.ts";
import { Opcode } from "./immediates_table.ts";

/** A conditional branch; `if` is taken into its first arm. */
export interface Branch {
  functionIndex: number;
  /** From the locals of its function. */
  offset: number;
  opcode: typeof Opcode.if | typeof Opcode.brIf;
}

export interface BranchCount extends Branch {
  executed: number;
  taken: number;
}

export interface CountedModule {
  wasm: Uint8Array<ArrayBuffer>;
  /** The numbers themselves, as they are counted. */
  counters(memory: WebAssembly.Memory): Uint32Array;
  /** What such numbers, or sums of them, say. */
  countsOf(counters: ArrayLike<number>): BranchCount[];
}

const PAGE_BYTES = 65_536;
const COUNTER_BYTES = 4;
/** §5.3.9 and §5.5.8: one memory, with a maximum. */
const ONE_LIMITED_MEMORY = [1, 1];

/** The module's memory must not grow: then it cannot tell that there is more. */
export function countBranches(wasm: Uint8Array): CountedModule {
  const { initial: pages, maximum } = memoryLimits(wasm);
  if (maximum !== pages) throw new Error("a memory that may grow has no place for counters");
  const base = pages * PAGE_BYTES;
  const branches: Branch[] = [];
  const bodies = functionBodies(wasm).map((body) => {
    const parts = [wasm.subarray(body.start, body.code)];
    for (const instruction of instructionsOf(wasm, body)) {
      const { opcode, start, end } = instruction;
      const bytes = wasm.subarray(start, end);
      if (isBranch(opcode)) {
        const counter = base + branches.length * 2 * COUNTER_BYTES;
        branches.push({ functionIndex: body.index, offset: start - body.start, opcode });
        parts.push(counting(counter), bytes, counting(counter + COUNTER_BYTES));
      } else {
        parts.push(opcode === Opcode.memorySize ? constant(pages) : bytes);
      }
    }
    const counted = Buffer.concat(parts);
    return Buffer.concat([Uint8Array.from(unsigned(counted.length)), counted]);
  });
  const room = Math.ceil((branches.length * 2 * COUNTER_BYTES) / PAGE_BYTES);
  const limits = unsigned(pages + room);
  return {
    wasm: withSections(wasm, {
      [SectionId.memory]: Uint8Array.from([...ONE_LIMITED_MEMORY, ...limits, ...limits]),
      [SectionId.code]: Buffer.concat([Uint8Array.from(unsigned(bodies.length)), ...bodies]),
    }),
    counters: (memory) => new Uint32Array(memory.buffer, base, branches.length * 2),
    countsOf: (counters) => branches.map((branch, i) => countOf(branch, counters, 2 * i)),
  };
}

function isBranch(opcode: Instruction["opcode"]): opcode is Branch["opcode"] {
  return opcode === Opcode.if || opcode === Opcode.brIf;
}

/** Behind an `if` its arm begins; behind a `br_if` goes on what did not branch. */
function countOf(branch: Branch, counters: ArrayLike<number>, at: number): BranchCount {
  const executed = counters[at] ?? 0;
  const passed = counters[at + 1] ?? 0;
  return { ...branch, executed, taken: branch.opcode === Opcode.if ? passed : executed - passed };
}

/** `i32.load` and `i32.store` with the counter's address as their offset. */
function counting(counter: number): Uint8Array {
  const memarg = [2, ...unsigned(counter)];
  return Uint8Array.from(
    [[0x41, 0], [0x41, 0], [0x28, ...memarg], [0x41, 1], [0x6a], [0x36, ...memarg]].flat(),
  );
}

/** `i32.const` of a number that is not negative: its last byte must not say that it is. */
function constant(value: number): Uint8Array {
  const bytes = unsigned(value);
  const last = bytes.at(-1) ?? 0;
  const isNegative = (last & 0x40) !== 0;
  const encoded = isNegative ? [...bytes.slice(0, -1), last | 0x80, 0] : bytes;
  return Uint8Array.of(0x41, ...encoded);
}

/** Without custom sections, which may speak of the code as it was. */
function withSections(
  wasm: Uint8Array,
  contents: Readonly<Record<number, Uint8Array>>,
): Uint8Array<ArrayBuffer> {
  const kept = sectionsOf(wasm).filter(({ id }) => id !== SectionId.custom);
  const parts = kept.map(({ id, start, end }) => {
    const replaced = contents[id];
    return replaced === undefined ? wasm.subarray(start, end) : encodeSection(id, replaced);
  });
  return Uint8Array.from(Buffer.concat([wasm.subarray(0, HEADER_BYTES), ...parts]));
}
