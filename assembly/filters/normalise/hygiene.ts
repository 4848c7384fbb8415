// What of a request is no HTTP although a host has let it pass: fields that are none, singletons
// that came twice, and headers that end at this hop.

import { Char, isDigit, isFieldValue, isToken } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { hostLenOf } from "../../core/headers/authority";
import { stripNominated } from "../../core/headers/connection";
import {
  headerCount,
  headerLen,
  headerPtr,
  requestField,
  requestFieldCount,
} from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { checkSingletons } from "./singletons";

// @ts-ignore: decorator
@unmanaged
export class Hygiene {
  singletonCount: u32;
  /** Address of `singletonCount` Singletons. */
  singletons: usize;
  /** Whether every field is checked. */
  checksFields: bool;
  /** Whether headers that end at this hop are removed. */
  stripsHopByHop: bool;
  /** Of `:authority` and content-length; of use with `checksFields`. */
  authorityId: u32;
  contentLengthId: u32;
}

/** Applies it to the request in hand. */
export function applyHygiene(hygiene: Hygiene): Reason {
  if (hygiene.checksFields && !areFields(hygiene)) return Reason.HEADER_REFUSED;
  if (!checkSingletons(hygiene.singletons, hygiene.singletonCount)) return Reason.HEADER_REFUSED;
  return hygiene.stripsHopByHop ? stripNominated() : Reason.OK;
}

function areFields(hygiene: Hygiene): bool {
  for (let i: u32 = 0, count = requestFieldCount(); i < count; i++) {
    const field = requestField(i);
    if (!isName(field.namePtr, field.nameLen)) return false;
    if (!isTrimmedValue(field.valuePtr, field.valueLen)) return false;
  }
  const host = hygiene.authorityId;
  if (headerCount(host) != 1) return false;
  if (hostLenOf(headerPtr(host), headerLen(host)) == NONE) return false;
  const length = hygiene.contentLengthId;
  const lengths = headerCount(length);
  return lengths == 0 || (lengths == 1 && isNumber(headerPtr(length), headerLen(length)));
}

/** A pseudo header, which the host vouches for, or a token (RFC 9110 §5.1). */
function isName(ptr: usize, len: u32): bool {
  return len > 0 && (load<u8>(ptr) == Char.COLON || isToken(ptr, len));
}

/** Neither control characters nor whitespace around it (RFC 9113 §8.2.1). */
function isTrimmedValue(ptr: usize, len: u32): bool {
  if (len == 0) return true;
  return !isSpace(load<u8>(ptr)) && !isSpace(load<u8>(ptr + len - 1)) && isFieldValue(ptr, len);
}

// @ts-ignore: decorator
@inline
function isSpace(c: u32): bool {
  return c == Char.SPACE || c == Char.HTAB;
}

/** One or more digits (RFC 9110 §8.6). */
function isNumber(ptr: usize, len: u32): bool {
  for (let i: u32 = 0; i < len; i++) if (!isDigit(load<u8>(ptr + i))) return false;
  return len > 0;
}
