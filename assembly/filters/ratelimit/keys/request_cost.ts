// What the request in hand costs.

import { parseUnsigned } from "../../../core/bytes/decimal";
import { NONE } from "../../../core/bytes/none";
import { ClaimKind, claimKind, claimLen, claimPtr } from "../../../core/headers/identity";
import { headerCount, headerLen, headerPtr } from "../../../core/headers/request";
import { KeyPart } from "../../../core/ratelimit/key";
import { CostSource, Rule } from "../model";

/** Tokens of the request in hand; NONE when it says something that is to be refused. */
export function costOf(rule: Rule): u32 {
  if (rule.costSource == 0) return rule.cost;
  const source = changetype<CostSource>(rule.costSource);
  const isClaim = source.kind == KeyPart.CLAIM;
  if (isClaim ? claimKind(source.operand) == ClaimKind.ABSENT : headerCount(source.operand) == 0) {
    return source.default;
  }
  const stated = isClaim ? statedByClaim(source.operand) : statedByHeader(source.operand);
  if (stated < 0) return source.deniesInvalid != 0 ? NONE : source.default;
  return <u32>min(max(stated, <i64>source.min), <i64>source.max);
}

/** Value of a number or a text of digits; -1 of all else. */
function statedByClaim(id: u32): i64 {
  const kind = claimKind(id);
  if (kind != ClaimKind.NUMBER && kind != ClaimKind.STRING) return -1;
  return parseUnsigned(claimPtr(id), claimLen(id));
}

/** Value of the one field of digits; -1 of all else. */
function statedByHeader(id: u32): i64 {
  return headerCount(id) == 1 ? parseUnsigned(headerPtr(id), headerLen(id)) : -1;
}
