// The member `cost` of a limit.

import { nameId } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { RATE_LIMIT_TOKENS_MAX } from "../../../core/limits";
import { KeyPart } from "../../../core/ratelimit/key";
import { COST_SOURCE_BYTES, CostSource, Rule } from "../model";
import { claimOf } from "./key_config";

const COST: u32 = 1;

/**
 * Reads `cost`, which may be absent, once the rule's capacity is known. `claims` is 0 where no
 * filter verifies tokens.
 */
export function readCost(value: Value | null, names: usize, claims: usize, rule: Rule): void {
  rule.cost = COST;
  if (value === null) return;
  if (value.isObject) return readSource(value, names, claims, rule);
  rule.cost = value.integer(0, RATE_LIMIT_TOKENS_MAX);
  checkCapacity(value, rule.cost, rule);
}

function readSource(value: Value, names: usize, claims: usize, rule: Rule): void {
  const ptr = value.block.allocate(COST_SOURCE_BYTES);
  const out = changetype<CostSource>(ptr);
  const header = value.optional("header");
  const claim = value.optional("claim");
  const otherwise = value.optional("default");
  const least = value.optional("min");
  const most = value.required("max");
  const onInvalid = value.optional("onInvalid");
  value.done();
  if (value.error.failed) return;
  if ((header === null) == (claim === null)) {
    const found = header === null ? "neither" : "both";
    return value.refuseFound(found, "one of header, claim");
  }
  if (header !== null) {
    out.kind = KeyPart.HEADER;
    out.operand = nameId(names, header);
  } else if (claim !== null) {
    out.kind = KeyPart.CLAIM;
    out.operand = claimOf(claim, claims);
    rule.isIdentified = 1;
  }
  out.max = most.integer(1, RATE_LIMIT_TOKENS_MAX);
  checkCapacity(most, out.max, rule);
  out.min = least === null ? min(COST, out.max) : least.integer(0, out.max);
  out.default = otherwise === null ? min(COST, out.max) : otherwise.integer(0, out.max);
  if (onInvalid !== null) out.deniesInvalid = onInvalid.choice(["default", "deny"]);
  rule.costSource = ptr;
}

/** What costs more than a bucket holds could never pass. Of capacity 0 nothing does. */
function checkCapacity(value: Value, cost: u32, rule: Rule): void {
  if (rule.capacity == 0 || cost <= rule.capacity) return;
  value.refuse("at most the capacity, " + rule.capacity.toString());
}
