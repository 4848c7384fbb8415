// The linter's rules, each shown a violation: a rule that never fires protects nothing.

import { ESLint } from "eslint";
import { describe, expect, test } from "vitest";

const eslint = new ESLint();

/** Rules that a file with this text at this path breaks. The path must exist for typed rules. */
async function broken(path: string, text: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(text, { filePath: path });
  return [...new Set((result?.messages ?? []).map((message) => message.ruleId))];
}

describe("hot rooms of the module", () => {
  const HOT = ["assembly/core/jwt/x.ts", "assembly/abi/x.ts", "assembly/filters/jwt/filter.ts"];
  const COLD = ["assembly/core/config/x.ts", "assembly/filters/jwt/config.ts"];
  const BANNED = {
    new: "export function f(): Thing { return new Thing(); }",
    template: "export function f(n: u32): u32 { return g(`${n}`); }",
    throw: "export function f(): void { throw e; }",
    closure: "export function f(): u32 { return g((n: u32): u32 => n); }",
    "nested function": "export function f(): void { function g(): void {} g(); }",
    array: "export function f(): u32 { return g([1, 2]); }",
    object: "export function f(): u32 { return g({ n: 1 }); }",
    map: "export function f(m: Map<u32, u32>): void { g(m); }",
    index: "export function f(n: u32): u32 { return g[n]; }",
    "non-null": "export function f(n: Thing | null): u32 { return n!.x; }",
  };

  for (const [name, text] of Object.entries(BANNED)) {
    test.each(HOT)(`${name} is an error in %s`, async (path) => {
      expect(await broken(path, text)).toContain("no-restricted-syntax");
    });

    test.each(COLD)(`${name} is allowed in %s`, async (path) => {
      expect(await broken(path, text)).not.toContain("no-restricted-syntax");
    });
  }

  test("decorators, static data and plain integers pass", async () => {
    const text = [
      "const TABLE: usize = memory.data<u8>([1, 2, 3]);",
      "",
      "// @ts-ignore: decorator",
      "@inline",
      "export function f(n: u32): u32 {",
      "  return load<u8>(TABLE + n);",
      "}",
      "",
      "// @ts-ignore: decorator",
      '@external("env", "proxy_log")',
      "export declare function g(level: u32): u32;",
    ].join("\n");
    expect(await broken("assembly/core/jwt/x.ts", text)).toEqual([]);
  });

  test("a finding keeps its place under a decorator", async () => {
    const text = "@inline\nexport function f(): void {\n  throw e;\n}\n";
    const [result] = await eslint.lintText(text, { filePath: "assembly/core/jwt/x.ts" });
    expect(result?.messages.map(({ line, column }) => [line, column])).toEqual([[3, 3]]);
  });
});

describe("TypeScript", () => {
  test.each([
    ["@typescript-eslint/no-explicit-any", "export function f(x: any): void { g(x); }"],
    ["@typescript-eslint/no-non-null-assertion", "export const f = (x: string | null) => x!;"],
    ["@typescript-eslint/consistent-type-assertions", "export const f = (x: unknown) => x as 1;"],
    ["@typescript-eslint/no-floating-promises", "Promise.resolve(1);"],
    ["@typescript-eslint/no-unused-vars", "const x = 1;"],
    ["no-restricted-exports", "export default 1;"],
    ["max-lines", "//\n".repeat(351)],
    ["max-lines-per-function", `export function f(): void {${"\n f();".repeat(70)}\n}`],
    ["complexity", `export const f = (n: boolean) => ${"n && ".repeat(20)} n;`],
  ])("%s", async (rule, text) => {
    expect(await broken("scripts/build.ts", text)).toContain(rule);
  });

  test.each(["Date.now()", "Math.random()", "performance.now()"])(
    "%s is an error in the simulator and nowhere else",
    async (call) => {
      const text = `export const x = ${call};\n`;
      expect(await broken("host-sim/src/types.ts", text)).toEqual(["no-restricted-properties"]);
      expect(await broken("scripts/build.ts", text)).toEqual([]);
    },
  );
});
