// Names that gRPC keeps for itself, and names in the disguise that grpc-gateway gives them. What
// comes out of a disguise does so before any filter looks, and never under a name that clients may
// not send.

import { Char, startsWithText } from "../../core/bytes/ascii";
import { Field } from "../../core/bytes/field";
import { NONE } from "../../core/bytes/none";
import { Text, text, textLen } from "../../core/bytes/text";
import {
  GATEWAY_PREFIX,
  isFreeName,
  isPermanentName,
  METADATA_PREFIX,
} from "../../core/grpc/gateway";
import { isReservedName } from "../../core/grpc/metadata";
import { hashName, NAME_OWNED } from "../../core/headers/names";
import { HeaderPolicy, matchesStripPrefix } from "../../core/headers/policy";
import {
  adoptName,
  findHeader,
  flagsOf,
  IDS_MAX,
  noteLine,
  removeHeader,
  requestField,
  requestFieldCount,
  touchState,
} from "../../core/headers/request";
import { HEADER_NAME_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { isGone, numberOf, takeAway } from "./field_removal";
import { Gateway, GrpcConfig } from "./grpc_model";

const GRPC = text("grpc");
/** A bit for each number of a name of which a field has been uncovered: others with it follow. */
const UNCOVERED_BYTES: u32 = IDS_MAX >> 3;
const UNCOVERED: usize = memory.data(<i32>UNCOVERED_BYTES, 16);
let hasUncovered: bool = false;
const TWIN: usize = memory.data(<i32>HEADER_NAME_BYTES_MAX, 16);

/** Looks at the names that begin with `grpc`. */
export function mapGrpcNames(own: GrpcConfig, isGrpc: bool): Reason {
  const count = requestFieldCount();
  forgetUncovered();
  for (let i: u32 = 0; i < count; i++) {
    const field = requestField(i);
    if (!startsWithText(field.namePtr, field.nameLen, GRPC)) continue;
    if (isGone(field) && !isUncovered(field.nameId)) continue;
    if (!mapGrpcName(own, field, isGrpc)) return Reason.HEADERS_TOO_LARGE;
  }
  return Reason.OK;
}

/** false when there is no room for the edits. */
function mapGrpcName(own: GrpcConfig, field: Field, isGrpc: bool): bool {
  const ptr = field.namePtr;
  const len = field.nameLen;
  if (!isGrpc && startsWithText(ptr, len, METADATA_PREFIX)) {
    if (own.gateway == Gateway.TO_METADATA) return uncover(own, field, METADATA_PREFIX);
    // An upstream that uncovers it itself must not be told what clients may not say.
    return isSendable(own, field, METADATA_PREFIX) || takeAway(field);
  }
  if (isReservedName(ptr, len)) return takeAway(field);
  if (!startsWithText(ptr, len, GATEWAY_PREFIX)) return true;
  if (isGrpc) {
    if (own.gateway != Gateway.FROM_METADATA) return true;
    const prefixLen = textLen(GATEWAY_PREFIX);
    if (!isPermanentName(ptr + prefixLen, len - prefixLen)) return takeAway(field);
    return uncover(own, field, GATEWAY_PREFIX);
  }
  return own.gateway == Gateway.TO_METADATA ? takeAway(field) : true;
}

/**
 * Whether clients may send what is behind the prefix, with `_` or with `-`: it is not stripped, not
 * written by a section, not a name of gRPC, the proxy or the protocol.
 */
function isSendable(own: GrpcConfig, field: Field, prefix: Text): bool {
  const ptr = field.namePtr + textLen(prefix);
  const len = field.nameLen - textLen(prefix);
  if (len > HEADER_NAME_BYTES_MAX) return false;
  for (let i: u32 = 0; i < len; i++) {
    const c = load<u8>(ptr + i);
    store<u8>(TWIN + i, c == Char.UNDERSCORE ? <u8>Char.MINUS : c);
  }
  if (!isFreeName(TWIN, len)) return false;
  if (matchesStripPrefix(changetype<HeaderPolicy>(own.policy), TWIN, len)) return false;
  const id = findHeader(TWIN, len, hashName(TWIN, len));
  return id == NONE || (flagsOf(id) & NAME_OWNED) == 0;
}

/**
 * Gives a field the name behind its prefix, unless the client sent that name, too. What is left
 * under its own name goes.
 */
function uncover(own: GrpcConfig, field: Field, prefix: Text): bool {
  const sendable = isSendable(own, field, prefix);
  const covered = numberOf(field);
  if (covered == NONE) return false;
  removeHeader(covered);
  noteUncovered(covered);
  if (!sendable) return true;
  const ptr = field.namePtr + textLen(prefix);
  const len = field.nameLen - textLen(prefix);
  const hash = hashName(ptr, len);
  const id = adoptName(ptr, len, hash);
  if (id == NONE) return false;
  const state = touchState(id);
  if (state.wireCount != 0) return true;
  field.namePtr = ptr;
  field.nameLen = len;
  field.hash = hash;
  field.nameId = id;
  noteLine(state, field);
  return true;
}

function forgetUncovered(): void {
  if (!hasUncovered) return;
  memory.fill(UNCOVERED, 0, UNCOVERED_BYTES);
  hasUncovered = false;
}

function noteUncovered(id: u32): void {
  const at = UNCOVERED + (id >> 3);
  store<u8>(at, <u8>((<u32>load<u8>(at)) | (1 << (id & 7))));
  hasUncovered = true;
}

// @ts-ignore: decorator
@inline
function isUncovered(id: u32): bool {
  return id < IDS_MAX && ((load<u8>(UNCOVERED + (id >> 3)) >> (<u8>(id & 7))) & 1) != 0;
}
