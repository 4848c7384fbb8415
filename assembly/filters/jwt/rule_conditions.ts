// What a rule asks of a request besides its path.

import { equalsText, startsWithText } from "../../core/bytes/ascii";
import { NONE } from "../../core/bytes/none";
import { Text } from "../../core/bytes/text";
import { hostLenOf, matchesHost } from "../../core/headers/authority";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { JwtConfig } from "./model";

/** Lists of Texts are u32 each. */
// @ts-ignore: decorator
@unmanaged
export class RuleConditions {
  methods: usize;
  /** 0 when any will do, as for the other two. */
  methodCount: u32;
  hosts: usize;
  hostCount: u32;
  headers: usize;
  headerCount: u32;
}

export const enum HeaderTest {
  EXACT,
  PREFIX,
  PRESENT,
  ABSENT,
}

// @ts-ignore: decorator
@unmanaged
export class HeaderCondition {
  headerId: u32;
  test: HeaderTest;
  text: Text;
}

export const RULE_CONDITIONS_BYTES: u32 = <u32>offsetof<RuleConditions>();
export const HEADER_CONDITION_BYTES: u32 = <u32>offsetof<HeaderCondition>();

// @ts-ignore: decorator
@inline
export function headerConditionAt(conditions: RuleConditions, index: u32): HeaderCondition {
  return changetype<HeaderCondition>(conditions.headers + index * HEADER_CONDITION_BYTES);
}

export const enum Met {
  NO,
  YES,
  /** Readers could disagree about the host. */
  DISPUTED,
}

/** Whether the request in hand meets all conditions. */
export function meetsConditions(config: JwtConfig, conditions: RuleConditions): Met {
  if (conditions.methodCount != 0 && !isMethodListed(config, conditions)) return Met.NO;
  for (let i: u32 = 0; i < conditions.headerCount; i++) {
    if (!meetsHeader(headerConditionAt(conditions, i))) return Met.NO;
  }
  return conditions.hostCount == 0 ? Met.YES : meetsHosts(config, conditions);
}

function isMethodListed(config: JwtConfig, conditions: RuleConditions): bool {
  const id = config.methodId;
  if (headerCount(id) != 1) return false;
  for (let i: u32 = 0; i < conditions.methodCount; i++) {
    const method: Text = load<u32>(conditions.methods + (i << 2));
    if (equalsText(headerPtr(id), headerLen(id), method)) return true;
  }
  return false;
}

/** A header that is there more than once has no value that all readers agree about. */
function meetsHeader(condition: HeaderCondition): bool {
  const id = condition.headerId;
  const count = headerCount(id);
  if (condition.test == HeaderTest.ABSENT) return count == 0;
  if (count != 1) return false;
  const ptr = headerPtr(id);
  const len = headerLen(id);
  if (condition.test == HeaderTest.EXACT) return equalsText(ptr, len, condition.text);
  if (condition.test == HeaderTest.PREFIX) return startsWithText(ptr, len, condition.text);
  return true;
}

function meetsHosts(config: JwtConfig, conditions: RuleConditions): Met {
  const id = config.authorityId;
  if (headerCount(id) != 1) return Met.DISPUTED;
  const ptr = headerPtr(id);
  const hostLen = hostLenOf(ptr, headerLen(id));
  if (hostLen == NONE) return Met.DISPUTED;
  for (let i: u32 = 0; i < conditions.hostCount; i++) {
    if (matchesHost(ptr, hostLen, load<u32>(conditions.hosts + (i << 2)))) return Met.YES;
  }
  return Met.NO;
}
