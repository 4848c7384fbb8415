// The messages of a rate limit service against a protobuf library, and against whatever bytes a
// service could answer.

import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import type { RlsStatus } from "../../support/rls_messages.ts";
import { CODE, decodeRequest, encodeResponse } from "../../support/rls_messages.ts";

const NONE = 0xffffffff;
const STATUS_BYTES = 16;
const ROOM = 65536;

interface Core {
  putVarint(end: number, value: bigint): number;
  putEntry(end: number, key: number, keyLen: number, value: number, valueLen: number): number;
  putHits(end: number, cost: number): number;
  putDescriptor(start: number, end: number): number;
  putRequestHits(end: number, cost: number): number;
  putDomain(end: number, ptr: number, len: number): number;
  readResponse(ptr: number, len: number, statuses: number, count: number): number;
  countFields(ptr: number, len: number): number;
}

const probe = await loadCore<Core>();
const { core } = probe;
beforeEach(() => probe.reset());

interface ReadStatus {
  code: number;
  unit: number;
  remaining: number;
  untilSeconds: number;
  quota: number;
}

function read(bytes: Uint8Array, count: number): { code: number; statuses: ReadStatus[] } {
  probe.reset();
  const statuses = probe.room(Math.max(1, count) * STATUS_BYTES);
  const code = core.readResponse(probe.put(bytes), bytes.length, statuses, count);
  const view = probe.view();
  const found = Array.from({ length: count }, (_, i) => {
    const at = statuses + i * STATUS_BYTES;
    const word = (offset: number): number => view.getUint32(at + offset, true);
    return {
      code: view.getUint8(at),
      unit: view.getUint8(at + 1),
      remaining: word(4),
      untilSeconds: word(8),
      quota: word(12),
    };
  });
  return { code, statuses: found };
}

/** [field and type, …value], heads below 0x80. */
function bytes(...values: number[]): Uint8Array {
  return new Uint8Array(values);
}

describe("a request", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 });
  const descriptor = fc.record({
    entries: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }),
    hits: fc.option(fc.nat(1_000_000)),
  });

  it("is read by a library as it was meant", () => {
    const request = fc.record({
      domain: text,
      descriptors: fc.array(descriptor, { minLength: 1, maxLength: 5 }),
      hits: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
    });
    fc.assert(
      fc.property(request, ({ domain, descriptors, hits }) => {
        probe.reset();
        const put = (value: string): [number, number] => {
          const encoded = new TextEncoder().encode(value);
          return [probe.put(encoded), encoded.length];
        };
        const end = probe.room(ROOM) + ROOM;
        let at = hits === null ? end : core.putRequestHits(end, hits);
        for (const each of descriptors.toReversed()) {
          const behind = at;
          if (each.hits !== null) at = core.putHits(at, each.hits);
          for (const [key, value] of each.entries.toReversed()) {
            at = core.putEntry(at, ...put(key), ...put(value));
          }
          at = core.putDescriptor(at, behind);
        }
        at = core.putDomain(at, ...put(domain));
        expect(decodeRequest(probe.bytes(at, end - at))).toEqual({
          domain,
          descriptors: descriptors.map((each) => ({
            entries: each.entries,
            ...(each.hits === null ? {} : { hits: each.hits }),
          })),
          hits: hits ?? 0,
        });
      }),
      { numRuns: 200 },
    );
  });

  it("has varints of 1 to 10 bytes", () => {
    const limits: [bigint, number][] = [
      [0n, 1],
      [127n, 1],
      [128n, 2],
      [(1n << 32n) - 1n, 5],
      [(1n << 63n) - 1n, 9],
      [(1n << 64n) - 1n, 10],
    ];
    for (const [value, length] of limits) {
      const end = probe.room(16) + 16;
      const start = core.putVarint(end, value);
      expect(end - start).toBe(length);
      const found = probe
        .bytes(start, length)
        .reduce((sum, byte, i) => sum | (BigInt(byte & 0x7f) << BigInt(7 * i)), 0n);
      expect(found).toBe(value);
    }
  });
});

