// Values that are put together from texts and what a request or response has. A part that is
// missing makes the whole absent.

import { arenaAllocate, arenaMark, arenaRelease } from "../../../abi/arena";
import { Char, findByte, lower } from "../../../core/bytes/ascii";
import { NONE } from "../../../core/bytes/none";
import { Text, textLen, textPtr } from "../../../core/bytes/text";
import { FixedName } from "../../../core/headers/fixed_names";
import { claimLen, claimPtr, isScalarClaim } from "../../../core/headers/identity";
import { joinedLen, writeJoined } from "../../../core/headers/lines";
import {
  decodePercent,
  nextParameter,
  parameterLen,
  parameterPtr,
  queryEnd,
  queryStart,
} from "../../../core/headers/query";
import { headerCount, headerLen, headerPtr } from "../../../core/headers/request";
import { CLAIM_BYTES_MAX, HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { requestHostLen } from "../../../core/match/request_host";
import { agreedPathLen, isPathAgreed, REQUEST_PATH } from "../../../core/match/request_path";
import { captureLen, capturePtr } from "../../../core/value/pattern";

export const enum PartKind {
  LITERAL,
  /** Its lines as one value. */
  HEADER,
  /** A text, a whole number or a boolean. */
  CLAIM,
  /** Of the path, as rules see it. */
  SEGMENT,
  /** The first value of a parameter, decoded. */
  QUERY,
  HOST,
  METHOD,
  CAPTURE,
}

// @ts-ignore: decorator
@unmanaged
export class TemplatePart {
  kind: PartKind;
  /** Number of a name, a claim, a segment (from 1) or a capture. */
  number: u32;
  /** A literal, or the name of a parameter. */
  text: Text;
}
export const TEMPLATE_PART_BYTES: u32 = <u32>offsetof<TemplatePart>();

// @ts-ignore: decorator
@unmanaged
export class Template {
  partCount: u32;
  /** Address of `partCount` TemplateParts. */
  parts: usize;
}
export const TEMPLATE_BYTES: u32 = <u32>offsetof<Template>();

export const enum Written {
  OK,
  ABSENT,
  /** It would be longer than HEADER_VALUE_BYTES_MAX, or there is no room. */
  TOO_LARGE,
}

/** What `writeTemplate` has written: a view that lives until the callback returns. */
export let writtenPtr: usize = 0;
export let writtenLen: u32 = 0;

/** The part in hand. */
let partPtr: usize = 0;
let partLen: u32 = 0;

// @ts-ignore: decorator
@inline
export function templatePartAt(template: Template, index: u32): TemplatePart {
  return changetype<TemplatePart>(template.parts + index * TEMPLATE_PART_BYTES);
}

/** Writes the value of a template for the map in hand. One part alone is not copied. */
export function writeTemplate(address: usize): Written {
  const template = changetype<Template>(address);
  if (template.partCount == 1) {
    const written = findPart(templatePartAt(template, 0));
    writtenPtr = partPtr;
    writtenLen = partLen;
    return written == Written.OK && partLen > HEADER_VALUE_BYTES_MAX ? Written.TOO_LARGE : written;
  }
  const start = arenaMark();
  const target = arenaAllocate(HEADER_VALUE_BYTES_MAX);
  if (target == 0) return Written.TOO_LARGE;
  writtenPtr = target;
  writtenLen = 0;
  let written = Written.OK;
  for (let i: u32 = 0; i < template.partCount && written == Written.OK; i++) {
    const mark = arenaMark();
    written = appendPart(templatePartAt(template, i));
    arenaRelease(mark);
  }
  // Only what was written stays taken: nothing for a value that is absent.
  arenaRelease(start);
  if (written == Written.OK) arenaAllocate(writtenLen);
  return written;
}

function appendPart(part: TemplatePart): Written {
  const written = findPart(part);
  if (written != Written.OK) return written;
  if (partLen > HEADER_VALUE_BYTES_MAX - writtenLen) return Written.TOO_LARGE;
  memory.copy(writtenPtr + writtenLen, partPtr, partLen);
  writtenLen += partLen;
  return Written.OK;
}

function found(ptr: usize, len: u32): Written {
  partPtr = ptr;
  partLen = len;
  return Written.OK;
}

function findPart(part: TemplatePart): Written {
  const number = part.number;
  switch (part.kind) {
    case PartKind.LITERAL:
      return found(textPtr(part.text), textLen(part.text));
    case PartKind.HEADER:
      return findHeaderPart(number);
    case PartKind.CLAIM:
      if (!isScalarClaim(number) || claimLen(number) > CLAIM_BYTES_MAX) return Written.ABSENT;
      return found(claimPtr(number), claimLen(number));
    case PartKind.SEGMENT:
      return findSegment(number);
    case PartKind.QUERY:
      return findQuery(part.text);
    case PartKind.HOST:
      return findHost(number);
    case PartKind.METHOD:
      if (headerCount(number) != 1) return Written.ABSENT;
      return found(headerPtr(number), headerLen(number));
    default:
      return found(capturePtr(number), captureLen(number));
  }
}

function findHeaderPart(id: u32): Written {
  const count = headerCount(id);
  if (count == 0) return Written.ABSENT;
  if (count == 1) return found(headerPtr(id), headerLen(id));
  const len = joinedLen(id);
  if (len > HEADER_VALUE_BYTES_MAX) return Written.TOO_LARGE;
  const target = arenaAllocate(len);
  if (target == 0) return Written.TOO_LARGE;
  writeJoined(target, id);
  return found(target, len);
}

/** A segment about which all readers of the path agree; an empty one is none. */
function findSegment(number: u32): Written {
  if (!isPathAgreed()) return Written.ABSENT;
  const end = REQUEST_PATH + agreedPathLen();
  let at = REQUEST_PATH;
  for (let i: u32 = 1; i < number && at < end; i++) at = findByte(at + 1, end, Char.SLASH);
  if (at >= end) return Written.ABSENT;
  const segmentEnd = findByte(at + 1, end, Char.SLASH);
  return segmentEnd == at + 1 ? Written.ABSENT : found(at + 1, <u32>(segmentEnd - at - 1));
}

function findQuery(name: Text): Written {
  const id = FixedName.PATH;
  if (headerCount(id) != 1) return Written.ABSENT;
  const pathEnd = headerPtr(id) + headerLen(id);
  const start = queryStart(headerPtr(id), headerLen(id));
  if (nextParameter(start, queryEnd(start, pathEnd), name) == 0) return Written.ABSENT;
  const len = parameterLen;
  if (findByte(parameterPtr, parameterPtr + len, Char.PERCENT) == parameterPtr + len) {
    return found(parameterPtr, len);
  }
  const target = arenaAllocate(len);
  return target == 0 ? Written.TOO_LARGE : found(target, decodePercent(parameterPtr, len, target));
}

/** The host of `:authority`, which has this number, in lower case. */
function findHost(id: u32): Written {
  const len = requestHostLen(id);
  if (len == NONE) return Written.ABSENT;
  const target = arenaAllocate(len);
  if (target == 0) return Written.TOO_LARGE;
  for (let i: u32 = 0; i < len; i++) store<u8>(target + i, <u8>lower(load<u8>(headerPtr(id) + i)));
  return found(target, len);
}
