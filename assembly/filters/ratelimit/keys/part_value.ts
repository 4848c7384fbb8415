// What a part of a key is in the request in hand: one byte string for whatever spelling of it the
// client chose, so that no spelling buys a bucket of its own.
//
// A part can also be disputed: it is there, but readers could take different values from it (two
// values, a path that is refused). Such requests are treated as those without it, except that a
// limit is never skipped for them.

import { Char, findByte, lower } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { cookieLen, cookiePtr, nextCookie } from "../../../core/headers/cookie";
import { FixedName } from "../../../core/headers/fixed_names";
import {
  ClaimKind,
  claimKind,
  claimLen,
  claimPtr,
  isScalarClaim,
} from "../../../core/headers/identity";
import { matchesPrefix } from "../../../core/headers/path";
import { ANY_REST, templateHeadLen, writeCaptures } from "../../../core/headers/path_template";
import {
  decodePercent,
  nextParameter,
  parameterLen,
  parameterPtr,
  queryEnd,
  queryStart,
} from "../../../core/headers/query";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
} from "../../../core/headers/request";
import {
  HEADERS_MAX,
  HOST_BYTES_MAX,
  METHOD_BYTES_MAX,
  PATH_BYTES_MAX,
} from "../../../core/limits";
import { requestHostLen } from "../../../core/match/request_host";
import { KeyPart } from "../../../core/ratelimit/key";
import { Part, RateLimitConfig } from "../model";
import { agreedPathLen, isPathAgreed, REQUEST_PATH } from "../../../core/match/request_path";
import { beginClientAddress, findClientAddress } from "./client_address";

/** Whether a request has a part. */
export const enum Found {
  YES,
  MISSING,
  DISPUTED,
}

/**
 * The part that `findPart` found last: any bytes, one at least unless the configuration says
 * otherwise. They lie in the request's headers, in the configuration or in SCRATCH, where they stay
 * until the next call.
 */
export let partPtr: usize = 0;
export let partLen: u32 = 0;
/** Why `findPart` found none, or used the default. */
export let partFound: Found = Found.MISSING;

/** Room for a value that has to be written; a longer one is disputed. */
const SCRATCH: usize = heap.alloc(PATH_BYTES_MAX);

/** Begins a request: nothing has been looked up. */
export function beginParts(): void {
  beginClientAddress();
}

/**
 * Finds the bytes that count of one part of the request in hand, or the default that stands for
 * them. false when there are none; requests that are neither skipped nor refused share a bucket
 * then.
 */
export function findPart(config: RateLimitConfig, part: Part): bool {
  partFound = lookUp(config, part);
  // An empty value says as little as none.
  if (partFound == Found.YES && partLen == 0 && part.kind != KeyPart.TEXT)
    partFound = Found.MISSING;
  if (partFound == Found.YES) return true;
  return part.defaultValue != 0 && setText(part.defaultValue) == Found.YES;
}

function lookUp(config: RateLimitConfig, part: Part): Found {
  const operand = part.operand;
  switch (part.kind) {
    case KeyPart.CLAIM:
      return findClaim(operand);
    case KeyPart.HEADER:
      return findHeader(operand);
    case KeyPart.QUERY:
      return findParameter(operand);
    case KeyPart.COOKIE:
      return findCookie(config.cookieId, operand);
    case KeyPart.METHOD:
      return findMethod(config.methodId);
    case KeyPart.HOST:
      return findHost(config.authorityId);
    case KeyPart.PATH:
      return findPath();
    case KeyPart.PATH_TEMPLATE:
      return findCaptures(operand);
    case KeyPart.CLIENT_ADDRESS: {
      partPtr = SCRATCH;
      partLen = findClientAddress(config, part, SCRATCH);
      return partLen == NONE ? Found.DISPUTED : Found.YES;
    }
    default:
      return setText(operand);
  }
}

// @ts-ignore: decorator
@inline
function set(ptr: usize, len: u32): Found {
  partPtr = ptr;
  partLen = len;
  return Found.YES;
}

function setText(value: Text): Found {
  return set(textPtr(value), textLen(value));
}

/** Lists, objects and fractions are no identity. */
function findClaim(id: u32): Found {
  if (isScalarClaim(id)) return set(claimPtr(id), claimLen(id));
  return claimKind(id) == ClaimKind.ABSENT ? Found.MISSING : Found.DISPUTED;
}

/** Of two values the upstream may read the first, and the other would be free to choose. */
function findHeader(id: u32): Found {
  const count = headerCount(id);
  if (count == 1) return set(headerPtr(id), headerLen(id));
  return count == 0 ? Found.MISSING : Found.DISPUTED;
}

