// Spans that wait and the request that exports them, against a model and OTLP's own messages.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import type { OtlpSpan } from "../../support/otlp.ts";
import { attributesOf, KIND, readExport, STATUS_ERROR } from "../../support/otlp.ts";

interface Exports {
  putInQueue(
    collector: bigint,
    numbers: number,
    digits: number,
    hasParent: number,
    namePtr: number,
    nameLen: number,
  ): number;
  writeSpans(target: number, collector: bigint, service: number, most: number): number;
  spansLenMax(count: number): number;
  countSpans(collector: bigint, most: number): number;
  removeSpans(collector: bigint, most: number): number;
  spanCount(): number;
  reasonNameOf(reason: number): number;
  reasonCount: WebAssembly.Global;
  spansMax: WebAssembly.Global;
  spanNameBytesMax: WebAssembly.Global;
  exportServiceBytesMax: WebAssembly.Global;
}

const probe = await loadCore<Exports>();
const { core } = probe;
const REASONS = Number(core.reasonCount.value);
const SPANS_MAX = Number(core.spansMax.value);
const NAME_BYTES = Number(core.spanNameBytesMax.value);
const SERVICE_BYTES = Number(core.exportServiceBytesMax.value);
const NO_GRPC = 0xffff_ffff;
const NAMES = [
  "sallyport refuse",
  "sallyport fetch keys",
  "sallyport fetch deny-list",
  "sallyport redis",
  "sallyport rate limit service",
];
const REFUSAL = 0;
const SERVICE_CALL = 4;
const OWNERS = [undefined, "sallyport.provider", "sallyport.limit"];

interface Row {
  collector: bigint;
  kind: number;
  reason: number;
  httpStatus: number;
  grpcStatus: number | null;
  start: bigint;
  end: bigint;
  traceId: string;
  parentId: string | null;
  spanId: string;
  named: number;
  name: Uint8Array;
}

const hex = (digits: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...Array.from("0123456789abcdef")), {
      minLength: digits,
      maxLength: digits,
    })
    .map((list) => list.join(""))
    .filter((id) => !/^0*$/.test(id));
const time = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

const rows: fc.Arbitrary<Row> = fc.record({
  collector: fc.constantFrom(1n, 2n, (1n << 64n) - 1n),
  kind: fc.nat({ max: NAMES.length - 1 }),
  reason: fc.nat({ max: REASONS - 1 }),
  httpStatus: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 599 })),
  grpcStatus: fc.option(fc.nat({ max: 0xffff_fffe })),
  start: time,
  end: time,
  traceId: hex(32),
  parentId: fc.option(hex(16)),
  spanId: hex(16),
  named: fc.nat({ max: 2 }),
  name: fc.uint8Array({ maxLength: NAME_BYTES + 8 }),
});

function put(row: Row): boolean {
  probe.reset();
  const numbers = Buffer.alloc(36);
  numbers.writeBigUInt64LE(row.start, 0);
  numbers.writeBigUInt64LE(row.end, 8);
  const words = [row.kind, row.reason, row.httpStatus, row.grpcStatus ?? NO_GRPC, row.named];
  for (const [i, word] of words.entries()) numbers.writeUInt32LE(word, 16 + 4 * i);
  const added = core.putInQueue(
    row.collector,
    probe.put(numbers),
    probe.put(row.traceId + row.spanId + (row.parentId ?? "")),
    Number(row.parentId !== null),
    probe.put(row.name),
    row.name.length,
  );
  return added !== 0;
}

function write(collector: bigint, most: number, service = "sallyport"): string {
  probe.reset();
  const text = probe.putText(Buffer.from(service, "utf8").toString("latin1"));
  const room = core.spansLenMax(most);
  const target = probe.room(room);
  const len = core.writeSpans(target, collector, text, most);
  expect(len).toBeLessThanOrEqual(room);
  return new TextDecoder("utf8", { fatal: true }).decode(probe.bytes(target, len));
}

function clear(): void {
  for (const collector of [1n, 2n, (1n << 64n) - 1n]) core.removeSpans(collector, SPANS_MAX);
  expect(core.spanCount()).toBe(0);
}

function reasonName(reason: number): string {
  const ptr = core.reasonNameOf(reason);
  return probe.text(ptr + 4, probe.view().getUint32(ptr, true));
}

const utf8 = (bytes: Uint8Array): string => new TextDecoder("utf8").decode(bytes);

/** What a span of the request must be. */
function expectedOf(row: Row): object {
  const isCall = row.kind !== REFUSAL;
  const failed =
    row.kind === SERVICE_CALL
      ? row.grpcStatus !== 0
      : row.httpStatus === 0 || row.httpStatus >= 400;
  return {
    traceId: row.traceId,
    spanId: row.spanId,
    ...(row.parentId === null ? {} : { parentSpanId: row.parentId }),
    name: NAMES[row.kind],
    kind: isCall ? KIND.CLIENT : KIND.INTERNAL,
    startTimeUnixNano: String(row.start),
    endTimeUnixNano: String(row.end),
    status: !isCall || failed ? { code: STATUS_ERROR } : {},
  };
}

