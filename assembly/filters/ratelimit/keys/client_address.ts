// The client's address: the peer's, or an entry of x-forwarded-for.

import { answerLen, answerPtr, getProperty } from "../../../abi/host";
import { Status } from "../../../abi/types";
import { Char, skipOws, trimOwsEnd } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { text, textLen, textPtr } from "../../../core/bytes/text";
import {
  headerCount,
  headerLen,
  headerPtr,
  nextField,
  requestField,
} from "../../../core/headers/request";
import { HEADERS_MAX } from "../../../core/limits";
import { ADDRESS_BYTES_MAX, readAddress, writeNetwork } from "../../../core/ratelimit/address";
import { Part, RateLimitConfig } from "../model";

const SOURCE_ADDRESS = text("source\0address");
const ADDRESS: usize = memory.data(16, 8);
if (ADDRESS_BYTES_MAX != 16) ERROR("the room for an address is not 16 bytes");
const SOURCE: usize = memory.data(16, 8);

/** Bytes at SOURCE, 0 when the peer has no address; NONE before it was asked for. */
let sourceLen: u32 = NONE;

/** Begins a request: nothing has been looked up. */
export function beginClientAddress(): void {
  sourceLen = NONE;
}

/**
 * Writes the network that the client's address lies in to `target` (NETWORK_BYTES_MAX); returns its
 * length, 0 when there is no such entry, NONE when what stands there is no address.
 */
export function findClientAddress(config: RateLimitConfig, part: Part, target: usize): u32 {
  const hops = part.operand;
  if (hops == 0) {
    const len = sourceAddress();
    return len == 0 ? 0 : writeNetwork(target, SOURCE, len, part.ipv4Bits, part.ipv6Bits);
  }
  if (!findForwarded(config.forwardedForId, hops)) return 0;
  const first = skipOws(entryPtr, entryEnd);
  const len = readAddress(first, <u32>(trimOwsEnd(first, entryEnd) - first), ADDRESS);
  return len == 0 ? NONE : writeNetwork(target, ADDRESS, len, part.ipv4Bits, part.ipv6Bits);
}

/** Asks the host once a request: a property costs more than all else here. */
function sourceAddress(): u32 {
  if (sourceLen != NONE) return sourceLen;
  const status = getProperty(textPtr(SOURCE_ADDRESS), textLen(SOURCE_ADDRESS));
  sourceLen = status == Status.OK ? readAddress(answerPtr, answerLen, SOURCE) : 0;
  return sourceLen;
}

let entryPtr: usize = 0;
let entryEnd: usize = 0;

/**
 * Finds the entry of x-forwarded-for that is `fromRight` entries from the right, the last one being
 * 1.
 */
function findForwarded(id: u32, fromRight: u32): bool {
  const count = headerCount(id);
  if (count == 0) return false;
  if (count == 1) return findFromRight(headerPtr(id), headerLen(id), fromRight);
  // Several lines are one list (RFC 9110 §5.3): the last line that holds the entry is the one to
  // look at.
  let total: u32 = 0;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    total += entriesOf(requestField(at).valuePtr, requestField(at).valueLen);
    at = nextField(id, at + 1);
  }
  if (fromRight > total) return false;
  let before: u32 = 0;
  at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    before += entriesOf(field.valuePtr, field.valueLen);
    const after = total - before;
    if (fromRight > after) return findFromRight(field.valuePtr, field.valueLen, fromRight - after);
    at = nextField(id, at + 1);
  }
  return false;
}

/** Number of entries of a list, empty ones included. */
function entriesOf(ptr: usize, len: u32): u32 {
  let entries: u32 = 1;
  for (let i: u32 = 0; i < len; i++) if (load<u8>(ptr + i) == Char.COMMA) entries++;
  return entries;
}

/** Finds an entry of a list, the last entry being 1. */
function findFromRight(ptr: usize, len: u32, fromRight: u32): bool {
  entryEnd = ptr + len;
  entryPtr = lastEntry(ptr, entryEnd);
  for (let skip = fromRight; skip > 1; skip--) {
    if (entryPtr == ptr) return false;
    entryEnd = entryPtr - 1;
    entryPtr = lastEntry(ptr, entryEnd);
  }
  return true;
}

/** Where the last entry of the list in [ptr, end) begins. */
function lastEntry(ptr: usize, end: usize): usize {
  let at = end;
  while (at > ptr && load<u8>(at - 1) != Char.COMMA) at--;
  return at;
}
