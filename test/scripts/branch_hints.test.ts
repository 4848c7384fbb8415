// Hints are right where their offsets are: no engine objects to a wrong one. What is shipped is
// read here by a reader of its own, and the counts behind it are made to be known.

import { readFile } from "node:fs/promises";

import binaryen from "assemblyscript/binaryen";
import { beforeAll, describe, expect, test } from "vitest";

import { addBranchHints } from "../../scripts/branch_hints/branch_hints.ts";
import { countBranches } from "../../scripts/branch_hints/counted_module.ts";
import { functionBodies, instructionsOf } from "../../scripts/branch_hints/function_bodies.ts";
import type { Hint } from "../../scripts/branch_hints/hint_section.ts";
import { HINT_SECTION, hintsOf, withHints } from "../../scripts/branch_hints/hint_section.ts";
import { train } from "../../scripts/branch_hints/training.ts";
import { trainingCases } from "../../scripts/branch_hints/training_cases.ts";
import { FIXED_KEYS, tokensOf } from "../../scripts/lib/fixed_tokens.ts";
import {
  customSectionName,
  findSection,
  readUnsigned,
  SectionId,
  sectionsOf,
} from "../../scripts/lib/wasm_sections.ts";
import { Simulated } from "../support/simulated_filter.ts";

const SHIPPED = "build/sallyport.wasm";
const IF = 0x04;
const BR_IF = 0x0d;

async function readModule(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await readFile(path));
}

function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  const wasm = Uint8Array.from(module.emitBinary());
  module.dispose();
  return wasm;
}

/** Where the hints of a module are: throws when it has none. */
function hintSection(wasm: Uint8Array): { start: number; contents: Uint8Array } {
  for (const section of sectionsOf(wasm).filter(({ id }) => id === SectionId.custom)) {
    const [name, at] = customSectionName(wasm, section);
    if (name === HINT_SECTION) {
      return { start: section.start, contents: wasm.subarray(at, section.end) };
    }
  }
  throw new Error("there are no hints");
}

function readHints(wasm: Uint8Array): Hint[] {
  const { contents } = hintSection(wasm);
  let at = 0;
  const next = (): number => {
    const { value, end } = readUnsigned(contents, at);
    at = end;
    return value;
  };
  const hints: Hint[] = [];
  for (let functions = next(); functions > 0; functions--) {
    const functionIndex = next();
    for (let count = next(); count > 0; count--) {
      const offset = next();
      expect(next()).toBe(1);
      const value = next();
      expect([0, 1]).toContain(value);
      hints.push({ functionIndex, offset, isLikely: value === 1 });
    }
  }
  expect(at).toBe(contents.length);
  return hints;
}

// Of 1000 turns 999 begin another one and 1 enters the first `if`; every second enters the other.
const BIASED = `(module
  (import "host" "seldom" (func $seldom))
  (memory (export "memory") 1 1)
  (func (export "pages") (result i32)
    memory.size)
  (func (export "run") (param $n i32)
    (local $odd i32)
    loop $again
      local.get $n
      i32.const 500
      i32.eq
      if
        call $seldom
      end
      local.get $n
      i32.const 1
      i32.and
      if
        local.get $odd
        i32.const 1
        i32.add
        local.set $odd
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $again
    end)
  (func (export "idle") (param $n i32)
    local.get $n
    if
      call $seldom
    end))`;

