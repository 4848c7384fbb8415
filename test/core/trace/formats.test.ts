// What each format accepts and refuses, line by line.

import { describe, expect, test } from "vitest";

import {
  b3,
  cloudTrace,
  DEBUG,
  DEFERRED,
  jaeger,
  readB3Sampled,
  readDatadog,
  SAMPLED,
  SHORT,
  writeDatadog,
  xray,
} from "../../support/trace_formats.ts";
import type { ExtractedName, FieldFormat } from "../../support/trace_formats.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const LOW = TRACE_ID.slice(16);
const SPAN_ID = "b7ad6b7169203331";
const SPAN_DECIMAL = BigInt(`0x${SPAN_ID}`).toString();
const LOW_DECIMAL = BigInt(`0x${LOW}`).toString();
const ZERO = "0".repeat(16);
const WHOLE = { traceId: TRACE_ID, spanId: SPAN_ID };
const HALF = { traceId: ZERO + LOW, spanId: SPAN_ID };

type Accepted = [name: string, value: string, flags: number][];
type Refused = [name: string, value: string, result?: ExtractedName][];

function readsAll(format: FieldFormat, ids: typeof WHOLE, rows: Accepted): void {
  test.each(rows)("reads %s", (_name, value, flags) => {
    expect(format.read(value)).toEqual({ result: "valid", context: { ...ids, flags } });
  });
}

function refusesAll(format: FieldFormat, rows: Refused): void {
  test.each(rows)("refuses %s", (_name, value, result = "malformed") => {
    expect(format.read(value).result).toBe(result);
  });
}

describe("b3", () => {
  const ids = `${TRACE_ID}-${SPAN_ID}`;
  readsAll(b3, WHOLE, [
    ["ids alone", ids, DEFERRED],
    ["not sampled", `${ids}-0`, 0],
    ["sampled", `${ids}-1`, SAMPLED],
    ["debug", `${ids}-d`, SAMPLED | DEBUG],
    ["a parent", `${ids}-1-${LOW}`, SAMPLED],
    ["a debug parent", `${ids}-d-${LOW}`, SAMPLED | DEBUG],
  ]);
  readsAll(b3, HALF, [
    ["64 bits", `${LOW}-${SPAN_ID}-1`, SAMPLED | SHORT],
    ["64 bits alone", `${LOW}-${SPAN_ID}`, DEFERRED | SHORT],
  ]);
  refusesAll(b3, [
    ["nothing", ""],
    ["a dash", "-"],
    ["another state alone", "2"],
    ["an upper-case state", "D"],
    ["15 digits", `${LOW.slice(1)}-${SPAN_ID}-1`],
    ["17 digits", `0${LOW}-${SPAN_ID}-1`],
    ["31 digits", `${TRACE_ID.slice(1)}-${SPAN_ID}-1`],
    ["33 digits", `0${TRACE_ID}-${SPAN_ID}-1`],
    ["a short span-id", `${TRACE_ID}-${SPAN_ID.slice(1)}-1`],
    ["a long span-id", `${TRACE_ID}-0${SPAN_ID}-1`],
    ["a dash at the end", `${ids}-1-`],
    ["no state behind a dash", `${ids}-`],
    ["another state", `${ids}-2`],
    ["a long state", `${ids}-01`],
    ["a parent without state", `${ids}-${LOW}`],
    ["a short parent", `${ids}-1-${LOW.slice(1)}`],
    ["a long parent", `${ids}-1-0${LOW}`],
    ["a parent that is no number", `${ids}-1-${LOW.slice(1)}x`],
    ["upper case", `${TRACE_ID.toUpperCase()}-${SPAN_ID}-1`],
    ["the trace-id alone", TRACE_ID],
    ["two values", `${ids}-1,${ids}-1`],
    ["a zero trace-id", `${ZERO}${ZERO}-${SPAN_ID}-1`, "zero_id"],
    ["a zero trace-id of 64 bits", `${ZERO}-${SPAN_ID}-1`, "zero_id"],
    ["a zero span-id", `${TRACE_ID}-${ZERO}-1`, "zero_id"],
  ]);
  test.each([
    ["0", 0],
    ["1", SAMPLED],
    ["d", SAMPLED | DEBUG],
  ])("%s alone is a decision", (value, flags) => {
    expect(b3.read(value)).toMatchObject({ result: "decision", context: { flags } });
  });
  test("sampled is 1 or 0, or a word", () => {
    expect(["1", "true", "0", "false"].map(readB3Sampled)).toEqual([SAMPLED, SAMPLED, 0, 0]);
    for (const value of ["", "2", "d", "True", "01", "truee"]) {
      expect(readB3Sampled(value), value).toBeNull();
    }
  });
});

