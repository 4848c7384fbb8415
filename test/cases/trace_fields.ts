// Fields of each format of trace context, and what is expected of a trace, for cases.

import type { Case, CaseExpectation, Protocol } from "../support/case.ts";

export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
export const LOW = TRACE_ID.slice(16);
export const SPAN_ID = "b7ad6b7169203331";
export const ZERO = "0".repeat(16);
export const LOW_DECIMAL = BigInt(`0x${LOW}`).toString();
export const SPAN_DECIMAL = BigInt(`0x${SPAN_ID}`).toString();
export const AMZN_ROOT = `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)}`;
export const NEW_SPAN = `(?!${SPAN_ID}|${ZERO})[0-9a-f]{16}`;

export type Fields = [string, string][];
type Upstream = NonNullable<CaseExpectation["upstream"]>;

export const passes = (upstream: Upstream): CaseExpectation => ({
  status: 200,
  reason: null,
  upstream,
});

/** The trace goes on under W3C names. */
export const continued = (flags: string, traceId = TRACE_ID): CaseExpectation =>
  passes({
    traceparent: new RegExp(`^00-${traceId}-${NEW_SPAN}-${flags}$`),
    "x-trace-id": traceId,
    tracestate: null,
  });

/** Another trace begins, which is random, with these flags. */
export const started = (flags = "02"): CaseExpectation =>
  passes({
    traceparent: new RegExp(
      `^00-(?!${TRACE_ID}|0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-${flags}$`,
    ),
    "x-trace-id": new RegExp(`^(?!${TRACE_ID}|0{32})[0-9a-f]{32}$`),
    tracestate: null,
  });

export function one(
  name: string,
  configuration: string,
  headers: Fields,
  expect: CaseExpectation,
  protocols?: readonly Protocol[],
): Case {
  const only = protocols === undefined ? {} : { protocols };
  return { name, configuration, ...only, steps: [{ request: { headers }, expect }] };
}

/** Several requests under one configuration with one outcome. */
export function all(
  name: string,
  configuration: string,
  requests: Fields[],
  expect: CaseExpectation,
): Case {
  const steps = requests.map((headers) => ({ request: { headers }, expect }));
  return { name, configuration, steps };
}

export const b3 = (value: string): Fields => [["b3", value]];
export const uber = (value: string): Fields => [["uber-trace-id", value]];
export const amzn = (value: string): Fields => [["x-amzn-trace-id", value]];
export const cloud = (value: string): Fields => [["x-cloud-trace-context", value]];
type Changes = Record<string, string | null>;

/** Fields with some of them changed, or left out for null. */
function withChanges(whole: Changes, changes: Changes): Fields {
  const fields: Fields = [];
  for (const [name, value] of Object.entries({ ...whole, ...changes })) {
    if (value !== null) fields.push([name, value]);
  }
  return fields;
}

export const multi = (changes: Changes = {}): Fields => {
  const whole = { "x-b3-traceid": TRACE_ID, "x-b3-spanid": SPAN_ID, "x-b3-sampled": "1" };
  return withChanges(whole, changes);
};
export const datadog = (changes: Changes = {}): Fields => {
  const whole = {
    "x-datadog-trace-id": LOW_DECIMAL,
    "x-datadog-parent-id": SPAN_DECIMAL,
    "x-datadog-sampling-priority": "1",
    "x-datadog-tags": `_dd.p.dm=-1,_dd.p.tid=${TRACE_ID.slice(0, 16)}`,
  };
  return withChanges(whole, changes);
};
