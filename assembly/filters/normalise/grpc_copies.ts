// Copies of what goes upstream under the names that grpc-gateway gives it. Made last, from what the
// filters have left: a token that one of them took away has no copy.

import { arenaAllocate } from "../../abi/arena";
import { Field } from "../../core/bytes/field";
import { NONE } from "../../core/bytes/none";
import { copyText, Text, textLen } from "../../core/bytes/text";
import {
  GATEWAY_PREFIX,
  isFreeName,
  isPermanentName,
  METADATA_PREFIX,
} from "../../core/grpc/gateway";
import { hashName } from "../../core/headers/names";
import {
  headerCount,
  headerLen,
  headerPtr,
  nameLenOf,
  namePtrOf,
  nextField,
  numberOfNew,
  requestField,
  requestFieldCount,
  touchedId,
  touchedNames,
} from "../../core/headers/request";
import { addLine } from "../../core/headers/rewrite";
import { HEADER_VALUE_BYTES_MAX, HEADERS_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { Gateway, GrpcConfig } from "./grpc_model";

/** Adds the copies; whoever made some before has had them stripped (grpc_names.ts). */
export function copyForGateway(own: GrpcConfig, isGrpc: bool): Reason {
  const wanted = isGrpc ? Gateway.FROM_METADATA : Gateway.TO_METADATA;
  if (own.gateway != wanted) return Reason.OK;
  // The copies become names and fields, too, which have no copies.
  const names = touchedNames();
  const fields = requestFieldCount();
  for (let i: u32 = 0; i < names; i++) {
    const id = touchedId(i);
    const count = headerCount(id);
    if (count == 0 || !isCopied(isGrpc, namePtrOf(id), nameLenOf(id))) continue;
    const done = count == 1 ? copyOne(isGrpc, id) : copyLines(isGrpc, id);
    if (!done) return Reason.HEADERS_TOO_LARGE;
  }
  for (let i: u32 = 0; i < fields; i++) {
    const field = requestField(i);
    if (field.nameId != NONE || !isCopied(isGrpc, field.namePtr, field.nameLen)) continue;
    if (!copyField(isGrpc, field)) return Reason.HEADERS_TOO_LARGE;
  }
  return Reason.OK;
}

function isCopied(isGrpc: bool, ptr: usize, len: u32): bool {
  const isPermanent = isPermanentName(ptr, len);
  return isGrpc ? !isPermanent && isFreeName(ptr, len) : isPermanent;
}

/** false when there is no room for the edits, as for the next two. */
function copyOne(isGrpc: bool, id: u32): bool {
  return copy(isGrpc, namePtrOf(id), nameLenOf(id), headerPtr(id), headerLen(id));
}

function copyLines(isGrpc: bool, id: u32): bool {
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    if (!copyField(isGrpc, requestField(at))) return false;
    at = nextField(id, at + 1);
  }
  return true;
}

function copyField(isGrpc: bool, field: Field): bool {
  return copy(isGrpc, field.namePtr, field.nameLen, field.valuePtr, field.valueLen);
}

function copy(isGrpc: bool, namePtr: usize, nameLen: u32, ptr: usize, len: u32): bool {
  const prefix: Text = isGrpc ? METADATA_PREFIX : GATEWAY_PREFIX;
  if (len > HEADER_VALUE_BYTES_MAX) return false;
  const name = arenaAllocate(textLen(prefix) + nameLen);
  if (name == 0) return false;
  memory.copy(copyText(name, prefix), namePtr, nameLen);
  const copyLen = textLen(prefix) + nameLen;
  // Fields of that name had to get a number to be taken away.
  const id = numberOfNew(name, copyLen, hashName(name, copyLen));
  return id != NONE && addLine(id, ptr, len);
}
