// Copies of what goes upstream under the names that grpc-gateway gives it. Made last, from what the
// filters have left: a token that one of them took away has no copy.

import { arenaAllocate } from "../../abi/arena";
import { NONE } from "../../core/bytes/none";
import { copyText, Text, textLen, textPtr } from "../../core/bytes/text";
import {
  GATEWAY_PREFIX,
  isFreeName,
  isPermanentName,
  METADATA_PREFIX,
} from "../../core/grpc/gateway";
import { nameCount, nameText } from "../../core/headers/names";
import {
  addExtra,
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
  requestFieldCount,
  requestNames,
} from "../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX, HEADERS_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { isUnlisted } from "./field_removal";
import { Gateway, GrpcConfig } from "./grpc_model";

/** Adds the copies; whoever made some before has had them stripped (grpc_names.ts). */
export function copyForGateway(own: GrpcConfig, isGrpc: bool): Reason {
  const wanted = isGrpc ? Gateway.FROM_METADATA : Gateway.TO_METADATA;
  if (own.gateway != wanted) return Reason.OK;
  const names = requestNames();
  for (let id: u32 = 0, count = nameCount(names); id < count; id++) {
    if (headerCount(id) == 0) continue;
    const name = nameText(names, id);
    if (!isCopied(isGrpc, textPtr(name), textLen(name))) continue;
    if (!copyListed(isGrpc, id, textPtr(name), textLen(name))) return Reason.HEADERS_TOO_LARGE;
  }
  for (let i: u32 = 0, count = requestFieldCount(); i < count; i++) {
    const field = requestField(i);
    if (!isUnlisted(field) || !isCopied(isGrpc, field.namePtr, field.nameLen)) continue;
    if (!copy(isGrpc, field.namePtr, field.nameLen, field.valuePtr, field.valueLen)) {
      return Reason.HEADERS_TOO_LARGE;
    }
  }
  return Reason.OK;
}

function isCopied(isGrpc: bool, ptr: usize, len: u32): bool {
  const isPermanent = isPermanentName(ptr, len);
  return isGrpc ? !isPermanent && isFreeName(ptr, len) : isPermanent;
}

/** false when there is no room for the edits. */
function copyListed(isGrpc: bool, id: u32, namePtr: usize, nameLen: u32): bool {
  if (headerCount(id) == 1) return copy(isGrpc, namePtr, nameLen, headerPtr(id), headerLen(id));
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    if (!copy(isGrpc, namePtr, nameLen, field.valuePtr, field.valueLen)) return false;
    at = nextField(id, at + 1);
  }
  return true;
}

function copy(isGrpc: bool, namePtr: usize, nameLen: u32, ptr: usize, len: u32): bool {
  const prefix: Text = isGrpc ? METADATA_PREFIX : GATEWAY_PREFIX;
  if (len > HEADER_VALUE_BYTES_MAX) return false;
  const name = arenaAllocate(textLen(prefix) + nameLen);
  if (name == 0) return false;
  memory.copy(copyText(name, prefix), namePtr, nameLen);
  return addExtra(name, textLen(prefix) + nameLen, ptr, len);
}
