// The timeout of a call as `grpc-timeout` and as milliseconds in a header of its own: after this
// both say the same.

import { parseUnsigned, UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../core/bytes/decimal";
import { NONE } from "../../core/bytes/none";
import { readTimeout, TIMEOUT_BYTES_MAX, writeTimeout } from "../../core/grpc/timeout";
import {
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  setHeader,
} from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { GrpcConfig, OnInvalid } from "./grpc_model";

const TIMEOUT: usize = memory.data(<i32>TIMEOUT_BYTES_MAX, 16);
const MILLISECONDS: usize = memory.data(<i32>UNSIGNED_DIGITS_MAX, 16);

/** `isCall`: the request goes to gRPC. */
export function mapTimeout(own: GrpcConfig, isCall: bool): Reason {
  const id = own.timeoutId;
  const stated = headerCount(id) > 0;
  let milliseconds: u64 = 0;
  if (stated) {
    milliseconds = headerCount(id) == 1 ? readTimeout(headerPtr(id), headerLen(id)) : 0;
    if (milliseconds == 0 && !dropInvalid(own, id)) return Reason.HEADER_REFUSED;
  }
  const fromTimeout = milliseconds != 0;
  const millisecondsId = own.millisecondsId;
  if (!fromTimeout && millisecondsId != NONE && headerCount(millisecondsId) > 0) {
    milliseconds = readMilliseconds(millisecondsId);
    if (milliseconds == 0 && !dropInvalid(own, millisecondsId)) return Reason.HEADER_REFUSED;
  }
  if (milliseconds == 0) return Reason.OK;
  const most = own.timeoutMilliseconds;
  const isAbove = most != 0 && milliseconds > most;
  if (isAbove) milliseconds = most;
  // What is no longer than it may be stays as exact as it came.
  if (fromTimeout ? isAbove : isCall) {
    setHeader(id, TIMEOUT, writeTimeout(TIMEOUT, milliseconds));
  }
  if (millisecondsId != NONE) {
    setHeader(millisecondsId, MILLISECONDS, writeUnsigned(MILLISECONDS, milliseconds));
  }
  return Reason.OK;
}

/** 0 when it is not one positive number. */
function readMilliseconds(id: u32): u64 {
  if (headerCount(id) != 1) return 0;
  return <u64>max(parseUnsigned(headerPtr(id), headerLen(id)), 0);
}

/** Takes a malformed header away; false when that is not what is asked for. */
function dropInvalid(own: GrpcConfig, id: u32): bool {
  if (own.onInvalidTimeout == OnInvalid.REJECT) return false;
  removeHeader(id);
  return true;
}
