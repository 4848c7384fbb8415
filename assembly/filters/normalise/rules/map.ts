// Moving values from one header to another.

import { arenaAllocate } from "../../../abi/arena";
import { Char, startsWithLowerText } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { textLen, textPtr } from "../../../core/bytes/text";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX, HEADERS_MAX } from "../../../core/limits";
import { Reason } from "../../../core/reason";
import { Rule } from "./model";

/** What joins several field lines to one (RFC 9110 §5.3). */
const JOIN_LEN: u32 = 2;

/** `from` goes whatever happens; `to` gets its value unless it has one. */
export function map(mapping: Rule): Reason {
  const count = headerCount(mapping.nameId);
  if (count == 0) return Reason.OK;
  if (headerCount(mapping.toId) > 0) {
    removeHeader(mapping.nameId);
    return Reason.OK;
  }
  let ptr = headerPtr(mapping.nameId);
  let len = headerLen(mapping.nameId);
  // Upper and lower case are alike: an authentication scheme is either (RFC 9110 §11.1).
  const hasPrefix = startsWithLowerText(ptr, len, mapping.lowerPrefix);
  const prefixLen = hasPrefix ? 0 : textLen(mapping.prefix);
  if (count > 1 || prefixLen > 0) {
    len = prefixLen + valuesLen(mapping.nameId, count);
    if (len > HEADER_VALUE_BYTES_MAX) return Reason.HEADERS_TOO_LARGE;
    ptr = arenaAllocate(len);
    if (ptr == 0) return Reason.HEADERS_TOO_LARGE;
    memory.copy(ptr, textPtr(mapping.prefix), prefixLen);
    writeValues(ptr + prefixLen, mapping.nameId, count);
  }
  removeHeader(mapping.nameId);
  return setHeader(mapping.toId, ptr, len) ? Reason.OK : Reason.HEADER_REFUSED;
}

/** Bytes of a header's values as one. HEADERS_MAX values of a host's map: far below 2^32. */
function valuesLen(id: u32, count: u32): u32 {
  if (count == 1) return headerLen(id);
  let len: u32 = 0;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    if (i > 0) len += JOIN_LEN;
    len += requestField(at).valueLen;
    at = nextField(id, at + 1);
  }
  return len;
}

/** Writes the `valuesLen` bytes of a header's values. */
function writeValues(target: usize, id: u32, count: u32): void {
  if (count == 1) {
    memory.copy(target, headerPtr(id), headerLen(id));
    return;
  }
  let to = target;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    if (i > 0) {
      store<u16>(to, <u16>(Char.COMMA | (Char.SPACE << 8)));
      to += JOIN_LEN;
    }
    const field = requestField(at);
    memory.copy(to, field.valuePtr, field.valueLen);
    to += field.valueLen;
    at = nextField(id, at + 1);
  }
}