describe("a counted module", () => {
  const plain = assemble(BIASED);
  const counted = countBranches(plain);
  let exports: WebAssembly.Exports;
  let memory: WebAssembly.Memory;
  let seldom = 0;

  beforeAll(async () => {
    const host = {
      seldom: () => {
        seldom++;
      },
    };
    const { instance } = await WebAssembly.instantiate(counted.wasm, { host });
    exports = instance.exports;
    const { memory: exported } = instance.exports;
    if (!(exported instanceof WebAssembly.Memory)) throw new Error("no memory");
    memory = exported;
  });

  function call(name: string, ...values: number[]): unknown {
    const found = exports[name];
    if (typeof found !== "function") throw new Error(`no ${name}`);
    return Reflect.apply(found, undefined, values);
  }

  test("counts each branch, and how often it was taken", () => {
    call("run", 1000);
    expect(seldom).toBe(1);
    const counts = counted.countsOf(counted.counters(memory));
    expect(counts.map(({ opcode, executed, taken }) => [opcode, executed, taken])).toEqual([
      [IF, 1000, 1],
      [IF, 1000, 500],
      [BR_IF, 1000, 999],
      [IF, 0, 0],
    ]);
  });

  test("has hints in front of its code, byte for byte as the proposal has them", () => {
    const hinted = withHints(plain, hintsOf(counted.countsOf(counted.counters(memory))));
    const { start, contents } = hintSection(hinted);
    // One function, `run`, which has number 2; two hints: the `if` behind 3 bytes of locals and 8
    // of code is unlikely, the `br_if` behind 27 more is likely.
    expect([...contents]).toEqual([1, 2, 2, 11, 1, 0, 38, 1, 1]);
    expect(start).toBeLessThan(findSection(hinted, SectionId.code).start);
    expect(WebAssembly.validate(hinted)).toBe(true);
  });

  test("starts to count anew", () => {
    counted.counters(memory).fill(0);
    call("idle", 1);
    expect(counted.countsOf(counted.counters(memory)).at(-1)?.taken).toBe(1);
  });

  test("cannot see the memory behind its own", () => {
    expect(memory.buffer.byteLength).toBe(2 * 65_536);
    expect(call("pages")).toBe(1);
  });

  test("needs a memory that cannot grow", () => {
    const growing = assemble('(module (memory (export "memory") 1) (func))');
    expect(() => countBranches(growing)).toThrow("a memory that may grow");
  });
});

describe("rates", () => {
  const hintAt = (taken: number, executed = 1000): (boolean | undefined)[] =>
    hintsOf([{ functionIndex: 1, offset: 2, opcode: IF, executed, taken }]).map(
      ({ isLikely }) => isLikely,
    );

  test.each([
    [0, [false]],
    [9, [false]],
    [10, []],
    [500, []],
    [990, []],
    [991, [true]],
    [1000, [true]],
  ])("%i of 1000", (taken, hints) => {
    expect(hintAt(taken)).toEqual(hints);
  });

  test("what was never executed has no hint", () => {
    expect(hintAt(0, 0)).toEqual([]);
  });
});

describe("the decoder", () => {
  test.each(["sallyport", "core_probe", "crypto_probe", "abi_probe", "host_probe"])(
    "walks every function of %s to its end, and finds the branches that binaryen finds",
    async (name) => {
      const wasm = await readModule(`build/${name}.wasm`);
      const opcodes = functionBodies(wasm).flatMap((body) =>
        instructionsOf(wasm, body).map(({ opcode }) => opcode),
      );
      const module = binaryen.readBinary(wasm);
      const words = module.emitStackIR().split("\n");
      module.dispose();
      for (const [opcode, word] of [
        [IF, /^ +if\b/],
        [BR_IF, /^ +br_if\b/],
      ] as const) {
        expect(opcodes.filter((one) => one === opcode)).toHaveLength(
          words.filter((line) => word.test(line)).length,
        );
      }
    },
  );

  const bodyOf = (...code: number[]): Uint8Array =>
    Uint8Array.from([
      ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      ...[SectionId.code, code.length + 3, 1, code.length + 1, 0, ...code],
    ]);
  const walk = (wasm: Uint8Array): number =>
    functionBodies(wasm).flatMap((body) => instructionsOf(wasm, body)).length;

  test("knows constants, tables of branches, vectors and bulk memory", () => {
    expect(walk(bodyOf(0x41, 0xff, 0x00, 0x1a, 0x0b))).toBe(3);
    expect(walk(bodyOf(0x02, 0x40, 0x0e, 2, 0, 0, 0, 0x0b, 0x0b))).toBe(4);
    expect(walk(bodyOf(0xfd, 12, ...Array<number>(16).fill(0x0b), 0x0b))).toBe(2);
    expect(walk(bodyOf(0xfd, 0xf7, 0x01, 0x0b))).toBe(2);
    expect(walk(bodyOf(0xfc, 10, 0, 0, 0x0b))).toBe(2);
  });

  test.each([
    ["0x06", [0x06, 0x40, 0x0b]],
    ["0xd0", [0xd0, 0x70, 0x0b]],
    ["0xfc 12", [0xfc, 12, 0, 0, 0x0b]],
    ["0xfd 256", [0xfd, 0x80, 0x02, 0x0b]],
  ])("an unknown opcode, %s, is an error with its place", (name, code) => {
    expect(() => walk(bodyOf(...code))).toThrow(`unknown opcode ${name} at byte 13`);
  });

  test("a function that ends too late or too early is an error", () => {
    expect(() => walk(bodyOf(0x02, 0x40, 0x0b))).toThrow("no function ends at byte 16");
    expect(() => walk(bodyOf(0x0b, 0x01))).toThrow("no function ends at byte 14");
  });
});

