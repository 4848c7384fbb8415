// Test-only: matches and their index over (pointer, length). A request is put together by name.

import { NONE } from "../core/bytes/none";
import { FIELD_BYTES, fieldAt } from "../core/bytes/field";
import { Text } from "../core/bytes/text";
import { Block } from "../core/config/block";
import { ConfigError, Value } from "../core/config/value";
import { internFixedNames } from "../core/headers/fixed_names";
import {
  beginIdentity,
  CLAIM_TABLE_BYTES,
  ClaimKind,
  setClaim as setClaimOf,
} from "../core/headers/identity";
import { findName, hashName, NAME_TABLE_BYTES } from "../core/headers/names";
import { beginRequest, touchState } from "../core/headers/request";
import { parse } from "../core/json/tree";
import { PATH_BYTES_MAX, RATE_LIMITS_MAX, ROOT_BYTES } from "../core/limits";
import { buildIndex } from "../core/match/index_config";
import { Match, MATCH_BYTES } from "../core/match/match";
import { readMatch } from "../core/match/match_config";
import {
  findMatches as findMatchesOf,
  ITEM_BYTES,
  ITEM_NEXT,
  ItemTable,
  MATCH_INDEX_BYTES,
  MatchIndex,
} from "../core/match/match_index";
import { PathReading, readForMatches } from "../core/match/path_reading";
import { beginHost } from "../core/match/request_host";

const BLOCK: usize = heap.alloc(ROOT_BYTES);
const PATH: usize = heap.alloc(PATH_BYTES_MAX);
const MERGED: usize = heap.alloc(PATH_BYTES_MAX);
const READING = changetype<PathReading>(heap.alloc(offsetof<PathReading>()));
const FOUND: usize = heap.alloc(4 * RATE_LIMITS_MAX);

const LINES_MAX: u32 = 16;
const LINES: usize = heap.alloc(LINES_MAX * FIELD_BYTES);

let names: usize = 0;
let lineCount: u32 = 0;
let first: usize = 0;
let second: usize = 0;

/**
 * Reads a list of matches; those before `split` get one index, the others another. Returns a Text
 * of the error, 0 when there is none. `hasTokens` is 0 where claims mean nothing.
 */
export function readMatches(ptr: usize, len: u32, split: u32, hasTokens: u32): Text {
  __collect();
  const json = parse(ptr, len);
  if (json === null) return 0;
  const error = new ConfigError();
  const block = new Block(BLOCK);
  const items = new Value(json, null, "$", error, block).items(1, RATE_LIMITS_MAX);
  const count = <u32>items.length;
  names = block.allocate(NAME_TABLE_BYTES);
  internFixedNames(names);
  const claims = block.allocate(CLAIM_TABLE_BYTES);
  const matches = block.allocate(4 * count);
  for (let i: u32 = 0; i < count; i++) {
    const match = block.allocate(MATCH_BYTES);
    store<u32>(matches + (i << 2), <u32>match);
    readMatch(items[i], names, hasTokens == 0 ? 0 : claims, changetype<Match>(match));
  }
  if (error.failed) {
    const message = String.UTF8.encode(error.message);
    return block.text(changetype<usize>(message), <u32>message.byteLength);
  }
  first = block.allocate(MATCH_INDEX_BYTES);
  second = block.allocate(MATCH_INDEX_BYTES);
  buildIndex(changetype<MatchIndex>(first), matches, 0, split, block);
  buildIndex(changetype<MatchIndex>(second), matches, split, count, block);
  return 0;
}

/** Begins a request without any header or claim. */
export function beginMatchRequest(): void {
  beginRequest(names, LINES, LINES_MAX);
  beginHost();
  for (let i: u32 = 0; i < LINES_MAX; i++) fieldAt(LINES, i).nameId = NONE;
  lineCount = 0;
  beginIdentity();
}

/** One line more of a header, of LINES_MAX in all. */
export function putMatchHeader(namePtr: usize, nameLen: u32, valuePtr: usize, valueLen: u32): void {
  const id = findName(names, namePtr, nameLen, hashName(namePtr, nameLen));
  if (id == NONE || lineCount == LINES_MAX) return;
  const line = fieldAt(LINES, lineCount++);
  line.nameId = id;
  line.valuePtr = valuePtr;
  line.valueLen = valueLen;
  if (touchState(id).valueCount++ != 0) return;
  touchState(id).valuePtr = valuePtr;
  touchState(id).valueLen = valueLen;
}

export function putMatchClaim(id: u32, ptr: usize, len: u32, kind: u32): void {
  setClaimOf(id, ptr, len, <ClaimKind>kind);
}

/** Finds in index 0 or 1 what a request with this `:path` meets: numbers at `foundMatches`. */
export function findMatches(which: u32, pathPtr: usize, pathLen: u32): u32 {
  readForMatches(pathPtr, pathLen, PATH, MERGED, READING);
  const index = changetype<MatchIndex>(which == 0 ? first : second);
  return findMatchesOf(index, READING.ptr, READING.len, READING.isWhole != 0, FOUND);
}

export function foundMatches(): usize {
  return FOUND;
}

/** Items of the longest chain of index 0: of paths, or of hosts. */
export function longestChain(ofHosts: u32): u32 {
  const index = changetype<MatchIndex>(first);
  const table: ItemTable = ofHosts != 0 ? index.hosts : index.paths;
  let longest: u32 = 0;
  if (table.slots == 0) return 0;
  for (let slot: u32 = 0; slot <= table.mask; slot++) {
    let len: u32 = 0;
    let id: u32 = load<u16>(table.slots + (slot << 1));
    while (id != 0) {
      len++;
      id = load<u16>(table.items + id * ITEM_BYTES, ITEM_NEXT);
    }
    longest = max(longest, len);
  }
  return longest;
}
