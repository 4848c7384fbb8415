/** Configurations of the trace cases, by name. */
export const traceConfigurations = {
  trace: { trace: {} },
  "trace under mapped ids": {
    normalise: { map: [{ from: "trace-id", to: "x-trace-id" }] },
    trace: { extract: ["tracecontext"], inject: ["tracecontext"] },
  },
  "trace from b3": { trace: { extract: ["b3"] } },
  "trace from b3multi": { trace: { extract: ["b3multi"] } },
  "trace from jaeger": { trace: { extract: ["jaeger"] } },
  "trace from xray": { trace: { extract: ["xray"] } },
  "trace from cloudtrace": { trace: { extract: ["cloudtrace"] } },
  "trace from datadog": { trace: { extract: ["datadog"] } },
  "trace in b3": { trace: { extract: ["b3"], inject: ["b3"] } },
  "trace in b3multi": { trace: { extract: ["b3", "b3multi"], inject: ["b3multi"] } },
  "trace in every format": {
    trace: {
      extract: ["tracecontext", "b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog"],
      inject: ["tracecontext", "b3", "b3multi", "jaeger", "xray", "cloudtrace", "datadog"],
    },
  },
  "trace at the edge": { trace: { mode: "edge", extract: ["tracecontext", "b3", "xray"] } },
  "trace at the edge under mapped ids": {
    normalise: { map: [{ from: "trace-id", to: "x-trace-id" }] },
    trace: { mode: "edge" },
  },
  "trace yields": { trace: { mode: "yield", extract: ["tracecontext", "b3"] } },
  "trace yields under mapped ids": {
    normalise: { map: [{ from: "trace-id", to: "x-trace-id" }] },
    trace: { mode: "yield" },
  },
  "trace under a rule about Jaeger's baggage": {
    normalise: { map: [{ from: "uberctx-user", to: "x-tenant" }] },
    trace: {},
  },
} as const;
