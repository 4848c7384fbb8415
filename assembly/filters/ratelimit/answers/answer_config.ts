// What the section and a limit say of answers.

import { Value } from "../../../core/config/value";
import { RateLimitConfig, Rule } from "../model";

const STATUS: u32 = 429;

/** Reads the section's members about answers. */
export function readAnswers(value: Value, config: RateLimitConfig): void {
  const headers = value.optional("headers");
  if (headers !== null) config.showsAlways = headers.choice(["refused", "always"]);
}

/** Reads a limit's members about answers. */
export function readAnswer(value: Value, rule: Rule): void {
  rule.status = STATUS;
}
