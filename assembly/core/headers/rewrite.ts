// Giving a header of the map in hand several values. They are fields with its number as soon as
// there are two.

import { appendField, REMOVED, requestField, requestFieldCount, touchState } from "./request";

/** The header shall have the values that `addLine` is told of, and no other. */
export function clearLines(id: u32): void {
  const state = touchState(id);
  if (state.valueCount > 1) dropFields(id);
  state.valueCount = 0;
  state.isRewritten = 1;
}

/**
 * Adds a value, a view that lives until the callback returns and that a field may have; false when
 * there is no room.
 */
export function addLine(id: u32, ptr: usize, len: u32): bool {
  const state = touchState(id);
  if (state.valueCount == 0) {
    state.valuePtr = ptr;
    state.valueLen = len;
    state.valueCount = 1;
    return true;
  }
  if (state.valueCount == 1) {
    dropFields(id);
    if (!appendField(id, state.valuePtr, state.valueLen)) return false;
  }
  if (!appendField(id, ptr, len)) return false;
  state.isRewritten = 1;
  state.valueCount++;
  return true;
}

function dropFields(id: u32): void {
  for (let i: u32 = 0, count = requestFieldCount(); i < count; i++) {
    const field = requestField(i);
    if (field.nameId == id) field.nameId = REMOVED;
  }
}
