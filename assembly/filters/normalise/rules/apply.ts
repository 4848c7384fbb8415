// What each verb does to one header.

import { noteFilterState } from "../../../abi/filter_state";
import { headerCount, removeHeader, setHeader } from "../../../core/headers/request";
import { addLine } from "../../../core/headers/rewrite";
import { HEADER_VALUE_BYTES_MAX } from "../../../core/limits";
import { Reason } from "../../../core/reason";
import { LIST_MEMBERS_MAX } from "../../../core/rule_limits";
import { matchPattern } from "../../../core/value/pattern";
import { meetsTest } from "../../../core/value/value_test";
import {
  give,
  givenCount,
  givenLen,
  putLines,
  takeGiven,
  takeLines,
  takenCount,
  takenLen,
  takenPtr,
} from "./lines";
import { joinLines, keepMembers, splitLines } from "./members";
import { Lines, Rule } from "./model";
import { hasValue, makeValue, valueLen, valuePtr } from "./value";

/** Refuses when some line passes the test. */
export function reject(rule: Rule, id: u32): Reason {
  if (rule.test == 0) return Reason.HEADER_REFUSED;
  takeLines(id);
  for (let i: u32 = 0; i < takenCount; i++) {
    if (meetsTest(rule.test, takenPtr(i), takenLen(i))) return Reason.HEADER_REFUSED;
  }
  return Reason.OK;
}

/** Gives the lines of one header to another, unless that is there. */
export function move(id: u32, toId: u32): Reason {
  if (headerCount(toId) == 0) {
    takeLines(id);
    for (let i: u32 = 0; i < takenCount; i++) give(takenPtr(i), takenLen(i));
    const reason = putLines(toId);
    if (reason != Reason.OK) return reason;
  }
  removeHeader(id);
  return Reason.OK;
}

/** Removes the lines that pass the test. */
export function remove(rule: Rule, id: u32): Reason {
  if (rule.test == 0) {
    removeHeader(id);
    return Reason.OK;
  }
  takeLines(id);
  for (let i: u32 = 0; i < takenCount; i++) {
    if (!meetsTest(rule.test, takenPtr(i), takenLen(i))) give(takenPtr(i), takenLen(i));
  }
  return givenCount == takenCount ? Reason.OK : putLines(id);
}

/** The header has the value of the rule alone; without one it goes. */
export function set(rule: Rule, id: u32): Reason {
  const reason = makeValue(rule, 0, 0);
  if (reason != Reason.OK) return reason;
  if (hasValue) setHeader(id, valuePtr, valueLen);
  else removeHeader(id);
  return Reason.OK;
}

/** Adds a line with the value of the rule, if there is one. */
export function append(rule: Rule, id: u32): Reason {
  const reason = makeValue(rule, 0, 0);
  if (reason != Reason.OK || !hasValue) return reason;
  return addLine(id, valuePtr, valueLen) ? Reason.OK : Reason.HEADERS_TOO_LARGE;
}

/** Notes the value of the rule, if there is one, as filter state. */
export function noteValue(rule: Rule): Reason {
  const reason = makeValue(rule, 0, 0);
  if (reason != Reason.OK || !hasValue) return reason;
  return noteFilterState(rule.key, valuePtr, valueLen) ? Reason.OK : Reason.HEADERS_TOO_LARGE;
}

/** Makes other lines of those that match. */
export function rewrite(rule: Rule, id: u32): Reason {
  takeLines(id);
  for (let i: u32 = 0; i < takenCount; i++) {
    const ptr = takenPtr(i);
    const len = takenLen(i);
    if (rule.pattern == 0 || matchPattern(rule.pattern, ptr, len)) {
      const reason = makeValue(rule, ptr, len);
      if (reason != Reason.OK) return reason;
      if (hasValue) give(valuePtr, valueLen);
    } else {
      give(ptr, len);
    }
  }
  if (rule.lines == Lines.SPLIT) {
    takeGiven();
    if (!splitLines(HEADER_VALUE_BYTES_MAX)) return Reason.HEADERS_TOO_LARGE;
  } else if (rule.lines == Lines.JOIN && !joinLines()) {
    return Reason.HEADERS_TOO_LARGE;
  }
  return putLines(id);
}

/** Leaves each member of the list once, or one of them. */
export function dedupe(rule: Rule, id: u32): Reason {
  takeLines(id);
  const all = keepMembers(rule.keep);
  if (all > LIST_MEMBERS_MAX) return Reason.HEADERS_TOO_LARGE;
  if (givenCount == all) return Reason.OK;
  // A member that is left alone is written, too.
  if (givenCount == 1 && givenLen(0) > HEADER_VALUE_BYTES_MAX) return Reason.HEADERS_TOO_LARGE;
  return joinLines() ? putLines(id) : Reason.HEADERS_TOO_LARGE;
}
