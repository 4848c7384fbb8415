// Trace context in B3, end to end. Every form of a bad value is in test/core/trace; here is
// what comes of each kind.

import type { Case } from "../support/case.ts";
import {
  all,
  b3,
  continued,
  LOW,
  multi,
  NEW_SPAN,
  one,
  passes,
  SPAN_ID,
  started,
  TRACE_ID,
  ZERO,
} from "./trace_fields.ts";

export const traceB3Cases: Case[] = [
  one("b3 goes on", "trace from b3", b3(`${TRACE_ID}-${SPAN_ID}-1`), continued("01")),
  one("b3 that is not sampled", "trace from b3", b3(`${TRACE_ID}-${SPAN_ID}-0`), continued("00")),
  one("b3 in debug is sampled", "trace from b3", b3(`${TRACE_ID}-${SPAN_ID}-d`), continued("01")),
  one("b3 without state", "trace from b3", b3(`${TRACE_ID}-${SPAN_ID}`), continued("00")),
  one(
    "b3 of 64 bits gets zeros in front",
    "trace from b3",
    b3(`${LOW}-${SPAN_ID}-1-${LOW}`),
    continued("01", `${ZERO}${LOW}`),
  ),
  one(
    "of several b3 the first counts",
    "trace from b3",
    [...b3(`${TRACE_ID}-${SPAN_ID}-1`), ...b3(`${TRACE_ID.replace("0", "1")}-${SPAN_ID}-0`)],
    continued("01"),
  ),
  one("a state alone decides for a new trace", "trace from b3", b3("1"), started("03")),
  one("so does debug", "trace from b3", b3("d"), started("03")),
  one("and a state that says no", "trace from b3", b3("0"), started("02")),
  all(
    "an invalid b3 starts a trace",
    "trace from b3",
    [
      "",
      "-",
      "2",
      `${LOW.slice(1)}-${SPAN_ID}-1`,
      `0${LOW}-${SPAN_ID}-1`,
      `${TRACE_ID.slice(1)}-${SPAN_ID}-1`,
      `0${TRACE_ID}-${SPAN_ID}-1`,
      `${TRACE_ID}-${SPAN_ID}-1-`,
      `${TRACE_ID}-${ZERO}-1`,
      `${TRACE_ID.toUpperCase()}-${SPAN_ID}-1`,
    ].map(b3),
    started(),
  ),
  one(
    "b3 keeps its width and its debug",
    "trace in b3",
    b3(`${LOW}-${SPAN_ID}-d`),
    passes({
      b3: new RegExp(`^${LOW}-${NEW_SPAN}-d$`),
      traceparent: null,
      "x-trace-id": `${ZERO}${LOW}`,
    }),
  ),
  one(
    "b3 without state goes on without",
    "trace in b3",
    b3(`${TRACE_ID}-${SPAN_ID}`),
    passes({
      b3: new RegExp(`^${TRACE_ID}-${NEW_SPAN}$`),
    }),
  ),
  one(
    "a new trace in b3 leaves the decision open",
    "trace in b3",
    [],
    passes({
      b3: /^[0-9a-f]{32}-[0-9a-f]{16}$/,
    }),
  ),
  one("b3multi goes on", "trace from b3multi", multi(), continued("01")),
  one(
    "its sampled may be a word",
    "trace from b3multi",
    multi({ "x-b3-sampled": "true" }),
    continued("01"),
  ),
  one("or say no", "trace from b3multi", multi({ "x-b3-sampled": "0" }), continued("00")),
  one(
    "its flags of 1 are debug",
    "trace from b3multi",
    multi({ "x-b3-sampled": null, "x-b3-flags": "1", "x-b3-parentspanid": LOW }),
    continued("01"),
  ),
  one(
    "its sampled alone is a decision",
    "trace from b3multi",
    multi({ "x-b3-traceid": null, "x-b3-spanid": null }),
    started("03"),
  ),
  all(
    "an invalid b3multi starts a trace",
    "trace from b3multi",
    [
      multi({ "x-b3-spanid": null }),
      multi({ "x-b3-traceid": null }),
      multi({ "x-b3-spanid": ZERO }),
      multi({ "x-b3-traceid": TRACE_ID.slice(1) }),
      multi({ "x-b3-sampled": "yes" }),
      multi({ "x-b3-traceid": "" }),
    ],
    started(),
  ),
  one("b3 is not read as b3multi", "trace from b3multi", b3(`${TRACE_ID}-${SPAN_ID}-1`), started()),
  one("nor b3multi as b3", "trace from b3", multi(), started()),
  one(
    "b3multi is written without parent",
    "trace in b3multi",
    multi({ "x-b3-parentspanid": LOW }),
    passes({
      "x-b3-traceid": TRACE_ID,
      "x-b3-spanid": new RegExp(`^${NEW_SPAN}$`),
      "x-b3-sampled": "1",
      "x-b3-flags": null,
      "x-b3-parentspanid": null,
      traceparent: null,
    }),
  ),
  one(
    "debug is written without sampled",
    "trace in b3multi",
    [...b3(`${TRACE_ID}-${SPAN_ID}-d`), ["x-b3-sampled", "0"]],
    passes({
      "x-b3-traceid": TRACE_ID,
      "x-b3-sampled": null,
      "x-b3-flags": "1",
      b3: null,
    }),
  ),
];
