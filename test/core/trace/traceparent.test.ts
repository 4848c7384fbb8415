// W3C Trace Context Level 2 §3.2, and what the harness of the W3C sends.

import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readTraceparent(count: number, ptr: number, len: number, out: number): number;
  writeTraceparent(target: number, traceId: number, parentRandom: number, flags: number): void;
  writeTraceId(target: number, random: number): void;
}

const ABSENT = 0;
const INVALID = 1;
const VALID = 2;
const LENGTH = 55;

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const GOOD = `00-${TRACE_ID}-${PARENT_ID}-01`;

const probe = await loadCore<Exports>();

interface Read {
  result: number;
  traceId: string;
  flags: number;
}

function read(value: string, count = 1): Read {
  probe.reset();
  const out = probe.room(8);
  const result = probe.core.readTraceparent(count, probe.put(value), value.length, out);
  if (result !== VALID) return { result, traceId: "", flags: 0 };
  const traceId = probe.text(probe.view().getUint32(out, true), 32);
  return { result, traceId, flags: probe.view().getUint32(out + 4, true) };
}

describe("reading traceparent", () => {
  test("takes the trace-id and the flags of a valid one", () => {
    expect(read(GOOD)).toEqual({ result: VALID, traceId: TRACE_ID, flags: 1 });
  });

  test("no field is absent, several are invalid even when they are equal", () => {
    expect(read("", 0).result).toBe(ABSENT);
    expect(read(GOOD, 2).result).toBe(INVALID);
    expect(read(GOOD, 100).result).toBe(INVALID);
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
      result: VALID,
      flags: kept,
    });
  });

  const tail = `${TRACE_ID}-${PARENT_ID}-01`;
  const valid: [name: string, value: string][] = [
    ["spaces and tabs around it", ` \t${GOOD}\t `],
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
    expect(read(value).result).toBe(VALID);
  });

  const invalid: [name: string, value: string][] = [
    ["an empty value", ""],
    ["only spaces", "   "],
    ["something behind version 00", `${GOOD}-x`],
    ["a dash behind version 00", `${GOOD}-`],
    ["a dot behind version 00", `${GOOD}.`],
    ["a later version with more behind no dash", `cc-${tail}.x`],
    ["version ff", `ff-${tail}`],
    ["version .0", `.0-${tail}`],
    ["version 0.", `0.-${tail}`],
    ["version 0", `0-${tail}`],
    ["version 000", `000-${tail}`],
    ["version 0000", `0000-${tail}`],
    ["an upper-case version", `CC-${tail}`],
    ["an upper-case trace-id", `00-${TRACE_ID.toUpperCase()}-${PARENT_ID}-01`],
    ["an upper-case parent-id", `00-${TRACE_ID}-${PARENT_ID.toUpperCase()}-01`],
    ["upper-case flags", `00-${TRACE_ID}-${PARENT_ID}-0A`],
    ["a zero trace-id", `00-${"0".repeat(32)}-${PARENT_ID}-01`],
    ["a zero parent-id", `00-${TRACE_ID}-${"0".repeat(16)}-01`],
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
  test.each(invalid)("refuses %s", (_name, value) => {
    expect(read(value).result).toBe(INVALID);
  });

  test("every truncation and every byte in every place gives the right result", () => {
    for (let length = 0; length < LENGTH; length++) {
      expect(read(GOOD.slice(0, length)).result).toBe(INVALID);
    }
    for (let place = 0; place < LENGTH; place++) {
      for (let byte = 0; byte < 256; byte++) {
        const value = GOOD.slice(0, place) + String.fromCharCode(byte) + GOOD.slice(place + 1);
        const expected =
          value.startsWith("ff") ||
          !/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value);
        expect(read(value).result, JSON.stringify(value)).toBe(expected ? INVALID : VALID);
      }
    }
  });
});

describe("writing traceparent", () => {
  function write(traceId: string, parent: number[], flags: number): string {
    probe.reset();
    const target = probe.room(LENGTH + 1);
    const ids = [probe.put(traceId), probe.put(Uint8Array.from(parent))] as const;
    probe.core.writeTraceparent(target, ...ids, flags);
    expect(probe.bytes(target + LENGTH, 1)[0]).toBe(0);
    return probe.text(target, LENGTH);
  }

  test("is version 00 with the trace-id, the new parent-id and the flags", () => {
    const parent = [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7];
    expect(write(TRACE_ID, parent, 3)).toBe(`00-${TRACE_ID}-00f067aa0ba902b7-03`);
  });

  test("sends no flag that is not defined", () => {
    expect(write(TRACE_ID, [1, 1, 1, 1, 1, 1, 1, 1], 0xff)).toMatch(/-03$/);
    expect(write(TRACE_ID, [1, 1, 1, 1, 1, 1, 1, 1], 0xfc)).toMatch(/-00$/);
  });

  test("never writes an all-zero id", () => {
    expect(write(TRACE_ID, [0, 0, 0, 0, 0, 0, 0, 0], 0)).toContain("-0000000000000001-");
    probe.reset();
    const target = probe.room(33);
    probe.core.writeTraceId(target, probe.room(16));
    expect(probe.text(target, 32)).toBe("0".repeat(31) + "1");
  });

  test("a new trace-id is the random bytes", () => {
    probe.reset();
    const target = probe.room(33);
    probe.core.writeTraceId(target, probe.put(Buffer.from(TRACE_ID, "hex")));
    expect(probe.text(target, 33)).toBe(`${TRACE_ID}\0`);
  });

  test("what it writes it reads", () => {
    expect(read(write(TRACE_ID, [0, 0, 0, 0, 0, 0, 0, 0], 2))).toEqual({
      result: VALID,
      traceId: TRACE_ID,
      flags: 2,
    });
  });
});
