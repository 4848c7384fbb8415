// baggage, W3C: https://www.w3.org/TR/baggage/#header-content All its field lines are one list. A
// member that breaks a rule is dropped, the others go on as they came; more than fit are dropped
// from the right (§3.3.2: whole members, never parts of one).

import { Char, equalsText, isTchar, skipOws, trimOwsEnd } from "../bytes/ascii";
import { hexValue } from "../bytes/hex";
import { Text } from "../bytes/text";
import { BAGGAGE_BYTES_MAX, BAGGAGE_MEMBERS_MAX } from "../limits";

/** Borrowed bytes of the members that go on: ptr u32, len u32 each. */
const MEMBERS: usize = memory.data(<i32>(BAGGAGE_MEMBERS_MAX << 3), 8);
let memberCount: u32 = 0;
let membersLen: u32 = 0;
let linesRead: u32 = 0;
let bytesRead: u32 = 0;

let listed: usize = 0;
let listedCount: u32 = 0;

/** Members that were dropped: they broke a rule, did not fit, or are not listed. */
export let malformedMembers: u32 = 0;
export let excessMembers: u32 = 0;
export let unlistedMembers: u32 = 0;

export const enum Baggage {
  /** Nothing is left to send: remove the field. */
  EMPTY = 0,
  /** The only field line is what would be written: leave it. */
  UNCHANGED = 1,
  WRITTEN = 2,
}

/** Begins a list. Only keys among `keyCount` Texts at `keys`, u32 each, go on; any with 0. */
export function beginBaggage(keys: usize, keyCount: u32): void {
  memberCount = 0;
  membersLen = 0;
  linesRead = 0;
  bytesRead = 0;
  listed = keys;
  listedCount = keyCount;
  malformedMembers = 0;
  excessMembers = 0;
  unlistedMembers = 0;
}

/** Appends a field line's value, which must stay where it is until the list has been written. */
export function addBaggageLine(valuePtr: usize, valueLen: u32): void {
  linesRead++;
  bytesRead = valueLen;
  const end = valuePtr + valueLen;
  // Each turn ends behind a comma or at the end, so the value's length bounds it.
  for (let at = valuePtr; at < end;) {
    let memberEnd = at;
    while (memberEnd < end && load<u8>(memberEnd) != Char.COMMA) memberEnd++;
    const ptr = skipOws(at, memberEnd);
    const memberLen = <u32>(trimOwsEnd(ptr, memberEnd) - ptr);
    if (memberLen > 0) addMember(ptr, memberLen);
    at = memberEnd + 1;
  }
}

function addMember(ptr: usize, len: u32): void {
  const end = ptr + len;
  const keyEnd = endOfToken(ptr, end);
  const equals = skipOws(keyEnd, end);
  const hasValue = keyEnd > ptr && equals < end && load<u8>(equals) == Char.EQUALS;
  if (!hasValue || !endsWell(equals + 1, end)) {
    malformedMembers++;
    return;
  }
  if (!isListed(ptr, <u32>(keyEnd - ptr))) {
    unlistedMembers++;
    return;
  }
  const joined = membersLen + len + (memberCount > 0 ? 1 : 0);
  if (memberCount >= BAGGAGE_MEMBERS_MAX || joined > BAGGAGE_BYTES_MAX || excessMembers > 0) {
    excessMembers++;
    return;
  }
  const member = MEMBERS + (memberCount++ << 3);
  store<u32>(member, <u32>ptr);
  store<u32>(member, len, 4);
  membersLen = joined;
}

/** Whether what is behind the first "=" is a value and properties (§3.2.1). */
function endsWell(from: usize, end: usize): bool {
  let at = endOfValue(skipOws(from, end), end);
  // Each turn is behind another semicolon.
  while (at != 0 && skipOws(at, end) < end) {
    at = skipOws(at, end);
    if (load<u8>(at) != Char.SEMICOLON) return false;
    const key = skipOws(at + 1, end);
    at = endOfToken(key, end);
    if (at == key) return false;
    const equals = skipOws(at, end);
    if (equals < end && load<u8>(equals) == Char.EQUALS) {
      at = endOfValue(skipOws(equals + 1, end), end);
    }
  }
  return at != 0;
}

function endOfToken(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && isTchar(load<u8>(at))) at++;
  return at;
}

/** Where the octets of a value end; 0 when a % does not stand for one. */
function endOfValue(ptr: usize, end: usize): usize {
  let at = ptr;
  for (; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (!isBaggageOctet(c)) break;
    if (c != Char.PERCENT) continue;
    if (end - at < 3 || (hexValue(load<u8>(at, 1)) | hexValue(load<u8>(at, 2))) > 0xf) return 0;
  }
  return at;
}

/** §3.2.1.3: visible ASCII without quotes, commas, semicolons and backslashes. */
// @ts-ignore: decorator
@inline
function isBaggageOctet(c: u32): bool {
  if (c <= <u32>Char.SPACE || c > <u32>Char.TILDE) return false;
  return c != Char.QUOTE && c != Char.COMMA && c != Char.SEMICOLON && c != Char.BACKSLASH;
}

function isListed(ptr: usize, len: u32): bool {
  if (listedCount == 0) return true;
  for (let i: u32 = 0; i < listedCount; i++) {
    const key: Text = load<u32>(listed + (i << 2));
    if (equalsText(ptr, len, key)) return true;
  }
  return false;
}

/** Bytes that the last `writeBaggage` wrote. */
export let baggageLen: u32 = 0;

/** Ends the list. `target` has room for BAGGAGE_BYTES_MAX; `baggageLen` is set for WRITTEN. */
export function writeBaggage(target: usize): Baggage {
  baggageLen = 0;
  if (memberCount == 0) return Baggage.EMPTY;
  // The list is made of pieces of the line, in order: of equal length it is the line.
  if (linesRead == 1 && membersLen == bytesRead) return Baggage.UNCHANGED;
  let at = target;
  for (let i: u32 = 0; i < memberCount; i++) {
    if (at > target) store<u8>(at++, Char.COMMA);
    const member = MEMBERS + (i << 3);
    const len = load<u32>(member, 4);
    memory.copy(at, load<u32>(member), len);
    at += len;
  }
  baggageLen = <u32>(at - target);
  return Baggage.WRITTEN;
}
