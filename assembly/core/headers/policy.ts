// What happens to client headers before any filter looks: names to strip by prefix, and names with
// `_`. Part of a configuration's block; all zero is "strip nothing by prefix, keep underscores".

import { startsWith } from "../bytes/ascii";
import { Text, textLen, textPtr } from "../bytes/text";

export const enum Underscores {
  KEEP = 0,
  REPLACE = 1,
  DROP = 2,
  REJECT = 3,
}

// @ts-ignore: decorator
@unmanaged
export class HeaderPolicy {
  underscores: u32;
  prefixCount: u32;
  /** Address of `prefixCount` Texts, u32 each. */
  prefixes: usize;
  /** Bit n of 256: some prefix begins with byte n. */
  first0: u64;
  first1: u64;
  first2: u64;
  first3: u64;
  /** Address of the NamePatterns of rules; 0 without. A name that has one gets a number. */
  patterns: usize;
}

/** Notes that a prefix of the policy begins with this byte. */
export function noteFirstByte(policy: HeaderPolicy, byte: u32): void {
  const word = changetype<usize>(policy) + offsetof<HeaderPolicy>("first0") + ((byte >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((<u64>1) << ((<u64>byte) & 63)));
}

/** Whether one of the policy's prefixes begins with the byte at `ptr`: without any, none does. */
// @ts-ignore: decorator
@inline
export function mayBeStripped(policy: HeaderPolicy, ptr: usize): bool {
  const byte = <u32>load<u8>(ptr);
  const word = changetype<usize>(policy) + offsetof<HeaderPolicy>("first0") + ((byte >> 6) << 3);
  return ((load<u64>(word) >> ((<u64>byte) & 63)) & 1) != 0;
}

/** Whether a name (with `-` for `_`) begins with one of the policy's prefixes. */
export function matchesStripPrefix(policy: HeaderPolicy, ptr: usize, len: u32): bool {
  if (len == 0 || !mayBeStripped(policy, ptr)) return false;
  for (let i: u32 = 0; i < policy.prefixCount; i++) {
    const prefix: Text = load<u32>(policy.prefixes + (i << 2));
    if (startsWith(ptr, len, textPtr(prefix), textLen(prefix))) return true;
  }
  return false;
}