describe("an answer", () => {
  it("is read as a library wrote it", () => {
    const status: fc.Arbitrary<RlsStatus> = fc.record(
      {
        code: fc.integer({ min: 0, max: 2 }),
        limit: fc.record({ requests_per_unit: fc.nat(), unit: fc.nat(7), name: fc.string() }),
        remaining: fc.nat(0xffffffff),
        until: fc.record({ seconds: fc.nat(0xfffffff), nanos: fc.nat(999_999_999) }),
      },
      { requiredKeys: ["code"] },
    );
    const statuses = fc.array(status, { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom(CODE.OK, CODE.OVER_LIMIT), statuses, (overall, given) => {
        const found = read(encodeResponse(overall, given), given.length);
        expect(found.code).toBe(overall);
        expect(found.statuses).toEqual(
          given.map(({ code, limit, remaining, until }) => ({
            code,
            unit: limit?.unit ?? 0,
            quota: limit?.requests_per_unit ?? NONE,
            remaining: limit === undefined ? NONE : (remaining ?? 0),
            untilSeconds:
              until === undefined ? 0 : until.seconds + ((until.nanos ?? 0) > 0 ? 1 : 0),
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  const ONE_OK = encodeResponse(CODE.OK, [{ code: CODE.OK }]);
  const refused: [string, Uint8Array, number][] = [
    ["no bytes", bytes(), 0],
    ["no code", encodeResponse(CODE.UNKNOWN, [{ code: CODE.OK }]), 1],
    ["a code that is none", encodeResponse(3, [{ code: CODE.OK }]), 1],
    ["a negative code", encodeResponse(-1, [{ code: CODE.OK }]), 1],
    ["a code of 2^32 + 1", bytes(8, 0x81, 0x80, 0x80, 0x80, 0x10, 0x12, 0), 1],
    ["no status", encodeResponse(CODE.OK, []), 1],
    ["a status too many", encodeResponse(CODE.OK, [{ code: 1 }, { code: 1 }]), 1],
    ["a status too few", ONE_OK, 2],
    ["a code as text", bytes(0x0a, 1, 1, 0x12, 0), 1],
    ["a status as a number", bytes(8, 1, 0x10, 1), 1],
    ["a field number 0", bytes(8, 1, 0x12, 0, 0, 1), 1],
    ["a group", bytes(8, 1, 0x12, 0, 0x1b, 0x1c), 1],
    ["the end of a group", bytes(8, 1, 0x12, 0, 0x1c), 1],
    ["a type 6", bytes(8, 1, 0x12, 0, 0x1e), 1],
    ["a varint of 11 bytes", bytes(...Array<number>(10).fill(0x80), 1), 0],
    ["a varint above 2^64", bytes(8, ...Array<number>(9).fill(0xff), 2, 0x12, 0), 1],
    ["a length of 2^64 - 1", bytes(0x12, ...Array<number>(9).fill(0xff), 1), 1],
    ["a length of 2^32", bytes(0x12, 0x80, 0x80, 0x80, 0x80, 0x10), 1],
    ["a length beyond the end", bytes(8, 1, 0x12, 1), 1],
    ["a status whose field is longer than itself", bytes(8, 1, 0x12, 3, 0x12, 2, 0), 1],
    ["a duration cut short", bytes(8, 1, 0x12, 4, 0x22, 2, 8, 0x80), 1],
    ["64 bits that are not there", bytes(8, 1, 0x12, 0, 0x19, 0, 0, 0, 0, 0, 0, 0), 1],
    ["32 bits that are not there", bytes(8, 1, 0x12, 0, 0x1d, 0, 0, 0), 1],
  ];
  it.each(refused)("is no verdict with %s", (_name, answer, count) => {
    expect(read(answer, count).code).toBe(CODE.UNKNOWN);
  });

  it("is read over what it has besides, whatever its type", () => {
    const more = [0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x1d, 1, 2, 3, 4, 0x3a, 2, 1, 2, 0x40, 0x80, 1];
    expect(read(bytes(...more, ...ONE_OK, ...more), 1).code).toBe(CODE.OK);
  });

  it("counts with the last of several codes, as protobuf has it", () => {
    expect(read(bytes(8, 1, 0x12, 0, 8, 2), 1).code).toBe(CODE.OVER_LIMIT);
  });

  it("has a time only if that is positive, at most 2^32 - 1 seconds", () => {
    const until = (seconds: number, nanos = 0): number | undefined =>
      read(encodeResponse(CODE.OK, [{ code: 1, until: { seconds, nanos } }]), 1).statuses[0]
        ?.untilSeconds;
    expect([until(0), until(0, 1), until(-1), until(5, -1), until(2 ** 40)]).toEqual([
      0, 1, 0, 0, 0xffffffff,
    ]);
  });

  it("has a quota below 2^32 - 1, and a unit that is none for what is none", () => {
    const limit = (...fields: number[]): ReadStatus | undefined =>
      read(bytes(8, 1, 0x12, 2 + fields.length, 0x12, fields.length, ...fields), 1).statuses[0];
    expect(limit(0x08, 0xff, 0xff, 0xff, 0xff, 0x0f)?.quota).toBe(0xfffffffe);
    expect(limit(0x08, 0x80, 0x80, 0x80, 0x80, 0x10, 0x10, 3)).toMatchObject({
      quota: 0xfffffffe,
      unit: 3,
    });
    // 2^8 + 1
    expect(limit(0x10, 0x81, 2)).toMatchObject({ quota: 0, remaining: 0, unit: 255 });
    expect(read(bytes(8, 1, 0x12, 4, 0x12, 2, 8, 0x80), 1).code).toBe(CODE.UNKNOWN);
  });

  it("is refused at every truncation, but where a field ends", () => {
    const answer = encodeResponse(CODE.OVER_LIMIT, [
      { code: 1, limit: { requests_per_unit: 5, unit: 1 }, remaining: 300 },
      { code: 2, limit: { requests_per_unit: 5, unit: 1 }, until: { seconds: 400, nanos: 1 } },
    ]);
    for (let end = 0; end < answer.length; end++) {
      expect(read(answer.slice(0, end), 2).code).toBe(CODE.UNKNOWN);
    }
    expect(read(answer, 2).code).toBe(CODE.OVER_LIMIT);
  });

  it("can be any bytes, or a good answer with any of them changed", () => {
    const answer = encodeResponse(CODE.OK, [
      { code: 1, limit: { requests_per_unit: 5, unit: 1 }, until: { seconds: 400, nanos: 1 } },
    ]);
    const changed = fc.tuple(fc.nat(answer.length - 1), fc.nat(255)).map(([at, byte]) => {
      const copy = answer.slice();
      copy[at] = byte;
      return copy;
    });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), changed), (hostile) => {
        const { code } = read(hostile, 1);
        expect([CODE.UNKNOWN, CODE.OK, CODE.OVER_LIMIT]).toContain(code);
        const fields = core.countFields(probe.put(hostile), hostile.length);
        expect(fields).toBeLessThanOrEqual(hostile.length / 2);
        if (code !== CODE.UNKNOWN) expect(fields).toBeGreaterThan(0);
      }),
      { numRuns: 5000 },
    );
  });
});
