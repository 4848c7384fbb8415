const mapped = { map: [{ from: "trace-id", to: "x-trace-id" }] };

/** Configurations that sample traces or look at baggage, by name. */
export const traceSamplingConfigurations = {
  "trace sampled always": {
    trace: { extract: ["tracecontext", "b3"], sampling: { root: "always" } },
  },
  "trace sampled never": {
    trace: { extract: ["tracecontext", "b3"], sampling: { root: "never", force: "x-force-trace" } },
  },
  "trace under mapped ids sampled": {
    normalise: mapped,
    trace: { sampling: { root: "always" } },
  },
  "trace under mapped ids not sampled": {
    normalise: mapped,
    trace: { sampling: { root: "never" } },
  },
  "trace sampled by half": {
    trace: {
      extract: ["tracecontext", "b3"],
      inject: ["tracecontext", "b3"],
      sampling: { root: { ratio: 0.5 } },
    },
  },
  "trace sampled by rate": { trace: { sampling: { root: { rate: "2/d" } } } },
  "trace at the edge sampled": { trace: { mode: "edge", sampling: { root: "always" } } },
  "trace in b3 sampled": { trace: { inject: ["b3"], sampling: { root: "always" } } },
  "trace with sampling deferred": { trace: { sampling: {} } },
  "baggage with keys": { trace: { baggage: { keys: ["tenant", "region"] } } },
  "baggage stripped": { trace: { baggage: "strip" } },
  "baggage with keys at the edge": { trace: { mode: "edge", baggage: { keys: ["tenant"] } } },
  "baggage with keys where Envoy traces": {
    trace: { mode: "yield", baggage: { keys: ["tenant"] } },
  },
  "baggage of Jaeger": {
    trace: { extract: ["jaeger", "tracecontext"], inject: ["jaeger"] },
  },
  "baggage of Jaeger under keys": {
    trace: { extract: ["jaeger"], inject: ["jaeger"], baggage: { keys: ["tenant"] } },
  },
} as const;
