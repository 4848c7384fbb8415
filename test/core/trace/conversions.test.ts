// Reading what was written, in each format and through every other.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import {
  b3,
  cloudTrace,
  DEBUG,
  DEFERRED,
  EXTRACTED,
  jaeger,
  RANDOM,
  readDatadog,
  SAMPLED,
  SHORT,
  tracecontext,
  writeDatadog,
  xray,
} from "../../support/trace_formats.ts";
import type { DatadogFields, Outcome, SpanContext } from "../../support/trace_formats.ts";

interface Format {
  /** Flags that it can hold, apart from the width. */
  flags: number;
  /** Whether it holds that a trace-id has 64 bits. */
  holdsWidth: boolean;
  trip(context: SpanContext): Outcome;
}

const datadogTrip = (context: SpanContext): Outcome => {
  const fields: DatadogFields = writeDatadog(context);
  return readDatadog(fields);
};

const FORMATS: Record<string, Format> = {
  tracecontext: {
    flags: SAMPLED | RANDOM,
    holdsWidth: false,
    trip: (context) => tracecontext.read(tracecontext.write(context)),
  },
  b3: {
    flags: SAMPLED | DEBUG | DEFERRED,
    holdsWidth: true,
    trip: (context) => b3.read(b3.write(context)),
  },
  jaeger: {
    flags: SAMPLED | DEBUG,
    holdsWidth: false,
    trip: (context) => jaeger.read(jaeger.write(context)),
  },
  xray: {
    flags: SAMPLED | DEFERRED,
    holdsWidth: false,
    trip: (context) => xray.read(xray.write(context)),
  },
  cloudtrace: {
    flags: SAMPLED,
    holdsWidth: false,
    trip: (context) => cloudTrace.read(cloudTrace.write(context)),
  },
  datadog: { flags: SAMPLED | DEFERRED, holdsWidth: true, trip: datadogTrip },
};

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: digits, maxLength: digits })
    .map((list) => list.map((digit) => digit.toString(16)).join(""))
    .filter((id) => !/^0*$/.test(id));

/** Contexts as the readers make them. */
const contexts = fc
  .record({
    high: fc.oneof(hex(16), fc.constant("0".repeat(16))),
    low: hex(16),
    spanId: hex(16),
    state: fc.constantFrom(0, SAMPLED, SAMPLED | DEBUG, DEFERRED),
    random: fc.constantFrom(0, RANDOM),
  })
  .map(({ high, low, spanId, state, random }) => {
    const width = /^0*$/.test(high) ? SHORT : 0;
    return { traceId: high + low, spanId, flags: state | random | width };
  });

const names = Object.keys(FORMATS);
const formatOf = (name: string): Format => {
  const format = FORMATS[name];
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
};

describe("reading what was written", () => {
  test.each(names)("gives the same context in %s", (name) => {
    const format = formatOf(name);
    fc.assert(
      fc.property(contexts, (context) => {
        const { result, context: read } = format.trip(context);
        expect(result).toBe("valid");
        const held = format.flags | (format.holdsWidth ? SHORT : 0);
        expect({ ...read, flags: read.flags & held }).toEqual({
          ...context,
          flags: context.flags & held,
        });
        expect(read.flags & ~(held | SHORT)).toBe(0);
      }),
    );
  });

  test("keeps ids and the sampled bit through any two formats", () => {
    const pair = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names));
    fc.assert(
      fc.property(contexts, pair, (context, [first, second]) => {
        const there = formatOf(first).trip(context).context;
        const back = formatOf(second).trip(there);
        expect(back.result).toBe("valid");
        expect(back.context).toMatchObject({ traceId: context.traceId, spanId: context.spanId });
        expect(back.context.flags & SAMPLED).toBe(context.flags & SAMPLED);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("any bytes", () => {
  const piece = fc.constantFrom(
    ...Array.from("0189afAFgd-:;/=,%3A ?\0\xff"),
    "0af7651916cd43dd",
    "8448eb211c80319c",
    "Root=1-",
    "Parent=",
    "Sampled=",
    ";o=",
    "_dd.p.tid=",
    "18446744073709551616",
  );
  const value = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join("")),
    fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  );

  test("give an outcome, and ids that are ids when it is a good one", () => {
    fc.assert(
      fc.property(value, value, (one, other) => {
        const outcomes = [
          ...[tracecontext, b3, jaeger, xray, cloudTrace].map((format) => format.read(one)),
          readDatadog({ traceId: one, parentId: other, priority: "", tags: other }),
          readDatadog({ traceId: "1", parentId: "2", priority: "", tags: one }),
        ];
        for (const { result, context } of outcomes) {
          expect(EXTRACTED).toContain(result);
          if (result !== "valid") continue;
          expect(context.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
          expect(context.spanId).toMatch(/^[0-9a-f]{16}$/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
