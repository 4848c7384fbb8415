// The headers of the request that is being handled: one snapshot, and what the filters have made of
// it. One request is in hand at a time, so its state is static; it means nothing once the callback
// has returned.
//
// For each name of the configuration (names.ts), and for each other one that something is done
// about, there is a state: what is on the wire, and what shall be there. Filters read and write the
// second; at the end edits.ts issues the fewest host calls that make the first the second.
//
//   0         4         8           12         16         20           24            28          32
//   ├ wirePtr ┼ wireLen ┼ wireCount ┼ valuePtr ┼ valueLen ┼ valueCount ┼ isRewritten ┼ isTouched ┤
//
// States that nothing has touched are all zeros, so that a request costs nothing for names that it
// does not have.

import { equals, isFieldValue } from "../bytes/ascii";
import { Field, fieldAt } from "../bytes/field";
import { NONE } from "../bytes/none";
import { textLen, textPtr } from "../bytes/text";
import { NAMES_MAX } from "../limits";
import {
  adoptedCount,
  adoptedLen,
  adoptedPtr,
  beginAdopted,
  findAdopted,
  findOrAdopt,
} from "./adopted_names";
import { findName, hashName, nameFlags, nameText } from "./names";
import { beginRemovals } from "./removals";
import { ADOPTED_NAMES_MAX, FIELDS_MAX } from "../rule_limits";

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
   * first. They are as on the wire unless `isRewritten`; when `wireCount` is 0 they came under
   * another name.
   */
  valueCount: u32;
  isRewritten: u32;
  isTouched: u32;
}

/** `nameId` of a field whose name became one with `-`, until its place is settled. */
export const RENAMED: u32 = NONE - 1;
/** `nameId` of a field that goes no further. */
export const REMOVED: u32 = NONE - 2;

const STATE_SHIFT: u32 = 5;
if (offsetof<NameState>() != 1 << STATE_SHIFT) ERROR("NameState is not 32 bytes");
/** Numbers that names can have lie below. */
export const IDS_MAX: u32 = NAMES_MAX + ADOPTED_NAMES_MAX;
const STATES: usize = memory.data(<i32>(IDS_MAX << STATE_SHIFT), 16);

/** Numbers of the states that are not zero, u16 each. */
const TOUCHED: usize = memory.data(<i32>(2 * IDS_MAX), 16);
if (IDS_MAX > 0xffff) ERROR("numbers of names have sixteen bits");
let touchedCount: u32 = 0;

/**
 * How often all fields were looked at for one name. After LOOKS_MAX times each field gets a number,
 * so that names that clients choose do not make it the square of theirs.
 */
let looks: u32 = 0;
const LOOKS_MAX: u32 = 8;

let names: usize = 0;
let fields: usize = 0;
let fieldCount: u32 = 0;

/**
 * Begins a request: `fieldTable` holds its header fields and has room for FIELDS_MAX, `nameTable`
 * the names of its configuration.
 */
