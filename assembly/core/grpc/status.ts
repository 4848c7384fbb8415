// Statuses of gRPC: their names, and what they are over HTTP and the other way round.
// https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
// https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md

import { Char } from "../bytes/ascii";
import { parseUnsigned } from "../bytes/decimal";
import { Text, text } from "../bytes/text";

/** google.rpc.Code */
export const enum GrpcCode {
  OK = 0,
  CANCELLED = 1,
  UNKNOWN = 2,
  INVALID_ARGUMENT = 3,
  DEADLINE_EXCEEDED = 4,
  NOT_FOUND = 5,
  ALREADY_EXISTS = 6,
  PERMISSION_DENIED = 7,
  RESOURCE_EXHAUSTED = 8,
  FAILED_PRECONDITION = 9,
  ABORTED = 10,
  OUT_OF_RANGE = 11,
  UNIMPLEMENTED = 12,
  INTERNAL = 13,
  UNAVAILABLE = 14,
  DATA_LOSS = 15,
  UNAUTHENTICATED = 16,
}

const CODES: u32 = 17;

// Row of a code: name Text u32 │ HTTP status u32
const ROW_BYTES: u32 = 8;
const ROWS: usize = memory.data(<i32>(CODES * ROW_BYTES), 4);

function define(code: GrpcCode, name: string, httpStatus: u32): void {
  store<u32>(rowOf(code), <u32>text(name));
  store<u32>(rowOf(code), httpStatus, 4);
}

define(GrpcCode.OK, "OK", 200);
define(GrpcCode.CANCELLED, "CANCELLED", 499);
define(GrpcCode.UNKNOWN, "UNKNOWN", 500);
define(GrpcCode.INVALID_ARGUMENT, "INVALID_ARGUMENT", 400);
define(GrpcCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", 504);
define(GrpcCode.NOT_FOUND, "NOT_FOUND", 404);
define(GrpcCode.ALREADY_EXISTS, "ALREADY_EXISTS", 409);
define(GrpcCode.PERMISSION_DENIED, "PERMISSION_DENIED", 403);
define(GrpcCode.RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED", 429);
define(GrpcCode.FAILED_PRECONDITION, "FAILED_PRECONDITION", 400);
define(GrpcCode.ABORTED, "ABORTED", 409);
define(GrpcCode.OUT_OF_RANGE, "OUT_OF_RANGE", 400);
define(GrpcCode.UNIMPLEMENTED, "UNIMPLEMENTED", 501);
define(GrpcCode.INTERNAL, "INTERNAL", 500);
define(GrpcCode.UNAVAILABLE, "UNAVAILABLE", 503);
define(GrpcCode.DATA_LOSS, "DATA_LOSS", 500);
define(GrpcCode.UNAUTHENTICATED, "UNAUTHENTICATED", 401);

// @ts-ignore: decorator
@inline
function rowOf(code: u32): usize {
  return ROWS + (code < CODES ? code : <u32>GrpcCode.UNKNOWN) * ROW_BYTES;
}

/** Name of a code; a number that is none is UNKNOWN. */
export function codeName(code: u32): Text {
  return load<u32>(rowOf(code));
}

/** HTTP status of a code, as Envoy's transcoder and grpc-gateway have it. */
export function httpStatusOf(code: u32): u32 {
  return load<u32>(rowOf(code), 4);
}

/**
 * Value of a `grpc-status`: decimal without leading zeros; anything else, and a number that is no
 * code, is UNKNOWN.
 */
export function parseGrpcStatus(ptr: usize, len: u32): GrpcCode {
  if (len > 1 && load<u8>(ptr) == Char.ZERO) return GrpcCode.UNKNOWN;
  const code = parseUnsigned(ptr, len);
  return code < 0 || code >= <i64>CODES ? GrpcCode.UNKNOWN : <GrpcCode>code;
}

/** What clients take an HTTP status for when a response has no `grpc-status`. */
export function standardGrpcStatus(httpStatus: u32): GrpcCode {
  switch (httpStatus) {
    case 400:
    case 431:
      return GrpcCode.INTERNAL;
    case 401:
      return GrpcCode.UNAUTHENTICATED;
    case 403:
      return GrpcCode.PERMISSION_DENIED;
    case 404:
      return GrpcCode.UNIMPLEMENTED;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcCode.UNAVAILABLE;
    default:
      return GrpcCode.UNKNOWN;
  }
}

/** The code that says the most about an HTTP status, for who may choose one. */
export function preciseGrpcStatus(httpStatus: u32): GrpcCode {
  switch (httpStatus) {
    case 404:
      return GrpcCode.NOT_FOUND;
    case 409:
      return GrpcCode.ALREADY_EXISTS;
    case 412:
      return GrpcCode.FAILED_PRECONDITION;
    case 413:
    case 429:
      return GrpcCode.RESOURCE_EXHAUSTED;
    case 499:
      return GrpcCode.CANCELLED;
    case 501:
      return GrpcCode.UNIMPLEMENTED;
    case 504:
      return GrpcCode.DEADLINE_EXCEEDED;
    default:
      return standardGrpcStatus(httpStatus);
  }
}
