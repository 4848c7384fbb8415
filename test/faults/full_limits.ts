// Limits of every kind, and what the stores behind them answer: the name of a limit says it.

import type { GrpcCall, HttpCall } from "../../host-sim/src/index.ts";
import { answerCall as answerHttp } from "../support/key_server.ts";
import { CODE, decodeRequest } from "../support/rls_messages.ts";
import { answerCall as answerGrpc, verdict } from "../support/rls_service.ts";
import { readCommand, reply } from "../support/simulated_webdis.ts";

export const WEBDIS = "webdis";
export const SERVICE = "limits";

/** Half a second: whoever waits for an answer sees some ticks. */
const TIMEOUT = "500ms";
const LARGE = { capacity: 1_000_000, refill: "1000000/s" };
const NONE = { capacity: 0, refill: "0/s" };
/** Each request is another one's first. */
const UNIQUE = { header: "x-n" };

const STORES = {
  redis: { redis: { cluster: WEBDIS, timeout: TIMEOUT } },
  credit: { redis: { cluster: WEBDIS, timeout: TIMEOUT, onColdKey: "pass" } },
  rls: { rls: { cluster: SERVICE, domain: "full", timeout: TIMEOUT } },
};

/** Limits that apply to every request. */
const GENERAL = [
  { name: "workload", key: [{ claim: "sub" }], ...LARGE },
  {
    name: "address",
    key: [{ clientAddress: {} }, { path: true }, { header: "x-trace-id" }],
    ...LARGE,
  },
  {
    name: "organisation",
    key: [
      { claim: ["org", "id"], default: "0" },
      { text: "x" },
      { pathTemplate: "/v1/{tenant}/*", onMissing: "skip" },
    ],
    cost: { claim: "level", max: 9 },
    store: "worker",
    ...LARGE,
  },
  // Its store may fail and every request passes: no other limit does so.
  {
    name: "credit.ok.general",
    key: [{ method: true }, { host: true }, { query: "q" }, { cookie: "session" }, UNIQUE],
    cost: { header: "x-cost", max: 5 },
    store: "credit",
    onStoreFailure: "allow",
    ...LARGE,
  },
  {
    name: "readers",
    match: {
      methods: ["GET", "POST"],
      hosts: ["example.test", "*.example.org"],
      claims: [
        { claim: "scope", prefix: "read" },
        { claim: "verified", present: true },
      ],
    },
    shadow: true,
    ...NONE,
  },
];

/** Paths that are free for all, but for their limits, and below them those that want a token. */
export const LIMITED = "/limited";
export const CLAIMED = "/limited/claimed";

const on = (path: string): object => ({ match: { path } });

/** Limits without a store outside, each on a path of its own. */
const OWN = [
  { name: "closed", ...on(`${LIMITED}/closed`), ...NONE },
  { name: "closed-here", ...on(`${LIMITED}/closed-here`), store: "worker", ...NONE },
  { name: "tried", ...on(`${LIMITED}/tried`), shadow: true, ...NONE },
  {
    name: "keyed",
    ...on(`${LIMITED}/keyed`),
    key: [{ header: "x-tenant", onMissing: "deny" }],
    ...LARGE,
  },
  {
    name: "costly",
    ...on(`${LIMITED}/costly`),
    cost: { header: "x-cost", max: 100, onInvalid: "deny" },
    ...LARGE,
  },
  { name: "drained", ...on(`${LIMITED}/drained`), capacity: 1, refill: "0/s" },
  {
    name: "drained-here",
    ...on(`${LIMITED}/drained-here`),
    store: "worker",
    capacity: 1,
    refill: "0/s",
  },
  {
    name: "level",
    match: { prefix: CLAIMED, claims: [{ claim: "level", equals: "7" }] },
    key: [{ claim: "none", onMissing: "skip" }],
    ...NONE,
  },
  {
    name: "members",
    match: { path: `${CLAIMED}/members`, claims: [{ claim: ["org", "id"], in: ["7"] }] },
    ...NONE,
  },
];

/** What becomes of requests while the store fails; `closed` and `open` are two kinds of `local`. */
type Failing = "deny" | "allow" | "closed" | "open";
type StoreName = keyof typeof STORES;
/** What a store does about the limits whose names say so. */
const ANSWERS = ["ok", "over", "late", "hang", "garbage", "reset", "refuse"] as const;
type AnswerName = (typeof ANSWERS)[number];

export interface StoreLimit {
  name: string;
  path: string;
  answer: AnswerName;
  failing: Failing;
}

const isOf = (one: StoreLimit, store: StoreName): boolean => one.name.startsWith(`${store}.`);

function storeLimit(store: StoreName, answer: AnswerName, failing: Failing): StoreLimit {
  const name = `${store}.${answer}.${failing}`;
  return { name, path: `${LIMITED}/${name}`, answer, failing };
}

/** The limit on what a token says; more than one may be on a path. */
function claimed(store: StoreName, answer: AnswerName, path = ""): StoreLimit {
  const name = `${store}.${answer}.claimed${path === "" ? "" : `-${path}`}`;
  return { name, path: `${CLAIMED}/${path === "" ? name : path}`, answer, failing: "deny" };
}

