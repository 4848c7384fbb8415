/** Configurations of the trace cases, by name. */
export const traceConfigurations = {
  trace: { trace: {} },
  "trace under mapped ids": {
    normalise: { map: [{ from: "trace-id", to: "x-trace-id" }] },
    trace: { extract: ["tracecontext"], inject: ["tracecontext"] },
  },
} as const;
