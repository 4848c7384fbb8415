// Trace context, end to end. Every form of a bad value is in test/core/trace; here is what comes of
// one.

import type { Case, CaseExpectation, Protocol } from "../support/case.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const ZERO_ID = "0".repeat(16);

/** The trace goes on: its id and flags, but a parent-id that is neither the client's nor zero. */
function continued(flags: string): CaseExpectation {
  const traceparent = new RegExp(
    `^00-${TRACE_ID}-(?!${PARENT_ID}|${ZERO_ID})[0-9a-f]{16}-${flags}$`,
  );
  return { status: 200, reason: null, upstream: { traceparent, "x-trace-id": TRACE_ID } };
}

/** A trace begins: another random id, not sampled, and nothing of the old one. */
const RESTARTED: CaseExpectation = {
  status: 200,
  reason: null,
  upstream: {
    traceparent: new RegExp(`^00-(?!${TRACE_ID}|0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-02$`),
    "x-trace-id": new RegExp(`^(?!${TRACE_ID}|0{32})[0-9a-f]{32}$`),
    tracestate: null,
  },
};

function one(
  name: string,
  headers: [string, string][],
  expect: CaseExpectation,
  protocols?: readonly Protocol[],
): Case {
  const only = protocols === undefined ? {} : { protocols };
  return { name, configuration: "trace", ...only, steps: [{ request: { headers }, expect }] };
}

function withTracestate(...lines: string[]): [string, string][] {
  const traceparent: [string, string] = ["traceparent", parentWith("01")];
  return [traceparent, ...lines.map((line): [string, string] => ["tracestate", line])];
}

const parentWith = (flags: string): string => `00-${TRACE_ID}-${PARENT_ID}-${flags}`;

function keeps(tracestate: string | null): CaseExpectation {
  const expected = continued("01");
  return { ...expected, upstream: { ...expected.upstream, tracestate } };
}

const members = (count: number): string =>
  Array.from({ length: count }, (_, i) => `k${String(i)}=v`).join(",");

const long = (key: string): string => `${key}=${"v".repeat(200)}`;

export const traceCases: Case[] = [
  one(
    "a trace continues under a new parent-id",
    [["traceparent", parentWith("01")]],
    continued("01"),
  ),
  one("a trace that is not sampled stays so", [["traceparent", parentWith("00")]], continued("00")),
  one("the random flag goes on", [["traceparent", parentWith("02")]], continued("02")),
  one("both flags go on", [["traceparent", parentWith("03")]], continued("03")),
  one("unknown flags do not go on", [["traceparent", parentWith("ff")]], continued("03")),
  one(
    "a later version goes on as version 00",
    [["traceparent", `cc-${TRACE_ID}-${PARENT_ID}-01-what-comes`]],
    continued("01"),
  ),
  one("a request without traceparent starts a trace", [], RESTARTED),
  one("tracestate without traceparent is dropped", [["tracestate", "foo=1"]], RESTARTED),
  one(
    "an upper-case trace-id starts a trace",
    [
      ["traceparent", `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
      ["tracestate", "foo=1"],
    ],
    RESTARTED,
  ),
  one(
    "two traceparents start a trace",
    [
      ["traceparent", parentWith("01")],
      ["traceparent", parentWith("01")],
      ["tracestate", "foo=1"],
    ],
    RESTARTED,
  ),
  one("version ff starts a trace", [["traceparent", `ff${parentWith("01").slice(2)}`]], RESTARTED),
  one(
    "a zero trace-id starts a trace",
    [["traceparent", `00-${"0".repeat(32)}-${PARENT_ID}-01`]],
    RESTARTED,
  ),
  one("8 KiB of traceparent start a trace", [["traceparent", "0".repeat(8192)]], RESTARTED),
  one("other spellings of the name mean nothing", [["trace-parent", parentWith("01")]], RESTARTED),
  one("the name is taken in any case", [["TrAcEpArEnT", parentWith("01")]], continued("01"), [
    "http1",
  ]),
  one(
    "spaces around traceparent mean nothing",
    [["traceparent", ` \t${parentWith("01")} \t`]],
    continued("01"),
    ["http1"],
  ),
  one(
    "a trace-id of the client's own is not believed",
    [
      ["traceparent", parentWith("01")],
      ["x-trace-id", "1".repeat(32)],
    ],
    continued("01"),
  ),
  one(
    "nor is it under another spelling",
    [
      ["traceparent", parentWith("01")],
      ["x_trace_id", "1".repeat(32)],
    ],
    { ...continued("01"), upstream: { ...continued("01").upstream, x_trace_id: null } },
  ),
  one("a trace-id of the client's own starts no trace", [["x-trace-id", TRACE_ID]], RESTARTED),
  one("a good tracestate stays", withTracestate("foo=1,bar=2"), keeps("foo=1,bar=2")),
  one("tracestate lines become one", withTracestate("foo=1", "bar=2"), keeps("foo=1,bar=2")),
  one("the first of equal keys stays", withTracestate("foo=1,bar=2,foo=3"), keeps("foo=1,bar=2")),
  one("empty members go", withTracestate("foo=1,,bar=2,"), keeps("foo=1,bar=2")),
  one("32 members stay", withTracestate(members(32)), keeps(members(32))),
  one("33 members go", withTracestate(members(33)), keeps(null)),
  one("one bad member takes the others with it", withTracestate("foo=1,Bar=2"), keeps(null)),
  one("an empty tracestate goes", withTracestate(" , ,"), keeps(null)),
  one(
    "what is too long is cut, long members first",
    withTracestate([long("a"), "b=1", long("c"), long("d"), "e=2"].join(",")),
    keeps([long("a"), "b=1", long("c"), "e=2"].join(",")),
  ),
  {
    name: "a mapped trace-id is adopted",
    configuration: "trace under mapped ids",
    steps: [
      {
        request: {
          headers: [
            ["trace-id", TRACE_ID],
            ["tracestate", "foo=1"],
          ],
        },
        expect: {
          ...continued("00"),
          upstream: { ...continued("00").upstream, "trace-id": null, tracestate: null },
        },
      },
      { request: { headers: [["trace_id", TRACE_ID]] }, expect: continued("00") },
    ],
  },
  {
    name: "a traceparent wins over a mapped trace-id, and a bad mapped one is replaced",
    configuration: "trace under mapped ids",
    steps: [
      {
        request: {
          headers: [
            ["trace-id", "1".repeat(32)],
            ["traceparent", parentWith("01")],
          ],
        },
        expect: continued("01"),
      },
      { request: { headers: [["trace-id", "no trace-id"]] }, expect: RESTARTED },
      { request: { headers: [["trace-id", "0".repeat(32)]] }, expect: RESTARTED },
      { request: { headers: [["trace-id", `${TRACE_ID}0`]] }, expect: RESTARTED },
      {
        request: {
          headers: [
            ["trace-id", "1".repeat(32)],
            ["traceparent", "bad"],
          ],
        },
        expect: RESTARTED,
      },
    ],
  },
];
