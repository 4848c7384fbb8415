// The header names that one configuration mentions, each with a number. Compiled at configure,
// read-only afterwards, so that every header of a request is looked up once whatever the number of
// rules.
//
//   ┌──────────────┬──────────────────────────────┬─────────────────────────────────────────┐
//   │ count u32    │ heads u16[256]               │ entries [{text u32, next u16, flags u16}]│
//   └──────────────┴──────────────────────────────┴─────────────────────────────────────────┘
//
// A head or next is the number of an entry plus one; 0 ends the chain.

import { equals } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";
import { NAMES_MAX } from "../limits";

/** What clients send under this name is removed before any filter looks. */
export const NAME_OWNED: u16 = 1;
/** A filter before jwt may write it. */
export const NAME_WRITTEN: u16 = 2;
/**
 * What clients send under it is asked for: a token, or a value that moves on under another name. No
 * preset strips it.
 */
export const NAME_TAKEN: u16 = 4;

const HEADS: usize = 4;
const ENTRIES: usize = HEADS + 512;
const ENTRY_BYTES: usize = 8;
export const NAME_TABLE_BYTES: u32 = <u32>(ENTRIES + ENTRY_BYTES * <usize>NAMES_MAX);

/**
 * Hash of a name: of its length, its first and its last four bytes. Names that collide are compared
 * byte by byte, and only names of the configuration are in the table.
 */
export function hashName(ptr: usize, len: u32): u32 {
  if (len < 4) return hashShortName(ptr, len);
  const ends = load<u32>(ptr) ^ rotl(load<u32>(ptr + len - 4), 15);
  return (ends ^ (len << 24)) * 0x9e3779b1;
}

function hashShortName(ptr: usize, len: u32): u32 {
  let hash = len;
  for (let i: u32 = 0; i < len; i++) hash = (hash << 8) ^ (<u32>load<u8>(ptr + i));
  return hash * 0x9e3779b1;
}

/** The upper bits of a product depend on all bits of its factors, the lower ones do not. */
// @ts-ignore: decorator
@inline
function headOf(table: usize, hash: u32): usize {
  return table + HEADS + ((hash >> 24) << 1);
}

// @ts-ignore: decorator
@inline
function entryOf(table: usize, id: u32): usize {
  return table + ENTRIES + <usize>id * ENTRY_BYTES;
}

/** Number of names. */
// @ts-ignore: decorator
@inline
export function nameCount(table: usize): u32 {
  return load<u32>(table);
}

// @ts-ignore: decorator
@inline
export function nameText(table: usize, id: u32): Text {
  return load<u32>(entryOf(table, id));
}

// @ts-ignore: decorator
@inline
export function nameFlags(table: usize, id: u32): u16 {
  return load<u16>(entryOf(table, id), 6);
}

/** Whether any name in the table hashes like one with this `hashName`. */
// @ts-ignore: decorator
@inline
export function mayBeListed(table: usize, hash: u32): bool {
  return load<u16>(headOf(table, hash)) != 0;
}

/** Number of a name (lower case) with its `hashName`, or NONE. */
export function findName(table: usize, ptr: usize, len: u32, hash: u32): u32 {
  let next = <u32>load<u16>(headOf(table, hash));
  // A chain has at most NAMES_MAX links, each made once.
  while (next != 0) {
    const id = next - 1;
    const candidate = nameText(table, id);
    if (textLen(candidate) == len && equals(textPtr(candidate), ptr, len)) return id;
    next = load<u16>(entryOf(table, id), 4);
  }
  return NONE;
}

/**
 * Gives a name (a lower-case Text that lives as long as the table) a number; NONE when the table is
 * full.
 */
export function internName(table: usize, name: Text): u32 {
  const hash = hashName(textPtr(name), textLen(name));
  const known = findName(table, textPtr(name), textLen(name), hash);
  if (known != NONE) return known;
  const id = nameCount(table);
  if (id >= NAMES_MAX) return NONE;
  const head = headOf(table, hash);
  const entry = entryOf(table, id);
  store<u32>(entry, <u32>name);
  store<u16>(entry, load<u16>(head), 4);
  store<u16>(entry, 0, 6);
  store<u16>(head, <u16>(id + 1));
  store<u32>(table, id + 1);
  return id;
}

export function addNameFlags(table: usize, id: u32, flags: u16): void {
  if (id < nameCount(table)) store<u16>(entryOf(table, id), nameFlags(table, id) | flags, 6);
}
