// The counters of traces that did not go on.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const IDS = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331";
const GOOD = `00-${IDS}-01`;
const ZEROS = "0".repeat(32);

/** `format reason` of the counters that exist, and their values. */
function counters(filter: Simulated): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of filter.host.metrics()) {
    const match = /^format=\.=(.*);\.;reason=\.=(.*);\.;sallyport_trace_restarts_total$/.exec(name);
    if (match === null || value.type === "histogram") continue;
    found[`${match[1] ?? ""} ${match[2] ?? ""}`] = Number(value.value);
  }
  return found;
}

function countedOf(trace: object, ...requests: HeaderList[]): string[] {
  const filter = new Simulated(module, { configuration: { trace } });
  for (const headers of requests) expect(filter.send(headers).reason).toBeNull();
  return Object.entries(counters(filter))
    .filter(([, value]) => value > 0)
    .map(([name, value]) => `${name} ${String(value)}`);
}

const w3c = (value: string): [string, string] => ["traceparent", value];

describe("restarts", () => {
  const reasons: [counted: string, headers: HeaderList][] = [
    ["tracecontext duplicate 1", [w3c(GOOD), w3c(GOOD)]],
    ["tracecontext malformed 1", [w3c("x")]],
    ["tracecontext zero_id 1", [w3c(`00-${ZEROS}-b7ad6b7169203331-01`)]],
    ["tracecontext forbidden_version 1", [w3c(`ff-${IDS}-01`)]],
    ["b3 malformed 1", [["b3", "x"]]],
    ["b3multi malformed 1", [["x-b3-traceid", "x"]]],
    ["jaeger zero_id 1", [["uber-trace-id", "0:1:0:1"]]],
    [
      "xray duplicate 1",
      [
        ["x-amzn-trace-id", "x"],
        ["x-amzn-trace-id", "x"],
      ],
    ],
    ["cloudtrace malformed 1", [["x-cloud-trace-context", "x"]]],
    ["datadog malformed 1", [["x-datadog-trace-id", "1"]]],
  ];
  const every = ["tracecontext", "b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog"];
  test.each(reasons)("%s", (counted, headers) => {
    expect(countedOf({ extract: every }, headers)).toEqual([counted]);
  });
  test.each(reasons)("%s where another tracer is on", (counted, headers) => {
    expect(countedOf({ mode: "yield" }, headers)).toEqual([counted]);
  });

  test("are none where there is no trace, or another format is valid", () => {
    expect(countedOf({ extract: every }, [], [w3c("x"), ["b3", `${IDS}-1`]], [w3c(GOOD)])).toEqual(
      [],
    );
  });

  test("are of the first format that is wrong", () => {
    const headers: HeaderList = [w3c("x"), ["b3", "x"]];
    expect(countedOf({ extract: ["b3", "tracecontext"] }, headers, headers)).toEqual([
      "b3 malformed 2",
    ]);
  });

  test("at the edge are all traces of clients", () => {
    expect(countedOf({ mode: "edge" }, [w3c(GOOD)], [w3c("x")], [])).toEqual([
      "tracecontext malformed 1",
      "tracecontext untrusted 1",
    ]);
  });

  test("have counters for what a configuration can meet alone", () => {
    const names = (trace: object): string[] =>
      Object.keys(counters(new Simulated(module, { configuration: { trace } }))).sort();
    expect(names({})).toEqual([
      "tracecontext duplicate",
      "tracecontext forbidden_version",
      "tracecontext malformed",
      "tracecontext zero_id",
    ]);
    expect(names({ mode: "edge", extract: ["b3"] })).toEqual([
      "b3 malformed",
      "b3 untrusted",
      "b3 zero_id",
    ]);
    expect(names({ mode: "yield" })).toHaveLength(20);
  });
});

describe("host calls", () => {
  test("are one for a restart that is counted, beside those of a trace that starts", () => {
    const filter = new Simulated(module, { configuration: { trace: {} } });
    filter.send();
    const calls = filter.callsOf([w3c("x"), ["x-request-id", "left alone"]]);
    expect(Object.fromEntries(calls)).toEqual({
      proxy_get_header_map_pairs: 1,
      proxy_replace_header_map_value: 1,
      proxy_add_header_map_value: 1,
      proxy_increment_metric: 1,
    });
  });

  test("are none for fields that are not there", () => {
    const filter = new Simulated(module, { configuration: { trace: { mode: "yield" } } });
    filter.send();
    expect(Object.fromEntries(filter.callsOf([["b3", "0"]]))).toEqual({
      proxy_get_header_map_pairs: 1,
    });
  });
});
