// Test-only: templates and operations of values over (pointer, length). A request is put together
// by name.

import { arenaAllocate, arenaFree, arenaMark, arenaRelease } from "../abi/arena";
import { FIELD_BYTES, fieldAt } from "../core/bytes/field";
import { NONE } from "../core/bytes/none";
import { Text } from "../core/bytes/text";
import { Block } from "../core/config/block";
import { ConfigError, Value } from "../core/config/value";
import { internFixedNames } from "../core/headers/fixed_names";
import { beginIdentity, CLAIM_TABLE_BYTES, ClaimKind, setClaim } from "../core/headers/identity";
import { findName, hashName, NAME_TABLE_BYTES } from "../core/headers/names";
import { beginRequest, noteLine, touchState } from "../core/headers/request";
import { parse } from "../core/json/tree";
import { ROOT_BYTES } from "../core/limits";
import { beginHost } from "../core/match/request_host";
import { beginRequestPath } from "../core/match/request_path";
import { matchPattern } from "../core/value/pattern";
import { readPattern } from "../core/value/pattern_config";
import * as operation from "../filters/normalise/values/operation";
import { readOperations } from "../filters/normalise/values/operation_config";
import * as template from "../filters/normalise/values/template";
import { readTemplate, TemplateScope } from "../filters/normalise/values/template_config";

const BLOCK: usize = heap.alloc(ROOT_BYTES);
const LINES_MAX: u32 = 16;
const LINES: usize = heap.alloc(LINES_MAX * FIELD_BYTES);

let names: usize = 0;
let lineCount: u32 = 0;
let pattern: usize = 0;
let compiled: usize = 0;
let usesClaims: bool = false;

/**
 * Reads the member `template`, with the captures of the member `pattern` if there is one. Returns a
 * Text of the error, 0 when there is none.
 */
export function readValueTemplate(ptr: usize, len: u32, hasTokens: bool, isRequest: bool): Text {
  __collect();
  const json = parse(ptr, len);
  if (json === null) return 0;
  const block = new Block(BLOCK);
  const value = new Value(json, null, "$", new ConfigError(), block);
  names = block.allocate(NAME_TABLE_BYTES);
  internFixedNames(names);
  const claims = hasTokens ? block.allocate(CLAIM_TABLE_BYTES) : 0;
  const own = value.optional("pattern");
  pattern = own === null ? 0 : readPattern(own);
  const scope = new TemplateScope(names, claims, pattern, isRequest);
  compiled = readTemplate(value.required("template"), scope);
  usesClaims = scope.usesClaims;
  return errorOf(value);
}

/** Reads a list of operations. Returns a Text of the error, 0 when there is none. */
export function readValueOperations(ptr: usize, len: u32): Text {
  __collect();
  const json = parse(ptr, len);
  if (json === null) return 0;
  const value = new Value(json, null, "$", new ConfigError(), new Block(BLOCK));
  compiled = readOperations(value);
  return errorOf(value);
}

function errorOf(value: Value): Text {
  if (!value.error.failed) return 0;
  const message = String.UTF8.encode(value.error.message);
  return value.block.text(changetype<usize>(message), <u32>message.byteLength);
}

export function templateUsesClaims(): bool {
  return usesClaims;
}

/** Begins a request without any header or claim. */
export function beginTemplateRequest(): void {
  beginRequest(names, LINES, LINES_MAX);
  beginRequestPath();
  beginHost();
  for (let i: u32 = 0; i < LINES_MAX; i++) fieldAt(LINES, i).nameId = NONE;
  lineCount = 0;
  beginIdentity();
}

/** One line more of a header, of LINES_MAX in all. */
export function putTemplateHeader(
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
): void {
  const id = findName(names, namePtr, nameLen, hashName(namePtr, nameLen));
  if (id == NONE || lineCount == LINES_MAX) return;
  const line = fieldAt(LINES, lineCount++);
  line.nameId = id;
  line.valuePtr = valuePtr;
  line.valueLen = valueLen;
  noteLine(touchState(id), line);
}

export function putTemplateClaim(id: u32, ptr: usize, len: u32, kind: u32): void {
  setClaim(id, ptr, len, <ClaimKind>kind);
}

export function matchTemplatePattern(ptr: usize, len: u32): bool {
  return matchPattern(pattern, ptr, len);
}

export function writeValueTemplate(): template.Written {
  return template.writeTemplate(compiled);
}

export function writtenValuePtr(): usize {
  return template.writtenPtr;
}

export function writtenValueLen(): u32 {
  return template.writtenLen;
}

export function applyValueOperations(isPresent: bool, ptr: usize, len: u32): operation.Applied {
  return operation.applyOperations(compiled, isPresent, ptr, len);
}

export function appliedValuePtr(): usize {
  return operation.appliedPtr;
}

export function appliedValueLen(): u32 {
  return operation.appliedLen;
}

/** Bytes of the arena that are taken. */
export function valueRoomTaken(): u32 {
  return arenaMark();
}

/** Takes all of the arena but `left` bytes, or a few less. */
export function leaveValueRoom(left: u32): void {
  arenaRelease(0);
  arenaAllocate(arenaFree() - left);
}
