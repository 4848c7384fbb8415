// The section `rateLimit`: each limit becomes a rule, ready to be applied. Rules that need no
// verified token come first: they are applied before tokens are looked at.

import { isTchar } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { siphash } from "../../core/bytes/hash";
import { rate, ratePeriodMicroseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import {
  NODES_MAX,
  RATE_LIMIT_KEYS_MAX,
  RATE_LIMIT_NAME_BYTES_MAX,
  RATE_LIMIT_TOKENS_MAX,
  RATE_LIMITS_MAX,
} from "../../core/limits";
import { ITEM_BYTES_MAX, writePolicy } from "../../core/ratelimit/answer";
import { Limit, LIMIT_SIZE, periodOf, setFraction, setLimit } from "../../core/ratelimit/bucket";
import { PAGE_NAME_BYTES_MAX, pagesFor, writePageName } from "../../core/ratelimit/key";
import { leaseTerms } from "../../core/ratelimit/lease";
import { nameTag, readAnswer, readAnswers } from "./answers/answer_config";
import { readCost } from "./keys/cost_config";
import { readKey } from "./keys/key_config";
import { buildIndexes, readMatch } from "./matching/match_config";
import { FailureMode, RateLimitConfig, Rule, RULE_BYTES, StoreKind } from "./model";
import { readStoreOf, readStores } from "./stores/store_config";

const FAILURE_MODES: string[] = ["deny", "allow", "local"];
const KEYS: u32 = 10000;
const MICROSECONDS_PER_MILLISECOND: u64 = 1000;

/**
 * Reads the section into the block; returns the address of a RateLimitConfig. `claims` is 0 where
 * no filter verifies tokens: a limit on a claim would never apply there, so it must be a mistake.
 */
export function readRateLimit(value: Value, names: usize, claims: usize): usize {
  const ptr = value.block.allocate(<u32>offsetof<RateLimitConfig>());
  const config = changetype<RateLimitConfig>(ptr);
  const onStoreFailure = value.optional("onStoreFailure");
  if (onStoreFailure !== null) config.onStoreFailure = onStoreFailure.choice(FAILURE_MODES);
  const nodes = value.optional("nodes");
  config.nodes = nodes === null ? 1 : nodes.integer(1, NODES_MAX);
  readAnswers(value, config);
  const stores = value.optional("stores");
  if (stores !== null) readStores(stores, config);
  readRules(value.required("limits"), names, claims, config);
  nameTag(value, names, config);
  if (!value.error.failed) buildIndexes(value, config);
  value.done();
  return ptr;
}

function readRules(value: Value, names: usize, claims: usize, config: RateLimitConfig): void {
  const limits = value.items(1, RATE_LIMITS_MAX);
  config.rules = value.block.allocate(4 * <u32>limits.length);
  const known = new Set<string>();
  const identified: usize[] = [];
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    const name = limit.required("name");
    const rule = readRule(limit, name, names, claims, config);
    if (value.error.failed) return;
    if (known.has(name.string())) name.refuse("a name that no other limit has");
    known.add(name.string());
    if (rule.isIdentified != 0) identified.push(changetype<usize>(rule));
    else addRule(config, changetype<usize>(rule));
  }
  config.anonymousCount = config.ruleCount;
  for (let i = 0; i < identified.length; i++) addRule(config, identified[i]);
}

function addRule(config: RateLimitConfig, rule: usize): void {
  store<u32>(config.rules + (config.ruleCount << 2), <u32>rule);
  changetype<Rule>(rule).index = config.ruleCount++;
}

function readRule(
  value: Value,
  name: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
): Rule {
  const block = value.block;
  const rule = changetype<Rule>(block.allocate(RULE_BYTES));
  rule.name = readName(name);
  const match = value.optional("match");
  if (match !== null) readMatch(match, names, claims, rule);
  const key = value.optional("key");
  if (key !== null) readKey(key, names, claims, config, rule);
  readStoreOf(value.optional("store"), config, rule);
  readFailureMode(value.optional("onStoreFailure"), config, rule);
  readBucket(value, config, rule);
  readCost(value.optional("cost"), names, claims, rule);
  const maxKeys = value.optional("maxKeys");
  rule.maxKeys = maxKeys === null ? KEYS : maxKeys.integer(1, RATE_LIMIT_KEYS_MAX);
  readAnswer(value, rule);
  value.done();
  // What follows relies on a name of bounded length.
  if (value.error.failed) return rule;
  rule.nameHash = siphash(textPtr(rule.name), textLen(rule.name), 0, 0);
  rule.pageNamePtr = block.allocate(PAGE_NAME_BYTES_MAX);
  rule.pageNameLen = writePageName(rule.pageNamePtr, rule.name);
  rule.pages = pagesFor(rule.maxKeys);
  rule.leaseTerms = leaseTerms(rule.capacity, rule.pages);
  rule.policy = block.allocate(4 + ITEM_BYTES_MAX);
  store<u32>(rule.policy, writePolicy(textPtr(rule.policy), rule.name, rule));
  return rule;
}

function readFailureMode(value: Value | null, config: RateLimitConfig, rule: Rule): void {
  rule.onStoreFailure = config.onStoreFailure;
  if (value !== null) rule.onStoreFailure = value.choice(FAILURE_MODES);
}

/** A service has limits of its own; here they say only what counts while it fails. */
function readBucket(value: Value, config: RateLimitConfig, rule: Rule): void {
  const isLocal = rule.onStoreFailure == FailureMode.LOCAL;
  if (rule.storeKind == StoreKind.RLS && !isLocal) return;
  const capacity = value.required("capacity").integer(0, RATE_LIMIT_TOKENS_MAX);
  const count = rate(value.required("refill"));
  if (value.error.failed) return;
  setLimit(rule, capacity, count, periodOf(ratePeriodMicroseconds));
  rule.refillCount = count;
  rule.periodMilliseconds = <u32>(ratePeriodMicroseconds / MICROSECONDS_PER_MILLISECOND);
  if (!isLocal) return;
  rule.fallback = value.block.allocate(LIMIT_SIZE);
  setFraction(changetype<Limit>(rule.fallback), rule, config.nodes);
}

/**
 * A name stands in header fields and in the keys of shared data, so it is a token (RFC 9110
 * §5.6.2).
 */
function readName(value: Value): Text {
  const name = value.text(1, RATE_LIMIT_NAME_BYTES_MAX);
  if (value.error.failed) return name;
  for (let at = textPtr(name), end = at + textLen(name); at < end; at++) {
    if (!isTchar(load<u8>(at))) value.refuse("a name of letters, digits and !#$%&'*+-.^_`|~");
  }
  return name;
}
