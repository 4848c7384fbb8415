// The key of a rule for the request in hand. What a request does not have, or has in a form that
// says nothing, is "absent": all such requests share one bucket, so that leaving a header out buys
// nothing.

import { answerLen, answerPtr, getProperty } from "../../../abi/host";
import { Status } from "../../../abi/types";
import { Char, skipOws, trimOwsEnd } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { text, textLen, textPtr } from "../../../core/bytes/text";
import { claimLen, claimPtr, isScalarClaim } from "../../../core/headers/identity";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
} from "../../../core/headers/request";
import { HEADERS_MAX } from "../../../core/limits";
import { ADDRESS_BYTES_MAX, readAddress } from "../../../core/ratelimit/address";
import { addAbsentPart, addPart, KeyPart, KeySeed, startKey } from "../../../core/ratelimit/key";
import { Part, partAt, RateLimitConfig, Rule } from "../model";
import { REQUEST_PATH, requestPathLen } from "../request_path";

const SOURCE_ADDRESS = text("source\0address");
const ADDRESS: usize = memory.data(16, 8);
if (ADDRESS_BYTES_MAX != 16) ERROR("the room for an address is not 16 bytes");

// What several rules of one request may ask for is looked up once.
let sourcePtr: usize = 0;
let sourceLen: u32 = NONE;

/** Begins a request: nothing has been looked up. */
export function beginKeys(): void {
  sourceLen = NONE;
}

/** What came of looking for a key. */
export const enum KeyResult {
  FOUND,
  /** A part is missing that the limit skips requests without. */
  SKIP,
  /** A part is missing that requests are refused without. */
  DENY,
}

/** The key that `keyOf` found; never 0. */
export let foundKey: u64 = 0;

/** Finds the key of a rule for the request in hand. */
export function keyOf(config: RateLimitConfig, rule: Rule, seed: KeySeed): KeyResult {
  let key = startKey(rule.nameHash, seed);
  for (let place: u32 = 0; place < rule.partCount; place++) {
    key = addRequestPart(key, place, partAt(rule, place), config, seed);
  }
  foundKey = key;
  return KeyResult.FOUND;
}

function addRequestPart(
  key: u64,
  place: u32,
  part: Part,
  config: RateLimitConfig,
  seed: KeySeed,
): u64 {
  const operand = part.operand;
  switch (part.kind) {
    case KeyPart.CLAIM: {
      const ptr = isScalarClaim(operand) ? claimPtr(operand) : 0;
      return addView(key, place, KeyPart.CLAIM, ptr, claimLen(operand), seed);
    }
    case KeyPart.HEADER:
      return addHeader(key, place, operand, seed);
    case KeyPart.PATH: {
      const len = requestPathLen();
      return addView(key, place, KeyPart.PATH, len == 0 ? 0 : REQUEST_PATH, len, seed);
    }
    case KeyPart.CLIENT_ADDRESS: {
      const len = clientAddress(operand, config.forwardedForId);
      return addView(key, place, KeyPart.CLIENT_ADDRESS, len == 0 ? 0 : ADDRESS, len, seed);
    }
    default:
      return addPart(key, place, KeyPart.TEXT, textPtr(operand), textLen(operand), seed);
  }
}

/** A part that is absent when its address is 0. */
function addView(key: u64, place: u32, kind: KeyPart, ptr: usize, len: u32, seed: KeySeed): u64 {
  return ptr == 0
    ? addAbsentPart(key, place, kind, seed)
    : addPart(key, place, kind, ptr, len, seed);
}

/** All values of a header, in order. */
function addHeader(key: u64, place: u32, id: u32, seed: KeySeed): u64 {
  const count = headerCount(id);
  if (count == 0) return addAbsentPart(key, place, KeyPart.HEADER, seed);
  if (count == 1) {
    return addPart(key, place, KeyPart.HEADER, headerPtr(id), headerLen(id), seed);
  }
  let chained = key;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    chained = addPart(chained, place, KeyPart.HEADER, field.valuePtr, field.valueLen, seed);
    at = nextField(id, at + 1);
  }
  return chained;
}

/** Length of the client's address at ADDRESS; 0 when it is not known. */
function clientAddress(trustedHops: u32, forwardedForId: u32): u32 {
  if (trustedHops > 0) return forwardedAddress(trustedHops, forwardedForId);
  if (sourceLen == NONE) {
    const status = getProperty(textPtr(SOURCE_ADDRESS), textLen(SOURCE_ADDRESS));
    sourcePtr = answerPtr;
    sourceLen = status == Status.OK ? answerLen : 0;
  }
  return readAddress(sourcePtr, sourceLen, ADDRESS);
}

/**
 * The entry of x-forwarded-for that is `fromRight` entries from the right, the last one being 1.
 */
function forwardedAddress(fromRight: u32, id: u32): u32 {
  const count = headerCount(id);
  if (count == 1) return readFromRight(headerPtr(id), headerLen(id), fromRight);
  // Several lines are one list (RFC 9110 §5.3): the last line that holds the entry is the one to
  // look at.
  let total: u32 = 0;
  let at = count == 0 ? NONE : nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    total += entriesOf(requestField(at).valuePtr, requestField(at).valueLen);
    at = nextField(id, at + 1);
  }
  if (fromRight > total) return 0;
  let before: u32 = 0;
  at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    before += entriesOf(field.valuePtr, field.valueLen);
    const after = total - before;
    if (fromRight > after) return readFromRight(field.valuePtr, field.valueLen, fromRight - after);
    at = nextField(id, at + 1);
  }
  return 0;
}

/** Number of entries of a list, empty ones included. */
function entriesOf(ptr: usize, len: u32): u32 {
  let entries: u32 = 1;
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) == Char.COMMA) entries++;
  return entries;
}

/** The address in an entry of a list, the last entry being 1. */
function readFromRight(ptr: usize, len: u32, fromRight: u32): u32 {
  let end = ptr + len;
  let start = lastEntry(ptr, end);
  for (let skip = fromRight; skip > 1; skip--) {
    if (start == ptr) return 0;
    end = start - 1;
    start = lastEntry(ptr, end);
  }
  const first = skipOws(start, end);
  return readAddress(first, <u32>(trimOwsEnd(first, end) - first), ADDRESS);
}

/** Where the last entry of the list in [ptr, end) begins. */
function lastEntry(ptr: usize, end: usize): usize {
  let at = end;
  while (at > ptr && load<u8>(at - 1) != Char.COMMA) at--;
  return at;
}
