// The member `strip`: what clients may not set goes into the policy, which is applied in the one
// look at each header.

import { textPtr } from "../../core/bytes/text";
import { endsInStar, headerPattern, ownedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { HeaderPolicy, noteFirstByte } from "../../core/headers/policy";
import { NAMES_MAX, STRIP_PREFIXES_MAX } from "../../core/limits";

/** Reads names, and beginnings of names. */
export function readStrip(strip: Value, names: usize, policy: HeaderPolicy): void {
  const patterns = strip.items(0, NAMES_MAX + STRIP_PREFIXES_MAX);
  policy.prefixes = strip.block.allocate(4 * STRIP_PREFIXES_MAX);
  for (let i = 0; i < patterns.length; i++) {
    const pattern = patterns[i];
    if (!endsInStar(pattern)) {
      ownedNameId(names, pattern);
      continue;
    }
    const prefix = headerPattern(pattern);
    if (pattern.error.failed) return;
    if (policy.prefixCount >= STRIP_PREFIXES_MAX) {
      pattern.refuseFound("one prefix too many", STRIP_PREFIXES_MAX.toString() + " prefixes");
      return;
    }
    noteFirstByte(policy, load<u8>(textPtr(prefix)));
    store<u32>(policy.prefixes + (policy.prefixCount << 2), <u32>prefix);
    policy.prefixCount++;
  }
}
