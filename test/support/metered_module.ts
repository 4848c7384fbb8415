// A copy of a module that counts the instructions it executes: exactly, and alike on every machine.
// In front of each stretch of code that runs as a whole it adds the stretch's length to a number in
// memory.

import binaryen from "assemblyscript/binaryen";

/** Where the number lies: asc leaves the first 1024 bytes unused (lowMemoryUnused). */
const COUNTER_AT = 16;

/** Ends of stretches: what follows may run more or less often. */
const FORKS = new Set(["loop", "if", "br_if"]);
const JOINS = new Set(["end", "else"]);
/** Marks in the text, which do nothing. */
const MARKS = new Set(["block", "loop"]);

export function meterModule(wasm: Uint8Array): Uint8Array {
  const module = binaryen.readBinary(wasm);
  module.setFeatures(binaryen.Features.All);
  const text = module.emitStackIR();
  module.dispose();
  const metered = binaryen.parseText(meterText(text));
  metered.setFeatures(binaryen.Features.All);
  const binary = metered.emitBinary();
  metered.dispose();
  return binary;
}

/** One instruction a line, functions indented by one space. */
function meterText(text: string): string {
  const lines: string[] = [];
  let isInside = false;
  let stretch: string[] = [];
  let count = 0;
  const close = (): void => {
    if (count > 0) lines.push(counting(count));
    lines.push(...stretch);
    stretch = [];
    count = 0;
  };
  for (const line of text.split("\n")) {
    const [operation = ""] = line.trim().split(" ");
    if (!isInside || operation.startsWith("(local")) {
      isInside ||= line.startsWith(" (func ");
      lines.push(line);
    } else if (line === " )" || JOINS.has(operation)) {
      close();
      lines.push(line);
      isInside = line !== " )";
    } else {
      stretch.push(line);
      if (!MARKS.has(operation)) count++;
      if (FORKS.has(operation)) close();
    }
  }
  return lines.join("\n");
}

function counting(instructions: number): string {
  const address = `i32.const ${String(COUNTER_AT)}`;
  return `${address} ${address} i64.load i64.const ${String(instructions)} i64.add i64.store`;
}

/** Instructions that a metered module has executed in a memory. */
export function instructionsIn(memory: WebAssembly.Memory): number {
  return Number(new DataView(memory.buffer).getBigUint64(COUNTER_AT, true));
}