export function beginRequest(nameTable: usize, fieldTable: usize, count: u32): void {
  for (let i: u32 = 0; i < touchedCount; i++) {
    // Of so few bytes: memory.fill calls out of the module, which costs more than the stores.
    const state = changetype<usize>(stateOf(touchedId(i)));
    v128.store(state, i64x2.splat(0));
    v128.store(state, i64x2.splat(0), 16);
  }
  touchedCount = 0;
  beginAdopted();
  looks = 0;
  beginRemovals();
  names = nameTable;
  fields = fieldTable;
  fieldCount = count;
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

/** State of a name, to be read. */
// @ts-ignore: decorator
@inline
export function stateOf(id: u32): NameState {
  return changetype<NameState>(STATES + (id << STATE_SHIFT));
}

/** State of a name, to be written. */
export function touchState(id: u32): NameState {
  const state = stateOf(id);
  if (state.isTouched == 0) {
    state.isTouched = 1;
    store<u16>(TOUCHED + (touchedCount++ << 1), <u16>id);
  }
  return state;
}

/** Names whose state is not zero: all that the request has and that have a number, and more. */
// @ts-ignore: decorator
@inline
export function touchedNames(): u32 {
  return touchedCount;
}

/** Number of the one with this index, in the order in which they were touched. */
// @ts-ignore: decorator
@inline
export function touchedId(index: u32): u32 {
  return <u32>load<u16>(TOUCHED + (index << 1));
}

export function namePtrOf(id: u32): usize {
  return id < NAMES_MAX ? textPtr(nameText(names, id)) : adoptedPtr(id);
}

export function nameLenOf(id: u32): u32 {
  return id < NAMES_MAX ? textLen(nameText(names, id)) : adoptedLen(id);
}

/** Flags of a name in the configuration (names.ts); 0 for any other. */
export function flagsOf(id: u32): u16 {
  return id < NAMES_MAX ? nameFlags(names, id) : 0;
}

/** Number of a name, in lower case, with its `hashName`; NONE when it has none. */
export function findHeader(ptr: usize, len: u32, hash: u32): u32 {
  const listed = findName(names, ptr, len, hash);
  return listed != NONE ? listed : findAdopted(ptr, len);
}

/**
 * The same, but one that has none gets one for as long as the map is in hand, as do the fields with
 * it; NONE when there are too many. The name is a view that lives as long.
 */
export function adoptName(ptr: usize, len: u32, hash: u32): u32 {
  const known = adoptedCount();
  const id = numberOfNew(ptr, len, hash);
  if (adoptedCount() == known) return id;
  touchState(id);
  if (looks >= LOOKS_MAX) return adoptAllFields() ? id : NONE;
  looks++;
  adoptFields(id, ptr, len);
  return id;
}

/** The same of a name that no field without a number has: none is looked for. */
export function numberOfNew(ptr: usize, len: u32, hash: u32): u32 {
  const listed = findName(names, ptr, len, hash);
  return listed != NONE ? listed : findOrAdopt(ptr, len);
}

/** Gives all fields that go on a number: none is looked for any more. false: too many names. */
function adoptAllFields(): bool {
  if (looks > LOOKS_MAX) return true;
  looks = LOOKS_MAX + 1;
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = fieldAt(fields, i);
    if (field.nameId != NONE) continue;
    field.hash = hashName(field.namePtr, field.nameLen);
    if (!adoptField(field)) return false;
  }
  return true;
}

/** Gives the fields that go on under a name its number. */
function adoptFields(id: u32, ptr: usize, len: u32): void {
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = fieldAt(fields, i);
    if (field.nameId != NONE || field.nameLen != len) continue;
    if (!equals(field.namePtr, ptr, len)) continue;
    field.nameId = id;
    noteWireLine(field);
  }
}

/**
 * Gives a field, in the first look at all of them, the number that its name has or gets; false when
 * there are too many.
 */
export function adoptField(field: Field): bool {
  const id = numberOfNew(field.namePtr, field.nameLen, field.hash);
  if (id == NONE) return false;
  field.nameId = id;
  noteWireLine(field);
  return true;
}

/** Counts a field, whose name has a number, as it came. */
export function noteWireLine(field: Field): void {
  const state = touchState(field.nameId);
  noteWire(state, field);
  noteLine(state, field);
}

/** Counts a field that clients may not send, as it came. */
// @ts-ignore: decorator
@inline
export function noteWire(state: NameState, field: Field): void {
  if (state.wireCount++ != 0) return;
  state.wirePtr = field.valuePtr;
  state.wireLen = field.valueLen;
}

/** Counts a field among the values of its name. */
// @ts-ignore: decorator
@inline
export function noteLine(state: NameState, field: Field): void {
  if (state.valueCount++ != 0) return;
  state.valuePtr = field.valuePtr;
  state.valueLen = field.valueLen;
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
  const valid = isFieldValue(ptr, len);
  setOnly(id, ptr, len, valid ? 1 : 0);
  return valid;
}

/** The same of a value that a field may have. */
export function setFieldValue(id: u32, ptr: usize, len: u32): void {
  setOnly(id, ptr, len, 1);
}

// @ts-ignore: decorator
@inline
function setOnly(id: u32, ptr: usize, len: u32, count: u32): void {
  const state = touchState(id);
  state.valuePtr = ptr;
  state.valueLen = len;
  state.valueCount = count;
}

/** The header shall be absent. */
export function removeHeader(id: u32): void {
  stateOf(id).valueCount = 0;
}

/** One line more of a header that has several; false when there is no room. */
export function appendField(id: u32, ptr: usize, len: u32): bool {
  if (fieldCount >= FIELDS_MAX) return false;
  const field = fieldAt(fields, fieldCount++);
  field.namePtr = namePtrOf(id);
  field.nameLen = nameLenOf(id);
  field.valuePtr = ptr;
  field.valueLen = len;
  field.nameId = id;
  return true;
}
