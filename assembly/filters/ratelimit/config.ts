// The section `rateLimit`: each limit becomes a rule, ready to be applied. Rules whose key names no
// claim come first: they are applied before tokens are looked at.

import { isTchar } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { fixedNameId, nameId, rate, ratePeriodMicroseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { claimId } from "../../core/config/claim";
import {
  HEADER_NAME_BYTES_MAX,
  RATE_LIMIT_KEY_PARTS_MAX,
  RATE_LIMIT_NAME_BYTES_MAX,
  RATE_LIMIT_TOKENS_MAX,
  RATE_LIMITS_MAX,
  TRUSTED_HOPS_MAX,
} from "../../core/limits";
import { ITEM_BYTES_MAX, writePolicy } from "../../core/ratelimit/answer";
import { Limit, Period, periodMicroseconds, setLimit } from "../../core/ratelimit/bucket";
import { KeyPart, PAGE_NAME_BYTES_MAX, writePageName } from "../../core/ratelimit/key";

const FORWARDED_FOR = text("x-forwarded-for");

/** One part of a rule's key. */
// @ts-ignore: decorator
@unmanaged
export class Part {
  /** KeyPart */
  kind: u32;
  /**
   * CLAIM: number of the claim. HEADER: number of the name. CLIENT_ADDRESS: trusted hops. TEXT: the
   * Text.
   */
  operand: u32;
}
const PART_SIZE: u32 = 8;
if (offsetof<Part>() != <usize>PART_SIZE) ERROR("Part is not 8 bytes");

/** A limit with all that it needs. */
// @ts-ignore: decorator
@unmanaged
export class Rule extends Limit {
  name: Text;
  /** The item of RateLimit-Policy. */
  policy: Text;
  /** Name of a page in shared data; its last digits are those of the page last asked for. */
  pageNamePtr: usize;
  pageNameLen: u32;
  parts: usize;
  partCount: u32;
}

// @ts-ignore: decorator
@unmanaged
export class RateLimitConfig {
  /** Addresses of `ruleCount` rules, u32 each. */
  rules: usize;
  ruleCount: u32;
  /** The first so many name no claim. */
  anonymousCount: u32;
  allowsOnError: u32;
  showsAlways: u32;
  /** Of x-forwarded-for. */
  forwardedForId: u32;
  /** Tells this configuration from the one that the root had before; set when it is set up. */
  generation: u32;
}

// @ts-ignore: decorator
@inline
export function ruleAt(config: RateLimitConfig, index: u32): Rule {
  return changetype<Rule>(<usize>load<u32>(config.rules + (index << 2)));
}

// @ts-ignore: decorator
@inline
export function partAt(rule: Rule, index: u32): Part {
  return changetype<Part>(rule.parts + index * PART_SIZE);
}

/**
 * Reads the section into the block; returns the address of a RateLimitConfig. `claims` is 0 where
 * no filter verifies tokens: a limit on a claim would never apply there, so it must be a mistake.
 */
export function readRateLimit(value: Value, names: usize, claims: usize): usize {
  const ptr = value.block.allocate(<u32>offsetof<RateLimitConfig>());
  const config = changetype<RateLimitConfig>(ptr);
  const onError = value.optional("onError");
  if (onError !== null) config.allowsOnError = onError.choice(["deny", "allow"]);
  const headers = value.optional("headers");
  if (headers !== null) config.showsAlways = headers.choice(["refused", "always"]);
  config.forwardedForId = fixedNameId(names, value, FORWARDED_FOR);
  readRules(value.required("limits"), names, claims, config);
  value.done();
  return ptr;
}

function readRules(value: Value, names: usize, claims: usize, config: RateLimitConfig): void {
  const limits = value.items(1, RATE_LIMITS_MAX);
  config.rules = value.block.allocate(4 * RATE_LIMITS_MAX);
  const known: string[] = [];
  const identified: usize[] = [];
  for (let i = 0; i < limits.length; i++) {
    const limit = limits[i];
    const name = limit.required("name");
    const rule = readRule(limit, name, names, claims);
    if (value.error.failed) return;
    if (known.includes(name.string())) name.refuse("a name that no other limit has");
    known.push(name.string());
    if (namesClaim(rule)) identified.push(changetype<usize>(rule));
    else addRule(config, changetype<usize>(rule));
  }
  config.anonymousCount = config.ruleCount;
  for (let i = 0; i < identified.length; i++) addRule(config, identified[i]);
}

function addRule(config: RateLimitConfig, rule: usize): void {
  store<u32>(config.rules + (config.ruleCount << 2), <u32>rule);
  config.ruleCount++;
}

function namesClaim(rule: Rule): bool {
  for (let i: u32 = 0; i < rule.partCount; i++) {
    if (partAt(rule, i).kind == KeyPart.CLAIM) return true;
  }
  return false;
}

function readRule(value: Value, name: Value, names: usize, claims: usize): Rule {
  const block = value.block;
  const rule = changetype<Rule>(block.allocate(<u32>offsetof<Rule>()));
  rule.name = readName(name);
  readKey(value.required("key"), names, claims, rule);
  const capacity = value.required("capacity").integer(0, RATE_LIMIT_TOKENS_MAX);
  const count = rate(value.required("refill"));
  const period = periodOf(ratePeriodMicroseconds);
  value.done();
  // What follows relies on a name of bounded length.
  if (value.error.failed) return rule;
  setLimit(rule, capacity, count, period);
  rule.pageNamePtr = block.allocate(PAGE_NAME_BYTES_MAX);
  rule.pageNameLen = writePageName(rule.pageNamePtr, rule.name, period);
  rule.policy = block.allocate(4 + ITEM_BYTES_MAX);
  store<u32>(rule.policy, writePolicy(textPtr(rule.policy), rule.name, rule));
  return rule;
}

function periodOf(microseconds: u64): Period {
  if (microseconds == periodMicroseconds(Period.SECOND)) return Period.SECOND;
  if (microseconds == periodMicroseconds(Period.MINUTE)) return Period.MINUTE;
  if (microseconds == periodMicroseconds(Period.HOUR)) return Period.HOUR;
  return Period.DAY;
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

function readKey(value: Value, names: usize, claims: usize, rule: Rule): void {
  const items = value.items(1, RATE_LIMIT_KEY_PARTS_MAX);
  rule.parts = value.block.allocate(PART_SIZE * RATE_LIMIT_KEY_PARTS_MAX);
  for (let i = 0; i < items.length; i++) {
    readPart(items[i], names, claims, partAt(rule, <u32>i));
    if (value.error.failed) return;
    rule.partCount++;
  }
}

function readPart(value: Value, names: usize, claims: usize, part: Part): void {
  const claim = value.optional("claim");
  const header = value.optional("header");
  const path = value.optional("path");
  const clientAddress = value.optional("clientAddress");
  const fixed = value.optional("text");
  value.done();
  if (value.error.failed) return;
  if (value.json.items.length != 1) {
    const found = value.json.items.length.toString() + " members";
    value.refuseFound(found, "one of claim, header, path, clientAddress, text");
  } else if (claim !== null) {
    part.kind = KeyPart.CLAIM;
    if (claims != 0) part.operand = claimId(claim, claims);
    else claim.refuseFound("a claim", "claims only with a jwt section");
  } else if (header !== null) {
    part.kind = KeyPart.HEADER;
    part.operand = nameId(names, header);
  } else if (path !== null) {
    part.kind = KeyPart.PATH;
    if (!path.bool()) path.refuse("true");
  } else if (clientAddress !== null) {
    part.kind = KeyPart.CLIENT_ADDRESS;
    const hops = clientAddress.optional("trustedHops");
    part.operand = hops === null ? 0 : hops.integer(0, TRUSTED_HOPS_MAX);
    clientAddress.done();
  } else if (fixed !== null) {
    part.kind = KeyPart.TEXT;
    part.operand = <u32>fixed.text(0, HEADER_NAME_BYTES_MAX);
  }
}
