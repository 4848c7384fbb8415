// The budgets of the simulator, and that the counts behind them can be trusted.

import { readFile } from "node:fs/promises";

import binaryen from "assemblyscript/binaryen";
import { beforeAll, describe, expect, test } from "vitest";

import type { SimBudgets } from "../../bench/sim/budgets.ts";
import { findFaults, readBudgets } from "../../bench/sim/budgets.ts";
import type { SimCosts } from "../../bench/sim/measure.ts";
import { measureSim } from "../../bench/sim/measure.ts";
import { instructionsIn, meterModule } from "../support/metered_module.ts";
import { Simulated } from "../support/simulated_filter.ts";

const MODULE = "build/sallyport.wasm";

// Instructions of each stretch: 2 in front, 9 a turn, 3 behind the loop when n is 0 at once.
const COUNTED = `(module
  (memory (export "memory") 1)
  (func (export "turns") (param $n i32) (result i32)
    (local $sum i32)
    i32.const 7
    local.set $sum
    loop $again
      local.get $sum
      local.get $n
      i32.add
      local.set $sum
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end
    local.get $sum)
  (func (export "arms") (param $n i32) (result i32)
    local.get $n
    if (result i32)
      i32.const 1
    else
      i32.const 1
      local.get $n
      i32.add
    end))`;

describe("a metered module", () => {
  let call: (name: string, n: number) => number;

  beforeAll(async () => {
    const wasm = meterModule(binaryen.parseText(COUNTED).emitBinary());
    const { instance } = await WebAssembly.instantiate(new Uint8Array(wasm), {});
    const { memory, ...functions } = instance.exports;
    if (!(memory instanceof WebAssembly.Memory)) throw new Error("no memory");
    call = (name, n) => {
      const made = functions[name];
      if (typeof made !== "function") throw new Error(`no ${name}`);
      const before = instructionsIn(memory);
      Reflect.apply(made, undefined, [n]);
      return instructionsIn(memory) - before;
    };
  });

  test.each([1, 2, 5, 100])("counts %i turns of a loop", (turns) => {
    expect(call("turns", turns)).toBe(2 + 9 * turns + 1);
  });

  test("counts the arm that is taken", () => {
    expect(call("arms", 1)).toBe(2 + 1);
    expect(call("arms", 0)).toBe(2 + 3);
  });

  test("does what the module does", async () => {
    const wasm = await readFile(MODULE);
    const configuration = { trace: {}, normalise: { set: [{ header: "x-a", value: "1" }] } };
    const sent = [wasm, meterModule(wasm)].map(async (bytes) => {
      const module = await WebAssembly.compile(new Uint8Array(bytes));
      return new Simulated(module, { configuration }).send([["traceparent", "x"]]);
    });
    const [plain, metered] = await Promise.all(sent);
    expect(plain?.reason).toBeNull();
    expect(metered).toEqual(plain);
  });
});

describe("what a request costs on the simulator", () => {
  let measured: SimCosts;
  let budgets: SimBudgets;

  beforeAll(async () => {
    measured = await measureSim(MODULE);
    budgets = await readBudgets("bench/budgets.json");
  }, 180_000);

  test("is within its budgets, which are no larger than they must be", () => {
    expect(findFaults(budgets, measured)).toEqual([]);
  });

  test("is nothing of the allocator's", () => {
    expect(Object.values(measured).map(({ heapBytes }) => heapBytes)).toEqual(
      Object.values(measured).map(() => 0),
    );
  });

  test("a case that costs more, less, or is not there is a fault", () => {
    const known = measured["token known"];
    if (known === undefined) throw new Error("no such case");
    const withChange = (change: object): SimCosts => {
      return { ...measured, "token known": { ...known, ...change } };
    };
    const faults = (costs: SimCosts): number => findFaults(budgets, costs).length;
    expect(faults(withChange({ hostCalls: known.hostCalls + 1 }))).toBe(1);
    expect(faults(withChange({ hostCalls: known.hostCalls - 1 }))).toBe(1);
    expect(faults(withChange({ arenaBytes: known.arenaBytes + 1 }))).toBe(1);
    expect(faults(withChange({ heapBytes: 1 }))).toBe(1);
    expect(faults(withChange({ instructions: known.instructions * 1.2 }))).toBe(1);
    expect(faults(withChange({ instructions: known.instructions / 2 }))).toBe(1);
    expect(faults({ ...measured, another: known })).toBe(1);
    expect(findFaults({ costs: {}, ledger: budgets.ledger }, {})).toEqual([
      "the last entry of the ledger is about other budgets",
    ]);
  });
});
