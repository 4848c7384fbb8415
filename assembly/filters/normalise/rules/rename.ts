// Giving headers another name.

import { NONE } from "../../../core/bytes/none";
import { headerCount, removeHeader, touchedId, touchedNames } from "../../../core/headers/request";
import { NAMES_MAX } from "../../../core/limits";
import { Reason } from "../../../core/reason";
import { ADOPTED_NAMES_MAX } from "../../../core/rule_limits";
import { move } from "./apply";
import { noteName } from "./candidates";
import { Rule, RuleSet } from "./model";
import { isMeant, makeName } from "./names";

const IDS_MAX: u32 = NAMES_MAX + ADOPTED_NAMES_MAX;
/** The name of each header that is to go, and the one that it gets: numbers, u16 each. */
const FROM: usize = memory.data(<i32>(2 * IDS_MAX), 8);
const TO: usize = memory.data(<i32>(2 * IDS_MAX), 8);
/** By the number of a name its index in FROM plus one, u16 each; 0 when it is not to go. */
const LEAVING: usize = memory.data(<i32>(2 * IDS_MAX), 8);
/** Indexes in FROM of those that wait until their new name is free, u16 each. */
const STACK: usize = memory.data(<i32>(2 * IDS_MAX), 8);

/** Gives a header the name of the rule. */
export function rename(rules: RuleSet, rule: Rule, id: u32): Reason {
  return moved(rules, rule.toId, move(id, rule.toId));
}

/**
 * Gives all headers that a pattern covers their other names at once: a name that is to go itself is
 * free. Those that the rule makes are none of its own.
 */
export function renameAll(rules: RuleSet, rule: Rule): Reason {
  let count: u32 = 0;
  let reason = Reason.OK;
  for (let i: u32 = 0, touched = touchedNames(); i < touched && reason == Reason.OK; i++) {
    const id = touchedId(i);
    if (headerCount(id) == 0 || !isMeant(rules, rule, id, false)) continue;
    const toId = makeName(rules, rule, id);
    if (toId == NONE) reason = Reason.HEADERS_TOO_LARGE;
    store<u16>(FROM + (count << 1), <u16>id);
    store<u16>(TO + (count << 1), <u16>toId);
    store<u16>(LEAVING + (id << 1), <u16>++count);
  }
  for (let i: u32 = 0; i < count && reason == Reason.OK; i++) reason = goAfterOthers(rules, i);
  for (let i: u32 = 0; i < count; i++) {
    store<u16>(LEAVING + ((<u32>load<u16>(FROM + (i << 1))) << 1), 0);
  }
  return reason;
}

/**
 * Moves a header, and before it those that have to go first. Each new name is longer than the old
 * one, or each shorter, by as much: there is no circle.
 */
function goAfterOthers(rules: RuleSet, index: u32): Reason {
  let depth: u32 = 0;
  let at = index;
  for (let next = whoHas(at); next != NONE; next = whoHas(at)) {
    store<u16>(STACK + (depth++ << 1), <u16>at);
    at = next;
  }
  let reason = go(rules, at);
  while (depth > 0 && reason == Reason.OK) {
    reason = go(rules, load<u16>(STACK + (--depth << 1)));
  }
  return reason;
}

/** Index of another header that is to go and has the new name of one; NONE when there is none. */
function whoHas(index: u32): u32 {
  const place = <u32>load<u16>(LEAVING + ((<u32>load<u16>(TO + (index << 1))) << 1));
  return place == 0 || place - 1 == index ? NONE : place - 1;
}

function go(rules: RuleSet, index: u32): Reason {
  const id = <u32>load<u16>(FROM + (index << 1));
  const toId = <u32>load<u16>(TO + (index << 1));
  const leaving = LEAVING + (id << 1);
  if (load<u16>(leaving) == 0) return Reason.OK;
  store<u16>(leaving, 0);
  if (toId != id) return moved(rules, toId, move(id, toId));
  removeHeader(id);
  return Reason.OK;
}

/** What `reason` says of a header that now has what another had. */
export function moved(rules: RuleSet, toId: u32, reason: Reason): Reason {
  if (reason == Reason.OK && headerCount(toId) != 0) noteName(rules, toId);
  return reason;
}
