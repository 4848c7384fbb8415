// Making the headers in hand what the filters want, with the fewest host calls: nothing is removed
// that was not there, nothing is replaced by itself.

import { addHeader, removeHeader, replaceHeader } from "./abi/host";
import { MapType, Status } from "./abi/types";
import { equals } from "./core/bytes/ascii";
import { NONE } from "./core/bytes/none";
import { removalLen, removalPtr, removalsCount } from "./core/headers/removals";
import {
  nameLenOf,
  namePtrOf,
  NameState,
  nextField,
  requestField,
  stateOf,
  touchedId,
  touchedNames,
} from "./core/headers/request";
import { FIELDS_MAX } from "./core/rule_limits";

/** false when the host refused an edit: what the map belongs to must not go on. */
export function issueEdits(map: MapType): bool {
  for (let i: u32 = 0, count = removalsCount(); i < count; i++) {
    if (removeHeader(map, removalPtr(i), removalLen(i)) != Status.OK) return false;
  }
  for (let i: u32 = 0, count = touchedNames(); i < count; i++) {
    const id = touchedId(i);
    if (issueOne(map, id, stateOf(id)) != Status.OK) return false;
  }
  return true;
}

function issueOne(map: MapType, id: u32, state: NameState): Status {
  const valueCount = state.valueCount;
  const wireCount = state.wireCount;
  if (valueCount > 1) {
    return wireCount == 0 || state.isRewritten != 0 ? issueLines(map, id, state) : Status.OK;
  }
  if (valueCount == wireCount) {
    if (wireCount == 0 || isOnWire(state, state.valuePtr, state.valueLen)) return Status.OK;
  }
  const namePtr = namePtrOf(id);
  const nameLen = nameLenOf(id);
  if (valueCount == 0) return removeHeader(map, namePtr, nameLen);
  const ptr = state.valuePtr;
  const len = state.valueLen;
  if (wireCount == 0) return addHeader(map, namePtr, nameLen, ptr, len);
  return replaceHeader(map, namePtr, nameLen, ptr, len);
}

/** Whether a value is the first one on the wire. */
// @ts-ignore: decorator
@inline
function isOnWire(state: NameState, ptr: usize, len: u32): bool {
  if (len != state.wireLen) return false;
  return ptr == state.wirePtr || equals(ptr, state.wirePtr, len);
}

/** Several values, in their order. */
function issueLines(map: MapType, id: u32, state: NameState): Status {
  const namePtr = namePtrOf(id);
  const nameLen = nameLenOf(id);
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < FIELDS_MAX && at != NONE; i++) {
    const ptr = requestField(at).valuePtr;
    const len = requestField(at).valueLen;
    at = nextField(id, at + 1);
    let status = Status.OK;
    if (i > 0 || state.wireCount == 0) status = addHeader(map, namePtr, nameLen, ptr, len);
    else if (state.wireCount > 1 || !isOnWire(state, ptr, len)) {
      status = replaceHeader(map, namePtr, nameLen, ptr, len);
    }
    if (status != Status.OK) return status;
  }
  return Status.OK;
}
