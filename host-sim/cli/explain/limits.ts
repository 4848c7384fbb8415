// What the section rateLimit makes of the request: which limits apply, by the module's own answers.

import type { Ask } from "./ask_module.ts";
import type { JsonRecord } from "./document.ts";
import { isRecord, listOf, memberOf, textOf } from "./document.ts";
import { shown } from "./printable.ts";

/** Each is asked about by itself; of more, only their number is told. */
const ASKED_MAX = 64;
const REFUSALS = ["ratelimit:limited", "ratelimit:key_missing", "ratelimit:target_refused"];
/** Stores that an explanation has: everything else is outside of Envoy. */
const OWN_STORES = ["shared", "worker"];
/** Of a service's limit: as much as any cost (RATE_LIMIT_TOKENS_MAX of the module). */
const UNKNOWN_BUCKET = { capacity: 100_000_000, refill: "1/s" };

/** The configuration with full buckets in place of those that a service or Redis has. */
export function withOwnStores(configuration: JsonRecord): JsonRecord {
  const { rateLimit } = configuration;
  if (!isRecord(rateLimit)) return configuration;
  const limits = listOf(memberOf(rateLimit, "limits"));
  const section = { ...without(rateLimit, "stores"), limits: limits.map(withOwnStore) };
  return { ...configuration, rateLimit: section };
}

function withOwnStore(limit: unknown): unknown {
  if (!isRecord(limit) || isOwn(limit)) return limit;
  return { ...UNKNOWN_BUCKET, ...without(limit, "store") };
}

function without(record: JsonRecord, ...names: string[]): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

function isOwn(limit: unknown): boolean {
  return OWN_STORES.includes(textOf(memberOf(limit, "store")) ?? "shared");
}

/** Limits that the chain looks at before the token, and after. */
export function splitLimits(rateLimit: unknown): [anonymous: unknown[], identified: unknown[]] {
  const limits = listOf(memberOf(rateLimit, "limits"));
  return [limits.filter((limit) => !isIdentified(limit)), limits.filter(isIdentified)];
}

function isIdentified(limit: unknown): boolean {
  const keyed = listOf(memberOf(limit, "key")).some(
    (part) => memberOf(part, "claim") !== undefined,
  );
  return (
    keyed ||
    memberOf(limit, "match", "claims") !== undefined ||
    memberOf(limit, "cost", "claim") !== undefined
  );
}

/** Whether the request passes these limits, each with a full bucket. */
export function passesLimits(
  ask: Ask,
  base: JsonRecord,
  rateLimit: unknown,
  limits: readonly unknown[],
): boolean {
  if (limits.length === 0) return true;
  const section = { ...(isRecord(rateLimit) ? rateLimit : {}), limits };
  return ask({ ...base, rateLimit: section }).kind === "passed";
}

/**
 * `all, per-user (full buckets)`: those that apply to the request after `base`, and all of them
 * when `base` lets it not come so far.
 */
export function limitsText(ask: Ask, base: JsonRecord, limits: readonly unknown[]): string {
  if (limits.length > ASKED_MAX) return `${limits.length} limits (full buckets)`;
  const isReached = ask(base).kind === "passed";
  const names = limits
    .filter((limit) => !isReached || applies(ask, base, limit))
    .map((limit) => shown(textOf(memberOf(limit, "name"))));
  if (names.length === 0) return "no limit applies";
  return `${names.join(", ")} (full buckets)`;
}

/**
 * With a bucket that holds nothing, a limit that applies refuses; it also does so when it cannot
 * tell whether it applies, or whose request it is.
 */
function applies(ask: Ask, base: JsonRecord, limit: unknown): boolean {
  if (!isRecord(limit)) return false;
  const empty = { ...without(limit, "cost", "shadow"), capacity: 0, refill: "0/s" };
  const answer = ask({ ...base, rateLimit: { limits: [empty] } });
  return answer.kind === "refused" && REFUSALS.includes(answer.reason);
}
