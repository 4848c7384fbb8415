// What a rule makes of a value.

import { isFieldValue } from "../../../core/bytes/ascii";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { Reason } from "../../../core/reason";
import { Applied, appliedLen, appliedPtr, applyOperations } from "../values/operation";
import { writeTemplate, Written, writtenLen, writtenPtr } from "../values/template";
import { OnInvalid, Rule } from "./model";

/** What `makeValue` has made, when `hasValue`. */
export let hasValue: bool = false;
export let valuePtr: usize = 0;
export let valueLen: u32 = 0;

/** Makes the value of a rule out of its template, or of the line that it is about without one. */
export function makeValue(rule: Rule, linePtr: usize, lineLen: u32): Reason {
  hasValue = true;
  valuePtr = linePtr;
  valueLen = lineLen;
  if (rule.template != 0) {
    const written = writeTemplate(rule.template);
    if (written == Written.TOO_LARGE) return Reason.HEADERS_TOO_LARGE;
    hasValue = written == Written.OK;
    valuePtr = writtenPtr;
    valueLen = writtenLen;
  }
  if (rule.operations != 0) {
    const applied = applyOperations(rule.operations, hasValue, valuePtr, valueLen);
    if (applied == Applied.TOO_LARGE) return Reason.HEADERS_TOO_LARGE;
    if (applied == Applied.INVALID) return refuseValue(rule, linePtr, lineLen);
    hasValue = applied == Applied.OK;
    valuePtr = appliedPtr;
    valueLen = appliedLen;
  }
  if (!hasValue || (valuePtr == linePtr && valueLen == lineLen)) return Reason.OK;
  if (valueLen > HEADER_VALUE_BYTES_MAX) return Reason.HEADERS_TOO_LARGE;
  return isFieldValue(valuePtr, valueLen) ? Reason.OK : refuseValue(rule, linePtr, lineLen);
}

function refuseValue(rule: Rule, linePtr: usize, lineLen: u32): Reason {
  if (rule.onInvalid == OnInvalid.REJECT) return Reason.HEADER_REFUSED;
  hasValue = rule.onInvalid == OnInvalid.KEEP;
  valuePtr = linePtr;
  valueLen = lineLen;
  return Reason.OK;
}
