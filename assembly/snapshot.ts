// The headers of the request in hand: fetched once, indexed, looked at by every filter.

import { answerLen, answerPtr, getHeaderPairs } from "./abi/host";
import { decodePairs, PAIRS_TOO_MANY } from "./abi/pairs";
import { MapType, Status } from "./abi/types";
import { FIELD_BYTES } from "./core/bytes/field";
import { isGrpcContentType } from "./core/grpc/grpc";
import { checkConnection } from "./core/headers/connection";
import { FixedName } from "./core/headers/fixed_names";
import { indexFields } from "./core/headers/index_fields";
import { HeaderPolicy } from "./core/headers/policy";
import { beginRequest, headerLen, headerPtr } from "./core/headers/request";
import { HEADERS_MAX } from "./core/limits";
import { beginHost } from "./core/match/request_host";
import { beginRequestPath } from "./core/match/request_path";
import { Reason } from "./core/reason";
import { FIELDS_MAX } from "./core/rule_limits";

const FIELDS: usize = memory.data(<i32>(FIELDS_MAX * FIELD_BYTES), 16);

/** Whether the request in hand is gRPC: known once its headers have been indexed. */
export let isGrpc: bool = false;

let fieldCount: u32 = 0;

/** Begins a request of which nothing is known yet. */
export function beginSnapshot(): void {
  isGrpc = false;
  beginRequestPath();
  beginHost();
}

/** Fetches and indexes the request's headers; where they cannot be had, it has none. */
export function takeSnapshot(names: usize, policy: HeaderPolicy): Reason {
  const unread = fetchFields();
  beginRequest(names, FIELDS, fieldCount);
  if (unread != Reason.OK) return unread;
  const reason = indexFields(policy);
  isGrpc = isGrpcContentType(headerPtr(FixedName.CONTENT_TYPE), headerLen(FixedName.CONTENT_TYPE));
  return reason == Reason.OK ? checkConnection() : reason;
}

/** Leaves the headers in FIELDS, `fieldCount` of them: none unless it is OK. */
function fetchFields(): Reason {
  fieldCount = 0;
  const status = getHeaderPairs(MapType.REQUEST_HEADERS);
  if (status == Status.INVALID_MEMORY_ACCESS) return Reason.HEADERS_TOO_LARGE;
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const count = decodePairs(answerPtr, answerLen, FIELDS, HEADERS_MAX);
  if (count == PAIRS_TOO_MANY) return Reason.HEADERS_TOO_LARGE;
  // A request always has pseudo headers: an empty map is a host that could not serialize it.
  if (count <= 0) return Reason.HOST_FAILURE;
  fieldCount = <u32>count;
  return Reason.OK;
}