export const STORE_LIMITS: readonly StoreLimit[] = [
  storeLimit("redis", "ok", "deny"),
  storeLimit("redis", "over", "deny"),
  storeLimit("redis", "over", "allow"),
  storeLimit("redis", "over", "open"),
  storeLimit("redis", "late", "deny"),
  storeLimit("redis", "hang", "deny"),
  storeLimit("redis", "hang", "allow"),
  storeLimit("redis", "garbage", "deny"),
  storeLimit("redis", "reset", "open"),
  storeLimit("redis", "refuse", "deny"),
  storeLimit("credit", "ok", "deny"),
  storeLimit("credit", "refuse", "deny"),
  storeLimit("rls", "ok", "deny"),
  storeLimit("rls", "over", "deny"),
  storeLimit("rls", "over", "allow"),
  storeLimit("rls", "over", "closed"),
  storeLimit("rls", "late", "deny"),
  storeLimit("rls", "hang", "deny"),
  storeLimit("rls", "hang", "closed"),
  storeLimit("rls", "garbage", "deny"),
  storeLimit("rls", "garbage", "closed"),
  storeLimit("rls", "reset", "allow"),
  storeLimit("rls", "refuse", "open"),
];

export const CLAIM_LIMITS: readonly StoreLimit[] = [
  claimed("redis", "ok"),
  claimed("redis", "over"),
  claimed("rls", "ok"),
  claimed("rls", "over"),
  // Three waits of one request.
  claimed("redis", "ok", "chain"),
  claimed("rls", "ok", "chain"),
];
const CHAINED: StoreLimit = {
  name: "rls.ok.chained",
  path: `${CLAIMED}/chain`,
  answer: "ok",
  failing: "deny",
};

/** A limit whose key names it, which is how a service knows it. */
function limitOf(one: StoreLimit): object {
  const { name, path, failing } = one;
  const isClaimed = CLAIM_LIMITS.includes(one);
  const store = name.split(".", 1)[0] ?? "";
  const isLocal = failing === "closed" || failing === "open";
  // What a service keeps has no capacity here, but for the time in which it fails.
  const bucket = isLocal || !isOf(one, "rls") ? (failing === "closed" ? NONE : LARGE) : {};
  return {
    name,
    match: { path },
    key: [{ text: name, as: "limit" }, UNIQUE, ...(isClaimed ? [{ claim: "sub" }] : [])],
    store,
    onStoreFailure: isLocal ? "local" : failing,
    ...bucket,
  };
}

export const ALL_STORE_LIMITS: readonly StoreLimit[] = [...STORE_LIMITS, ...CLAIM_LIMITS, CHAINED];
/** Some of each kind. */
export const FEW_STORE_LIMITS = ALL_STORE_LIMITS.filter(({ name }) =>
  /^(redis|credit|rls)\.ok\.(deny|claimed)$|^rls\.over\.closed$/.test(name),
);

/** The section `rateLimit`. `showsLimits` keeps a place for each stream until its response. */
export function fullLimits(showsLimits: boolean, storeLimits: readonly StoreLimit[]) {
  return {
    headers: showsLimits ? "always" : "refused",
    xRateLimitHeaders: showsLimits,
    nodes: 2,
    stores: STORES,
    limits: [...GENERAL, ...OWN, ...storeLimits.map(limitOf)],
  };
}

const GARBAGE = Uint8Array.of(8, 2, 255, 255, 255, 255, 255, 255);

function answerNamed(name: string): AnswerName {
  const word = name.split(".")[1];
  const found = ANSWERS.find((each) => each === word);
  if (found === undefined) throw new Error(`no answer in ${name}`);
  return found;
}

/** Webdis, and the service: they answer when `turn` is called, the late ones the second time. */
export class FullStores {
  #due: { turns: number; give: () => void }[] = [];

  #queue(answer: AnswerName, give: () => void): void {
    if (answer !== "hang") this.#due.push({ turns: answer === "late" ? 2 : 1, give });
  }

  readonly dispatchHttp = (call: HttpCall): void => {
    const { key, name, most } = readCommand(call);
    const answer = answerNamed(key.split(":")[2] ?? "");
    if (answer === "refuse") call.reset();
    this.#queue(answer, () => {
      if (answer === "reset") answerHttp(call, "reset");
      else if (answer === "garbage") answerHttp(call, { body: GARBAGE });
      else answerHttp(call, reply(name, answer === "over" ? [0, 0, 60_000] : [most, 1000, 0]));
    });
  };

  readonly dispatchGrpc = (call: GrpcCall): void => {
    const names = decodeRequest(call.message).descriptors.map(({ entries }) => entries[0]?.[1]);
    // Limits of one path are of one mind.
    const answer = answerNamed(names[0] ?? "");
    if (answer === "refuse") call.fail(14);
    this.#queue(answer, () => {
      if (answer === "reset") answerGrpc(call, { status: 14 });
      else if (answer === "garbage") answerGrpc(call, GARBAGE);
      else
        answerGrpc(
          call,
          verdict(...names.map(() => (answer === "over" ? CODE.OVER_LIMIT : CODE.OK))),
        );
    });
  };

  /** Gives the answers that are due. */
  turn(): void {
    const due = this.#due;
    this.#due = [];
    for (const one of due) {
      if (--one.turns === 0) one.give();
      else this.#due.push(one);
    }
  }
}
