// The messages of a rate limit service, in the protobuf wire format (core/protobuf). From the API
// of Envoy v1.32.4, envoy/service/ratelimit/v3/rls.proto and
// envoy/extensions/common/ratelimit/v3/ratelimit.proto:
//
//   RateLimitRequest       1 domain · 2 repeated descriptors · 3 hits_addend (0 counts as 1)
//   RateLimitDescriptor    1 repeated entries · 3 hits_addend{1 value}, in place of the request's
//   Entry                  1 key · 2 value, of one character each at least
//   RateLimitResponse      1 overall_code · 2 repeated statuses, one for each descriptor in order
//   DescriptorStatus       1 code · 2 current_limit · 3 limit_remaining · 4 duration_until_reset
//   RateLimit              1 requests_per_unit · 2 unit
//   Duration               1 seconds · 2 nanos

import { NONE } from "../bytes/none";
import {
  fieldLen,
  fieldNumber,
  fieldPtr,
  fieldValue,
  fieldWire,
  readField,
} from "../protobuf/reader";
import { HEAD_BYTES_MAX, putBytes, putHead, putUnsigned } from "../protobuf/writer";
import { WireType } from "../protobuf/wire_type";

const DOMAIN: u32 = 1;
const DESCRIPTORS: u32 = 2;
const REQUEST_HITS_ADDEND: u32 = 3;
const ENTRIES: u32 = 1;
const HITS_ADDEND: u32 = 3;
const VALUE: u32 = 1;
const ENTRY_KEY: u32 = 1;
const ENTRY_VALUE: u32 = 2;

/** Bytes of an entry beside its key and its value, at most. */
export const ENTRY_HEADS_BYTES: u32 = 3 * HEAD_BYTES_MAX;
/** Bytes of a descriptor beside its entries, at most. */
export const DESCRIPTOR_HEADS_BYTES: u32 = 4 * HEAD_BYTES_MAX;
/** Bytes of a request beside domain and descriptors, at most. */
export const REQUEST_HEADS_BYTES: u32 = 2 * HEAD_BYTES_MAX;

// As in core/protobuf/writer.ts, each of these writes in front of `end` and returns the new
// beginning: the last entry of the last descriptor comes first, the domain last.

/** Writes an entry of a descriptor. */
export function putEntry(
  end: usize,
  keyPtr: usize,
  keyLen: u32,
  valuePtr: usize,
  valueLen: u32,
): usize {
  let at = putBytes(end, ENTRY_VALUE, valuePtr, valueLen);
  at = putBytes(at, ENTRY_KEY, keyPtr, keyLen);
  return putHead(at, ENTRIES, <u32>(end - at));
}

/** Writes what a descriptor costs, behind its entries; 0 asks without taking. */
export function putHits(end: usize, cost: u32): usize {
  const at = putUnsigned(end, VALUE, cost);
  return putHead(at, HITS_ADDEND, <u32>(end - at));
}

/** Makes what lies from `start` to `end` a descriptor. */
export function putDescriptor(start: usize, end: usize): usize {
  return putHead(start, DESCRIPTORS, <u32>(end - start));
}

/** Writes what each descriptor without a cost of its own costs; behind all descriptors. */
export function putRequestHits(end: usize, cost: u32): usize {
  return putUnsigned(end, REQUEST_HITS_ADDEND, cost);
}

export function putDomain(end: usize, ptr: usize, len: u32): usize {
  return putBytes(end, DOMAIN, ptr, len);
}

/** RateLimitResponse.Code */
export const enum Code {
  /** Also: an answer that says nothing. */
  UNKNOWN = 0,
  OK = 1,
  OVER_LIMIT = 2,
}

const DAY_SECONDS: u32 = 86400;

/** What a service says of one descriptor. */
// @ts-ignore: decorator
@unmanaged
export class DescriptorStatus {
  code: u8;
  /** Of its limit, as `unitSeconds` takes it. */
  unit: u8;
  /** NONE when it names no limit for the descriptor. */
  remaining: u32;
  /** Rounded up; 0 when it does not say. */
  untilSeconds: u32;
  /** Requests in a unit of its limit; NONE when it names none. */
  quota: u32;
}

export const DESCRIPTOR_STATUS_BYTES: u32 = 16;
if (offsetof<DescriptorStatus>() != <usize>DESCRIPTOR_STATUS_BYTES) ERROR("a status is 16 bytes");

