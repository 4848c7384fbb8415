// Reads a compiled module as a call graph: what calls what, what touches the allocator, what can
// trap. `tsx scripts/call_paths.ts [module.wasm]` prints every trap that a stream callback can
// reach.

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import binaryen from "assemblyscript/binaryen";

/** Instructions that trap on some operands, beside memory accesses and exhausted stack. */
export type TrapKind = "unreachable" | "div" | "rem" | "trunc";

export interface WasmFunction {
  name: string;
  calls: Set<string>;
  /** Names of the globals it reads or writes. */
  globals: Set<string>;
  traps: Map<TrapKind, number>;
  growsMemory: boolean;
  /** Calls through a table or a reference: where they lead is not known. */
  callsIndirectly: boolean;
}

export interface CallGraph {
  /** Functions with a body, by name. Imported ones are leaves and only appear in `calls`. */
  functions: Map<string, WasmFunction>;
  /** Exported name → function name. */
  exports: Map<string, string>;
}

export interface ReachableTrap {
  function: string;
  kind: TrapKind;
  count: number;
}

/** Exports during which a module may allocate: the host calls them outside every stream. */
const CONFIGURATION_EXPORTS: readonly string[] = [
  "_initialize",
  "proxy_on_vm_start",
  "proxy_on_configure",
  "proxy_on_tick",
];

const ALLOCATOR = /^~lib\/rt\/(index-[a-z]+|itcms|stub|tcms|tlsf)\//;

/** True for a function that is part of the allocator, has it inlined, or grows memory. */
export function touchesAllocator(of: WasmFunction): boolean {
  return (
    ALLOCATOR.test(of.name) ||
    of.growsMemory ||
    [...of.globals].some((name) => ALLOCATOR.test(name))
  );
}

/**
 * Functions that the host calls while a stream is alive: every export that is not for
 * configuration.
 */
export function streamCallbacks(graph: CallGraph): string[] {
  return [...graph.exports]
    .filter(([exported]) => !CONFIGURATION_EXPORTS.includes(exported))
    .map(([, name]) => name);
}

/** `wasm` must carry a name section; without one nothing of the above can be recognised. */
export function readCallGraph(wasm: Uint8Array): CallGraph {
  const module = binaryen.readBinary(wasm);
  const lines = module.emitStackIR().split("\n");
  module.dispose();

  const graph: CallGraph = { functions: new Map(), exports: new Map() };
  let current: WasmFunction | undefined;
  let previous = "";
  for (const line of lines) {
    const opened = /^ \(func (\$\S+?)\)?(?: |$)/.exec(line);
    const exported = /^ \(export "([^"]+)" \(func (\$\S+?)\)\)$/.exec(line);
    if (opened?.[1] !== undefined) {
      current = emptyFunction(plainName(opened[1]));
      graph.functions.set(current.name, current);
    } else if (exported?.[1] !== undefined && exported[2] !== undefined) {
      graph.exports.set(exported[1], plainName(exported[2]));
    } else if (line === " )") {
      current = undefined;
    } else if (current !== undefined) {
      noteInstruction(current, line.trim(), previous);
    }
    previous = line.trim();
  }
  return graph;
}

function emptyFunction(name: string): WasmFunction {
  return {
    name,
    calls: new Set(),
    globals: new Set(),
    traps: new Map(),
    growsMemory: false,
    callsIndirectly: false,
  };
}

function plainName(token: string): string {
  return token.replace(/^\$"?|"$/g, "");
}

function noteInstruction(of: WasmFunction, instruction: string, previous: string): void {
  const [operation = "", operand = ""] = instruction.split(" ");
  switch (operation) {
    case "call":
    case "return_call":
      of.calls.add(plainName(operand));
      return;
    case "global.get":
    case "global.set":
      of.globals.add(plainName(operand));
      return;
    case "memory.grow":
      of.growsMemory = true;
      return;
    case "call_indirect":
    case "return_call_indirect":
    case "call_ref":
    case "return_call_ref":
      of.callsIndirectly = true;
      return;
  }
  const kind = trapKind(operation, previous);
  if (kind !== undefined) of.traps.set(kind, (of.traps.get(kind) ?? 0) + 1);
}

/**
 * A divisor is on top of the stack: when the instruction before is a constant, it is that constant.
 */
function trapKind(operation: string, previous: string): TrapKind | undefined {
  if (operation === "unreachable") return "unreachable";
  if (/^i(32|64)\.trunc_f/.test(operation)) return "trunc";
  const division = /^i(?:32|64)\.(div|rem)_[su]$/.exec(operation)?.[1];
  if (division !== "div" && division !== "rem") return undefined;
  const divisor = /^i(?:32|64)\.const (-?\d+)$/.exec(previous)?.[1];
  return divisor === undefined || divisor === "0" || divisor === "-1" ? division : undefined;
}

/** Functions reachable from `from`, each with the one that led there (null for a start). */
export function reach(graph: CallGraph, from: readonly string[]): Map<string, string | null> {
  const cameFrom = new Map<string, string | null>(from.map((name) => [name, null]));
  // A Map is iterated in insertion order and includes what is added meanwhile: breadth first.
  for (const name of cameFrom.keys()) {
    for (const callee of graph.functions.get(name)?.calls ?? []) {
      if (!cameFrom.has(callee)) cameFrom.set(callee, name);
    }
  }
  return cameFrom;
}

/** One shortest path from each reachable function that `isTarget` accepts, written `a → b → c`. */
export function findPaths(
  graph: CallGraph,
  from: readonly string[],
  isTarget: (of: WasmFunction) => boolean,
): string[] {
  const cameFrom = reach(graph, from);
  const paths: string[] = [];
  for (const name of cameFrom.keys()) {
    const found = graph.functions.get(name);
    if (found === undefined || !isTarget(found)) continue;
    const path: string[] = [];
    for (let at: string | null = name; at !== null; at = cameFrom.get(at) ?? null) path.unshift(at);
    paths.push(path.join(" → "));
  }
  return paths;
}

/** Reachable functions that can come back to themselves, written `a → b → a`. */
export function findCycles(graph: CallGraph, from: readonly string[]): string[] {
  const cycles: string[] = [];
  for (const name of reach(graph, from).keys()) {
    for (const callee of graph.functions.get(name)?.calls ?? []) {
      const back = findPaths(graph, [callee], (of) => of.name === name);
      if (back[0] !== undefined) cycles.push(`${name} → ${back[0]}`);
    }
  }
  return cycles;
}

/** Instructions that can trap in functions reachable from `from`, sorted by function and kind. */
export function reachableTraps(graph: CallGraph, from: readonly string[]): ReachableTrap[] {
  return [...reach(graph, from).keys()]
    .sort()
    .flatMap((name) =>
      [...(graph.functions.get(name)?.traps ?? [])]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([kind, count]) => ({ function: name, kind, count })),
    );
}

async function main(path: string): Promise<void> {
  const graph = readCallGraph(await readFile(path));
  for (const trap of reachableTraps(graph, streamCallbacks(graph))) {
    console.log(`${trap.function}: ${trap.count} ${trap.kind}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(process.argv[2] ?? "build/sallyport.debug.wasm");
}