/** In queries a space and "+" are often one: both are "+" here. */
function findParameter(name: Text): Found {
  const count = headerCount(FixedName.PATH);
  if (count != 1) return count == 0 ? Found.MISSING : Found.DISPUTED;
  const ptr = headerPtr(FixedName.PATH);
  const pathEnd = ptr + headerLen(FixedName.PATH);
  const start = queryStart(ptr, headerLen(FixedName.PATH));
  const end = queryEnd(start, pathEnd);
  const next = nextParameter(start, end, name);
  if (next == 0) return Found.MISSING;
  const valuePtr = parameterPtr;
  const valueLen = parameterLen;
  if (valueLen > PATH_BYTES_MAX || nextParameter(next, end, name) != 0) return Found.DISPUTED;
  if (findByte(valuePtr, valuePtr + valueLen, Char.PERCENT) == valuePtr + valueLen) {
    return set(valuePtr, valueLen);
  }
  const len = decodePercent(valuePtr, valueLen, SCRATCH);
  for (let at = SCRATCH; at < SCRATCH + len; at++) {
    if (load<u8>(at) == Char.SPACE) store<u8>(at, Char.PLUS);
  }
  return set(SCRATCH, len);
}

/** A client may send its cookies in several lines (RFC 9113 §8.2.3). */
function findCookie(id: u32, name: Text): Found {
  const count = headerCount(id);
  if (count == 0) return Found.MISSING;
  cookiesFound = 0;
  if (count == 1) {
    takeCookies(headerPtr(id), headerLen(id), name);
  } else {
    let at = nextField(id, 0);
    for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
      takeCookies(requestField(at).valuePtr, requestField(at).valueLen, name);
      at = nextField(id, at + 1);
    }
  }
  if (cookiesFound > 1) return Found.DISPUTED;
  return cookiesFound == 1 ? Found.YES : Found.MISSING;
}

let cookiesFound: u32 = 0;

/** Counts the cookies of this name in one line; the part becomes the last one. */
function takeCookies(ptr: usize, len: u32, name: Text): void {
  const end = ptr + len;
  let at = nextCookie(ptr, end, name);
  while (at != 0) {
    cookiesFound++;
    set(cookiePtr, cookieLen);
    at = nextCookie(at, end, name);
  }
}

/** In upper case: some servers take methods in either. */
function findMethod(id: u32): Found {
  if (headerCount(id) == 0) return Found.MISSING;
  const len = headerLen(id);
  if (headerCount(id) != 1 || len > METHOD_BYTES_MAX) return Found.DISPUTED;
  for (let i: u32 = 0; i < len; i++) store<u8>(SCRATCH + i, <u8>upper(load<u8>(headerPtr(id) + i)));
  return set(SCRATCH, len);
}

/** In lower case, without port and without a dot at its end. */
function findHost(id: u32): Found {
  if (headerCount(id) == 0) return Found.MISSING;
  const ptr = headerPtr(id);
  // Begun with the group's matches (matching/candidates.ts).
  const len = requestHostLen(id);
  if (len > HOST_BYTES_MAX) return Found.DISPUTED;
  for (let i: u32 = 0; i < len; i++) store<u8>(SCRATCH + i, <u8>lower(load<u8>(ptr + i)));
  return set(SCRATCH, len);
}

function findPath(): Found {
  if (headerCount(FixedName.PATH) == 0) return Found.MISSING;
  return isPathAgreed() ? set(REQUEST_PATH, pathLenBare()) : Found.DISPUTED;
}

/** What stands for each named segment, slashes in between, which no segment holds. */
function findCaptures(template: Text): Found {
  if (headerCount(FixedName.PATH) == 0) return Found.MISSING;
  const ptr = textPtr(template);
  const templateLen = textLen(template);
  const isAgreed = isPathAgreed();
  const pathLen = pathLenBare();
  // Behind what a template names readers may disagree.
  if (isAgreed || load<u8>(ptr + templateLen - 1) == <u8>ANY_REST) {
    const len = writeCaptures(REQUEST_PATH, pathLen, ptr, templateLen, SCRATCH);
    if (len != NONE) return set(SCRATCH, len);
  }
  if (isAgreed) return Found.MISSING;
  const headLen = templateHeadLen(ptr, templateLen);
  const couldFit =
    pathLen == 0 ||
    matchesPrefix(ptr, headLen, REQUEST_PATH, pathLen) ||
    matchesPrefix(REQUEST_PATH, pathLen, ptr, headLen);
  return couldFit ? Found.DISPUTED : Found.MISSING;
}

/**
 * Bytes of the path, as far as readers agree, without a slash at its end, which many servers do not
 * tell from none.
 */
function pathLenBare(): u32 {
  const len = agreedPathLen();
  return len > 1 && load<u8>(REQUEST_PATH + len - 1) == Char.SLASH ? len - 1 : len;
}

// @ts-ignore: decorator
@inline
function upper(c: u32): u32 {
  return c - Char.LOWER_A < 26 ? c ^ 0x20 : c;
}
