// Each hostile input of test/cases/jwt_inputs_table.ts is shown somewhere.

import { readFile } from "node:fs/promises";

import { describe, expect, test } from "vitest";

import { INPUTS } from "../cases/jwt_inputs_table.ts";
import type { Input } from "../cases/jwt_inputs_table.ts";
import { TABLES } from "../cases/tables.ts";

const INPUT_COUNT = 62;
const NAMES = TABLES.filter(({ title }) => title.startsWith("jwt")).flatMap(({ cases }) =>
  cases.map(({ name }) => name),
);

const escape = (text: string): string => text.replace(/[^\w\s]/g, "\\$&");

/** Whether some case has the name, or begins like it. */
function isCase(name: string): boolean {
  const start = name.endsWith("*") ? name.slice(0, -1) : null;
  return NAMES.some((each) => (start === null ? each === name : each.startsWith(start)));
}

describe("the hostile inputs of a JWT filter", () => {
  test(`are ${INPUT_COUNT}, in order`, () => {
    const numbers = Array.from({ length: INPUT_COUNT }, (_, index) => index + 1);
    expect(INPUTS.map(({ number }) => number)).toEqual(numbers);
  });

  test("are each shown or explained", () => {
    const silent = INPUTS.filter(
      ({ cases = [], tests = [], absent }) =>
        cases.length + tests.length === 0 && absent === undefined,
    );
    expect(silent).toEqual([]);
  });

  test("name cases that there are", () => {
    const unknown = INPUTS.flatMap(({ number, cases = [] }) =>
      cases.filter((name) => !isCase(name)).map((name) => `${number}: ${name}`),
    );
    expect(unknown).toEqual([]);
  });

  const tested = INPUTS.filter(({ tests }) => tests !== undefined);
  test.each(tested)("name tests that there are: $number", async ({ tests = [] }: Input) => {
    for (const [file, name] of tests) {
      const text = await readFile(new URL(`../${file}`, import.meta.url), "utf8");
      expect(text, file).toMatch(new RegExp(`(test|\\))\\(\\s*["\`]${escape(name)}`));
    }
  });
});
