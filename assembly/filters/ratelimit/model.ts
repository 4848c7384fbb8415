// What the section `rateLimit` becomes.

import { Text } from "../../core/bytes/text";
import { Limit } from "../../core/ratelimit/bucket";

/** What a store or a clock that fails means. In the order of the configuration's choices. */
export const enum FailureMode {
  DENY,
  ALLOW,
  /** A bucket of this worker, of the limit divided by the number of nodes. */
  LOCAL,
}

export const enum StoreKind {
  SHARED,
  WORKER,
  REDIS,
  RLS,
}

/** A store outside of Envoy, and this worker's breaker for the calls to it. */
// @ts-ignore: decorator
@unmanaged
export class Store {
  kind: StoreKind;
  name: Text;
  cluster: Text;
  /** RLS only. */
  domain: Text;
  /** Limits that are kept there. */
  limitCount: u32;
  timeoutMilliseconds: u32;
  /** REDIS: whether requests pass on credit until a key's first answer. */
  passesColdKeys: u32;
  /** Failures since the last success. */
  failures: u32;
  /** Milliseconds of the monotonic clock until which no call is made. */
  openUntilMilliseconds: u64;
  /** What counts open breakers (stores/open_breakers.ts); 0 before it is defined. */
  gauge: usize;
  /** Address of the next Store; 0 at the end. */
  next: usize;
}

export const enum OnMissing {
  SHARE,
  SKIP,
  DENY,
}

/** One part of a limit's key. */
// @ts-ignore: decorator
@unmanaged
export class Part {
  /** KeyPart */
  kind: u32;
  /**
   * CLAIM: number of the claim. HEADER: number of the name. CLIENT_ADDRESS: trusted hops. TEXT,
   * QUERY, COOKIE: the Text. PATH_TEMPLATE: the compiled template.
   */
  operand: u32;
  /** Bits that count, of an IPv4 and of an IPv6 address. */
  ipv4Bits: u32;
  ipv6Bits: u32;
  onMissing: OnMissing;
  /** 0 when there is none. */
  defaultValue: Text;
  /** Key of the entry in a descriptor (envoy.extensions.common.ratelimit.v3). */
  descriptorKey: Text;
}

export const PART_BYTES: u32 = <u32>offsetof<Part>();

/** Where a request says what it costs. */
// @ts-ignore: decorator
@unmanaged
export class CostSource {
  /** KeyPart.HEADER or KeyPart.CLAIM, and its number. */
  kind: u32;
  operand: u32;
  default: u32;
  min: u32;
  max: u32;
  deniesInvalid: u32;
}

export const COST_SOURCE_BYTES: u32 = <u32>offsetof<CostSource>();

/** A limit with all that it needs. */
// @ts-ignore: decorator
@unmanaged
export class Rule extends Limit {
  /** Of the name: keys of limits of one name are one, whatever else is in the configuration. */
  nameHash: u64;
  name: Text;
  /** The item of RateLimit-Policy. */
  policy: Text;
  /** Whether it needs a verified token: then it is applied after the jwt filter. */
  isIdentified: u32;

  /** What requests must look like; 0 when any does (matching/match_config.ts). */
  match: usize;

  parts: usize;
  partCount: u32;
  /** Tokens of a request, unless `costSource` says otherwise; 0 takes none. */
  cost: u32;
  /** Address of a CostSource, 0 for a fixed cost. */
  costSource: usize;

  /** The refill as the configuration has it: tokens in a period. */
  refillCount: u32;
  periodMilliseconds: u32;

  storeKind: StoreKind;
  /** Address of a Store, 0 for SHARED and WORKER. */
  store: usize;
  onStoreFailure: FailureMode;
  /** What LOCAL uses; 0 when it is not. */
  fallback: usize;
  maxKeys: u32;
  /** Pages in shared data, a power of two: for twice as many buckets as `maxKeys` at least. */
  pages: u32;
  /** Name of a page in shared data; its last digits are those of the page last asked for. */
  pageNamePtr: usize;
  pageNameLen: u32;
  /** What leases depend on (core/ratelimit/lease.ts). */
  leaseTerms: u32;
  /** Its number among the rules of the configuration. */
  index: u32;

  /** HTTP status of refusals. */
  status: u32;
  isShadow: u32;
  /** Its counters (answers/limit_metrics.ts); 0 before they are defined. */
  metrics: usize;
}

export const RULE_BYTES: u32 = <u32>offsetof<Rule>();

// @ts-ignore: decorator
@unmanaged
export class RateLimitConfig {
  /** Addresses of `ruleCount` rules, u32 each. */
  rules: usize;
  ruleCount: u32;
  /** The first so many need no token. */
  anonymousCount: u32;
  onStoreFailure: FailureMode;
  nodes: u32;
  showsAlways: u32;
  showsXRateLimit: u32;
  /** ErrorForm plus one; 0: that of the chain. */
  errors: u32;
  /** Address of the first Store; 0 when there is none. */
  stores: usize;
  /** Numbers of names. */
  forwardedForId: u32;
  methodId: u32;
  authorityId: u32;
  cookieId: u32;
  /** NONE where no limit is in shadow. */
  shadowId: u32;
  /** What finds the limits that apply (matching/candidates.ts). */
  index: usize;
  root: u32;
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
  return changetype<Part>(rule.parts + index * PART_BYTES);
}

// @ts-ignore: decorator
@inline
export function storeOf(rule: Rule): Store {
  return changetype<Store>(rule.store);
}
