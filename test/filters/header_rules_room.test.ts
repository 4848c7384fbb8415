// What rules of one request may need together: values that come to nothing leave no room taken.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { NormaliseRules } from "../support/header_rules.ts";
import type { Outcome } from "../support/header_rules_model.ts";
import { filterWith, moduleOutcome } from "../support/header_rules_run.ts";

const MANY = 2000;
const many = <T>(rule: T): T[] => Array.from({ length: MANY }, () => rule);

function pass(rules: NormaliseRules, lines: HeaderList): Outcome {
  const request = { method: "GET", path: "/", authority: "a", isGrpc: false, token: null, lines };
  return moduleOutcome(filterWith(rules), request);
}

describe("as many rules as can be", () => {
  test("need no room for values that are absent", () => {
    const add = many({ header: "x-b", value: "1 {header:x-a}" });
    expect(pass({ add }, [])).toEqual({ lines: [] });
  });

  test.each(["percentDecode", "base64Decode", "base64urlDecode"] as const)(
    "need no room for values that are no input of %s",
    (operation) => {
      const line: [string, string] = ["x-a", `${"A".repeat(8000)}%`];
      const rewrite = many({ header: "x-a", apply: [operation], onInvalid: "keep" as const });
      expect(pass({ rewrite }, [line])).toEqual({ lines: [line] });
    },
  );

  test.each(["trim", "collapse", "lower", "percentDecode"] as const)(
    "need no room for values that %s leaves as they are",
    (operation) => {
      const line: [string, string] = ["x-a", "a b ".repeat(2000).trim()];
      const rewrite = many({ header: "x-a", apply: [operation] });
      expect(pass({ rewrite }, [line])).toEqual({ lines: [line] });
    },
  );
});