describe("uber-trace-id", () => {
  readsAll(jaeger, WHOLE, [
    ["one that is not sampled", `${TRACE_ID}:${SPAN_ID}:0:0`, 0],
    ["a sampled one", `${TRACE_ID}:${SPAN_ID}:0:1`, SAMPLED],
    ["debug", `${TRACE_ID}:${SPAN_ID}:0:3`, SAMPLED | DEBUG],
    ["debug that is not sampled", `${TRACE_ID}:${SPAN_ID}:0:2`, 0],
    ["firehose", `${TRACE_ID}:${SPAN_ID}:0:9`, SAMPLED],
    ["two digits of flags", `${TRACE_ID}:${SPAN_ID}:0:01`, SAMPLED],
    ["a parent", `${TRACE_ID}:${SPAN_ID}:${LOW}:1`, SAMPLED],
    ["no leading zeros", `${TRACE_ID.slice(1)}:${SPAN_ID}:0:1`, SAMPLED],
    ["upper case", `${TRACE_ID.toUpperCase()}:${SPAN_ID.toUpperCase()}:0:1`, SAMPLED],
    ["percent-encoded colons", `${TRACE_ID}%3A${SPAN_ID}%3a0%3A1`, SAMPLED],
  ]);
  readsAll(jaeger, HALF, [["64 bits", `${LOW}:${SPAN_ID}:0:1`, SAMPLED | SHORT]]);
  readsAll(jaeger, { traceId: `${ZERO}000000000000000a`, spanId: "000000000000000b" }, [
    ["ids of one digit", "a:b:0:1", SAMPLED | SHORT],
  ]);
  refusesAll(jaeger, [
    ["nothing", ""],
    ["three parts", `${TRACE_ID}:${SPAN_ID}:1`],
    ["five parts", `${TRACE_ID}:${SPAN_ID}:0:1:0`],
    ["an empty trace-id", `:${SPAN_ID}:0:1`],
    ["an empty span-id", `${TRACE_ID}::0:1`],
    ["an empty parent", `${TRACE_ID}:${SPAN_ID}::1`],
    ["no flags", `${TRACE_ID}:${SPAN_ID}:0:`],
    ["flags g", `${TRACE_ID}:${SPAN_ID}:0:g`],
    ["long flags", `${TRACE_ID}:${SPAN_ID}:0:001`],
    ["33 digits", `0${TRACE_ID}:${SPAN_ID}:0:1`],
    ["a long span-id", `${TRACE_ID}:0${SPAN_ID}:0:1`],
    ["a long parent", `${TRACE_ID}:${SPAN_ID}:0${SPAN_ID}:1`],
    ["another encoding", `${TRACE_ID}%3B${SPAN_ID}%3B0%3B1`],
    ["half an encoding", `${TRACE_ID}%3`],
    ["a zero trace-id", `0:${SPAN_ID}:0:1`, "zero_id"],
    ["a zero span-id", `${TRACE_ID}:0:0:1`, "zero_id"],
  ]);
});

