// What is measured: listeners, and the load that each of them gets.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "../harness/listeners.ts";
import { askUpstream, LOAD_PATH, requireAnswer } from "../harness/listeners.ts";
import type { HeaderSet } from "../harness/load.ts";
import type { MeasuredCase } from "../harness/measure.ts";
import { ourFilters } from "../harness/ours.ts";
import { localRateLimit } from "../stack/native.ts";

export interface RateLimitCase {
  name: string;
  listener: string;
  /** Keys that its requests have in turn. */
  keys: number;
  /** Requests before the first round, where all keys are to be live by then. */
  warmUpRequests?: number;
  /** Name of the limit that responses tell of. */
  shown?: string;
  /** Whether a limit of ours counts each request, */
  isLimited: boolean;
  /** and the one that asks whether the case does its work, which has another path and host. */
  matchesCheck?: boolean;
}

/** Limits of a configuration of which one applies, by its path or by its host. */
export const LIMIT_COUNTS = [1, 100, 1000] as const;
/** Keys that have a bucket. */
export const KEY_COUNTS = [1000, 100_000] as const;
export const HOT_LIMIT = "hot";
/** Another key, so that the load is made in one way whatever the number. */
export const KEYS_OF_ONE = 2;

export const pathsCase = (count: number): string => `${limits(count)} by path`;
export const hostsCase = (count: number): string => `${limits(count)} by host`;
const limits = (count: number): string => (count === 1 ? "1 limit" : `${count} limits`);
export const hotCase = (count: number): string => `hot among ${count} keys`;
export const turnsCase = (count: number): string => `${count} keys in turn`;
/** Of the limit without leases. */
export const pageCase = (count: number): string =>
  `no leases, ${count === KEYS_OF_ONE ? "hot" : turnsCase(count)}`;
/** Envoy without filters under the load of so many keys. */
export const noneCase = (count: number): string =>
  count === KEYS_OF_ONE ? "none" : `none, ${turnsCase(count)}`;
/** The case without filters that a case is compared with: of the same load. */
export const baseOf = (name: string): string =>
  noneCase(KEY_COUNTS.find((count) => name.endsWith(turnsCase(count))) ?? KEYS_OF_ONE);
const keysListener = (count: number): string => `${count} keys`;

const CAPACITY = 1_000_000;
/** Below 64 there are no leases; with the same refill it never refuses this load either. */
const CAPACITY_WITHOUT_LEASES = 63;
const AUTHORITY = "127.0.0.1";
const KEY_HEADER = "x-tenant";
/** What every request of every case carries. */
const HEADERS: HeaderSet = {
  "user-agent": "bench/1",
  accept: "application/json",
  "accept-encoding": "gzip, br",
  "accept-language": "en",
  "x-forwarded-proto": "https",
  "x-request-start": "t=1700000000",
  cookie: "session=0123456789abcdef",
};

export function rateLimitCases(): RateLimitCase[] {
  const one = (name: string, isLimited: boolean): RateLimitCase => {
    return { name, listener: name, keys: KEYS_OF_ONE, isLimited };
  };
  return [
    ...["none", "empty", "native", "native headers"].map((name) => one(name, false)),
    one("ours", true),
    { ...one("ours headers", true), shown: HOT_LIMIT },
    ...LIMIT_COUNTS.flatMap((count) => [pathsCase(count), hostsCase(count)]).map(
      (name): RateLimitCase => ({ ...one(name, true), matchesCheck: false }),
    ),
    ...KEY_COUNTS.flatMap((count): RateLimitCase[] => {
      const listener = keysListener(count);
      const inTurn = { ...one(turnsCase(count), true), keys: count, warmUpRequests: count };
      return [
        { ...inTurn, listener },
        { ...one(hotCase(count), true), listener },
        { ...one(noneCase(count), false), listener: "none", keys: count },
      ];
    }),
    one(pageCase(KEYS_OF_ONE), true),
    ...KEY_COUNTS.map((count): RateLimitCase => {
      return { ...one(pageCase(count), true), keys: count, warmUpRequests: count };
    }),
  ];
}

export async function caseFilters(modulePath: string, none: EmptyFilters): Promise<CaseFilters> {
  const ours = (name: string, rateLimit: JsonObject): JsonObject[] =>
    ourFilters(modulePath, name, { rateLimit });
  const filters: CaseFilters = {
    none: [],
    empty: [await none.bare("empty", { request: [] })],
    native: [localRateLimit(false)],
    "native headers": [localRateLimit(true)],
    ours: ours("ours", { limits: [limit(HOT_LIMIT)] }),
    "ours headers": ours("ours headers", { headers: "always", limits: [limit(HOT_LIMIT)] }),
  };
  for (const count of LIMIT_COUNTS) {
    filters[pathsCase(count)] = ours(pathsCase(count), { limits: limitsByPath(count) });
    filters[hostsCase(count)] = ours(hostsCase(count), { limits: limitsByHost(count) });
  }
  for (const count of KEY_COUNTS) {
    const most = { ...limit(HOT_LIMIT), maxKeys: 4 * count };
    filters[keysListener(count)] = ours(keysListener(count), { limits: [most] });
  }
  // The same limit for all of them, with room for the most.
  const maxKeys = Math.max(...KEY_COUNTS);
  const paged = { ...limit(HOT_LIMIT), capacity: CAPACITY_WITHOUT_LEASES, maxKeys };
  for (const count of [KEYS_OF_ONE, ...KEY_COUNTS]) {
    filters[pageCase(count)] = ours(pageCase(count), { limits: [paged] });
  }
  return filters;
}

/** One that never refuses, and whose buckets are never full again. */
function limit(name: string, match: JsonObject | null = null): JsonObject {
  const bucket = { name, key: [{ header: KEY_HEADER }], capacity: CAPACITY };
  const refill = `${CAPACITY}/s`;
  return match === null ? { ...bucket, refill } : { ...bucket, refill, match };
}

/** The one that applies stands in the middle. */
function limitsByPath(count: number): JsonObject[] {
  return Array.from({ length: count }, (_, i) => {
    const path = i === count >> 1 ? LOAD_PATH : `/v1/place/${i}`;
    return limit(`p${i}`, { path });
  });
}

function limitsByHost(count: number): JsonObject[] {
  return Array.from({ length: count }, (_, i) => {
    const host = i === count >> 1 ? AUTHORITY : `h${i}.example.org`;
    return limit(`h${i}`, { hosts: [host] });
  });
}

export function measuredCase(
  one: RateLimitCase,
  envoy: BenchEnvoy,
  requests: number,
  warmUpRequests: number,
): MeasuredCase {
  return {
    name: one.name,
    port: envoy.port(one.listener),
    path: LOAD_PATH,
    headers: Array.from({ length: one.keys }, (_, i) => ({ ...HEADERS, [KEY_HEADER]: `t${i}` })),
    requests,
    warmUpRequests: one.warmUpRequests ?? warmUpRequests,
    status: 200,
  };
}

/** Asks the case whether it does its work. */
export async function checkCase(one: RateLimitCase, measured: MeasuredCase): Promise<void> {
  const { response } = await askUpstream(measured.port, measured.headers[0] ?? {});
  requireAnswer(one.name, "status", response.status, 200);
  const shown = new Map(response.headers).get("ratelimit")?.split(";")[0];
  requireAnswer(
    one.name,
    "ratelimit",
    shown,
    one.shown === undefined ? undefined : `"${one.shown}"`,
  );
}
