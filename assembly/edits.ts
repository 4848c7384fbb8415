// Making the headers of the request what the filters want, with the fewest host calls: nothing is
// removed that was not there, nothing is replaced by itself.

import { addHeader, removeHeader, replaceHeader } from "./abi/host";
import { MapType, Status } from "./abi/types";
import { equals } from "./core/bytes/ascii";
import { NONE } from "./core/bytes/none";
import { textLen, textPtr } from "./core/bytes/text";
import { nameCount, nameText } from "./core/headers/names";
import {
  extraAt,
  extrasCount,
  NameState,
  nextField,
  requestField,
  requestNames,
  stateOf,
} from "./core/headers/request";
import { HEADERS_MAX } from "./core/limits";

/** false when the host refused an edit: the request must not go on. */
export function issueEdits(): bool {
  const names = requestNames();
  const count = nameCount(names);
  for (let i: u32 = 0, extras = extrasCount(); i < extras; i++) {
    const extra = extraAt(i);
    if (extra.removes == 0) continue;
    const status = removeHeader(MapType.REQUEST_HEADERS, extra.namePtr, extra.nameLen);
    if (status != Status.OK) return false;
  }
  for (let id: u32 = 0; id < count; id++) {
    if (issueOne(names, id, stateOf(id)) != Status.OK) return false;
  }
  for (let i: u32 = 0, extras = extrasCount(); i < extras; i++) {
    const extra = extraAt(i);
    if (extra.removes != 0) continue;
    const status = addHeader(
      MapType.REQUEST_HEADERS,
      extra.namePtr,
      extra.nameLen,
      extra.valuePtr,
      extra.valueLen,
    );
    if (status != Status.OK) return false;
  }
  return true;
}

function issueOne(names: usize, id: u32, state: NameState): Status {
  const valueCount = state.valueCount;
  const wireCount = state.wireCount;
  if (valueCount > 1) return wireCount == 0 ? addRenamed(names, id) : Status.OK;
  if (valueCount == wireCount) {
    if (wireCount == 0) return Status.OK;
    const len = state.valueLen;
    if (len == state.wireLen) {
      if (state.valuePtr == state.wirePtr) return Status.OK;
      if (equals(state.valuePtr, state.wirePtr, len)) return Status.OK;
    }
  }
  const name = nameText(names, id);
  const namePtr = textPtr(name);
  const nameLen = textLen(name);
  if (valueCount == 0) return removeHeader(MapType.REQUEST_HEADERS, namePtr, nameLen);
  if (wireCount == 0) {
    return addHeader(MapType.REQUEST_HEADERS, namePtr, nameLen, state.valuePtr, state.valueLen);
  }
  return replaceHeader(MapType.REQUEST_HEADERS, namePtr, nameLen, state.valuePtr, state.valueLen);
}

/** Several fields that came under a name with `_`, in their order. */
function addRenamed(names: usize, id: u32): Status {
  const name = nameText(names, id);
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    const status = addHeader(
      MapType.REQUEST_HEADERS,
      textPtr(name),
      textLen(name),
      field.valuePtr,
      field.valueLen,
    );
    if (status != Status.OK) return status;
    at = nextField(id, at + 1);
  }
  return Status.OK;
}
