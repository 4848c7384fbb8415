// Fills a MatchIndex, once all matches are known.

import { textLen, textPtr } from "../bytes/text";
import { Char } from "../bytes/ascii";
import { Block } from "../config/block";
import { CONFIG_NODES_MAX } from "../limits";
import { hostAt, RequestConditions } from "./conditions";
import { Match } from "./match";
import {
  hostHash,
  ITEM_BYTES,
  ITEM_NEXT,
  ITEM_NUMBER,
  ITEM_TABLE_BYTES,
  ItemTable,
  MatchIndex,
  pathHash,
} from "./match_index";
import { PathMatch } from "./path_condition";

// Each item is a value of the configuration.
if (CONFIG_NODES_MAX > 0x7fff) ERROR("numbers of items have fifteen bits");

/** What goes into a table: ascending numbers, each with a hash. */
class Items {
  hashes: Array<u32> = [];
  numbers: Array<u32> = [];

  /** Of one number each hash is there once, or it would be found twice. */
  add(hash: u32, number: u32): void {
    for (let i = this.numbers.length - 1; i >= 0 && this.numbers[i] == number; i--) {
      if (this.hashes[i] == hash) return;
    }
    this.hashes.push(hash);
    this.numbers.push(number);
  }
}

/**
 * Makes an index over the Matches with the numbers [first, end). `matches` are the addresses of
 * all, u32 each.
 */
export function buildIndex(
  index: MatchIndex,
  matches: usize,
  first: u32,
  end: u32,
  block: Block,
): void {
  index.matches = matches;
  index.first = first;
  index.end = end;
  index.others = block.allocate(4 * (end - first));
  const paths = new Items();
  const hosts = new Items();
  for (let number = first; number < end; number++) {
    const match = changetype<Match>(<usize>load<u32>(matches + (number << 2)));
    const path = match.path;
    if (match.pathMatch != PathMatch.ANY) index.usesPath = 1;
    noteHost(index, match);
    if (match.pathMatch == PathMatch.EXACT) {
      paths.add(pathHash(textPtr(path), textLen(path)), number);
    } else if (hasExactHosts(match)) {
      addHosts(match, number, hosts);
    } else {
      store<u32>(index.others + (index.otherCount << 2), number);
      index.otherCount++;
    }
  }
  index.paths = makeTable(paths, block);
  index.hosts = makeTable(hosts, block);
}

export function hasExactHosts(match: Match): bool {
  if (match.conditions == 0) return false;
  const conditions = changetype<RequestConditions>(match.conditions);
  for (let i: u32 = 0; i < conditions.hostCount; i++) {
    if (load<u8>(textPtr(hostAt(conditions, i))) == Char.DOT) return false;
  }
  return conditions.hostCount > 0;
}

function noteHost(index: MatchIndex, match: Match): void {
  if (match.conditions == 0) return;
  const conditions = changetype<RequestConditions>(match.conditions);
  if (conditions.hostCount == 0) return;
  index.usesHost = 1;
  index.authorityId = conditions.authorityId;
}

function addHosts(match: Match, number: u32, hosts: Items): void {
  const conditions = changetype<RequestConditions>(match.conditions);
  for (let i: u32 = 0; i < conditions.hostCount; i++) {
    const host = hostAt(conditions, i);
    hosts.add(hostHash(textPtr(host), textLen(host)), number);
  }
}

function makeTable(from: Items, block: Block): ItemTable {
  const table = changetype<ItemTable>(block.allocate(ITEM_TABLE_BYTES));
  const count = <u32>from.numbers.length;
  if (count == 0) return table;
  let size: u32 = 2;
  while (size < 2 * count) size <<= 1;
  table.slots = block.allocate(2 * size);
  table.mask = size - 1;
  table.items = block.allocate(ITEM_BYTES * count) - ITEM_BYTES;
  // From the last to the first: each goes in front of its chain.
  for (let id = count; id > 0; id--) {
    const hash = from.hashes[id - 1];
    const item = table.items + id * ITEM_BYTES;
    const slot = table.slots + ((hash & table.mask) << 1);
    store<u32>(item, hash);
    store<u16>(item, <u16>from.numbers[id - 1], ITEM_NUMBER);
    store<u16>(item, load<u16>(slot), ITEM_NEXT);
    store<u16>(slot, <u16>id);
  }
  return table;
}
