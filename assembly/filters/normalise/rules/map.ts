// Moving values from one header to another.

import { arenaAllocate } from "../../../abi/arena";
import { startsWithLowerText } from "../../../core/bytes/ascii";
import { textLen, textPtr } from "../../../core/bytes/text";
import { joinedLen, writeJoined } from "../../../core/headers/lines";
import {
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  setHeader,
} from "../../../core/headers/request";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { Reason } from "../../../core/reason";
import { Rule } from "./model";

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
    len = prefixLen + joinedLen(mapping.nameId);
    if (len > HEADER_VALUE_BYTES_MAX) return Reason.HEADERS_TOO_LARGE;
    ptr = arenaAllocate(len);
    if (ptr == 0) return Reason.HEADERS_TOO_LARGE;
    memory.copy(ptr, textPtr(mapping.prefix), prefixLen);
    writeJoined(ptr + prefixLen, mapping.nameId);
  }
  removeHeader(mapping.nameId);
  return setHeader(mapping.toId, ptr, len) ? Reason.OK : Reason.HEADER_REFUSED;
}
