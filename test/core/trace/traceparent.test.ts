// W3C Trace Context Level 2 §3.2, and what the harness of the W3C sends.

import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { tracecontext } from "../../support/trace_formats.ts";
import type { ExtractedName, Outcome, SpanContext } from "../../support/trace_formats.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const GOOD = `00-${TRACE_ID}-${PARENT_ID}-01`;
const LENGTH = 55;

const read = (value: string): Outcome => tracecontext.read(value);
const write = (context: SpanContext): string => tracecontext.write(context);

describe("reading traceparent", () => {
  test("takes the ids and the flags of a valid one", () => {
    const context = { traceId: TRACE_ID, spanId: PARENT_ID, flags: 1 };
    expect(read(GOOD)).toEqual({ result: "valid", context });
  });

  const flagCases: [flags: string, kept: number][] = [
    ["00", 0],
    ["01", 1],
    ["02", 2],
    ["03", 3],
    ["08", 0],
    ["0f", 3],
    ["10", 0],
    ["fd", 1],
    ["ff", 3],
  ];
  test.each(flagCases)("flags %s are read as %i", (flags, kept) => {
    expect(read(`00-${TRACE_ID}-${PARENT_ID}-${flags}`)).toMatchObject({
      result: "valid",
      context: { flags: kept },
    });
  });

  const tail = `${TRACE_ID}-${PARENT_ID}-01`;
  const valid: [name: string, value: string][] = [
    ["a later version of the same length", `cc-${tail}`],
    ["a later version with more behind a dash", `cc-${tail}-what-the-future-will-be-like`],
    ["a later version with nothing behind the dash", `01-${tail}-`],
    ["version fe", `fe-${tail}`],
    ["version f0", `f0-${tail}`],
    ["version 0f", `0f-${tail}-x`],
    ["a trace-id of one bit", `00-${"0".repeat(31)}1-${PARENT_ID}-01`],
    ["a parent-id of one bit", `00-${TRACE_ID}-1${"0".repeat(15)}-01`],
  ];
  test.each(valid)("accepts %s", (_name, value) => {
    expect(read(value).result).toBe("valid");
  });

  const invalid: [name: string, value: string, result?: ExtractedName][] = [
    ["an empty value", ""],
    ["only spaces", "   "],
    ["something behind version 00", `${GOOD}-x`],
    ["a dash behind version 00", `${GOOD}-`],
    ["a dot behind version 00", `${GOOD}.`],
    ["a later version with more behind no dash", `cc-${tail}.x`],
    ["version ff", `ff-${tail}`, "forbidden_version"],
    ["version .0", `.0-${tail}`],
    ["version 0.", `0.-${tail}`],
    ["version 0", `0-${tail}`],
    ["version 000", `000-${tail}`],
    ["version 0000", `0000-${tail}`],
    ["an upper-case version", `CC-${tail}`],
    ["an upper-case trace-id", `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
    ["an upper-case parent-id", `00-${TRACE_ID}-${PARENT_ID.toUpperCase()}-01`],
    ["upper-case flags", `00-${TRACE_ID}-${PARENT_ID}-0A`],
    ["a zero trace-id", `00-${"0".repeat(32)}-${PARENT_ID}-01`, "zero_id"],
    ["a zero parent-id", `00-${TRACE_ID}-${"0".repeat(16)}-01`, "zero_id"],
    ["a short trace-id", `00-${TRACE_ID.slice(1)}-${PARENT_ID}-01`],
    ["a long trace-id", `00-${TRACE_ID}0-${PARENT_ID}-01`],
    ["a short parent-id", `00-${TRACE_ID}-${PARENT_ID.slice(1)}-01`],
    ["a long parent-id", `00-${TRACE_ID}-${PARENT_ID}0-01`],
    ["a short trace-id made up for by the parent-id", `00-${TRACE_ID.slice(1)}-${PARENT_ID}0-01`],
    ["a trace-id with a dot", `00-.${TRACE_ID.slice(1)}-${PARENT_ID}-01`],
    ["a parent-id with a dot", `00-${TRACE_ID}-.${PARENT_ID.slice(1)}-01`],
    ["flags 1", `00-${TRACE_ID}-${PARENT_ID}-1`],
    ["flags 001", `00-${TRACE_ID}-${PARENT_ID}-001`],
    ["flags .0", `00-${TRACE_ID}-${PARENT_ID}-.0`],
    ["flags 0.", `00-${TRACE_ID}-${PARENT_ID}-0.`],
    ["no flags", `00-${TRACE_ID}-${PARENT_ID}`],
    ["another separator", GOOD.replaceAll("-", "_")],
    ["two values in one field", `${GOOD},${GOOD}`],
    ["a NUL inside", GOOD.replace("a", "\0")],
    ["a line feed behind it", `${GOOD}\n`],
    ["a carriage return in front", `\r${GOOD}`],
    ["a vertical tab around it", `\v${GOOD}\v`],
    ["8 KiB", "0".repeat(8192)],
    ["8 KiB of version 00", GOOD + "-".repeat(8192)],
  ];
  test.each(invalid)("refuses %s", (_name, value, result = "malformed") => {
    expect(read(value).result).toBe(result);
  });

  test("every truncation and every byte in every place gives the right result", () => {
    for (let length = 0; length < LENGTH; length++) {
      expect(read(GOOD.slice(0, length)).result).toBe("malformed");
    }
    for (let place = 0; place < LENGTH; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const value = GOOD.slice(0, place) + String.fromCharCode(byte) + GOOD.slice(place + 1);
        const isValid =
          !value.startsWith("ff") &&
          /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value);
        expect(read(value).result === "valid", JSON.stringify(value)).toBe(isValid);
      }
    }
  });
});

describe("writing traceparent", () => {
  const ids = { traceId: TRACE_ID, spanId: PARENT_ID };

  test("is version 00 with both ids and the flags", () => {
    expect(write({ ...ids, flags: 3 })).toBe(`00-${TRACE_ID}-${PARENT_ID}-03`);
  });

  test("sends no flag that is not defined", () => {
    expect(write({ ...ids, flags: 0xff })).toMatch(/-03$/);
    expect(write({ ...ids, flags: 0xfc })).toMatch(/-00$/);
  });
});

describe("new ids", () => {
  interface Ids {
    writeTraceId(target: number, random: number): void;
    writeSpanId(target: number, random: number): void;
  }

  test("are the random bytes, and never all zero", async () => {
    const probe = await loadCore<Ids>();
    const target = probe.room(64);
    probe.core.writeTraceId(target, probe.put(Buffer.from(TRACE_ID, "hex")));
    expect(probe.text(target, 33)).toBe(`${TRACE_ID}\0`);
    probe.core.writeTraceId(target, probe.room(16));
    expect(probe.text(target, 33)).toBe(`${"0".repeat(31)}1\0`);
    const span = probe.room(32);
    probe.core.writeSpanId(span, probe.put(Buffer.from(PARENT_ID, "hex")));
    expect(probe.text(span, 17)).toBe(`${PARENT_ID}\0`);
    probe.core.writeSpanId(span, probe.room(8));
    expect(probe.text(span, 17)).toBe(`${"0".repeat(15)}1\0`);
  });
});
