// What is asked of a request besides its path.

import { equalsText, lower, startsWithText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, textLen, textPtr } from "../bytes/text";
import { matchesHost } from "../headers/authority";
import { headerCount, headerLen, headerPtr, nextField, requestField } from "../headers/request";
import { HEADERS_MAX } from "../limits";
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

/**
 * Whether the request in hand (beginHost) meets all conditions. With `takesAny` it is enough that
 * some reader could say so: one who takes methods in either case, or another one of a header's
 * values.
 */
export function meetsConditions(conditions: RequestConditions, takesAny: bool): Met {
  if (conditions.methodCount != 0 && !isMethodListed(conditions, takesAny)) return Met.NO;
  for (let i: u32 = 0; i < conditions.headerCount; i++) {
    const condition = headerConditionAt(conditions, i);
    const isRepeated = takesAny && headerCount(condition.headerId) > 1;
    const isMet = isRepeated ? someMeets(condition) : meetsHeader(condition);
    if (!isMet) return Met.NO;
  }
  return conditions.hostCount == 0 ? Met.YES : meetsHosts(conditions);
}

function isMethodListed(conditions: RequestConditions, inAnyCase: bool): bool {
  const id = conditions.methodId;
  if (headerCount(id) != 1) return false;
  const ptr = headerPtr(id);
  const len = headerLen(id);
  for (let i: u32 = 0; i < conditions.methodCount; i++) {
    const method: Text = load<u32>(conditions.methods + (i << 2));
    if (equalsText(ptr, len, method)) return true;
    if (inAnyCase && equalsInAnyCase(ptr, len, method)) return true;
  }
  return false;
}

function equalsInAnyCase(ptr: usize, len: u32, method: Text): bool {
  if (len != textLen(method)) return false;
  for (let i: u32 = 0; i < len; i++) {
    if (lower(load<u8>(ptr + i)) != lower(load<u8>(textPtr(method) + i))) return false;
  }
  return true;
}

/** Whether one of a header's several values meets the condition. */
function someMeets(condition: HeaderCondition): bool {
  if (condition.test == HeaderTest.ABSENT) return false;
  if (condition.test == HeaderTest.PRESENT) return true;
  let at = nextField(condition.headerId, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    if (meetsValue(condition, field.valuePtr, field.valueLen)) return true;
    at = nextField(condition.headerId, at + 1);
  }
  return false;
}

function meetsValue(condition: HeaderCondition, ptr: usize, len: u32): bool {
  if (condition.test == HeaderTest.EXACT) return equalsText(ptr, len, condition.text);
  return condition.test != HeaderTest.PREFIX || startsWithText(ptr, len, condition.text);
}

/** A header that is there more than once has no value that all readers agree about. */
function meetsHeader(condition: HeaderCondition): bool {
  const id = condition.headerId;
  const count = headerCount(id);
  if (condition.test == HeaderTest.ABSENT) return count == 0;
  return count == 1 && meetsValue(condition, headerPtr(id), headerLen(id));
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
