// Values of metadata: base64 where the name ends in `-bin`, printable ASCII elsewhere. All lines of
// one name share their fate: when one is malformed none goes on, when one changes they become one.

import { arenaAllocate, arenaMark, arenaRelease } from "../../abi/arena";
import { Char, equals, isVisibleAscii } from "../../core/bytes/ascii";
import { Field } from "../../core/bytes/field";
import { NONE } from "../../core/bytes/none";
import { normaliseBinary } from "../../core/grpc/binary";
import { isProtocolName } from "../../core/grpc/gateway";
import { isBinaryName, isMetadataName } from "../../core/grpc/metadata";
import {
  headerCount,
  headerLen,
  headerPtr,
  nameLenOf,
  namePtrOf,
  nextField,
  removeHeader,
  requestField,
  requestFieldCount,
  setHeader,
  touchedId,
  touchedNames,
} from "../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX, HEADERS_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { numberOf } from "./field_removal";
import { GrpcConfig, OnInvalid } from "./grpc_model";

const enum Verdict {
  KEEP = 0,
  CHANGE = 1,
  DROP = 2,
  REJECT = 3,
  TOO_LARGE = 4,
}

/** What `checkBinary` and `joinLines` have made of what is to be changed. */
let writtenPtr: usize = 0;
let writtenLen: u32 = 0;

/** Looks at all that goes to gRPC as metadata. */
export function mapGrpcValues(own: GrpcConfig): Reason {
  if (own.hasBinary == 0 && own.dropsInvalid == 0) return Reason.OK;
  for (let i: u32 = 0, count = requestFieldCount(); i < count; i++) {
    const field = requestField(i);
    if (field.nameId != NONE || isFine(own, field)) continue;
    if (numberOf(field) == NONE) return Reason.HEADERS_TOO_LARGE;
  }
  for (let i: u32 = 0; i < touchedNames(); i++) {
    const id = touchedId(i);
    if (headerCount(id) == 0) continue;
    const reason = mapHeader(own, id);
    if (reason != Reason.OK) return reason;
  }
  return Reason.OK;
}

/** Whether a field can stay as it is. */
function isFine(own: GrpcConfig, field: Field): bool {
  const mark = arenaMark();
  const verdict = check(own, field.namePtr, field.nameLen, field.valuePtr, field.valueLen);
  arenaRelease(mark);
  return verdict == Verdict.KEEP;
}

/** All lines of a header. */
function mapHeader(own: GrpcConfig, id: u32): Reason {
  const namePtr = namePtrOf(id);
  const nameLen = nameLenOf(id);
  let verdict = Verdict.KEEP;
  if (headerCount(id) == 1) {
    verdict = check(own, namePtr, nameLen, headerPtr(id), headerLen(id));
  } else {
    let at = nextField(id, 0);
    for (let i: u32 = 0; i < HEADERS_MAX && at != NONE && verdict == Verdict.KEEP; i++) {
      const field = requestField(at);
      verdict = check(own, namePtr, nameLen, field.valuePtr, field.valueLen);
      at = nextField(id, at + 1);
    }
    if (verdict == Verdict.CHANGE) verdict = joinLines(own, id);
  }
  if (verdict == Verdict.DROP) removeHeader(id);
  if (verdict == Verdict.CHANGE) setHeader(id, writtenPtr, writtenLen);
  return reasonOf(verdict);
}

function reasonOf(verdict: Verdict): Reason {
  if (verdict == Verdict.REJECT) return Reason.HEADER_REFUSED;
  return verdict == Verdict.TOO_LARGE ? Reason.HEADERS_TOO_LARGE : Reason.OK;
}

/** What is to become of one value. */
function check(own: GrpcConfig, namePtr: usize, nameLen: u32, ptr: usize, len: u32): Verdict {
  const isPseudo = nameLen > 0 && load<u8>(namePtr) == Char.COLON;
  if (isPseudo) return Verdict.KEEP;
  const isBinary = isBinaryName(namePtr, nameLen);
  if (isBinary && own.hasBinary != 0) {
    const verdict = checkBinary(own, ptr, len);
    if (verdict != Verdict.KEEP) return verdict;
  }
  if (own.dropsInvalid == 0 || isProtocolName(namePtr, nameLen)) return Verdict.KEEP;
  return isMetadataName(namePtr, nameLen) && isVisibleAscii(ptr, len) ? Verdict.KEEP : Verdict.DROP;
}

function checkBinary(own: GrpcConfig, ptr: usize, len: u32): Verdict {
  const mark = arenaMark();
  const target = arenaAllocate(len);
  if (target == 0) return Verdict.TOO_LARGE;
  const written = normaliseBinary(target, ptr, len, own.keepsPadding != 0);
  if (written < 0) return onInvalidBinary(own);
  if (<u32>written == len && equals(target, ptr, len)) {
    arenaRelease(mark);
    return Verdict.KEEP;
  }
  return write(target, written);
}

function onInvalidBinary(own: GrpcConfig): Verdict {
  return own.onInvalidBinary == OnInvalid.REJECT ? Verdict.REJECT : Verdict.DROP;
}

function write(ptr: usize, len: u32): Verdict {
  writtenPtr = ptr;
  writtenLen = len;
  return len <= HEADER_VALUE_BYTES_MAX ? Verdict.CHANGE : Verdict.TOO_LARGE;
}

/** Joins the normal forms of all lines of a name by commas. */
function joinLines(own: GrpcConfig, id: u32): Verdict {
  let room: u32 = 0;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    // The host's map is smaller than memory: no sum of its lengths wraps.
    room += requestField(at).valueLen + 1;
    at = nextField(id, at + 1);
  }
  const target = arenaAllocate(room);
  if (target == 0) return Verdict.TOO_LARGE;
  let to = target;
  at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    if (i > 0) store<u8>(to++, Char.COMMA);
    const field = requestField(at);
    const written = normaliseBinary(to, field.valuePtr, field.valueLen, own.keepsPadding != 0);
    if (written < 0) return onInvalidBinary(own);
    to += written;
    at = nextField(id, at + 1);
  }
  return write(target, <u32>(to - target));
}
