// What rules of one request may need together: values that come to nothing leave no room taken.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Outcome } from "../support/header_rules_model.ts";
import { filterWith, moduleOutcome } from "../support/header_rules_run.ts";
import { list } from "./jwt_sections.ts";

const MANY = 2000;

function pass(rules: Parameters<typeof filterWith>[0], lines: HeaderList): Outcome {
  const request = { method: "GET", path: "/", authority: "a", isGrpc: false, token: null, lines };
  return moduleOutcome(filterWith(rules), request);
}

describe("as many rules as can be", () => {
  test("need no room for values that are absent", () => {
    const rules = list(MANY, () => ({ header: "x-b", value: "1 {header:x-a}" }));
    expect(pass({ add: rules }, [])).toEqual({ lines: [] });
  });

  test.each(["percentDecode", "base64Decode", "base64urlDecode"])(
    "need no room for values that are no input of %s",
    (operation) => {
      const line: [string, string] = ["x-a", `${"A".repeat(8000)}%`];
      const rule = { header: "x-a", apply: [operation], onInvalid: "keep" };
      expect(pass({ rewrite: list(MANY, () => rule) }, [line])).toEqual({ lines: [line] });
    },
  );

  test.each(["trim", "collapse", "lower", "percentDecode"])(
    "need no room for values that %s leaves as they are",
    (operation) => {
      const line: [string, string] = ["x-a", "a b ".repeat(2000).trim()];
      const rule = { header: "x-a", apply: [operation] };
      expect(pass({ rewrite: list(MANY, () => rule) }, [line])).toEqual({ lines: [line] });
    },
  );
});
