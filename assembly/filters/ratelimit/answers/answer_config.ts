// What the section and a limit say of answers.

import { NONE } from "../../../core/bytes/none";
import { text } from "../../../core/bytes/text";
import { readErrorForm } from "../../../core/config/error_form";
import { fixedNameId } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { addNameFlags, NAME_OWNED } from "../../../core/headers/names";
import { RateLimitConfig, Rule, ruleAt } from "../model";

const SHADOW = text("x-sallyport-shadow");

const STATUS: u32 = 429;
const STATUS_MIN: u32 = 400;
const STATUS_MAX: u32 = 599;

/** Reads the section's members about answers. */
export function readAnswers(value: Value, config: RateLimitConfig): void {
  const headers = value.optional("headers");
  if (headers !== null) config.showsAlways = headers.choice(["refused", "always"]);
  const xRateLimit = value.optional("xRateLimitHeaders");
  if (xRateLimit !== null && xRateLimit.bool()) config.showsXRateLimit = 1;
  config.errors = readErrorForm(value.optional("errors"));
}

/** Reads a limit's members about answers. */
export function readAnswer(value: Value, rule: Rule): void {
  const status = value.optional("status");
  rule.status = status === null ? STATUS : status.integer(STATUS_MIN, STATUS_MAX);
  const shadow = value.optional("shadow");
  if (shadow !== null && shadow.bool()) rule.isShadow = 1;
}

/** Gives the header of limits in shadow a number, once all limits are read. */
export function nameTag(value: Value, names: usize, config: RateLimitConfig): void {
  config.shadowId = NONE;
  if (value.error.failed) return;
  let isTried = false;
  for (let i: u32 = 0; i < config.ruleCount; i++)
    isTried = isTried || ruleAt(config, i).isShadow != 0;
  if (!isTried) return;
  config.shadowId = fixedNameId(names, value, SHADOW);
  addNameFlags(names, config.shadowId, NAME_OWNED);
}
