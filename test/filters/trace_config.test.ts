import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

describe("the section trace", () => {
  test.each([{}, { extract: ["tracecontext"] }, { inject: ["tracecontext"] }])(
    "accepts %j",
    (trace) => {
      expect(errorOf({ trace })).toBeNull();
    },
  );

  const refused: [section: unknown, message: string][] = [
    [null, "$.trace: found null, allowed: an object"],
    [true, "$.trace: found true, allowed: an object"],
    [
      { propagate: [] },
      "$.trace.propagate: found an unknown member, allowed: extract, inject, response",
    ],
    [{ extract: [] }, "$.trace.extract: found an empty list, allowed: a list of 1 to 1"],
    [
      { extract: "tracecontext" },
      '$.trace.extract: found "tracecontext", allowed: a list of 1 to 1',
    ],
    [{ inject: ["b3"] }, '$.trace.inject[0]: found "b3", allowed: tracecontext'],
    [
      { inject: ["tracecontext", "tracecontext"] },
      "$.trace.inject: found 2 values, allowed: a list of 1 to 1",
    ],
  ];
  test.each(refused)("refuses %j", (trace, message) => {
    expect(errorOf({ trace })).toBe(message);
  });
});
