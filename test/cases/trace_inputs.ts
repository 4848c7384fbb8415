// Every bad value of traceparent and tracestate that the harness of the W3C sends, and more, end to
// end: the trace restarts, or the list goes, and the request passes.

import type { Case } from "../support/case.ts";
import { all, continued, passes, SPAN_ID, started, TRACE_ID, ZERO } from "./trace_fields.ts";
import type { Fields } from "./trace_fields.ts";

const IDS = `${TRACE_ID}-${SPAN_ID}`;
const GOOD = `00-${IDS}-01`;
const STATE: [string, string] = ["tracestate", "foo=1"];
const parent = (value: string): Fields => [["traceparent", value], STATE];
const state = (...lines: string[]): Fields => [
  ["traceparent", GOOD],
  ...lines.map((line): [string, string] => ["tracestate", line]),
];
const members = (count: number): string =>
  Array.from({ length: count }, (_, i) => `k${String(i)}=v`).join(",");
const goesOnWith = (tracestate: string | null): ReturnType<typeof passes> =>
  passes({ ...continued("01").upstream, tracestate });

const parentCases: Case[] = [
  all(
    "a traceparent of another form starts a trace, without tracestate",
    "trace",
    [
      `${GOOD}.`,
      `${GOOD}-x`,
      `${GOOD}-`,
      `cc-${IDS}-01.x`,
      `cc-${IDS}-01x`,
      `ff-${IDS}-01`,
      `.0-${IDS}-01`,
      `0.-${IDS}-01`,
      `0-${IDS}-01`,
      `000-${IDS}-01`,
      `0000-${IDS}-01`,
      `CC-${IDS}-01`,
      `00-${TRACE_ID.slice(1)}-${SPAN_ID}-01`,
      `00-${TRACE_ID}0-${SPAN_ID}-01`,
      `00-.${TRACE_ID.slice(1)}-${SPAN_ID}-01`,
      `00-${ZERO}${ZERO}-${SPAN_ID}-01`,
      `00-${TRACE_ID}-${SPAN_ID.slice(1)}-01`,
      `00-${TRACE_ID}-${SPAN_ID}0-01`,
      `00-${TRACE_ID}-.${SPAN_ID.slice(1)}-01`,
      `00-${TRACE_ID}-${ZERO}-01`,
      `00-${IDS}-1`,
      `00-${IDS}-001`,
      `00-${IDS}-.0`,
      `00-${IDS}-0.`,
      `00-${IDS}`,
      "",
    ].map(parent),
    started(),
  ),
  all(
    "a name that is like traceparent is another name",
    "trace",
    [
      [["trace-parent", GOOD], STATE],
      [["trace.parent", GOOD], STATE],
    ],
    started(),
  ),
  {
    ...all(
      "control characters start a trace",
      "trace",
      ["\0", "\r", "\n"].map((byte) => parent(`${GOOD}${byte}`)),
      started(),
    ),
    simulatorOnly: "the codec refuses control characters in values",
  },
  all(
    "a traceparent of a later version goes on",
    "trace",
    [`cc-${IDS}-01`, `cc-${IDS}-01-x`, `cc-${IDS}-01-`, `01-${IDS}-01-more-of.it`].map(
      (value): Fields => [["traceparent", value]],
    ),
    continued("01"),
  ),
  ...["02", "03", "fe", "ff"].map((flags) =>
    all(
      `flags ${flags} go on as those that are defined`,
      "trace",
      [[["traceparent", `00-${IDS}-${flags}`]]],
      continued(flags === "02" || flags === "fe" ? "02" : "03"),
    ),
  ),
];

const stateCases: Case[] = [
  all(
    "a tracestate with one member that is none goes",
    "trace",
    [
      "foo =1",
      "FOO=1",
      "foo.bar=1",
      "@foo=1,bar=2",
      "_foo=1",
      "foo=bar=baz",
      "foo=,bar=3",
      "foo",
      "=1",
      "foo=\x80",
      `${"k".repeat(257)}=1`,
      `foo=${"v".repeat(257)}`,
      members(33),
    ].map((line) => state(line)),
    goesOnWith(null),
  ),
  all(
    "33 members over four lines go",
    "trace",
    [state(members(32), "a=1"), state("a=1", "b=2", members(31))],
    goesOnWith(null),
  ),
  ...[`${"k".repeat(256)}=1`, "foo@=1", "foo@@bar=1", "t*242@v=1", "0a_-*/@z=1"].map((value) =>
    all(`the key of ${value.slice(0, 10)} is one`, "trace", [state(value)], goesOnWith(value)),
  ),
  all(
    "32 members over four lines stay",
    "trace",
    [
      state(
        ...[0, 8, 16, 24].map((at) =>
          members(32)
            .split(",")
            .slice(at, at + 8)
            .join(","),
        ),
      ),
    ],
    goesOnWith(members(32)),
  ),
  all(
    "empty lines and spaces around members mean nothing",
    "trace",
    [state("", "foo=1"), state("foo=1", ""), state("foo=1 \t, \t"), state(",foo=1,foo=2")],
    goesOnWith("foo=1"),
  ),
  all(
    "a space in front of a value is part of it",
    "trace",
    [state("foo= 1,,bar=2")],
    goesOnWith("foo= 1,bar=2"),
  ),
];

export const traceInputCases: Case[] = [...parentCases, ...stateCases];