function expectSpan(span: OtlpSpan | undefined, row: Row): void {
  if (span === undefined) throw new Error("no span");
  const { attributes, ...rest } = span;
  expect(rest).toEqual(expectedOf(row));
  const found = attributesOf(span);
  expect(Object.keys(found)).toHaveLength(attributes.length);
  expect(found["sallyport.reason"]).toBe(row.kind === REFUSAL ? reasonName(row.reason) : undefined);
  expect(found["rpc.grpc.status_code"]).toBe(row.grpcStatus?.toString());
  expect(found["http.response.status_code"]).toBe(
    row.httpStatus === 0 ? undefined : String(row.httpStatus),
  );
  const owner = OWNERS[row.named];
  // The decoders differ in how many U+FFFD a broken sequence is; cut names end in one.
  const mark = /\ufffd+/g;
  if (owner !== undefined) {
    const name = utf8(row.name.subarray(0, NAME_BYTES));
    expect(found[owner]?.replaceAll(mark, "?")).toBe(name.replaceAll(mark, "?"));
  }
}

describe("spans that wait", () => {
  test("are written as OTLP, those of each collector alone and in their order", () => {
    fc.assert(
      fc.property(
        fc.array(rows, { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        (all, most) => {
          clear();
          for (const row of all) expect(put(row)).toBe(true);
          for (const collector of [1n, 2n]) {
            const own = all.filter((row) => row.collector === collector);
            for (let rest = own; rest.length > 0; rest = rest.slice(most)) {
              const batch = rest.slice(0, most);
              expect(core.countSpans(collector, most)).toBe(batch.length);
              const { spans, service } = readExport(write(collector, most));
              expect(service).toBe("sallyport");
              expect(spans).toHaveLength(batch.length);
              for (const [i, row] of batch.entries()) expectSpan(spans[i], row);
              expect(core.removeSpans(collector, most)).toBe(batch.length);
            }
            expect(core.countSpans(collector, most)).toBe(0);
          }
          expect(core.spanCount()).toBe(all.filter(({ collector }) => collector > 2n).length);
        },
      ),
      { numRuns: 300 },
    );
    clear();
  });

  const LONGEST: Row = {
    collector: 1n,
    kind: REFUSAL,
    reason: 0,
    httpStatus: 599,
    grpcStatus: 0xffff_fffe,
    start: (1n << 64n) - 1n,
    end: (1n << 64n) - 1n,
    traceId: "f".repeat(32),
    parentId: "f".repeat(16),
    spanId: "f".repeat(16),
    named: 1,
    name: new Uint8Array(NAME_BYTES).fill(1),
  };

  test("fit, however long they are", () => {
    clear();
    for (let kind = 0; kind < NAMES.length; kind++) {
      for (let reason = 0; reason < (kind === 0 ? REASONS : 1); reason++) {
        put({ ...LONGEST, kind, reason });
      }
    }
    const { spans } = readExport(write(1n, SPANS_MAX, "\x01".repeat(SERVICE_BYTES)));
    expect(spans).toHaveLength(REASONS + NAMES.length - 1);
    // Each alone too, where there is room for one.
    for (let left = core.spanCount(); left > 0; left--) {
      expect(readExport(write(1n, 1, "\x01".repeat(SERVICE_BYTES))).spans).toHaveLength(1);
      core.removeSpans(1n, 1);
    }
  });

  test("are so many and no more, and those that were first stay", () => {
    clear();
    for (let i = 0; i < SPANS_MAX; i++) expect(put({ ...LONGEST, end: BigInt(i) })).toBe(true);
    expect(put(LONGEST)).toBe(false);
    expect(core.spanCount()).toBe(SPANS_MAX);
    expect(core.removeSpans(1n, 1)).toBe(1);
    expect(put(LONGEST)).toBe(true);
    const [first] = readExport(write(1n, 1)).spans;
    expect(first?.endTimeUnixNano).toBe("1");
    clear();
  });

  test.each(['a "service" \\ of\u00fcs', "\u{1f6aa}", "plain"])(
    "name the service %j",
    (service) => {
      put(LONGEST);
      expect(readExport(write(1n, 1, service)).service).toBe(service);
      clear();
    },
  );
});

describe("the check of requests", () => {
  const body = (span: string): string =>
    `{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{${span}}]}]}]}`;

  test.each([
    ["an unknown member", '"trace_id":"1"'],
    ["an id in base64", '"traceId":"CvdlGRbNQ92ESOshHIAxnA=="'],
    ["an id of zeros", `"spanId":"${"0".repeat(16)}"`],
    ["a time that is a number", '"startTimeUnixNano":1'],
    ["a kind by name", '"kind":"SPAN_KIND_CLIENT"'],
    ["a kind that there is not", '"kind":6'],
    ["an attribute that is a number", '"attributes":[{"key":"a","value":{"intValue":1}}]'],
    [
      "an attribute of two types",
      '"attributes":[{"key":"a","value":{"intValue":"1","stringValue":""}}]',
    ],
    ["an attribute without a value", '"attributes":[{"key":"a","value":{}}]'],
    ["a name that is none", '"name":1'],
    ["a list that is none", '"attributes":{}'],
  ])("refuses %s", (_, span) => {
    expect(() => readExport(body(span))).toThrow(/^\$/);
  });
});
