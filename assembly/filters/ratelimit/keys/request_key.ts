// The key of a rule for the request in hand.

import {
  addAbsentPart,
  addHashedPart,
  addPart,
  hashPart,
  KeyPart,
  KeySeed,
  startKey,
} from "../../../core/ratelimit/key";
import { OnMissing, Part, partAt, RateLimitConfig, Rule } from "../model";
import { beginParts, findPart, Found, partFound, partLen, partPtr } from "./part_value";

// Hashes of long values of headers: an Envoy lets 60 KiB through, and a thousand limits may name
// one header. A place for each value by the header's number; those that meet are hashed again.

// @ts-ignore: decorator
@unmanaged
class Hashed {
  hash: u64;
  ptr: usize;
  /** 0 for a free place. */
  len: u32;
}

const HASHED_BYTES: u32 = 16;
if (offsetof<Hashed>() != <usize>HASHED_BYTES) ERROR("Hashed is not 16 bytes");
const PLACES: u32 = 16;
const TABLE: usize = memory.data(<i32>(PLACES * HASHED_BYTES), 8);
/** Bytes from which on a look at the table costs less than the hash. */
const LONG: u32 = 256;
let hasHashed = false;

/** Begins a request: nothing has been looked up. */
export function beginKeys(): void {
  beginParts();
  if (!hasHashed) return;
  hasHashed = false;
  memory.fill(TABLE, 0, PLACES * HASHED_BYTES);
}

/** The key with the value that `findPart` found, which is hashed once a request if it is long. */
function addFound(key: u64, place: u32, part: Part, seed: KeySeed): u64 {
  const kind = <KeyPart>part.kind;
  if (kind != KeyPart.HEADER || partLen < LONG) {
    return addPart(key, place, kind, partPtr, partLen, seed);
  }
  const hashed = changetype<Hashed>(TABLE + (part.operand & (PLACES - 1)) * HASHED_BYTES);
  if (hashed.ptr != partPtr || hashed.len != partLen) {
    hasHashed = true;
    hashed.hash = hashPart(partPtr, partLen, seed);
    hashed.ptr = partPtr;
    hashed.len = partLen;
  }
  return addHashedPart(key, place, kind, hashed.hash, partLen, seed);
}

/** What came of looking for a key. */
export const enum KeyResult {
  FOUND,
  /** A part is missing that the limit skips requests without. */
  SKIP,
  /** A part is missing that requests are refused without. */
  DENY,
}

/** The key that `keyOf` found; never 0. */
export let foundKey: u64 = 0;

/** Finds the key of a rule for the request in hand. */
export function keyOf(config: RateLimitConfig, rule: Rule, seed: KeySeed): KeyResult {
  let key = startKey(rule.nameHash);
  for (let place: u32 = 0; place < rule.partCount; place++) {
    const part = partAt(rule, place);
    const kind = <KeyPart>part.kind;
    if (findPart(config, part)) {
      key = addFound(key, place, part, seed);
      continue;
    }
    if (part.onMissing == OnMissing.DENY) return KeyResult.DENY;
    if (part.onMissing == OnMissing.SKIP && partFound == Found.MISSING) return KeyResult.SKIP;
    key = addAbsentPart(key, place, kind, seed);
  }
  foundKey = key;
  return KeyResult.FOUND;
}
