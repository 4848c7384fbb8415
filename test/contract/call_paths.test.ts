// What the compiled module can do during a request: neither allocate, nor recurse, nor jump where
// nobody can look, nor trap but where the allow-list says why that cannot happen.

import { readFile } from "node:fs/promises";

import { beforeAll, describe, expect, test } from "vitest";

import {
  findCycles,
  findPaths,
  readCallGraph,
  reachableTraps,
  streamCallbacks,
  touchesAllocator,
} from "../../scripts/call_paths.ts";
import type { CallGraph, ReachableTrap, WasmFunction } from "../../scripts/call_paths.ts";
import { codeSection } from "../../scripts/lib/wasm_sections.ts";
import { compilePlant } from "./plant.ts";

/** A trap that the code can express and never does, with the reason why. */
interface AllowedTrap extends ReachableTrap {
  reason: string;
}

const callsIndirectly = (of: WasmFunction): boolean => of.callsIndirectly;

describe("the shipped module", () => {
  let graph: CallGraph;
  let callbacks: string[];

  beforeAll(async () => {
    graph = readCallGraph(await readFile("build/sallyport.debug.wasm"));
    callbacks = streamCallbacks(graph);
  });

  test("has the code that is looked at here, byte for byte", async () => {
    const shipped = codeSection(await readFile("build/sallyport.wasm"));
    const named = codeSection(await readFile("build/sallyport.debug.wasm"));
    expect(Buffer.compare(shipped, named)).toBe(0);
  });

  test("allocates while it is configured, so the check sees allocations", () => {
    const configure = graph.exports.get("proxy_on_configure") ?? "";
    expect(findPaths(graph, [configure], touchesAllocator)).not.toEqual([]);
  });

  test("never allocates or grows memory in a stream callback", () => {
    expect(callbacks).not.toEqual([]);
    expect(findPaths(graph, callbacks, touchesAllocator)).toEqual([]);
  });

  test("never calls through a table in a stream callback", () => {
    expect(findPaths(graph, callbacks, callsIndirectly)).toEqual([]);
  });

  test("never recurses in a stream callback", () => {
    expect(findCycles(graph, callbacks)).toEqual([]);
  });

  test("can trap only where the allow-list says why it does not", async () => {
    const text = await readFile("test/contract/trap_allow_list.json", "utf8");
    const allowed: AllowedTrap[] = JSON.parse(text);
    const found = reachableTraps(graph, callbacks);
    expect({ notAllowed: without(found, allowed), unused: without(allowed, found) }).toEqual({
      notAllowed: [],
      unused: [],
    });
    expect(allowed.filter(({ reason }) => reason.length < 10)).toEqual([]);
  });
});

describe("the check itself", () => {
  let graph: CallGraph;

  beforeAll(async () => {
    graph = readCallGraph(await compilePlant());
  });

  function exported(name: string): string[] {
    const found = graph.exports.get(name);
    expect(found).toBeDefined();
    return [found ?? ""];
  }

  test.each(["proxy_on_configure", "allocates"])("finds the allocator from %s", (name) => {
    expect(findPaths(graph, exported(name), touchesAllocator)).not.toEqual([]);
  });

  test("finds a growing memory", () => {
    expect(findPaths(graph, exported("grows"), touchesAllocator)).toEqual(exported("grows"));
  });

  test("finds a call through a table", () => {
    expect(findPaths(graph, exported("callsIndirectly"), callsIndirectly)).not.toEqual([]);
  });

  test("finds a recursion", () => {
    expect(findCycles(graph, exported("recurses"))).not.toEqual([]);
  });

  test("finds traps, and knows that a constant divisor is none", () => {
    const [name] = exported("traps");
    expect(reachableTraps(graph, exported("traps"))).toEqual([
      { function: name, kind: "div", count: 1 },
      { function: name, kind: "rem", count: 1 },
      { function: name, kind: "unreachable", count: 1 },
    ]);
  });

  test("finds nothing in a function that does nothing of this", () => {
    const plain = exported("isPlain");
    expect(findPaths(graph, plain, touchesAllocator)).toEqual([]);
    expect(findPaths(graph, plain, callsIndirectly)).toEqual([]);
    expect(findCycles(graph, plain)).toEqual([]);
    expect(reachableTraps(graph, plain)).toEqual([]);
  });

  test("counts every export as a stream callback but those for configuration", () => {
    expect(streamCallbacks(graph)).not.toContain(exported("proxy_on_configure")[0]);
    expect(streamCallbacks(graph)).toContain(exported("isPlain")[0]);
  });
});

/** Traps of `one` that `other` does not list with the same count. */
function without(one: ReachableTrap[], other: ReachableTrap[]): ReachableTrap[] {
  const listed = new Set(other.map((trap) => `${trap.function} ${trap.kind} ${trap.count}`));
  return one.filter((trap) => !listed.has(`${trap.function} ${trap.kind} ${trap.count}`));
}
