// What the section and a limit say of answers.

import { readErrorForm } from "../../../core/config/error_form";
import { Value } from "../../../core/config/value";
import { RateLimitConfig, Rule } from "../model";

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
