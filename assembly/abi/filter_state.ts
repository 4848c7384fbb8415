// Values that become filter state of the request, for access logs and the filters behind: noted
// while it is looked at, set once it is let pass, for nothing takes filter state back.

import { Text, textLen, textPtr } from "../core/bytes/text";
import { FILTER_STATES_MAX } from "../core/rule_limits";
import { setProperty } from "./host";
import { Status } from "./types";

// Entries: key Text u32 │ value pointer u32 │ value length u32
const ENTRY_BYTES: u32 = 12;
const ENTRIES: usize = memory.data(<i32>(FILTER_STATES_MAX * ENTRY_BYTES), 4);
let count: u32 = 0;

/** How many were noted and are not set. */
export function filterStateCount(): u32 {
  return count;
}

/** Forgets what was noted, but for the first `kept`. */
export function dropFilterState(kept: u32): void {
  count = min(count, kept);
}

/** Notes a value, a view that lives until the callback returns; false when there is no room. */
export function noteFilterState(key: Text, valuePtr: usize, valueLen: u32): bool {
  if (count >= FILTER_STATES_MAX) return false;
  const entry = ENTRIES + count * ENTRY_BYTES;
  store<u32>(entry, <u32>key);
  store<u32>(entry, <u32>valuePtr, 4);
  store<u32>(entry, valueLen, 8);
  count++;
  return true;
}

/** Sets what was noted; false when the host refused it. */
// @ts-ignore: decorator
@inline
export function issueFilterState(): bool {
  return count == 0 || issueNoted();
}

function issueNoted(): bool {
  const end = ENTRIES + count * ENTRY_BYTES;
  count = 0;
  for (let entry = ENTRIES; entry < end; entry += ENTRY_BYTES) {
    const key: Text = load<u32>(entry);
    const status = setProperty(
      textPtr(key),
      textLen(key),
      load<u32>(entry, 4),
      load<u32>(entry, 8),
    );
    if (status != Status.OK) return false;
  }
  return true;
}
