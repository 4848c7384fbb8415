// The headers of the request that is being handled: one snapshot, and what the filters have made of
// it. One request is in hand at a time, so its state is static; it means nothing once the callback
// has returned.
//
// For each name of the configuration (names.ts) there is a state: what is on the wire, and what
// shall be there. Filters read and write the second; at the end edits.ts issues the fewest host
// calls that make the first the second.
//
//   0        4         8         12         16        20           24
//   ├ wirePtr┼ wireLen ┼ wireCount┼ valuePtr┼ valueLen┼ valueCount ┤

import { equals, isFieldValue } from "../bytes/ascii";
import { Field, fieldAt } from "../bytes/field";
import { NONE } from "../bytes/none";
import { EXTRA_EDITS_MAX, NAMES_MAX } from "../limits";
import { nameCount } from "./names";

// @ts-ignore: decorator
@unmanaged
export class NameState {
  wirePtr: usize;
  wireLen: u32;
  wireCount: u32;
  valuePtr: usize;
  valueLen: u32;
  /**
   * 0 absent, 1 present, more: as many as fields have this number, of which `valuePtr` is the
   * first. They are on the wire, or, when `wireCount` is 0, under the name with `_`.
   */
  valueCount: u32;
}

/** `nameId` of a field whose name became one with `-`; no name has this number. */
export const RENAMED: u32 = NONE - 1;
/** `nameId` of a field that goes no further, and that no table of names has. */
export const REMOVED: u32 = NONE - 2;

const STATE_BYTES: u32 = 24;
if (offsetof<NameState>() != <usize>STATE_BYTES) ERROR("NameState is not 24 bytes");
const STATES: usize = memory.data(<i32>(NAMES_MAX * STATE_BYTES), 16);

/** An edit to a name that is not in the table of names. */
// @ts-ignore: decorator
@unmanaged
export class ExtraEdit {
  namePtr: usize;
  nameLen: u32;
  /** 0 with `removes`. */
  valuePtr: usize;
  valueLen: u32;
  removes: u32;
  /** What edits of one name have in common; 0 when it is of no use. */
  hash: u32;
}

const EXTRA_BYTES: u32 = 24;
if (offsetof<ExtraEdit>() != <usize>EXTRA_BYTES) ERROR("ExtraEdit is not 24 bytes");
const EXTRAS: usize = memory.data(<i32>(EXTRA_EDITS_MAX * EXTRA_BYTES), 16);

let names: usize = 0;
let fields: usize = 0;
let fieldCount: u32 = 0;
let extraCount: u32 = 0;

/**
 * Begins a request: `fieldTable` holds its header fields, `nameTable` the names of its
 * configuration.
 */
export function beginRequest(nameTable: usize, fieldTable: usize, count: u32): void {
  names = nameTable;
  fields = fieldTable;
  fieldCount = count;
  extraCount = 0;
  memory.fill(STATES, 0, nameCount(nameTable) * STATE_BYTES);
}

// @ts-ignore: decorator
@inline
export function requestNames(): usize {
  return names;
}

// @ts-ignore: decorator
@inline
export function requestFieldCount(): u32 {
  return fieldCount;
}

// @ts-ignore: decorator
@inline
export function requestField(index: u32): Field {
  return fieldAt(fields, index);
}

// @ts-ignore: decorator
@inline
export function stateOf(id: u32): NameState {
  return changetype<NameState>(STATES + id * STATE_BYTES);
}

/** How many values the header has as things stand: 0 is absent. */
// @ts-ignore: decorator
@inline
export function headerCount(id: u32): u32 {
  return stateOf(id).valueCount;
}

/** Address of the header's first value as things stand. */
// @ts-ignore: decorator
@inline
export function headerPtr(id: u32): usize {
  return stateOf(id).valuePtr;
}

// @ts-ignore: decorator
@inline
export function headerLen(id: u32): u32 {
  return stateOf(id).valueLen;
}

/**
 * Index of the next field with this name at or after `from`, or NONE. Only of use while
 * `headerCount` is more than 1:
 * a header with one value may have it from elsewhere than the wire.
 */
export function nextField(id: u32, from: u32): u32 {
  for (let i = from; i < fieldCount; i++) if (fieldAt(fields, i).nameId == id) return i;
  return NONE;
}

/**
 * The header shall have this one value, a view that lives until the callback returns. A value that
 * no field may have (RFC 9110 §5.5) makes it absent, and the answer false.
 */
export function setHeader(id: u32, ptr: usize, len: u32): bool {
  const state = stateOf(id);
  const valid = isFieldValue(ptr, len);
  state.valuePtr = ptr;
  state.valueLen = len;
  state.valueCount = valid ? 1 : 0;
  return valid;
}

/** The header shall be absent. */
export function removeHeader(id: u32): void {
  stateOf(id).valueCount = 0;
}

/** Adds a field with a name that is not in the table; false when there is no room for the edit. */
export function addExtra(namePtr: usize, nameLen: u32, valuePtr: usize, valueLen: u32): bool {
  return putExtra(namePtr, nameLen, valuePtr, valueLen, 0, 0);
}

/**
 * Removes all fields with a name that is not in the table, once however often it is asked for;
 * false when there is no room for the edit. `hash` is the same for the same name.
 */
export function removeExtra(namePtr: usize, nameLen: u32, hash: u32): bool {
  for (let i: u32 = 0; i < extraCount; i++) {
    const extra = extraAt(i);
    if (extra.hash != hash || extra.nameLen != nameLen || extra.removes == 0) continue;
    if (equals(extra.namePtr, namePtr, nameLen)) return true;
  }
  return putExtra(namePtr, nameLen, 0, 0, 1, hash);
}

/**
 * Takes back what `addExtra` has been asked for under a name: nobody has sent it, so that its
 * removal changes nothing.
 */
export function cancelExtras(namePtr: usize, nameLen: u32): void {
  for (let i: u32 = 0; i < extraCount; i++) {
    const extra = extraAt(i);
    if (extra.nameLen != nameLen || extra.removes != 0) continue;
    if (equals(extra.namePtr, namePtr, nameLen)) extra.removes = 1;
  }
}

function putExtra(
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
  removes: u32,
  hash: u32,
): bool {
  if (extraCount >= EXTRA_EDITS_MAX) return false;
  const extra = extraAt(extraCount++);
  extra.namePtr = namePtr;
  extra.nameLen = nameLen;
  extra.valuePtr = valuePtr;
  extra.valueLen = valueLen;
  extra.removes = removes;
  extra.hash = hash;
  return true;
}

// @ts-ignore: decorator
@inline
export function extrasCount(): u32 {
  return extraCount;
}

// @ts-ignore: decorator
@inline
export function extraAt(index: u32): ExtraEdit {
  return changetype<ExtraEdit>(EXTRAS + index * EXTRA_BYTES);
}
