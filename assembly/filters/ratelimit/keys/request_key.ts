// The key of a rule for the request in hand.

import { addAbsentPart, addPart, KeyPart, KeySeed, startKey } from "../../../core/ratelimit/key";
import { OnMissing, partAt, RateLimitConfig, Rule } from "../model";
import { beginParts, findPart, Found, partFound, partLen, partPtr } from "./part_value";

/** Begins a request: nothing has been looked up. */
export function beginKeys(): void {
  beginParts();
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
  let key = startKey(rule.nameHash, seed);
  for (let place: u32 = 0; place < rule.partCount; place++) {
    const part = partAt(rule, place);
    const kind = <KeyPart>part.kind;
    if (findPart(config, part)) {
      key = addPart(key, place, kind, partPtr, partLen, seed);
      continue;
    }
    if (part.onMissing == OnMissing.DENY) return KeyResult.DENY;
    if (part.onMissing == OnMissing.SKIP && partFound == Found.MISSING) return KeyResult.SKIP;
    key = addAbsentPart(key, place, kind, seed);
  }
  foundKey = key;
  return KeyResult.FOUND;
}
