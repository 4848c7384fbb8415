// The modes `yield` and `edge`, end to end.

import type { Case } from "../support/case.ts";
import {
  all,
  amzn,
  AMZN_ROOT,
  b3,
  cloud,
  datadog,
  LOW,
  multi,
  one,
  passes,
  SPAN_DECIMAL,
  SPAN_ID,
  started,
  TRACE_ID,
  uber,
  ZERO,
} from "./trace_fields.ts";
import type { Fields } from "./trace_fields.ts";

const TRACEPARENT = `00-${TRACE_ID}-${SPAN_ID}-01`;
const OTHER = "1".repeat(32);
const w3c = (value: string): Fields => [["traceparent", value]];

const edgeCases: Case[] = [
  one(
    "at the edge a trace starts, and is linked to the client's",
    "trace at the edge",
    [
      ...w3c(TRACEPARENT),
      ["tracestate", "foo=1"],
      ["baggage", "user=1"],
      ["x-trace-link", `00-${OTHER}-${SPAN_ID}-01`],
    ],
    passes({
      ...started().upstream,
      "x-trace-link": TRACEPARENT,
      baggage: null,
    }),
  ),
  one(
    "the link is a traceparent whatever the client's format",
    "trace at the edge",
    b3(`${LOW}-${SPAN_ID}-d`),
    passes({ ...started().upstream, b3: null, "x-trace-link": `00-${ZERO}${LOW}-${SPAN_ID}-01` }),
  ),
  all(
    "there is no link to what is no trace, and no decision of the client's",
    "trace at the edge",
    [
      [],
      w3c(`ff${TRACEPARENT.slice(2)}`),
      [["x-trace-link", TRACEPARENT]],
      [["x_trace_link", TRACEPARENT]],
      b3("1"),
      b3("d"),
      amzn(AMZN_ROOT),
    ],
    passes({ ...started().upstream, "x-trace-link": null, baggage: null }),
  ),
  one(
    "at the edge no id of the client's is adopted",
    "trace at the edge under mapped ids",
    [["trace-id", TRACE_ID]],
    started(),
  ),
];

const yieldCases: Case[] = [
  one(
    "a trace that somebody else continues stays as it is",
    "trace yields",
    [
      ...w3c(TRACEPARENT),
      ["tracestate", "foo=1,bar=2"],
      ...b3(`${OTHER}-${SPAN_ID}`),
      ...multi(),
      ...uber(`${OTHER}:${SPAN_ID}:0:1`),
      ["uberctx-user", "1"],
      ...amzn(AMZN_ROOT),
      ...cloud(`${OTHER}/${SPAN_DECIMAL}`),
      ...datadog(),
      ["sw8", "1-a-b"],
    ],
    passes({
      traceparent: TRACEPARENT,
      tracestate: "foo=1,bar=2",
      b3: `${OTHER}-${SPAN_ID}`,
      "x-b3-traceid": TRACE_ID,
      "uber-trace-id": `${OTHER}:${SPAN_ID}:0:1`,
      "uberctx-user": "1",
      "x-amzn-trace-id": AMZN_ROOT,
      "x-cloud-trace-context": `${OTHER}/${SPAN_DECIMAL}`,
      "x-datadog-parent-id": SPAN_DECIMAL,
      sw8: "1-a-b",
      "x-trace-id": TRACE_ID,
    }),
  ),
  all(
    "an invalid traceparent goes with its tracestate",
    "trace yields",
    [
      [...w3c(TRACEPARENT.toUpperCase()), ["tracestate", "foo=1"]],
      [...w3c(TRACEPARENT), ...w3c(TRACEPARENT), ["tracestate", "foo=1"]],
      [["tracestate", "foo=1"]],
    ],
    passes({ traceparent: null, tracestate: null, "x-trace-id": null }),
  ),
  one(
    "a bad tracestate goes alone",
    "trace yields",
    [...w3c(TRACEPARENT), ["tracestate", "Foo=1"]],
    passes({ traceparent: TRACEPARENT, tracestate: null, "x-trace-id": TRACE_ID }),
  ),
  one(
    "fields of every other format that are invalid go",
    "trace yields",
    [
      ...b3("x"),
      ...multi({ "x-b3-spanid": null }),
      ...uber("0:0:0:0"),
      ...amzn("Root=2"),
      ...cloud("1/1"),
      ...datadog({ "x-datadog-trace-id": "0" }),
    ],
    passes({
      b3: null,
      "x-b3-traceid": null,
      "x-b3-sampled": null,
      "uber-trace-id": null,
      "x-amzn-trace-id": null,
      "x-cloud-trace-context": null,
      "x-datadog-trace-id": null,
      "x-datadog-parent-id": null,
      "x-datadog-sampling-priority": null,
      "x-datadog-tags": null,
      "x-trace-id": null,
    }),
  ),
  one(
    "of several b3 the first stays",
    "trace yields",
    [...b3(`${TRACE_ID}-${SPAN_ID}-1`), ...b3(`${OTHER}-${SPAN_ID}-1`)],
    passes({ b3: [`${TRACE_ID}-${SPAN_ID}-1`], "x-trace-id": TRACE_ID }),
  ),
  one(
    "a sampling decision stays",
    "trace yields",
    b3("0"),
    passes({ b3: "0", "x-trace-id": null }),
  ),
  {
    name: "a mapped id names a trace only when it is one, and there is no other",
    configuration: "trace yields under mapped ids",
    steps: [
      {
        request: { headers: [["trace-id", TRACE_ID]] },
        expect: passes({ "x-trace-id": TRACE_ID, traceparent: null }),
      },
      {
        request: { headers: [["trace-id", "no id"]] },
        expect: passes({ "x-trace-id": null, traceparent: null }),
      },
      {
        request: { headers: [["trace-id", OTHER], ...w3c(TRACEPARENT)] },
        expect: passes({ "x-trace-id": TRACE_ID, traceparent: TRACEPARENT }),
      },
    ],
  },
];

export const traceModeCases: Case[] = [...edgeCases, ...yieldCases];
