// The tokens of a request, at the places of one provider: credentials = scheme 1*SP b64token (RFC
// 6750 §2.1, RFC 9110 §11.4), whole header values, parameters of the query (RFC 6750 §2.3),
// cookies.

import { arenaAllocate } from "../../abi/arena";
import {
  Char,
  equalsLower,
  findByte,
  isTchar,
  skipOws,
  startsWithText,
  trimOwsEnd,
} from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { textLen, textPtr } from "../../core/bytes/text";
import { cookieLen, cookiePtr, nextCookie } from "../../core/headers/cookie";
import {
  decodePercent,
  nextParameter,
  parameterLen,
  parameterPtr,
  queryEnd,
  queryStart,
} from "../../core/headers/query";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
} from "../../core/headers/request";
import { HEADERS_MAX, TOKENS_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { hasScheme, Location, locationAt, LocationKind } from "./location";
import { JwtConfig, OnMultiple, Provider } from "./model";

/** ptr u32, len u32 of each token that `takeTokens` found last. */
const TOKENS: usize = memory.data(<i32>(TOKENS_MAX * 8), 8);

/** The token in hand: the first that `takeTokens` found, or the one that was selected since. */
export let tokenPtr: usize = 0;
export let tokenLen: u32 = 0;
/** How many tokens must be good. */
export let tokenCount: u32 = 0;

/** Tokens found so far, of which TOKENS holds the first. */
let found: u32 = 0;
/** Whether a header that holds one holds more than one value. */
let isList: bool = false;
/** Whether there was no room to decode one. */
let isFull: bool = false;
/** Whether tokens are only counted, not read. */
let isCounting: bool = false;
/** The place where `takeTokens` found tokens of the request in hand last; 0 when it found none. */
let takenFrom: usize = 0;

/** Begins a request: no place is known to hold a token. */
// @ts-ignore: decorator
@inline
export function beginTokens(): void {
  takenFrom = 0;
}

/**
 * Finds the tokens at the places of a provider, in the order of the places. JWT_MISSING when there
 * is none; JWT_MULTIPLE when there are more than the configuration takes, as values of their own or
 * in one value: hosts join repeated fields with a comma, which no token holds.
 */
export function takeTokens(config: JwtConfig, provider: Provider): Reason {
  beginCollecting(false);
  for (let i: u32 = 0; i < provider.locationCount; i++) {
    const location = locationAt(provider, i);
    const before = found;
    collect(location);
    if (found > before) takenFrom = changetype<usize>(location);
  }
  if (isFull) return Reason.HEADERS_TOO_LARGE;
  if (found == 0) return Reason.JWT_MISSING;
  if (found > TOKENS_MAX) return Reason.JWT_MULTIPLE;
  if (config.onMultiple == OnMultiple.REJECT && (found > 1 || isList)) return Reason.JWT_MULTIPLE;
  tokenCount = config.onMultiple == OnMultiple.FIRST ? 1 : found;
  selectToken(0);
  return tokenLen == 0 ? Reason.JWT_MALFORMED : Reason.OK;
}

/**
 * Takes what may be the one token at the one place of a provider: all that stands behind a scheme
 * and one space. Nobody has looked whether it is one, or several with commas between them. false:
 * `takeTokens` has to find them.
 */
export function takeUnread(provider: Provider): bool {
  const location = locationAt(provider, 0);
  const id = location.headerId;
  if (provider.locationCount != 1 || location.kind != LocationKind.SCHEME) return false;
  if (headerCount(id) != 1) return false;
  const ptr = headerPtr(id);
  const behind = textLen(location.name) + 1;
  if (headerLen(id) <= behind || !hasScheme(location, ptr)) return false;
  takeInHand(ptr + behind, headerLen(id) - behind);
  return true;
}

/** What `takeUnread` took is a token. */
export function confirmUnread(provider: Provider): void {
  tokenCount = 1;
  takenFrom = changetype<usize>(locationAt(provider, 0));
}

/** Takes one of the `tokenCount` tokens in hand. */
export function selectToken(index: u32): void {
  const at = TOKENS + (index << 3);
  takeInHand(load<u32>(at), load<u32>(at, 4));
}

export function takeInHand(ptr: usize, len: u32): void {
  tokenPtr = ptr;
  tokenLen = len;
}

/**
 * Whether `takeTokens` found tokens of this request at this place. They are there still: nothing
 * that the section writes is at such a place (location_config.ts).
 */
// @ts-ignore: decorator
@inline
export function wereTakenFrom(location: Location): bool {
  return changetype<usize>(location) == takenFrom;
}

/** Whether there is a token at this place. The tokens that were found before are forgotten. */
export function holdsToken(location: Location): bool {
  beginCollecting(true);
  collect(location);
  return found > 0;
}

function beginCollecting(counting: bool): void {
  isCounting = counting;
  found = 0;
  isList = false;
  isFull = false;
}

function put(ptr: usize, len: u32): void {
  if (found < TOKENS_MAX) {
    store<u32>(TOKENS + (found << 3), <u32>ptr);
    store<u32>(TOKENS + (found << 3), len, 4);
  }
  found++;
}

function collect(location: Location): void {
  const id = location.headerId;
  const count = headerCount(id);
  if (count == 1) collectFrom(location, headerPtr(id), headerLen(id));
  else if (count > 1) collectLines(location);
}

function collectLines(location: Location): void {
  const id = location.headerId;
  const before = found;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    collectFrom(location, field.valuePtr, field.valueLen);
    at = nextField(id, at + 1);
  }
  if (location.kind <= LocationKind.HEADER && found > before) isList = true;
}