describe("the shipped module", () => {
  let shipped: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    shipped = await readModule(SHIPPED);
  });

  test("has hints in front of its code, each at an if or a br_if, in order", () => {
    expect(hintSection(shipped).start).toBeLessThan(findSection(shipped, SectionId.code).start);
    const bodies = new Map(functionBodies(shipped).map((body) => [body.index, body]));
    const hints = readHints(shipped);
    expect(hints.length).toBeGreaterThan(500);
    let before: Hint = { functionIndex: 0, offset: 0, isLikely: false };
    for (const hint of hints) {
      const { start, end } = bodies.get(hint.functionIndex) ?? { start: 0, end: 0 };
      expect([IF, BR_IF]).toContain(shipped[start + hint.offset]);
      expect(start + hint.offset).toBeLessThan(end);
      if (hint.functionIndex === before.functionIndex) {
        expect(hint.offset).toBeGreaterThan(before.offset);
      } else expect(hint.functionIndex).toBeGreaterThan(before.functionIndex);
      before = hint;
    }
  });

  test("has the same bytes after another training", async () => {
    expect(Buffer.compare(await addBranchHints(shipped), shipped)).toBe(0);
  });

  test("answers like its counted copy and like itself without hints", async () => {
    const [token = ""] = tokensOf("ES256", 1);
    const keys = { inline: { keys: [FIXED_KEYS.ES256.jwk] } };
    const configuration = {
      trace: { response: ["traceresponse"] },
      normalise: { set: [{ header: "x-a", value: "1" }] },
      jwt: {
        providers: { idp: { audiences: ["orders"], issuer: "https://idp.test", keys } },
        rules: [{ match: { prefix: "/" }, require: "idp" }],
      },
      rateLimit: { limits: [{ name: "few", capacity: 2, refill: "1/d", key: [{ claim: "sub" }] }] },
    };
    const modules = [shipped, withHints(shipped, []), countBranches(shipped).wasm];
    const answers = modules.map(async (wasm) => {
      const filter = new Simulated(await WebAssembly.compile(wasm), { configuration });
      const good = (): unknown => filter.send([["authorization", `Bearer ${token}`]]);
      return [filter.send(), good(), good(), good(), filter.send([["authorization", "Bearer x"]])];
    });
    const [first, ...others] = await Promise.all(answers);
    expect(first).toEqual([
      expect.objectContaining({ reason: "jwt:missing" }),
      expect.objectContaining({ reason: null }),
      expect.objectContaining({ reason: null }),
      expect.objectContaining({ reason: "ratelimit:limited" }),
      expect.objectContaining({ reason: "jwt:malformed" }),
    ]);
    expect(others).toEqual([first, first]);
  });

  test("is not trained with answers that are not expected", async () => {
    const [one] = trainingCases().filter(({ name }) => name === "header rules");
    if (one === undefined) throw new Error("no such case");
    const counted = countBranches(shipped);
    const refused = { ...one, reason: "jwt:missing" };
    await expect(train(counted, [refused])).rejects.toThrow(
      "training, header rules: null instead of sallyport{jwt:missing}",
    );
    await expect(train(counted, [{ ...one, seen: ["x-none"] }])).rejects.toThrow(
      "training, header rules: x-none is missing",
    );
  });
});
