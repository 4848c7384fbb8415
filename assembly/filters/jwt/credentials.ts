// The token of a request: credentials = "Bearer" 1*SP b64token (RFC 6750 §2.1, RFC 9110 §11.4),
// once.

import { Char, equalsLower, isTchar } from "../../core/bytes/ascii";
import { text, textLen, textPtr } from "../../core/bytes/text";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { Reason } from "../../core/reason";

const SCHEME = text("bearer");

/** The token that `takeToken` found last, a view of the header. */
export let tokenPtr: usize = 0;
export let tokenLen: u32 = 0;

/**
 * Finds the token. JWT_MISSING when there are no credentials or those of another scheme;
 * JWT_MULTIPLE when there are several, as values or in one value: hosts join repeated fields with a
 * comma, which no token holds.
 */
export function takeToken(authorizationId: u32): Reason {
  const count = headerCount(authorizationId);
  if (count == 0) return Reason.JWT_MISSING;
  if (count > 1) return Reason.JWT_MULTIPLE;
  const ptr = headerPtr(authorizationId);
  const end = ptr + headerLen(authorizationId);
  let at = ptr;
  while (at < end && isTchar(load<u8>(at))) at++;
  const schemeLen = <u32>(at - ptr);
  if (schemeLen != textLen(SCHEME) || !equalsLower(ptr, textPtr(SCHEME), schemeLen)) {
    return Reason.JWT_MISSING;
  }
  if (holdsComma(at, end)) return Reason.JWT_MULTIPLE;
  const afterScheme = at;
  while (at < end && load<u8>(at) == Char.SPACE) at++;
  if (at == afterScheme || at == end) return Reason.JWT_MALFORMED;
  tokenPtr = at;
  tokenLen = <u32>(end - at);
  return Reason.OK;
}

function holdsComma(ptr: usize, end: usize): bool {
  for (let at = ptr; at < end; at++) if (load<u8>(at) == Char.COMMA) return true;
  return false;
}
