// Which of many Matches a request meets. Those that name an exact path, or else only exact hosts,
// are found in tables, so that their number costs nothing; the others are looked at one by one.
//
//   slots u16[2^n] ──► item ──► item            of one hash or more, in the order of their numbers
//                      ┌──────────┬────────────┬──────────┐
//                      │ hash u32 │ number u16 │ next u16 │    numbers of items begin with 1
//                      └──────────┴────────────┴──────────┘
//
// The tables are filled by the configuration alone and have two slots for each item: a request
// chooses a chain, none can make one longer.

import { quickHash } from "../bytes/hash";
import { NONE } from "../bytes/none";
import { headerPtr } from "../headers/request";
import { isMet, Match } from "./match";
import { hasHead } from "./path_condition";
import { requestHostLen } from "./request_host";

/** One of the tables. */
// @ts-ignore: decorator
@unmanaged
export class ItemTable {
  /** 0 when it is empty. */
  slots: usize;
  /** Slots minus one. */
  mask: u32;
  /** Address of item number 0, which is none. */
  items: usize;
}

// @ts-ignore: decorator
@unmanaged
export class MatchIndex {
  /** Addresses of all Matches by number, u32 each. */
  matches: usize;
  /** The numbers that the index is about. */
  first: u32;
  end: u32;
  paths: ItemTable;
  hosts: ItemTable;
  /** Numbers that are in no table, ascending, u32 each. */
  others: usize;
  otherCount: u32;
  /** Whether some condition is about the path. */
  usesPath: u32;
  /** Whether some condition is about the host; then `authorityId` is the number of `:authority`. */
  usesHost: u32;
  authorityId: u32;
}

export const ITEM_TABLE_BYTES: u32 = <u32>offsetof<ItemTable>();
export const MATCH_INDEX_BYTES: u32 = <u32>offsetof<MatchIndex>();

const ITEM_SHIFT: u32 = 3;
export const ITEM_BYTES: u32 = 1 << ITEM_SHIFT;
export const ITEM_NUMBER: usize = 4;
export const ITEM_NEXT: usize = 6;

/** Makes upper and lower case letters alike. */
const FOLD: u64 = 0x2020_2020_2020_2020;

// @ts-ignore: decorator
@inline
export function pathHash(ptr: usize, len: u32): u32 {
  return quickHash(ptr, len, 0);
}

// @ts-ignore: decorator
@inline
export function hostHash(ptr: usize, len: u32): u32 {
  return quickHash(ptr, len, FOLD);
}

// @ts-ignore: decorator
@inline
function matchAt(index: MatchIndex, number: u32): Match {
  return changetype<Match>(<usize>load<u32>(index.matches + (number << 2)));
}

/**
 * Writes the numbers of the Matches that the request in hand meets to `target`, u32 each and
 * ascending; returns how many. The path is as for `isMet`; it is looked at only when the index
 * `usesPath`.
 */
export function findMatches(
  index: MatchIndex,
  pathPtr: usize,
  pathLen: u32,
  isWhole: bool,
  target: usize,
): u32 {
  if (!isWhole) return tryAll(index, pathPtr, pathLen, false, target);
  const paths = index.paths;
  const hosts = index.hosts;
  let ofPath: u32 = 0;
  let ofHost: u32 = 0;
  let path: usize = 0;
  let host: usize = 0;
  if (paths.slots != 0) {
    ofPath = pathHash(pathPtr, pathLen);
    path = firstItem(paths, ofPath);
  }
  if (hosts.slots != 0) {
    const hostLen = requestHostLen(index.authorityId);
    if (hostLen == NONE) return tryAll(index, pathPtr, pathLen, true, target);
    ofHost = hostHash(headerPtr(index.authorityId), hostLen);
    host = firstItem(hosts, ofHost);
  }
  const othersEnd = index.others + (index.otherCount << 2);
  let other = nextOther(index, index.others, othersEnd, pathPtr);
  let count: u32 = 0;
  // Three ascending lists become one: a Match is in one of them, and there once.
  for (let turn = index.first; turn < index.end; turn++) {
    const byPath = numberOf(path);
    const byHost = numberOf(host);
    const byOther = other < othersEnd ? load<u32>(other) : NONE;
    const number = min(byPath, min(byHost, byOther));
    if (number == NONE) break;
    if (number == byPath) path = nextItem(paths, path, ofPath);
    else if (number == byHost) host = nextItem(hosts, host, ofHost);
    else other = nextOther(index, other + 4, othersEnd, pathPtr);
    if (!isMet(matchAt(index, number), pathPtr, pathLen, true)) continue;
    store<u32>(target + (count++ << 2), number);
  }
  return count;
}

/** The same without the tables, for requests that are not one path or one host. */
function tryAll(
  index: MatchIndex,
  pathPtr: usize,
  pathLen: u32,
  isWhole: bool,
  target: usize,
): u32 {
  let count: u32 = 0;
  for (let number = index.first; number < index.end; number++) {
    if (!isMet(matchAt(index, number), pathPtr, pathLen, isWhole)) continue;
    store<u32>(target + (count++ << 2), number);
  }
  return count;
}

/** Where, from `at` on, a number stands whose path can be the request's by its first bytes. */
function nextOther(index: MatchIndex, at: usize, end: usize, pathPtr: usize): usize {
  let next = at;
  while (next < end && !hasHead(matchAt(index, load<u32>(next)), pathPtr)) next += 4;
  return next;
}

/** Number of the Match of an item; NONE when the address is 0. */
// @ts-ignore: decorator
@inline
function numberOf(item: usize): u32 {
  return item == 0 ? NONE : <u32>load<u16>(item, ITEM_NUMBER);
}

/** Address of the first item with a hash; 0 when there is none. */
// @ts-ignore: decorator
@inline
function firstItem(table: ItemTable, hash: u32): usize {
  return itemFrom(table, <u32>load<u16>(table.slots + ((hash & table.mask) << 1)), hash);
}

/** Address of the next one. */
// @ts-ignore: decorator
@inline
function nextItem(table: ItemTable, item: usize, hash: u32): usize {
  return itemFrom(table, <u32>load<u16>(item, ITEM_NEXT), hash);
}

/** The first item with this hash in the chain from item number `from` on. */
function itemFrom(table: ItemTable, from: u32, hash: u32): usize {
  let id = from;
  // A chain has no more links than its table has items, each made once.
  while (id != 0) {
    const item = table.items + (id << ITEM_SHIFT);
    if (load<u32>(item) == hash) return item;
    id = <u32>load<u16>(item, ITEM_NEXT);
  }
  return 0;
}
