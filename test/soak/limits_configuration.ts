// Configurations with limits of every store and keys of every kind; `variant` chooses capacities,
// names and stores.

import type { TestKey } from "../support/tokens.ts";

export const WEBDIS = "webdis";
export const SERVICE = "limits";
export const AUDIENCE = "soak";
/** Keys for which a shared limit has one page (assembly/core/limits.ts). */
const PAGE_KEYS = 16;
/** Every configuration is one of so many. */
const VARIANTS = 60;

const LARGE = { capacity: 1_000_000, refill: "1000000/s" };
const CAPACITIES = [1_000_000, 640_000, 6400, 64_000];

interface LimitMembers {
  name: string;
  store?: string | undefined;
  capacity?: number | undefined;
  maxKeys?: number;
  [other: string]: unknown;
}

/** Limits that apply to every request: one has leases, the other sums up. */
function general(variant: number): LimitMembers[] {
  return [
    {
      name: `leased-${variant % 3}`,
      key: [{ header: "x-tenant" }],
      capacity: CAPACITIES[variant % CAPACITIES.length],
      refill: "1000000/s",
      maxKeys: 4 * PAGE_KEYS,
    },
    {
      name: "agent",
      key: [{ cookie: "session" }, { query: "q" }, { method: true }, { host: true }],
      ...LARGE,
      store: "worker",
    },
    {
      name: `subject-${variant % 2}`,
      key: [{ claim: "sub" }],
      ...LARGE,
      maxKeys: PAGE_KEYS,
    },
    { name: "tried", key: [{ text: "all" }], capacity: 0, refill: "0/s", shadow: true, maxKeys: 1 },
  ];
}

const on = (prefix: string): object => ({ match: { prefix } });

/** Limits kept in Envoy, each on requests of its own. */
function own(variant: number): LimitMembers[] {
  return [
    {
      name: "address",
      ...on("/small"),
      key: [{ clientAddress: {} }],
      capacity: 20 + (variant % 5),
      refill: "1000/s",
      maxKeys: 2 * PAGE_KEYS,
    },
    {
      name: "template",
      match: { template: "/small/{tenant}/*" },
      key: [{ pathTemplate: "/small/{tenant}/*" }, { path: true }],
      cost: { header: "x-cost", max: 5, onInvalid: "deny" },
      capacity: 10,
      refill: "500/s",
      maxKeys: PAGE_KEYS,
    },
    {
      name: "keyed",
      ...on("/keyed"),
      key: [{ header: "x-key", onMissing: "deny" }],
      ...LARGE,
      store: "worker",
    },
    { name: "closed", ...on("/closed"), capacity: 0, refill: "0/s", maxKeys: 1 },
  ];
}

const MOVED = ["shared", "redis", "worker", "service"];

/** Limits kept elsewhere. */
function elsewhere(variant: number): LimitMembers[] {
  const onStoreFailure = ["deny", "allow", "local"][variant % 3];
  const movedTo = MOVED[variant % MOVED.length];
  return [
    {
      name: "account",
      ...on("/redis"),
      key: [{ claim: "sub" }, { header: "x-n" }],
      capacity: CAPACITIES[variant % CAPACITIES.length],
      refill: "1000/s",
      store: "redis",
      onStoreFailure,
    },
    { name: "credit", ...on("/credit"), key: [{ header: "x-n" }], ...LARGE, store: "credit" },
    { name: "verdict", ...on("/rls"), key: [{ header: "x-n" }, { path: true }], store: "service" },
    {
      name: "verdict-of-subject",
      ...on("/rls/claimed"),
      key: [{ claim: "sub" }],
      // Of a service's limit this is what stands in for it.
      ...(onStoreFailure === "local" ? LARGE : {}),
      store: "service",
      onStoreFailure,
    },
    {
      name: "moved",
      ...on("/moved"),
      key: [{ header: "x-tenant" }],
      ...(movedTo === "service" ? {} : LARGE),
      store: movedTo,
      maxKeys: 2 * PAGE_KEYS,
    },
  ];
}

const limitsOf = (variant: number): LimitMembers[] => [
  ...general(variant),
  ...own(variant),
  ...elsewhere(variant),
];

export function configuration(variant: number, key: TestKey): string {
  const isShown = variant % 2 === 0;
  return JSON.stringify({
    jwt: {
      providers: { soak: { audiences: [AUDIENCE], keys: { inline: { keys: [key.jwk] } } } },
      rules: [{ match: { prefix: "/" }, require: { optional: "soak" } }],
    },
    rateLimit: {
      headers: isShown ? "always" : "refused",
      xRateLimitHeaders: variant % 3 === 0,
      errors: ["json", "problem", "google"][variant % 3],
      nodes: 1 + (variant % 4),
      stores: {
        redis: { redis: { cluster: WEBDIS, timeout: `${20 + (variant % 30)}ms` } },
        credit: { redis: { cluster: WEBDIS, onColdKey: "pass" } },
        service: { rls: { cluster: SERVICE, domain: `soak-${variant % 5}` } },
      },
      limits: limitsOf(variant),
    },
  });
}

/**
 * Keys that all configurations together have in shared data: pages, and the seed. A limit of
 * nothing writes none.
 */
export function sharedKeys(): number {
  const pages = new Map<string, number>();
  for (let variant = 0; variant < VARIANTS; variant++) {
    for (const { name, store = "shared", capacity, maxKeys = 0 } of limitsOf(variant)) {
      if (store === "shared" && capacity !== 0) pages.set(name, Math.ceil(maxKeys / PAGE_KEYS));
    }
  }
  return [...pages.values()].reduce((sum, count) => sum + count, 1);
}
