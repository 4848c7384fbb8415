// What is done to a value, one operation after the other. An absent value goes through all of them
// but `default`.

import { arenaAllocate, arenaMark, arenaRelease } from "../../../abi/arena";
import {
  Char,
  findByte,
  isFieldValue,
  isLowerLetter,
  isUpperLetter,
  skipOws,
  trimOwsEnd,
} from "../../../core/bytes/ascii";
import { decode, encode, encodedLen } from "../../../core/bytes/base64";
import { hexValue, writeHex } from "../../../core/bytes/hex";
import { NONE } from "../../../core/bytes/none";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { validLen } from "../../../core/bytes/utf8";
import { digest, Hash, HASH_LEN_MAX, hashLen } from "../../../core/crypto/hash";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";

export const enum OperationKind {
  TRIM,
  COLLAPSE,
  LOWER,
  UPPER,
  PERCENT_DECODE,
  BASE64_DECODE,
  BASE64URL_DECODE,
  BASE64_ENCODE,
  BASE64URL_ENCODE,
  SHA256,
  TRUNCATE,
  DEFAULT,
}

// @ts-ignore: decorator
@unmanaged
export class Operation {
  kind: OperationKind;
  /** Of TRUNCATE: bytes. */
  most: u32;
  /** Of DEFAULT. */
  text: Text;
}
export const OPERATION_BYTES: u32 = <u32>offsetof<Operation>();

// @ts-ignore: decorator
@unmanaged
export class Operations {
  count: u32;
  /** Address of `count` Operations. */
  items: usize;
}
export const OPERATIONS_BYTES: u32 = <u32>offsetof<Operations>();

export const enum Applied {
  OK,
  ABSENT,
  /** The value is not what an operation takes, or no value that a field may have came of it. */
  INVALID,
  /** It would be longer than HEADER_VALUE_BYTES_MAX. */
  TOO_LARGE,
}

const DIGEST: usize = memory.data(<i32>HASH_LEN_MAX, 16);
const CASE_BIT: u8 = 0x20;

/** The value that `applyOperations` has made: a view that lives until the callback returns. */
export let appliedPtr: usize = 0;
export let appliedLen: u32 = 0;

// @ts-ignore: decorator
@inline
export function operationAt(operations: Operations, index: u32): Operation {
  return changetype<Operation>(operations.items + index * OPERATION_BYTES);
}

/** Applies a list of them, at `operations`, to a value, which stays as it is. */
export function applyOperations(operations: usize, isPresent: bool, ptr: usize, len: u32): Applied {
  const own = changetype<Operations>(operations);
  appliedPtr = ptr;
  appliedLen = len;
  let applied = isPresent ? Applied.OK : Applied.ABSENT;
  for (let i: u32 = 0; i < own.count; i++) {
    const operation = operationAt(own, i);
    if (applied == Applied.OK) applied = apply(operation);
    else if (operation.kind == OperationKind.DEFAULT) {
      applied = give(textPtr(operation.text), textLen(operation.text));
    }
    if (applied == Applied.INVALID || applied == Applied.TOO_LARGE) return applied;
  }
  return applied;
}

function give(ptr: usize, len: u32): Applied {
  appliedPtr = ptr;
  appliedLen = len;
  return Applied.OK;
}

function apply(operation: Operation): Applied {
  const ptr = appliedPtr;
  const len = appliedLen;
  switch (operation.kind) {
    case OperationKind.TRIM: {
      const from = skipOws(ptr, ptr + len);
      return give(from, <u32>(trimOwsEnd(from, ptr + len) - from));
    }
    case OperationKind.COLLAPSE:
      return collapse(ptr, len);
    case OperationKind.LOWER:
      return changeCase(ptr, len, true);
    case OperationKind.UPPER:
      return changeCase(ptr, len, false);
    case OperationKind.PERCENT_DECODE:
      return decodePercent(ptr, len);
    case OperationKind.BASE64_DECODE:
      return decodeBase64(ptr, len, false);
    case OperationKind.BASE64URL_DECODE:
      return decodeBase64(ptr, len, true);
    case OperationKind.BASE64_ENCODE:
      return encodeBase64(ptr, len, false);
    case OperationKind.BASE64URL_ENCODE:
      return encodeBase64(ptr, len, true);
    case OperationKind.SHA256:
      return hash(ptr, len);
    case OperationKind.TRUNCATE:
      return give(ptr, wholeLen(ptr, len, operation.most));
    default:
      return Applied.OK;
  }
}

/** What was written at `target`, allocated at `mark`: no more than that stays taken. */
function giveWritten(mark: u32, target: usize, len: u32): Applied {
  arenaRelease(mark);
  arenaAllocate(len);
  return give(target, len);
}

function refuseWritten(mark: u32): Applied {
  arenaRelease(mark);
  return Applied.INVALID;
}

