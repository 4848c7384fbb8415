import { describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  codeNameAt(code: number): number;
  codeNameLen(code: number): number;
  httpStatusOf(code: number): number;
  standardGrpcStatus(httpStatus: number): number;
  preciseGrpcStatus(httpStatus: number): number;
  parseGrpcStatus(ptr: number, len: number): number;
}

const probe = await loadCore<Exports>();
const { core } = probe;
const UNKNOWN = 2;
const MOST = 4_294_967_295;

/** google.rpc.Code in order, with the HTTP status that code.proto names for each. */
const CODES: [name: string, httpStatus: number][] = [
  ["OK", 200],
  ["CANCELLED", 499],
  ["UNKNOWN", 500],
  ["INVALID_ARGUMENT", 400],
  ["DEADLINE_EXCEEDED", 504],
  ["NOT_FOUND", 404],
  ["ALREADY_EXISTS", 409],
  ["PERMISSION_DENIED", 403],
  ["RESOURCE_EXHAUSTED", 429],
  ["FAILED_PRECONDITION", 400],
  ["ABORTED", 409],
  ["OUT_OF_RANGE", 400],
  ["UNIMPLEMENTED", 501],
  ["INTERNAL", 500],
  ["UNAVAILABLE", 503],
  ["DATA_LOSS", 500],
  ["UNAUTHENTICATED", 401],
];

describe("a code", () => {
  test.each(CODES.map((row, code) => [code, ...row] as const))(
    "%i is %s and HTTP %i",
    (code, name, httpStatus) => {
      expect(probe.text(core.codeNameAt(code), core.codeNameLen(code))).toBe(name);
      expect(core.httpStatusOf(code)).toBe(httpStatus);
    },
  );

  test.each([17, 255, 65_536, MOST])("that is none, %i, is UNKNOWN and HTTP 500", (code) => {
    expect(probe.text(core.codeNameAt(code), core.codeNameLen(code))).toBe("UNKNOWN");
    expect(core.httpStatusOf(code)).toBe(500);
  });
});

/** What is not named is UNKNOWN. */
const STANDARD = new Map<number, number>([
  [400, 13],
  [401, 16],
  [403, 7],
  [404, 12],
  [429, 14],
  [431, 13],
  [502, 14],
  [503, 14],
  [504, 14],
]);
const PRECISE = new Map<number, number>([
  ...STANDARD,
  [404, 5],
  [409, 6],
  [412, 9],
  [413, 8],
  [429, 8],
  [499, 1],
  [501, 12],
  [504, 4],
]);

describe("an HTTP status", () => {
  const statuses = [...Array.from({ length: 700 }, (_, i) => i), 65_936, MOST];

  test("is what the gRPC document says", () => {
    const found = statuses.map((status) => core.standardGrpcStatus(status));
    expect(found).toEqual(statuses.map((status) => STANDARD.get(status) ?? UNKNOWN));
  });

  test("is the code that says the most", () => {
    const found = statuses.map((status) => core.preciseGrpcStatus(status));
    expect(found).toEqual(statuses.map((status) => PRECISE.get(status) ?? UNKNOWN));
  });
});

describe("a grpc-status", () => {
  const parse = (value: string): number => {
    probe.reset();
    return core.parseGrpcStatus(probe.put(value), value.length);
  };

  test.each(CODES.map((_, code) => code))("%i is itself", (code) => {
    expect(parse(String(code))).toBe(code);
  });

  test.each(["", "abc", "-1", "+1", "17", "007", "00", "0x1", " 1", "1 ", "1,1", "9".repeat(8192)])(
    "%j is UNKNOWN",
    (value) => {
      expect(parse(value)).toBe(UNKNOWN);
    },
  );
});
