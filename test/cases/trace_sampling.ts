// Who decides whether a trace is sampled, and what the next hop is told of it, end to end. Numbers
// and their texts are in test/core/trace/sampling.test.ts.

import type { Case } from "../support/case.ts";
import { all, b3, NEW_SPAN, one, passes, SPAN_ID, started, TRACE_ID } from "./trace_fields.ts";
import type { Fields } from "./trace_fields.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A trace-id with these 56 bits of randomness. */
const idWith = (randomness: string): string => TRACE_ID.slice(0, 18) + randomness;
const LOW_ID = idWith("7fffffffffffff");
const HIGH_ID = idWith("80000000000000");

const from = (flags: string, state: string | null = null, traceId = TRACE_ID): Fields => {
  const parent: Fields = [["traceparent", `00-${traceId}-${SPAN_ID}-${flags}`]];
  return state === null ? parent : [...parent, ["tracestate", state]];
};

function goesOn(
  flags: string,
  state: string | RegExp | null,
  traceId = TRACE_ID,
): ReturnType<typeof passes> {
  return passes({
    traceparent: new RegExp(`^00-${traceId}-${NEW_SPAN}-${flags}$`),
    tracestate: state,
    "x-request-id": UUID,
  });
}

function begins(flags: string, state: string | null): ReturnType<typeof passes> {
  return passes({ ...started(flags).upstream, tracestate: state, "x-request-id": UUID });
}

const rootCases: Case[] = [
  all(
    "always: what begins here is sampled, with a probability of one",
    "trace sampled always",
    [[], [["traceparent", "x"]], [["tracestate", "ot=th:8"]]],
    begins("03", "ot=th:0"),
  ),
  one("never: it is not", "trace sampled never", [], begins("02", null)),
  one("deferred: it stays undecided", "trace with sampling deferred", [], begins("02", null)),
  one(
    "at the edge a client's decision does not count",
    "trace at the edge sampled",
    from("00", "ot=th:8,foo=1"),
    begins("03", "ot=th:0"),
  ),
  one(
    "without tracecontext there is no tracestate",
    "trace in b3 sampled",
    [],
    passes({ b3: /^[0-9a-f]{32}-[0-9a-f]{16}-1$/, tracestate: null }),
  ),
  one(
    "by half: below the threshold a trace is not sampled",
    "trace sampled by half",
    b3(`${LOW_ID}-${SPAN_ID}`),
    passes({ ...goesOn("00", null, LOW_ID).upstream, b3: new RegExp(`^${LOW_ID}-.{16}-0$`) }),
  ),
  one(
    "by half: from it on it is",
    "trace sampled by half",
    b3(`${HIGH_ID}-${SPAN_ID}`),
    passes({
      ...goesOn("01", "ot=th:8", HIGH_ID).upstream,
      b3: new RegExp(`^${HIGH_ID}-.{16}-1$`),
    }),
  ),
  one(
    "an id that nobody calls random gets randomness of its own",
    "trace under mapped ids sampled",
    [["trace-id", LOW_ID]],
    goesOn("01", /^ot=th:0;rv:[0-9a-f]{14}$/, LOW_ID),
  ),
  one(
    "whether the trace is sampled or not",
    "trace under mapped ids not sampled",
    [["trace-id", HIGH_ID]],
    goesOn("00", /^ot=rv:[0-9a-f]{14}$/, HIGH_ID),
  ),
  {
    name: "by rate: so many, then none",
    configuration: "trace sampled by rate",
    steps: ["03", "03", "02", "02"].map((flags) => ({
      request: { headers: [] },
      expect: begins(flags, null),
    })),
  },
  {
    name: "by rate: others' decisions take nothing from it",
    configuration: "trace sampled by rate",
    steps: [
      { request: { headers: from("01") }, expect: goesOn("01", null) },
      { request: { headers: from("00") }, expect: goesOn("00", null) },
      { request: { headers: from("01") }, expect: goesOn("01", null) },
      { request: { headers: [] }, expect: begins("03", null) },
      { request: { headers: [] }, expect: begins("03", null) },
      { request: { headers: [] }, expect: begins("02", null) },
    ],
  },
];

const parentCases: Case[] = [
  one("a parent's no counts", "trace sampled always", from("00"), goesOn("00", null)),
  one("a parent's yes counts", "trace sampled never", from("01"), goesOn("01", null)),
  one("so does B3's without a trace", "trace sampled always", b3("0"), begins("02", null)),
  one(
    "a state of B3 alone says nothing of a probability",
    "trace sampled always",
    b3("1"),
    begins("03", null),
  ),
  one(
    "a threshold that the decision follows stays as it came",
    "trace sampled always",
    from("01", "foo=1,ot=th:8;rv:80000000000000;xy:1"),
    goesOn("01", "foo=1,ot=th:8;rv:80000000000000;xy:1"),
  ),
  one(
    "a threshold that contradicts it goes, the rest moves to the front",
    "trace sampled always",
    from("01", "foo=1,ot=th:8;rv:7fffffffffffff;xy:1,bar=2"),
    goesOn("01", "ot=rv:7fffffffffffff;xy:1,foo=1,bar=2"),
  ),
  one(
    "a threshold of a trace that is not sampled goes, and ot with it",
    "trace sampled always",
    from("00", "foo=1,ot=th:8", HIGH_ID),
    goesOn("00", "foo=1", HIGH_ID),
  ),
  one(
    "randomness is in the id where there is no rv",
    "trace sampled always",
    from("01", "ot=th:8", LOW_ID),
    goesOn("01", null, LOW_ID),
  ),
  all(
    "a member ot that is none is left alone",
    "trace sampled always",
    [from("01", "ot=TH:8;th:zz;rv:1")],
    goesOn("01", "ot=TH:8;th:zz;rv:1"),
  ),
];

const forceCases: Case[] = [
  all(
    "a stranger forces nothing, whatever it says of itself",
    "trace sampled never",
    [
      [["x-force-trace", "1"]],
      [
        ["x-force-trace", "true"],
        ["x-envoy-internal", "true"],
      ],
      [
        ["x-force-trace", "1"],
        ["x_envoy_internal", "true"],
      ],
    ],
    passes({ ...begins("02", null).upstream, "x-force-trace": null }),
  ),
];

export const traceSamplingCases: Case[] = [...rootCases, ...parentCases, ...forceCases];