/** One space for each run of white space. */
function collapse(ptr: usize, len: u32): Applied {
  if (isCollapsed(ptr, len)) return Applied.OK;
  const mark = arenaMark();
  const target = arenaAllocate(len);
  if (target == 0) return Applied.TOO_LARGE;
  let to = target;
  let isInRun = false;
  for (let at = ptr, end = ptr + len; at < end; at++) {
    const c = load<u8>(at);
    const isSpace = c == Char.SPACE || c == Char.HTAB;
    if (!isSpace) store<u8>(to++, c);
    else if (!isInRun) store<u8>(to++, Char.SPACE);
    isInRun = isSpace;
  }
  return giveWritten(mark, target, <u32>(to - target));
}

function isCollapsed(ptr: usize, len: u32): bool {
  let before: u32 = 0;
  for (let i: u32 = 0; i < len; i++) {
    const c = <u32>load<u8>(ptr + i);
    if (c == Char.HTAB || (c == Char.SPACE && before == Char.SPACE)) return false;
    before = c;
  }
  return true;
}

function changeCase(ptr: usize, len: u32, lowers: bool): Applied {
  let same: u32 = 0;
  while (same < len && !changesCase(load<u8>(ptr + same), lowers)) same++;
  if (same == len) return Applied.OK;
  const target = arenaAllocate(len);
  if (target == 0) return Applied.TOO_LARGE;
  memory.copy(target, ptr, same);
  for (let i = same; i < len; i++) {
    const c = load<u8>(ptr + i);
    store<u8>(target + i, changesCase(c, lowers) ? c ^ CASE_BIT : c);
  }
  return give(target, len);
}

// @ts-ignore: decorator
@inline
function changesCase(c: u32, lowers: bool): bool {
  return lowers ? isUpperLetter(c) : isLowerLetter(c);
}

/** Decodes once. An escape that is none is invalid, and so is what is no text then. */
function decodePercent(ptr: usize, len: u32): Applied {
  const end = ptr + len;
  if (findByte(ptr, end, Char.PERCENT) == end) {
    return isText(ptr, len) ? Applied.OK : Applied.INVALID;
  }
  const mark = arenaMark();
  const target = arenaAllocate(len);
  if (target == 0) return Applied.TOO_LARGE;
  const decodedLen = writeUnescaped(target, ptr, end);
  if (decodedLen == NONE || !isText(target, decodedLen)) return refuseWritten(mark);
  return giveWritten(mark, target, decodedLen);
}

/** Returns how many bytes were written, NONE when an escape is none. */
function writeUnescaped(target: usize, ptr: usize, end: usize): u32 {
  let to = target;
  for (let at = ptr; at < end; at++) {
    const c = load<u8>(at);
    if (c != Char.PERCENT) {
      store<u8>(to++, c);
      continue;
    }
    if (at + 2 >= end) return NONE;
    const high = hexValue(load<u8>(at, 1));
    const low = hexValue(load<u8>(at, 2));
    if ((high | low) > 0xf) return NONE;
    store<u8>(to++, <u8>((high << 4) | low));
    at += 2;
  }
  return <u32>(to - target);
}

function isText(ptr: usize, len: u32): bool {
  return validLen(ptr, len) == len && isFieldValue(ptr, len);
}

function decodeBase64(ptr: usize, len: u32, isUrl: bool): Applied {
  const mark = arenaMark();
  const target = arenaAllocate(len);
  if (target == 0) return Applied.TOO_LARGE;
  const decodedLen = decode(target, ptr, len, isUrl);
  if (decodedLen < 0 || !isFieldValue(target, decodedLen)) return refuseWritten(mark);
  return giveWritten(mark, target, decodedLen);
}

function encodeBase64(ptr: usize, len: u32, isUrl: bool): Applied {
  if (len > HEADER_VALUE_BYTES_MAX) return Applied.TOO_LARGE;
  const targetLen = encodedLen(len, !isUrl);
  if (targetLen > HEADER_VALUE_BYTES_MAX) return Applied.TOO_LARGE;
  const target = arenaAllocate(targetLen);
  if (target == 0) return Applied.TOO_LARGE;
  encode(target, ptr, len, isUrl);
  return give(target, targetLen);
}

/** The digest in lower-case hexadecimal digits. */
function hash(ptr: usize, len: u32): Applied {
  const digestLen = hashLen(Hash.SHA256);
  const target = arenaAllocate(2 * digestLen);
  if (target == 0) return Applied.TOO_LARGE;
  digest(Hash.SHA256, ptr, len, DIGEST);
  writeHex(target, DIGEST, digestLen);
  return give(target, 2 * digestLen);
}

/** Bytes of the longest beginning of at most `most` bytes that does not end inside a character. */
function wholeLen(ptr: usize, len: u32, most: u32): u32 {
  if (len <= most) return len;
  let whole = most;
  // UTF-8: a byte 10xxxxxx goes on with the character before it (RFC 3629 §3).
  while (whole > 0 && (load<u8>(ptr + whole) & 0xc0) == 0x80) whole--;
  return whole;
}
