// The rules of the section: what a request must look like, and what it then needs.

import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { matchesPrefix, PathResult, readPath, RulePath, segmentsOf } from "../../core/headers/path";
import { PATH_BYTES_MAX, RULES_MAX } from "../../core/limits";
import { JwtConfig, providerAt } from "./model";
import { Rule, RULE_BYTES, ruleAt } from "./rules";

/** What `require` says for "no token needed"; no provider can have this name. */
export const NO_PROVIDER = "none";

/** Reads the rules; `providers` are the names of the providers in their order. */
export function readRules(value: Value, providers: string[], config: JwtConfig): void {
  const rules = value.items(1, RULES_MAX);
  config.rules = value.block.allocate(<u32>rules.length * RULE_BYTES);
  for (let i = 0; i < rules.length; i++) {
    if (value.error.failed) return;
    readRule(rules[i], providers, config, ruleAt(config, config.ruleCount));
    config.ruleCount++;
  }
}

function readRule(value: Value, providers: string[], config: JwtConfig, rule: Rule): void {
  const match = value.required("match");
  const prefix = match.required("prefix");
  rule.prefix = readPrefix(prefix);
  match.done();
  const require = value.required("require");
  const choice = require.choice([NO_PROVIDER].concat(providers));
  value.done();
  if (value.error.failed) return;
  rule.provider = choice == 0 ? 0 : changetype<usize>(providerAt(config, choice - 1));
  config.segments = max(config.segments, segmentsOf(textPtr(rule.prefix), textLen(rule.prefix)));
  // The first rule that matches is the one that counts.
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    if (covers(ruleAt(config, i).prefix, rule.prefix)) {
      prefix.refuse("a prefix that no rule before it covers: this rule would never apply");
    }
  }
}

function covers(prefix: Text, other: Text): bool {
  return matchesPrefix(textPtr(other), textLen(other), textPtr(prefix), textLen(prefix));
}

/**
 * A prefix is written as requests' paths are after normalisation: otherwise it would never match.
 */
function readPrefix(value: Value): Text {
  const prefix = value.text(1, PATH_BYTES_MAX);
  if (value.error.failed) return prefix;
  const len = textLen(prefix);
  const target = heap.alloc(PATH_BYTES_MAX);
  const path = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));
  const result = readPath(textPtr(prefix), len, u32.MAX_VALUE, target, path);
  const same =
    result == PathResult.OK && path.len == len && memory.compare(target, textPtr(prefix), len) == 0;
  heap.free(changetype<usize>(path));
  heap.free(target);
  if (!same) {
    value.refuse("a path that begins with /, without query, escapes, dot segments, // and ;");
  }
  return prefix;
}
