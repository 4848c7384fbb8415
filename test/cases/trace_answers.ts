// What answers tell of the trace of their request: refusals always, responses when asked.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseStep } from "../support/case.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const TRACED: HeaderList = [["traceparent", `00-${TRACE_ID}-${PARENT_ID}-01`]];
/** Another id than the client's. */
const NEW_ID = new RegExp(`^(?!${TRACE_ID})[0-9a-f]{32}$`);
const HTTP = ["http1", "http2"] as const;

/** `00-`, the trace-id, a parent-id that is not the client's, flags. */
const context = `00-${TRACE_ID}-(?!${PARENT_ID}|0{16})[0-9a-f]{16}-01`;
const started = `00-(?!${TRACE_ID})[0-9a-f]{32}-[0-9a-f]{16}-02`;
const told = (value: string): CaseExpectation["response"] => ({
  traceresponse: new RegExp(`^${value}$`),
  "server-timing": new RegExp(`^trace;desc="${value}"$`),
});
const UNTOLD = { traceresponse: null, "server-timing": null };

const missing = (
  traceId: string | RegExp | null,
  response: CaseExpectation["response"] = UNTOLD,
): CaseExpectation => ({
  status: 401,
  reason: "jwt:missing",
  grpcStatus: 16,
  response: { "x-trace-id": traceId, ...response },
});

const passes = (response: CaseExpectation["response"]): CaseExpectation => ({
  status: 200,
  reason: null,
  upstream: { "x-trace-id": /^[0-9a-f]{32}$/ },
  response: { "x-trace-id": null, ...response },
});

const step = (headers: HeaderList, expect: CaseExpectation, path = "/"): CaseStep => ({
  request: { headers, path },
  expect,
});

const early = (reason: string, traceId: string | RegExp): CaseExpectation => ({
  status: 400,
  reason,
  grpcStatus: 3,
  response: { "x-trace-id": traceId, ...UNTOLD },
});

export const traceAnswerCases: Case[] = [
  {
    name: "a refusal has the trace-id of its request, in a header and in the body",
    configuration: "refusals with a trace",
    steps: [
      step(TRACED, { ...missing(TRACE_ID), body: '{"error":"invalid token"}' }),
      step([], missing(NEW_ID)),
    ],
  },
  {
    name: "a refusal has the id of the trace that was restarted, not what the client sent",
    configuration: "refusals with a trace",
    steps: [
      step([["traceparent", `00-${TRACE_ID}-${PARENT_ID}-1`]], missing(NEW_ID)),
      step([...TRACED, ...TRACED], missing(NEW_ID)),
      step([["x-trace-id", TRACE_ID]], missing(NEW_ID)),
    ],
  },
  {
    name: "a refusal by a filter before the trace has its trace-id as well",
    configuration: "refusals with a trace",
    steps: [
      step([...TRACED, ["x-bad", "1"]], early("normalise:header_refused", TRACE_ID)),
      step([["x-bad", "1"]], early("normalise:header_refused", NEW_ID)),
      step([["x_any", "1"]], early("normalise:header_refused", NEW_ID)),
    ],
  },
  {
    name: "a problem has the trace-id as a member",
    configuration: "refusals with a trace, as problems",
    protocols: HTTP,
    steps: [
      step(TRACED, {
        ...missing(TRACE_ID),
        body: '{"type":"about:blank","title":"Unauthorized","status":401,"detail":"jwt:missing"}',
      }),
    ],
  },
  {
    name: "google.rpc.Status has the trace-id in its metadata",
    configuration: "refusals of Google's form with a trace",
    steps: [
      step(TRACED, {
        status: 429,
        reason: "ratelimit:limited",
        grpcStatus: 8,
        response: { "x-trace-id": TRACE_ID },
      }),
    ],
  },
  {
    name: "responses and refusals tell the trace when asked",
    configuration: "responses with a trace",
    steps: [
      step(TRACED, passes(told(context)), "/open"),
      step([], passes(told(started)), "/open"),
      step(TRACED, missing(TRACE_ID, told(context))),
      step([...TRACED, ["x-bad", "1"]], {
        ...early("normalise:header_refused", TRACE_ID),
        response: { "x-trace-id": TRACE_ID, ...told(context) },
      }),
    ],
  },
  {
    name: "the upstream's traceresponse is replaced, its server-timing stays beside ours",
    configuration: "responses with a trace",
    steps: [
      step(
        [
          ...TRACED,
          ["x-answer-traceresponse", `00-${"1".repeat(32)}-${PARENT_ID}-01`],
          ["x-answer-server-timing", "db;dur=53"],
        ],
        passes({ traceresponse: new RegExp(`^${context}$`) }),
        "/open",
      ),
    ],
  },
  {
    name: "responses tell nothing of the trace when nobody asks",
    configuration: "refusals with a trace",
    steps: [step(TRACED, passes(UNTOLD), "/open")],
  },
  {
    name: "responses tell only what is asked",
    configuration: "responses with server-timing",
    steps: [step(TRACED, passes({ ...told(context), traceresponse: null }))],
  },
  {
    name: "a refusal has not the trace-id of a stranger",
    configuration: "refusals at the edge",
    steps: [step(TRACED, missing(NEW_ID))],
  },
  {
    name: "a refusal has the trace-id of the tracer behind, where the client sent one",
    configuration: "refusals that leave traces alone",
    steps: [step(TRACED, missing(TRACE_ID)), step([], missing(null))],
  },
  {
    name: "refusals have no trace-id without the section",
    configuration: "refusals without a trace",
    steps: [step(TRACED, { ...missing(null), body: '{"error":"invalid token"}' })],
  },
];