const OVERALL_CODE: u32 = 1;
const STATUSES: u32 = 2;
const STATUS_CODE: u32 = 1;
const CURRENT_LIMIT: u32 = 2;
const LIMIT_REMAINING: u32 = 3;
const DURATION_UNTIL_RESET: u32 = 4;
const REQUESTS_PER_UNIT: u32 = 1;
const UNIT: u32 = 2;
const SECONDS: u32 = 1;
const NANOS: u32 = 2;

/**
 * Reads an answer about `count` descriptors into that many DescriptorStatus at `statuses`; returns
 * the overall code. UNKNOWN for whatever cannot be a verdict: no RateLimitResponse, another number
 * of statuses, or a code that is none.
 */
export function readResponse(ptr: usize, len: u32, statuses: usize, count: u32): Code {
  const end = ptr + len;
  let code: u64 = Code.UNKNOWN;
  let found: u32 = 0;
  for (let at = ptr; at < end;) {
    at = readField(at, end);
    if (at == 0) return Code.UNKNOWN;
    if (fieldNumber == OVERALL_CODE && fieldWire == WireType.VARINT) code = fieldValue;
    if (fieldNumber != STATUSES || fieldWire != WireType.BYTES) continue;
    if (found == count) return Code.UNKNOWN;
    const status = statuses + found * DESCRIPTOR_STATUS_BYTES;
    if (!readStatus(fieldPtr, fieldLen, changetype<DescriptorStatus>(status))) return Code.UNKNOWN;
    found++;
  }
  if (found != count || code > <u64>Code.OVER_LIMIT) return Code.UNKNOWN;
  return <Code>(<u32>code);
}

function readStatus(ptr: usize, len: u32, status: DescriptorStatus): bool {
  const end = ptr + len;
  let remaining: u32 = 0;
  status.code = <u8>Code.UNKNOWN;
  status.unit = 0;
  status.untilSeconds = 0;
  status.quota = NONE;
  for (let at = ptr; at < end;) {
    at = readField(at, end);
    if (at == 0) return false;
    const isNumber = fieldWire == WireType.VARINT;
    const isMessage = fieldWire == WireType.BYTES;
    if (fieldNumber == STATUS_CODE && isNumber) status.code = <u8>min(fieldValue, u8.MAX_VALUE);
    if (fieldNumber == LIMIT_REMAINING && isNumber) remaining = <u32>fieldValue;
    if (fieldNumber == CURRENT_LIMIT && isMessage) {
      if (!readLimit(fieldPtr, fieldLen, status)) return false;
    }
    if (fieldNumber == DURATION_UNTIL_RESET && isMessage) {
      if (!readDuration(fieldPtr, fieldLen, status)) return false;
    }
  }
  status.remaining = status.quota == NONE ? NONE : remaining;
  return true;
}

function readLimit(ptr: usize, len: u32, status: DescriptorStatus): bool {
  const end = ptr + len;
  status.quota = 0;
  for (let at = ptr; at < end;) {
    at = readField(at, end);
    if (at == 0) return false;
    if (fieldWire != WireType.VARINT) continue;
    if (fieldNumber == REQUESTS_PER_UNIT) status.quota = <u32>min(fieldValue, NONE - 1);
    if (fieldNumber == UNIT) status.unit = <u8>min(fieldValue, u8.MAX_VALUE);
  }
  return true;
}

/**
 * Seconds of RateLimitResponse.RateLimit.Unit, months and years as Envoy's own filter tells them; 0
 * for one that is none.
 */
export function unitSeconds(unit: u32): u32 {
  switch (unit) {
    case 1:
      return 1;
    case 2:
      return 60;
    case 3:
      return 3600;
    case 4:
      return DAY_SECONDS;
    case 5:
      return 30 * DAY_SECONDS;
    case 6:
      return 365 * DAY_SECONDS;
    case 7:
      return 7 * DAY_SECONDS;
    default:
      return 0;
  }
}

/** Reads a Duration as whole seconds; one that is negative says nothing. */
function readDuration(ptr: usize, len: u32, status: DescriptorStatus): bool {
  const end = ptr + len;
  let seconds: i64 = 0;
  let nanoseconds: i64 = 0;
  for (let at = ptr; at < end;) {
    at = readField(at, end);
    if (at == 0) return false;
    if (fieldWire != WireType.VARINT) continue;
    if (fieldNumber == SECONDS) seconds = <i64>fieldValue;
    if (fieldNumber == NANOS) nanoseconds = <i64>fieldValue;
  }
  if (seconds < 0 || nanoseconds < 0) seconds = 0;
  else if (seconds < <i64>u32.MAX_VALUE && nanoseconds > 0) seconds++;
  status.untilSeconds = <u32>min(seconds, <i64>u32.MAX_VALUE);
  return true;
}
