import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";

const errorOf = await loadConfigurationError();

describe("the section trace", () => {
  test.each([
    {},
    { extract: ["tracecontext"] },
    { inject: ["tracecontext"] },
    { extract: ["b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog", "tracecontext"] },
    { mode: "own", inject: ["datadog", "b3"] },
    { mode: "edge", extract: ["b3"], inject: ["b3"] },
    { mode: "yield", extract: ["b3"] },
  ])("accepts %j", (trace) => {
    expect(errorOf({ trace })).toBeNull();
  });

  const refused: [section: unknown, message: string][] = [
    [null, "$.trace: found null, allowed: an object"],
    [true, "$.trace: found true, allowed: an object"],
    [
      { propagate: [] },
      "$.trace.propagate: found an unknown member, allowed: mode, extract, inject, response",
    ],
    [{ extract: [] }, "$.trace.extract: found an empty list, allowed: a list of 1 to 7"],
    [
      { extract: "tracecontext" },
      '$.trace.extract: found "tracecontext", allowed: a list of 1 to 7',
    ],
    [
      { inject: ["w3c"] },
      '$.trace.inject[0]: found "w3c", allowed: ' +
        "tracecontext, b3, b3multi, jaeger, xray, cloudtrace, datadog",
    ],
    [{ mode: "translate" }, '$.trace.mode: found "translate", allowed: own, yield, edge'],
    [
      { mode: "yield", inject: ["b3"] },
      '$.trace.inject: found formats to write, allowed: none with the mode "yield"',
    ],
    [
      { inject: ["tracecontext", "tracecontext"] },
      "$.trace.inject[1]: found a format that the list has already, allowed: each format once",
    ],
  ];
  test.each(refused)("refuses %j", (trace, message) => {
    expect(errorOf({ trace })).toBe(message);
  });
});
