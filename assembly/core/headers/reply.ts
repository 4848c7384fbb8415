// What a refusal adds to its answer: fields that a filter fills in before it returns its reason.
// Views that live until the callback returns.

import { FIELD_BYTES, fieldAt } from "../bytes/field";
import { Text, textLen, textPtr } from "../bytes/text";
import { REPLY_FIELDS_MAX } from "../limits";

const FIELDS: usize = memory.data(<i32>(REPLY_FIELDS_MAX * FIELD_BYTES), 8);
let count: u32 = 0;

export function beginReply(): void {
  count = 0;
}

/** Adds a field to the answer; more than REPLY_FIELDS_MAX are left out. */
export function addReplyField(name: Text, valuePtr: usize, valueLen: u32): void {
  if (count >= REPLY_FIELDS_MAX) return;
  const field = fieldAt(FIELDS, count++);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = valuePtr;
  field.valueLen = valueLen;
}

// @ts-ignore: decorator
@inline
export function replyFields(): usize {
  return FIELDS;
}

// @ts-ignore: decorator
@inline
export function replyFieldCount(): u32 {
  return count;
}
