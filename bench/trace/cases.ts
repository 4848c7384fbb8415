// What is measured: a trace that goes on in one format or another, and the bare host calls of a
// module that does no more than replace one header.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "../harness/listeners.ts";
import { askUpstream, LOAD_PATH, requireAnswer } from "../harness/listeners.ts";
import type { HeaderSet } from "../harness/load.ts";
import type { MeasuredCase } from "../harness/measure.ts";
import { ourFilters } from "../harness/ours.ts";

export const NONE = "none";
export const SNAPSHOT = "snapshot";
export const REPLACE = "replace";
export const TRACECONTEXT = "tracecontext";
export const B3 = "b3";
export const B3_TO_TRACECONTEXT = "b3 to tracecontext";
export const EVERY = "every format";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const EVERY_FORMAT = ["tracecontext", "b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog"];

const HEADERS: HeaderSet = {
  "user-agent": "bench/1",
  accept: "application/json",
  "accept-encoding": "gzip, br",
  "accept-language": "en",
  "x-request-start": "t=1700000000",
  cookie: "session=0123456789abcdef",
};
const IN_W3C: HeaderSet = { ...HEADERS, traceparent: TRACEPARENT };
const IN_B3: HeaderSet = { ...HEADERS, b3: `${TRACE_ID}-${SPAN_ID}-1` };

interface TraceCase {
  /** null for a case without Sallyport. */
  section: JsonObject | null;
  headers: HeaderSet;
  /** What the upstream has to receive: a pattern, or null for no such field. */
  expected: Record<string, RegExp | null>;
}

const GOES_ON = new RegExp(`^00-${TRACE_ID}-(?!${SPAN_ID})[0-9a-f]{16}-01$`);
const GOES_ON_IN_B3 = new RegExp(`^${TRACE_ID}-(?!${SPAN_ID})[0-9a-f]{16}-1$`);
const AS_IT_CAME = new RegExp(`^${TRACEPARENT}$`);
const REPLACED = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

const CASES: Record<string, TraceCase> = {
  [NONE]: { section: null, headers: IN_W3C, expected: { traceparent: AS_IT_CAME } },
  [SNAPSHOT]: { section: null, headers: IN_W3C, expected: { traceparent: AS_IT_CAME } },
  [REPLACE]: {
    section: null,
    headers: IN_W3C,
    expected: { traceparent: new RegExp(`^${REPLACED}$`) },
  },
  [TRACECONTEXT]: { section: {}, headers: IN_W3C, expected: { traceparent: GOES_ON } },
  [B3]: {
    section: { extract: ["b3"], inject: ["b3"] },
    headers: IN_B3,
    expected: { b3: GOES_ON_IN_B3, traceparent: null },
  },
  [B3_TO_TRACECONTEXT]: {
    section: { extract: ["b3"] },
    headers: IN_B3,
    expected: { b3: null, traceparent: GOES_ON },
  },
  [EVERY]: {
    section: { inject: EVERY_FORMAT },
    headers: IN_W3C,
    expected: { b3: GOES_ON_IN_B3, traceparent: GOES_ON },
  },
};

export async function caseFilters(modulePath: string, none: EmptyFilters): Promise<CaseFilters> {
  const bare: CaseFilters = {
    [NONE]: [],
    [SNAPSHOT]: [await none.bare(SNAPSHOT, { request: [] })],
    [REPLACE]: [await none.bare(REPLACE, { request: [["replace", "traceparent", REPLACED]] })],
  };
  const ours = Object.entries(CASES).flatMap(([name, { section }]): [string, JsonObject[]][] => {
    if (section === null) return [];
    return [[name, ourFilters(modulePath, name, { trace: section })]];
  });
  return { ...bare, ...Object.fromEntries(ours) };
}

export function measuredCases(
  envoy: BenchEnvoy,
  requests: number,
  warmUpRequests: number,
): MeasuredCase[] {
  return Object.entries(CASES).map(([name, { headers }]) => ({
    name,
    port: envoy.port(name),
    path: LOAD_PATH,
    headers: [headers],
    requests,
    warmUpRequests,
    status: 200,
  }));
}

/** Asks the case whether it does its work. */
export async function checkCase({ name, port }: MeasuredCase): Promise<void> {
  const one = CASES[name];
  if (one === undefined) throw new Error(`no case ${name}`);
  const { response, upstream } = await askUpstream(port, one.headers);
  requireAnswer(name, "status", response.status, 200);
  for (const [header, pattern] of Object.entries(one.expected)) {
    const value = upstream.get(header);
    const isRight = pattern === null ? value === undefined : pattern.test(value ?? "");
    if (!isRight) throw new Error(`${name}: ${header} is ${String(value)}`);
  }
}
