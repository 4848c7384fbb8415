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
    { sampling: {} },
    { sampling: { root: "defer" } },
    { sampling: { root: "always", force: "x-force" } },
    { sampling: { root: { ratio: 0 } } },
    { sampling: { root: { ratio: 1 } } },
    { sampling: { root: { ratio: 0.25 } }, mode: "edge" },
    { sampling: { root: { ratio: "0.000000000000000001" } } },
    { sampling: { root: { rate: "10/s" } } },
    { baggage: "pass" },
    { baggage: "strip", mode: "edge" },
    { baggage: { keys: ["user-id", "a.b"] }, mode: "edge" },
    { baggage: { keys: ["k"] }, mode: "yield" },
    { export: { cluster: "otel" } },
    { export: { cluster: "o", path: "/", authority: "otel.test:4318", service: "s" } },
    { export: { cluster: "o", path: "/a/b?c=/d", authority: "[::1]:4318", service: "\u0001" } },
    { mode: "yield", export: { cluster: "outbound|4318||otel.test", service: "s".repeat(64) } },
  ])("accepts %j", (trace) => {
    expect(errorOf({ trace })).toBeNull();
  });

  const refused: [section: unknown, message: string][] = [
    [null, "$.trace: found null, allowed: an object"],
    [true, "$.trace: found true, allowed: an object"],
    [
      { propagate: [] },
      "$.trace.propagate: found an unknown member, allowed: mode, extract, inject, response, " +
        "sampling, baggage, export",
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
    [{ export: true }, "$.trace.export: found true, allowed: an object"],
    [{ export: {} }, '$.trace.export: found no member "cluster", allowed: "cluster"'],
    [
      { export: { cluster: "" } },
      '$.trace.export.cluster: found "", allowed: a text of 1 to 256 bytes',
    ],
    [
      { export: { cluster: "o", endpoint: "http://otel.test" } },
      "$.trace.export.endpoint: found an unknown member, allowed: " +
        "cluster, path, authority, service",
    ],
    ...["v1/traces", "http://otel.test/v1", "/a b", "/a#b", "//\u00fc", "?a"].map(
      (path): [unknown, string] => [
        { export: { cluster: "o", path } },
        `$.trace.export.path: found "${path}", allowed: a path from / on, without a fragment`,
      ],
    ),
    ...["otel/v1", "otel test", "user@otel", "?", ":4318", "/"].map(
      (authority): [unknown, string] => [
        { export: { cluster: "o", authority } },
        `$.trace.export.authority: found "${authority}", allowed: ` +
          "a host, with a port where it has one",
      ],
    ),
    [
      { export: { cluster: "o", service: "s".repeat(65) } },
      `$.trace.export.service: found "${"s".repeat(64)}…", allowed: a text of 1 to 64 bytes`,
    ],
    [
      { inject: ["tracecontext", "tracecontext"] },
      "$.trace.inject[1]: found a format that the list has already, allowed: each format once",
    ],
    [
      { mode: "yield", sampling: {} },
      '$.trace.sampling: found sampling, allowed: none with the mode "yield"',
    ],
    [
      { sampling: { root: "often" } },
      '$.trace.sampling.root: found "often", allowed: defer, always, never, { ratio }, { rate }',
    ],
    [
      { sampling: { root: {} } },
      "$.trace.sampling.root: found not one of them, allowed: ratio, rate",
    ],
    [
      { sampling: { root: { ratio: 1, rate: "1/s" } } },
      "$.trace.sampling.root: found not one of them, allowed: ratio, rate",
    ],
    ...["1.5", "-1", "0.", ".5", "1e-5", "", "0.0000000000000000001"].map(
      (ratio): [unknown, string] => [
        { sampling: { root: { ratio } } },
        `$.trace.sampling.root.ratio: found "${ratio}", allowed: ` +
          'decimals from 0 to 1 such as 0.25, or "0.00001"',
      ],
    ),
    [
      { sampling: { root: { ratio: 1e-7 } } },
      "$.trace.sampling.root.ratio: found 1e-7, allowed: " +
        'decimals from 0 to 1 such as 0.25, or "0.00001"',
    ],
    [
      { sampling: { root: { rate: "10" } } },
      '$.trace.sampling.root.rate: found "10", allowed: ' +
        "a rate such as 50/s, 10/m, 1000/h, 1/d of 0 to 100000000",
    ],
    [
      { sampling: { force: "x_force" } },
      '$.trace.sampling.force: found "x_force", allowed: a header name in letters, digits and - ' +
        "(no _, it also stands for the one with -)",
    ],
    [{ baggage: "keep" }, '$.trace.baggage: found "keep", allowed: pass, strip, { keys }'],
    [
      { baggage: "pass", mode: "edge" },
      '$.trace.baggage: found "pass", allowed: strip, { keys } with the mode "edge"',
    ],
    [
      { baggage: { keys: [] } },
      "$.trace.baggage.keys: found an empty list, allowed: a list of 1 to 64",
    ],
    [
      { baggage: { keys: ["a b"] } },
      '$.trace.baggage.keys[0]: found "a b", allowed: a key of token characters',
    ],
  ];
  test.each(refused)("refuses %j", (trace, message) => {
    expect(errorOf({ trace })).toBe(message);
  });
});
