// What is asked of a request besides its path.

import { equalsText, startsWithText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text } from "../bytes/text";
import { matchesHost } from "../headers/authority";
import { headerCount, headerLen, headerPtr } from "../headers/request";
import { requestHostLen } from "./request_host";

/** Lists of Texts are u32 each. */
// @ts-ignore: decorator
@unmanaged
export class RequestConditions {
  methods: usize;
  /** 0 when any will do, as for the other two. */
  methodCount: u32;
  /** Number of `:method`; means something only with methods. */
  methodId: u32;
  hosts: usize;
  hostCount: u32;
  /** Number of `:authority`; means something only with hosts. */
  authorityId: u32;
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

export const REQUEST_CONDITIONS_BYTES: u32 = <u32>offsetof<RequestConditions>();
export const HEADER_CONDITION_BYTES: u32 = <u32>offsetof<HeaderCondition>();

// @ts-ignore: decorator
@inline
export function headerConditionAt(conditions: RequestConditions, index: u32): HeaderCondition {
  return changetype<HeaderCondition>(conditions.headers + index * HEADER_CONDITION_BYTES);
}

/** A host in lower case, or what follows the star of one: then it begins with a dot. */
// @ts-ignore: decorator
@inline
export function hostAt(conditions: RequestConditions, index: u32): Text {
  return load<u32>(conditions.hosts + (index << 2));
}

export const enum Met {
  NO,
  YES,
  /** Readers could disagree about the host. */
  DISPUTED,
}

/** Whether the request in hand (beginHost) meets all conditions. */
export function meetsConditions(conditions: RequestConditions): Met {
  if (conditions.methodCount != 0 && !isMethodListed(conditions)) return Met.NO;
  for (let i: u32 = 0; i < conditions.headerCount; i++) {
    if (!meetsHeader(headerConditionAt(conditions, i))) return Met.NO;
  }
  return conditions.hostCount == 0 ? Met.YES : meetsHosts(conditions);
}

function isMethodListed(conditions: RequestConditions): bool {
  const id = conditions.methodId;
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

function meetsHosts(conditions: RequestConditions): Met {
  const ptr = headerPtr(conditions.authorityId);
  const hostLen = requestHostLen(conditions.authorityId);
  if (hostLen == NONE) return Met.DISPUTED;
  for (let i: u32 = 0; i < conditions.hostCount; i++) {
    if (matchesHost(ptr, hostLen, hostAt(conditions, i))) return Met.YES;
  }
  return Met.NO;
}
