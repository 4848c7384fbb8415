// Whatever clients put into fields of traces, in any number: the request passes, and what goes on
// is one trace.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const FORMATS = ["tracecontext", "b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog"];
const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";

const GOOD: HeaderList = [
  ["traceparent", `00-${TRACE_ID}-${SPAN_ID}-01`],
  ["tracestate", "foo=1,bar=2"],
  ["b3", `${TRACE_ID}-${SPAN_ID}-d`],
  ["b3", "0"],
  ["x-b3-traceid", TRACE_ID.slice(16)],
  ["x-b3-spanid", SPAN_ID],
  ["x-b3-sampled", "true"],
  ["x-b3-flags", "1"],
  ["x-b3-parentspanid", SPAN_ID],
  ["uber-trace-id", `${TRACE_ID}:${SPAN_ID}:0:1`],
  ["x-amzn-trace-id", `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)};Sampled=1`],
  ["x-cloud-trace-context", `${TRACE_ID}/1;o=1`],
  ["x-datadog-trace-id", "18446744073709551615"],
  ["x-datadog-parent-id", "1"],
  ["x-datadog-sampling-priority", "2"],
  ["x-datadog-tags", `_dd.p.tid=${TRACE_ID.slice(0, 16)}`],
  ["x-trace-id", TRACE_ID],
  ["x-trace-link", `00-${TRACE_ID}-${SPAN_ID}-01`],
  ["uberctx-user", "1"],
  ["baggage", "tenant=1;p=%20,user=2"],
  ["tracestate", "ot=th:8;rv:80000000000000;x:1,foo=1"],
  ["x-force", "1"],
];

/** A good field, or one with bytes changed, cut off or added. */
const field = fc
  .tuple(
    fc.constantFrom(...GOOD),
    fc.oneof(fc.constant(null), fc.string({ unit: "binary-ascii", maxLength: 40 })),
    fc.nat(80),
    fc.nat(4),
  )
  .map(([[name, value], inserted, at, cut]): [string, string] => [
    name,
    inserted === null ? value : value.slice(0, at) + inserted + value.slice(at + cut),
  ]);
const requests = fc.array(field, { maxLength: 12 });

const PATTERNS: Record<string, RegExp> = {
  traceparent: /^00-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-0[0-3]$/,
  b3: /^([0-9a-f]{16}|[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}(-[01d])?$/,
  "x-b3-traceid": /^([0-9a-f]{16}|[0-9a-f]{32})$/,
  "uber-trace-id": /^([0-9a-f]{32}):[0-9a-f]{16}:0:[013]$/,
  "x-cloud-trace-context": /^([0-9a-f]{32})\/[0-9]+;o=[01]$/,
};

function check(trace: object, look: (headers: ReadonlyMap<string, string>) => void): void {
  const filter = new Simulated(module, { configuration: { trace } });
  fc.assert(
    fc.property(requests, (headers) => {
      const sent = filter.send(headers);
      expect(sent.reason).toBeNull();
      look(sent.headers);
    }),
    { numRuns: 1500 },
  );
}

/** Every format that is written names the trace of x-trace-id. */
function expectOneTrace(headers: ReadonlyMap<string, string>): void {
  const traceId = headers.get("x-trace-id") ?? "";
  expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
  for (const [name, pattern] of Object.entries(PATTERNS)) {
    const value = headers.get(name) ?? "";
    const [, id = value] = pattern.exec(value) ?? [];
    // B3 keeps the 64 bits that a trace came with.
    expect(id.padStart(32, "0"), name).toBe(traceId);
  }
}

/** What the next hop counts by says the same as the sampled flag. */
function expectConsistent(headers: ReadonlyMap<string, string>): void {
  const flags = headers.get("traceparent")?.slice(-2) ?? "";
  const state = headers.get("tracestate") ?? "";
  const ot = state.split(",").find((member) => member.startsWith("ot=")) ?? "";
  const [, threshold] = /^ot=(?:[^;]*;)*?th:([0-9a-f]{1,14})(?:;|$)/.exec(ot) ?? [];
  if (threshold === undefined) return;
  const [, own] = /[=;]rv:([0-9a-f]{14})(?:;|$)/.exec(ot) ?? [];
  const randomness = own ?? headers.get("x-trace-id")?.slice(-14) ?? "";
  expect(randomness >= threshold.padEnd(14, "0"), `${flags} ${state}`).toBe(
    (Number.parseInt(flags, 16) & 1) === 1,
  );
}

const BAGGAGE = /^tenant ?=[^,]*(,tenant ?=[^,]*)*$/;

describe("any fields of traces", () => {
  test("go on with a threshold that says what was decided, and the baggage that may", () => {
    const sampling = { root: { ratio: 0.5 }, force: "x-force" };
    const baggage = { keys: ["tenant"] };
    check({ extract: FORMATS, inject: FORMATS, sampling, baggage }, (headers) => {
      expectOneTrace(headers);
      expectConsistent(headers);
      expect(headers.has("x-force")).toBe(false);
      const carried = headers.get("baggage");
      if (carried !== undefined) expect(carried).toMatch(BAGGAGE);
    });
  });

  test("go on as one trace", () => {
    check({ extract: FORMATS, inject: FORMATS }, expectOneTrace);
  });

  test("at the edge go on as another trace", () => {
    check({ mode: "edge", extract: FORMATS, inject: FORMATS }, (headers) => {
      expectOneTrace(headers);
      expect(headers.get("x-trace-id")).not.toContain(TRACE_ID.slice(16));
      const link = headers.get("x-trace-link");
      if (link !== undefined) expect(link).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
    });
  });

  test("pass on to another tracer only when they are valid", () => {
    check({ mode: "yield", extract: FORMATS }, (headers) => {
      const parent = headers.get("traceparent");
      if (parent === undefined) expect(headers.get("tracestate")).toBeUndefined();
      else expect(parent.trim()).toMatch(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}/);
      const traceId = headers.get("x-trace-id");
      if (traceId !== undefined) expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    });
  });
});
