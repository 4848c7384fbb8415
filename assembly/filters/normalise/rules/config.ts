// The rules about one header map: the members of the section that are verbs.

import { NONE } from "../../../core/bytes/none";
import { Value } from "../../../core/config/value";
import { HEADER_RULES_MAX, KEPT_CONDITIONS_MAX } from "../../../core/rule_limits";
import { GrpcCondition, RULE_SET_BYTES, ruleAt, RuleSet, Verb } from "./model";
import { readRule, readsClaims, RuleScope } from "./rule_config";

/** In the order of the enum. */
const VERBS: string[] = [
  "reject",
  "rename",
  "map",
  "remove",
  "set",
  "add",
  "append",
  "rewrite",
  "dedupe",
  "filterState",
];

/** Reads them from `section`; returns the address of a RuleSet, 0 when there are none. */
export function readRules(section: Value, scope: RuleScope): usize {
  const early: Array<usize> = [];
  const late: Array<usize> = [];
  for (let verb = <i32>Verb.REJECT; verb < VERBS.length; verb++) {
    const isOfRequests = verb == <i32>Verb.REJECT || verb == <i32>Verb.FILTER_STATE;
    if (isOfRequests && !scope.isRequest) continue;
    const list = section.optional(VERBS[verb]);
    if (list === null) continue;
    const items = list.items(0, HEADER_RULES_MAX);
    for (let i = 0; i < items.length && !section.error.failed; i++) {
      const rule = readRule(items[i], <Verb>verb, scope);
      if (readsClaims) late.push(rule);
      else early.push(rule);
    }
  }
  const count = <u32>(early.length + late.length);
  if (count > HEADER_RULES_MAX) {
    section.refuseFound(count.toString() + " rules", HEADER_RULES_MAX.toString() + " rules in all");
  }
  if (scope.keptConditions > KEPT_CONDITIONS_MAX) {
    section.refuseFound(
      "one rule with when too many",
      KEPT_CONDITIONS_MAX.toString() + " for responses and trailers",
    );
  }
  if (count == 0 || section.error.failed) return 0;
  return writeSet(section, scope, early, late);
}

function writeSet(
  section: Value,
  scope: RuleScope,
  early: Array<usize>,
  late: Array<usize>,
): usize {
  const set = changetype<RuleSet>(section.block.allocate(RULE_SET_BYTES));
  set.ruleCount = <u32>(early.length + late.length);
  set.lateRule = <u32>early.length;
  set.names = scope.names;
  set.sparesGrpc = scope.sparesGrpc;
  set.rules = section.block.allocate(4 * set.ruleCount);
  for (let i = 0; i < early.length; i++) store<u32>(set.rules + (i << 2), <u32>early[i]);
  for (let i = 0; i < late.length; i++) {
    store<u32>(set.rules + ((set.lateRule + i) << 2), <u32>late[i]);
  }
  for (let number: u32 = 0; number < set.ruleCount && !scope.isRequest; number++) {
    const rule = ruleAt(set, number);
    if (rule.keptBit != NONE || rule.grpc != GrpcCondition.ANY) set.asksRequest = true;
  }
  return changetype<usize>(set);
}