describe("x-amzn-trace-id", () => {
  const root = `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)}`;
  readsAll(xray, WHOLE, [
    ["one that is sampled", `${root};Parent=${SPAN_ID};Sampled=1`, SAMPLED],
    ["one that is not", `${root};Parent=${SPAN_ID};Sampled=0`, 0],
    ["one that asks", `${root};Parent=${SPAN_ID};Sampled=?`, DEFERRED],
    ["one that leaves it open", `${root};Parent=${SPAN_ID}`, DEFERRED],
    ["any order", `Sampled=1;Parent=${SPAN_ID};${root}`, SAMPLED],
    ["spaces", `${root} ; Parent=${SPAN_ID}; Sampled=1 ;`, SAMPLED],
    ["other members", `Self=1-a-b;${root};Parent=${SPAN_ID};Lineage=a:1|b;Sampled=1`, SAMPLED],
  ]);
  readsAll(xray, { traceId: TRACE_ID, spanId: ZERO }, [
    ["what a load balancer sends", root, DEFERRED],
  ]);
  refusesAll(xray, [
    ["nothing", ""],
    ["no root", `Parent=${SPAN_ID};Sampled=1`],
    ["another version", `${root.replace("=1-", "=2-")};Parent=${SPAN_ID}`],
    ["34 characters", `${root.slice(0, -1)};Parent=${SPAN_ID}`],
    ["36 characters", `${root}0;Parent=${SPAN_ID}`],
    ["another place of the dash", `Root=1-${TRACE_ID.slice(0, 9)}-${TRACE_ID.slice(9)}`],
    ["upper case", `${root.toUpperCase().replace("ROOT", "Root")};Parent=${SPAN_ID}`],
    ["two roots", `${root};${root};Parent=${SPAN_ID}`],
    ["two parents", `${root};Parent=${SPAN_ID};Parent=${SPAN_ID}`],
    ["a short parent", `${root};Parent=${SPAN_ID.slice(1)}`],
    ["a parent that is no number", `${root};Parent=${SPAN_ID.slice(1)}x`],
    ["another decision", `${root};Parent=${SPAN_ID};Sampled=2`],
    ["an empty decision", `${root};Parent=${SPAN_ID};Sampled=`],
    ["commas", `${root},Parent=${SPAN_ID}`],
    ["too many members", `${root};Parent=${SPAN_ID}${";a=b".repeat(15)}`],
    ["a zero trace-id", `Root=1-${"0".repeat(8)}-${"0".repeat(24)};Parent=${SPAN_ID}`, "zero_id"],
    ["a zero parent", `${root};Parent=${ZERO}`, "zero_id"],
  ]);
});

describe("x-cloud-trace-context", () => {
  readsAll(cloudTrace, WHOLE, [
    ["one without option", `${TRACE_ID}/${SPAN_DECIMAL}`, 0],
    ["one that is not sampled", `${TRACE_ID}/${SPAN_DECIMAL};o=0`, 0],
    ["one that is sampled", `${TRACE_ID}/${SPAN_DECIMAL};o=1`, SAMPLED],
  ]);
  readsAll(cloudTrace, { traceId: TRACE_ID, spanId: "f".repeat(16) }, [
    ["the largest span-id", `${TRACE_ID}/18446744073709551615;o=1`, SAMPLED],
  ]);
  readsAll(cloudTrace, { traceId: TRACE_ID, spanId: `${"0".repeat(15)}1` }, [
    ["a span-id of one digit", `${TRACE_ID}/1`, 0],
    ["zeros in front", `${TRACE_ID}/00000000000000000001`, 0],
  ]);
  refusesAll(cloudTrace, [
    ["nothing", ""],
    ["no span-id", TRACE_ID],
    ["an empty span-id", `${TRACE_ID}/`],
    ["an option alone", `${TRACE_ID}/;o=1`],
    ["an empty option", `${TRACE_ID}/1;o=`],
    ["a letter as option", `${TRACE_ID}/1;o=x`],
    ["a long option", `${TRACE_ID}/1;o=01`],
    ["another option", `${TRACE_ID}/1;p=1`],
    ["2^64", `${TRACE_ID}/18446744073709551616`],
    ["20 digits that wrap", `${TRACE_ID}/99999999999999999999`],
    ["21 digits", `${TRACE_ID}/000000000000000000001`],
    ["a negative span-id", `${TRACE_ID}/-1`],
    ["a hexadecimal span-id", `${TRACE_ID}/${SPAN_ID}`],
    ["a short trace-id", `${TRACE_ID.slice(1)}/1`],
    ["upper case", `${TRACE_ID.toUpperCase()}/1`],
    ["a zero span-id", `${TRACE_ID}/0`, "zero_id"],
    ["a zero trace-id", `${ZERO}${ZERO}/1`, "zero_id"],
  ]);
});