// @ts-ignore: decorator
@inline
function collectFrom(location: Location, ptr: usize, len: u32): void {
  switch (location.kind) {
    case LocationKind.QUERY:
      return collectParameters(location, ptr, len);
    case LocationKind.COOKIE:
      return collectCookies(location, ptr, len);
    default:
      return collectElements(location, ptr, ptr + len);
  }
}

/** The elements of a value that is read as a list (RFC 9110 §5.6.1). */
function collectElements(location: Location, ptr: usize, end: usize): void {
  const before = found;
  let elements: u32 = 0;
  let from = ptr;
  // Each turn reads an element and the comma behind it; the last has none.
  while (from <= end) {
    const comma = findByte(from, end, Char.COMMA);
    const start = skipOws(from, comma);
    const elementEnd = trimOwsEnd(start, comma);
    if (location.kind == LocationKind.SCHEME) collectCredentials(location, start, elementEnd);
    else collectValue(location, start, elementEnd);
    elements++;
    from = comma + 1;
  }
  if (elements > 1 && found > before) isList = true;
}

/** What has the scheme, but not at least one space behind it, is an empty token. */
function collectCredentials(location: Location, ptr: usize, end: usize): void {
  const scheme = location.name;
  const schemeLen = textLen(scheme);
  if (ptr + schemeLen > end || !equalsLower(ptr, textPtr(scheme), schemeLen)) return;
  const afterScheme = ptr + schemeLen;
  let at = afterScheme;
  while (at < end && load<u8>(at) == Char.SPACE) at++;
  if (at > afterScheme) return put(at, <u32>(end - at));
  if (at == end || !isTchar(load<u8>(at))) put(at, 0);
}

function collectValue(location: Location, ptr: usize, end: usize): void {
  if (!startsWithText(ptr, <u32>(end - ptr), location.name)) return;
  const start = ptr + textLen(location.name);
  put(start, <u32>(end - start));
}

function collectParameters(location: Location, pathPtr: usize, pathLen: u32): void {
  const start = queryStart(pathPtr, pathLen);
  const end = queryEnd(start, pathPtr + pathLen);
  let at = nextParameter(start, end, location.name);
  while (at != 0) {
    collectParameter();
    at = nextParameter(at, end, location.name);
  }
}

function collectParameter(): void {
  const ptr = parameterPtr;
  const len = parameterLen;
  const isPlain = findByte(ptr, ptr + len, Char.PERCENT) == ptr + len;
  if (isPlain || isCounting || found >= TOKENS_MAX) return put(ptr, len);
  const decoded = arenaAllocate(len);
  if (decoded == 0) isFull = true;
  else put(decoded, decodePercent(ptr, len, decoded));
}

function collectCookies(location: Location, ptr: usize, len: u32): void {
  const end = ptr + len;
  let at = nextCookie(ptr, end, location.name);
  while (at != 0) {
    put(cookiePtr, cookieLen);
    at = nextCookie(at, end, location.name);
  }
}
