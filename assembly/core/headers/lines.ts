// Several lines of a header as one value (RFC 9110 §5.3).

import { Char } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { FIELDS_MAX } from "../rule_limits";
import { headerCount, headerLen, headerPtr, nextField, requestField } from "./request";

/** Bytes of what joins them. */
const JOIN_LEN: u32 = 2;

/** Bytes of a header's lines as one. The host's map is smaller than memory: no sum wraps. */
export function joinedLen(id: u32): u32 {
  if (headerCount(id) == 1) return headerLen(id);
  let len: u32 = 0;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < FIELDS_MAX && at != NONE; i++) {
    if (i > 0) len += JOIN_LEN;
    len += requestField(at).valueLen;
    at = nextField(id, at + 1);
  }
  return len;
}

/** Writes its `joinedLen` bytes. */
export function writeJoined(target: usize, id: u32): void {
  if (headerCount(id) == 1) {
    memory.copy(target, headerPtr(id), headerLen(id));
    return;
  }
  let to = target;
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < FIELDS_MAX && at != NONE; i++) {
    if (i > 0) {
      store<u16>(to, <u16>(Char.COMMA | (Char.SPACE << 8)));
      to += JOIN_LEN;
    }
    const field = requestField(at);
    memory.copy(to, field.valuePtr, field.valueLen);
    to += field.valueLen;
    at = nextField(id, at + 1);
  }
}
