// tracestate, W3C Trace Context Level 2 §3.3:
// https://www.w3.org/TR/trace-context-2/#tracestate-header All its field lines are one list. A list
// that breaks a rule is dropped whole, as the harness of the W3C expects.

import {
  Char,
  equals,
  equalsText,
  isDigit,
  isLowerLetter,
  skipOws,
  trimOwsEnd,
} from "../bytes/ascii";
import { secretHash } from "../bytes/hash";
import { NONE } from "../bytes/none";
import { Text } from "../bytes/text";
import { TRACESTATE_BYTES_MAX, TRACESTATE_MEMBERS_MAX } from "../limits";

/** §3.3.1.3.1 */
const KEY_BYTES_MAX: u32 = 256;
/** §3.3.1.3.2 */
const VALUE_BYTES_MAX: u32 = 256;
/** §3.3.1.5: when the list is too long, members above this many bytes go first. */
const MEMBER_BYTES_KEPT: u32 = 128;

/** One member of the list: borrowed bytes of `key=value`. */
// @ts-ignore: decorator
@unmanaged
class Member {
  ptr: usize;
  len: u32;
  keyLen: u32;
  /** Of the key. */
  hash: u32;
}
const MEMBER_SIZE: u32 = 16;
if (offsetof<Member>() != <usize>MEMBER_SIZE) ERROR("Member is not 16 bytes");
const MEMBERS: usize = memory.data(32 * 16, 8);
if (TRACESTATE_MEMBERS_MAX != 32) ERROR("room for another number of members");

/** What is known of the list so far. */
let listMembers: u32 = 0;
/** Members that were read, repeated keys included. */
let membersRead: u32 = 0;
let linesRead: u32 = 0;
let bytesRead: u32 = 0;
let broken: bool = false;
/** Whether a member is not what came in its place. */
let replaced: bool = false;

export const enum Tracestate {
  /** Nothing is left to send: remove the field. */
  EMPTY = 0,
  /** The only field line is what would be written: leave it. */
  UNCHANGED = 1,
  WRITTEN = 2,
}

// @ts-ignore: decorator
@inline
function memberAt(index: u32): Member {
  return changetype<Member>(MEMBERS + index * MEMBER_SIZE);
}

/** Bit n: a member's key has a hash that ends in n. */
let seenHashes: u64 = 0;

export function beginTracestate(): void {
  listMembers = 0;
  seenHashes = 0;
  membersRead = 0;
  linesRead = 0;
  bytesRead = 0;
  broken = false;
  replaced = false;
}

/** Appends a field line's value, which must stay where it is until the list has been written. */
export function addTracestateLine(valuePtr: usize, valueLen: u32): void {
  linesRead++;
  bytesRead = valueLen;
  const end = valuePtr + valueLen;
  let at = valuePtr;
  // Each turn ends behind a comma or at the end, so the value's length bounds it.
  while (!broken && at < end) {
    const memberEnd = findComma(at, end);
    const ptr = skipOws(at, memberEnd);
    const len = <u32>(trimOwsEnd(ptr, memberEnd) - ptr);
    if (len > 0 && !addMember(ptr, len)) broken = true;
    at = memberEnd + 1;
  }
}

function findComma(ptr: usize, end: usize): usize {
  let at = ptr;
  while (at < end && load<u8>(at) != Char.COMMA) at++;
  return at;
}

/**
 * Adds a member unless its key is there already: the first wins. false: the whole list is invalid.
 */
function addMember(ptr: usize, len: u32): bool {
  if (membersRead >= TRACESTATE_MEMBERS_MAX) return false;
  membersRead++;
  const keyLen = readKey(ptr, len);
  if (keyLen == 0 || !isValue(ptr + keyLen + 1, len - keyLen - 1)) return false;
  const hash = <u32>secretHash(ptr, keyLen);
  const bit = (<u64>1) << ((<u64>hash) & 63);
  if ((seenHashes & bit) != 0 && isKnown(ptr, keyLen, hash)) return true;
  seenHashes |= bit;
  const member = memberAt(listMembers);
  member.ptr = ptr;
  member.len = len;
  member.keyLen = keyLen;
  member.hash = hash;
  listMembers++;
  return true;
}

