// Kinds of requests that limits decide about.

import type { HeaderList } from "../../host-sim/src/index.ts";
import { forgedToken, goodToken, hostileHeaders } from "./full_configuration.ts";
import { CHECKED, SPIRE_IDENTITY } from "./full_filter.ts";
import type { StoreLimit } from "./full_limits.ts";
import { CLAIM_LIMITS, CLAIMED, LIMITED, STORE_LIMITS } from "./full_limits.ts";
import type { Kind } from "./kinds.ts";

const REFUSED = "ratelimit:limited";
const UNAVAILABLE = "ratelimit:unavailable";

function to(path: string, added: HeaderList = []): () => HeaderList {
  return () => {
    const names = new Set(added.map(([name]) => name));
    return [...hostileHeaders(null, path).filter(([name]) => !names.has(name)), ...added];
  };
}

/** A limit that no fault may let anybody pass. */
function shut(name: string, path: string, reason: string, added: HeaderList = []): Kind {
  return { name, headers: to(path, added), reason, identity: CHECKED, faultsMin: 65 };
}

/** Limits that are kept in Envoy. */
export const OWN_KINDS: readonly Kind[] = [
  shut("a limit of nothing", `${LIMITED}/closed`, REFUSED),
  shut("a limit of nothing in each worker", `${LIMITED}/closed-here`, REFUSED),
  shut("a bucket that is empty", `${LIMITED}/drained`, REFUSED),
  shut("a bucket of a worker that is empty", `${LIMITED}/drained-here`, REFUSED),
  shut("a key that is missing", `${LIMITED}/keyed`, "ratelimit:key_missing"),
  shut("a cost that is none", `${LIMITED}/costly`, "ratelimit:cost_invalid", [["x-cost", "all"]]),
  shut("a path that could be any", `${LIMITED}/a%2f../closed`, "ratelimit:target_refused"),
  {
    name: "a limit that is tried out",
    headers: to(`${LIMITED}/tried`),
    reason: null,
    identity: CHECKED,
    faultsMin: 91,
  },
  {
    name: "a key and a cost",
    headers: to(`${LIMITED}/keyed`, [["x-tenant", "t"]]),
    reason: null,
    identity: CHECKED,
    faultsMin: 91,
  },
  {
    name: "a limit of nothing for some of those who are known",
    headers: () => hostileHeaders(goodToken(), `${CLAIMED}/members`),
    reason: REFUSED,
    faultsMin: 200,
  },
  {
    name: "those who are not known",
    headers: () => hostileHeaders(forgedToken(), `${CLAIMED}/members`),
    reason: "jwt:signature_invalid",
    faultsMin: 91,
  },
];

/** What a limit does when its store does its part, or fails as its name says. */
function reasonOf({ answer, failing }: StoreLimit): string | null {
  if (answer === "ok" || answer === "late") return null;
  if (answer === "over") return REFUSED;
  if (failing === "deny") return UNAVAILABLE;
  return failing === "closed" ? REFUSED : null;
}

function storeKind(limit: StoreLimit): Kind {
  const isClaimed = CLAIM_LIMITS.includes(limit);
  return {
    name: `${limit.name} on ${limit.path}`,
    headers: () => hostileHeaders(isClaimed ? goodToken() : null, limit.path),
    reason: reasonOf(limit),
    identity: isClaimed ? SPIRE_IDENTITY : CHECKED,
    failsOpen: limit.failing === "allow" || limit.failing === "open",
    faultsMin: 91,
  };
}

/** Limits that are kept elsewhere. */
export const STORE_KINDS: readonly Kind[] = STORE_LIMITS.map(storeKind);
export const CLAIM_KINDS: readonly Kind[] = [
  ...CLAIM_LIMITS.filter(({ path }) => !path.endsWith("/chain")),
  ...CLAIM_LIMITS.filter(({ path }) => path.endsWith("/chain")).slice(0, 1),
].map(storeKind);
/** One for each store, whose success closes its breaker. */
export const HEALTHY_KINDS: readonly Kind[] = STORE_LIMITS.filter(
  ({ answer, failing }) => answer === "ok" && failing === "deny",
).map(storeKind);
