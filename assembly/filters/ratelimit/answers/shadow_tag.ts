// What limits in shadow leave on a request that they would have refused: a header with the name of
// the first of them, for the upstream and for access logs. Clients cannot send it while some limit
// is in shadow.

import { NONE } from "../../../core/bytes/none";
import { textLen, textPtr } from "../../../core/bytes/text";
import { setHeader } from "../../../core/headers/request";
import { RateLimitConfig, Rule, ruleAt } from "../model";

/** Number of the rule that is told; NONE when there is none. */
let tagged: u32 = NONE;

/** Begins a request. */
export function beginTag(): void {
  tagged = NONE;
}

/** A limit in shadow would have refused the request in hand. */
export function tagRequest(config: RateLimitConfig, rule: Rule): void {
  if (tagged != NONE) return;
  tagged = rule.index;
  setHeader(config.shadowId, textPtr(rule.name), textLen(rule.name));
}

/** What `readTag` puts on the request again when it is walked again. */
export function writeTag(): u32 {
  return tagged + 1;
}

export function readTag(config: RateLimitConfig, kept: u32): void {
  if (kept == 0 || kept > config.ruleCount || config.shadowId == NONE) return;
  tagRequest(config, ruleAt(config, kept - 1));
}