/** Hashes first: keys of one length that differ in their middles cost no more than others. */
function isKnown(ptr: usize, keyLen: u32, hash: u32): bool {
  for (let i: u32 = 0; i < listMembers; i++) {
    const known = memberAt(i);
    if (known.hash != hash || known.keyLen != keyLen) continue;
    if (equals(known.ptr, ptr, keyLen)) return true;
  }
  return false;
}

/** Length of the key in front of "=", 0 when it is not one (§3.3.1.3.1). */
function readKey(ptr: usize, len: u32): u32 {
  const first = <u32>load<u8>(ptr);
  if (!isLowerLetter(first) && !isDigit(first)) return 0;
  const longest = min(len, KEY_BYTES_MAX + 1);
  for (let i: u32 = 1; i < longest; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c == Char.EQUALS) return i;
    if (!isKeyCharacter(c)) return 0;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isKeyCharacter(c: u32): bool {
  return (
    isLowerLetter(c) ||
    isDigit(c) ||
    c == Char.UNDERSCORE ||
    c == Char.MINUS ||
    c == Char.ASTERISK ||
    c == Char.SLASH ||
    c == Char.AT
  );
}

/**
 * §3.3.1.3.2; trimming has made sure that the last character is not a space, nor is there a comma.
 */
function isValue(ptr: usize, len: u32): bool {
  if (len == 0 || len > VALUE_BYTES_MAX) return false;
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c < <u32>Char.SPACE || c > <u32>Char.TILDE || c == Char.EQUALS) return false;
  }
  return true;
}

/** Value of the member that `findMember` found last. */
export let foundPtr: usize = 0;
export let foundLen: u32 = 0;

/** Which member has a key; NONE when none has, or the list is invalid. */
export function findMember(key: Text): u32 {
  if (broken) return NONE;
  for (let i: u32 = 0; i < listMembers; i++) {
    const member = memberAt(i);
    if (!equalsText(member.ptr, member.keyLen, key)) continue;
    foundPtr = member.ptr + member.keyLen + 1;
    foundLen = member.len - member.keyLen - 1;
    return i;
  }
  return NONE;
}

/**
 * Puts `len` bytes of `key=value`, 0 for none, in front of the list instead of a member that
 * `findMember` found (§3.5: what was changed stands left of what was not).
 */
export function replaceMember(index: u32, ptr: usize, len: u32): void {
  memory.copy(MEMBERS + MEMBER_SIZE, MEMBERS, index * MEMBER_SIZE);
  const first = memberAt(0);
  first.ptr = ptr;
  first.len = len;
  replaced = true;
}

/**
 * Ends the list. `target` has room for TRACESTATE_BYTES_MAX; `tracestateLen` is set for WRITTEN.
 */
export function writeTracestate(target: usize): Tracestate {
  tracestateLen = 0;
  if (broken) return Tracestate.EMPTY;
  const len = cut();
  if (len == 0) return Tracestate.EMPTY;
  // The list is made of pieces of the line, in order: of equal length it is the line.
  if (linesRead == 1 && len == bytesRead && !replaced) return Tracestate.UNCHANGED;
  let at = target;
  for (let i: u32 = 0; i < listMembers; i++) {
    const member = memberAt(i);
    if (member.len == 0) continue;
    if (at > target) store<u8>(at++, Char.COMMA);
    memory.copy(at, member.ptr, member.len);
    at += member.len;
  }
  tracestateLen = <u32>(at - target);
  return Tracestate.WRITTEN;
}

/** Bytes that the last `writeTracestate` wrote. */
export let tracestateLen: u32 = 0;

/** Drops whole members until the list fits; returns its length. A dropped member has length 0. */
function cut(): u32 {
  let len: u32 = 0;
  for (let i: u32 = 0; i < listMembers; i++) {
    if (memberAt(i).len > 0) len += memberAt(i).len + 1;
  }
  for (let i = listMembers; i > 0 && len > TRACESTATE_BYTES_MAX + 1; i--) {
    if (memberAt(i - 1).len > MEMBER_BYTES_KEPT) len -= drop(i - 1);
  }
  for (let i = listMembers; i > 0 && len > TRACESTATE_BYTES_MAX + 1; i--) {
    if (memberAt(i - 1).len > 0) len -= drop(i - 1);
  }
  return len > 0 ? len - 1 : 0;
}

/** Drops a member; returns how many bytes of the list that saves, its comma included. */
function drop(index: u32): u32 {
  const member = memberAt(index);
  const saved = member.len + 1;
  member.len = 0;
  return saved;
}