describe("x-datadog-*", () => {
  const fields = { traceId: LOW_DECIMAL, parentId: SPAN_DECIMAL, priority: "", tags: "" };
  const priorities: [priority: string, flags: number][] = [
    ["", DEFERRED],
    ["-1", 0],
    ["0", 0],
    ["1", SAMPLED],
    ["2", SAMPLED],
  ];
  test.each(priorities)("priority '%s'", (priority, flags) => {
    const context = { ...HALF, flags: flags | SHORT };
    expect(readDatadog({ ...fields, priority })).toEqual({ result: "valid", context });
  });
  test.each([
    `_dd.p.tid=${TRACE_ID.slice(0, 16)}`,
    `_dd.p.dm=-1, _dd.p.tid=${TRACE_ID.slice(0, 16)} ,_dd.p.x=y`,
  ])("the high half in the tags %s", (tags) => {
    const context = { ...WHOLE, flags: DEFERRED };
    expect(readDatadog({ ...fields, tags })).toEqual({ result: "valid", context });
  });
  test("other tags say nothing, nor does a high half of zero", () => {
    for (const tags of ["_dd.p.dm=-1", "x,,y=", `_dd.p.tid=${ZERO}`]) {
      expect(readDatadog({ ...fields, tags }).context, tags).toMatchObject(HALF);
    }
  });
  const refused: [name: string, changed: Partial<typeof fields>, result?: ExtractedName][] = [
    ["an empty trace-id", { traceId: "" }],
    ["a negative trace-id", { traceId: "-1" }],
    ["21 digits", { traceId: `0${"1".repeat(20)}` }],
    ["2^64", { traceId: "18446744073709551616" }],
    ["hexadecimal digits", { traceId: LOW }],
    ["an empty parent", { parentId: "" }],
    ["a negative parent", { parentId: "-1" }],
    ["priority 3", { priority: "3" }],
    ["priority -2", { priority: "-2" }],
    ["priority 1.0", { priority: "1.0" }],
    ["a high half of 15 digits", { tags: `_dd.p.tid=${TRACE_ID.slice(0, 15)}` }],
    ["an upper-case high half", { tags: `_dd.p.tid=${TRACE_ID.slice(0, 16).toUpperCase()}` }],
    ["a high half without value", { tags: "_dd.p.tid" }],
    ["tags that are too long", { tags: "x".repeat(513) }],
    ["a zero trace-id", { traceId: "0" }, "zero_id"],
    ["a zero parent", { parentId: "0" }, "zero_id"],
  ];
  test.each(refused)("refuses %s", (_name, changed, result = "malformed") => {
    expect(readDatadog({ ...fields, ...changed }).result).toBe(result);
  });
});

describe("what is written", () => {
  const context = { ...WHOLE, flags: SAMPLED };
  test("is what each format asks for", () => {
    expect(b3.write(context)).toBe(`${TRACE_ID}-${SPAN_ID}-1`);
    expect(b3.write({ ...HALF, flags: SHORT })).toBe(`${LOW}-${SPAN_ID}-0`);
    expect(b3.write({ ...HALF, flags: 0 })).toBe(`${ZERO}${LOW}-${SPAN_ID}-0`);
    expect(b3.write({ ...WHOLE, flags: DEFERRED })).toBe(`${TRACE_ID}-${SPAN_ID}`);
    expect(b3.write({ ...WHOLE, flags: SAMPLED | DEBUG })).toBe(`${TRACE_ID}-${SPAN_ID}-d`);
    expect(jaeger.write(context)).toBe(`${TRACE_ID}:${SPAN_ID}:0:1`);
    expect(jaeger.write({ ...WHOLE, flags: SAMPLED | DEBUG })).toBe(`${TRACE_ID}:${SPAN_ID}:0:3`);
    expect(jaeger.write({ ...WHOLE, flags: DEFERRED })).toBe(`${TRACE_ID}:${SPAN_ID}:0:0`);
    expect(cloudTrace.write(context)).toBe(`${TRACE_ID}/${SPAN_DECIMAL};o=1`);
    expect(writeDatadog(context)).toEqual({
      traceId: LOW_DECIMAL,
      parentId: SPAN_DECIMAL,
      priority: "1",
      tags: `_dd.p.tid=${TRACE_ID.slice(0, 16)}`,
    });
    expect(writeDatadog({ ...HALF, flags: DEFERRED })).toMatchObject({ priority: "", tags: "" });
  });
  test("X-Ray's sampled is the bit, whatever other flags there are", () => {
    const root = `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)};Parent=${SPAN_ID}`;
    expect(xray.write({ ...WHOLE, flags: 3 })).toBe(`${root};Sampled=1`);
    expect(xray.write({ ...WHOLE, flags: 2 })).toBe(`${root};Sampled=0`);
    expect(xray.write({ ...WHOLE, flags: DEFERRED })).toBe(root);
  });
});
