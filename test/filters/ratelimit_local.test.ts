// onStoreFailure: local, whichever store it is that fails.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { settle } from "../support/key_server.ts";
import { allOk, RlsService } from "../support/rls_service.ts";
import type { Sent } from "../support/simulated_filter.ts";
import {
  loadShippedModule,
  requestOn,
  Simulated,
  waitingFor,
} from "../support/simulated_filter.ts";
import { SimulatedWebdis } from "../support/simulated_webdis.ts";
import { countedLimits } from "./limit_counters.ts";

const module = await loadShippedModule();
const LIMITED = "ratelimit:limited";
const STORES = {
  redis: { redis: { cluster: "webdis" } },
  rls: { rls: { cluster: "limits", domain: "edge" } },
};
const KINDS = ["shared", "redis", "rls"] as const;
type Kind = (typeof KINDS)[number];
/** Longer than any breaker stays open. */
const OPEN_SECONDS_MAX = 30;

/** A filter whose three stores fail and work as the test says. */
class Failing {
  readonly #webdis = new SimulatedWebdis();
  readonly #service = new RlsService(allOk);
  readonly filter: Simulated;
  #isBroken = false;

  constructor(limits: object[], section: object = {}) {
    this.filter = new Simulated(module, {
      configuration: {
        rateLimit: {
          stores: STORES,
          onStoreFailure: "local",
          nodes: 4,
          headers: "always",
          xRateLimitHeaders: true,
          ...section,
          limits,
        },
      },
      clusters: ["webdis", "limits"],
      dispatch: this.#webdis.dispatch,
      dispatchGrpc: this.#service.dispatch,
      faults: ({ name, phase }) =>
        this.#isBroken && name === "proxy_get_shared_data" && phase !== "configure"
          ? Status.INTERNAL_FAILURE
          : undefined,
    });
    this.setBroken(true);
  }

  /** Calls that were made. */
  get calls(): number {
    return this.#webdis.commands.length + this.#service.calls.length;
  }

  setBroken(isBroken: boolean): void {
    this.#isBroken = isBroken;
    this.#webdis.answer = isBroken ? { status: 503 } : "run";
    this.#service.answer = isBroken ? { status: 14 } : allOk;
  }

  advance(seconds: number): void {
    this.filter.advance(seconds);
    this.#webdis.milliseconds += Math.round(1000 * seconds);
  }

  /** What comes of a request; fields are those of its response when it passed. */
  async send(headers: HeaderList = []): Promise<Sent> {
    const stream = this.filter.open();
    const came = waitingFor(stream);
    const first = requestOn(stream, headers);
    await settle();
    const sent = came() ?? first;
    if (sent.reason !== null) {
      stream.close();
      return sent;
    }
    const result = stream.responseHeaders([[":status", "200"]], true);
    stream.close();
    if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
    return { ...sent, headers: new Map(result.headers) };
  }

  async reasons(times: number, headers: HeaderList = []): Promise<(string | null)[]> {
    const reasons = [];
    for (let i = 0; i < times; i++) {
      // A key is not asked for twice at one time.
      this.advance(0.001);
      reasons.push((await this.send(headers)).reason);
    }
    return reasons;
  }
}

const limitOf = (kind: Kind, members: object = {}): object => ({
  name: "one",
  key: [{ text: "", ...(kind === "rls" ? { as: "all" } : {}) }],
  capacity: 8,
  refill: "8/m",
  store: kind,
  ...members,
});

const told = ({ headers }: Sent): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => /ratelimit|retry/.test(name)));

describe.each(KINDS)("a limit of %s whose store fails", (kind) => {
  const policy = { "ratelimit-policy": '"one";q=8;w=60', "x-ratelimit-limit": "8" };

  test("tells the numbers of its part of the limit, and counts both", async () => {
    const on = new Failing([limitOf(kind)]);
    // A service's limits are its own, and nothing is told of them.
    const whole = kind === "rls" ? {} : policy;
    expect(told(await on.send())).toEqual({
      ratelimit: '"one";r=1;t=30',
      "x-ratelimit-remaining": "1",
      "x-ratelimit-reset": "30",
      ...whole,
    });
    on.advance(15);
    expect((await on.send()).headers.get("ratelimit")).toBe('"one";r=0;t=15');
    const refused = await on.send();
    expect(refused).toMatchObject({ status: 429, reason: LIMITED });
    expect(told(refused)).toEqual({
      ratelimit: '"one";r=0;t=15',
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": "15",
      "retry-after": "15",
      "x-envoy-ratelimited": "true",
      ...whole,
    });
    on.advance(15);
    expect((await on.send()).reason).toBeNull();
    expect(countedLimits(on.filter)).toEqual({
      "store_error one": 4,
      "allowed one": 3,
      "limited one": 1,
    });
  });

  test("is the store's again when that works", async () => {
    const on = new Failing([limitOf(kind, { refill: "0/s" })]);
    const reasons = await on.reasons(10);
    expect(reasons).toEqual([null, null, ...Array<string>(8).fill(LIMITED)]);
    // The breaker: the others did not ask.
    expect(on.calls).toBe(kind === "shared" ? 0 : 5);
    on.setBroken(false);
    on.advance(OPEN_SECONDS_MAX);
    expect(await on.reasons(8)).toEqual(Array<null>(8).fill(null));
    const last = kind === "rls" ? null : LIMITED;
    expect((await on.send()).reason).toBe(last);
    expect(countedLimits(on.filter)).toMatchObject({ "store_error one": 10 });
    on.setBroken(true);
    // What was taken of its part is still taken, and what of a lease is left is used first.
    expect(await on.reasons(4)).toEqual(Array<string>(4).fill(LIMITED));
  });

  test("never meets a cost above its part, and says no time for it", async () => {
    const on = new Failing([limitOf(kind, { cost: 3 })]);
    const refused = await on.send();
    expect(refused).toMatchObject({ status: 429, reason: LIMITED });
    expect(refused.headers.get("ratelimit")).toBe('"one";r=2');
    expect(refused.headers.has("retry-after")).toBe(false);
    on.setBroken(false);
    expect(await on.reasons(1)).toEqual([null]);
  });

  test("is one token where it is divided by more nodes than it has", async () => {
    const on = new Failing([limitOf(kind)], { nodes: 9 });
    expect(await on.reasons(2)).toEqual([null, LIMITED]);
  });

  test("is all of it without nodes", async () => {
    const on = new Failing([limitOf(kind, { capacity: 3 })], { nodes: 1 });
    expect(await on.reasons(4)).toEqual([null, null, null, LIMITED]);
  });

  test("takes from all limits or from none", async () => {
    const on = new Failing([
      limitOf(kind, { name: "wide" }),
      limitOf(kind, { name: "narrow", key: [{ header: "x-user", as: "user" }], capacity: 4 }),
    ]);
    const send = async (user: string): Promise<string | undefined> => {
      const { reason, headers } = await on.send([["x-user", user]]);
      return reason === null ? "passed" : headers.get("ratelimit")?.split(";")[0];
    };
    expect([await send("a"), await send("a"), await send("b"), await send("c")]).toEqual([
      "passed",
      '"narrow"',
      "passed",
      '"wide"',
    ]);
  });

  test("passes where it is tried out, and counts that it would not", async () => {
    const on = new Failing([limitOf(kind, { shadow: true })]);
    expect(await on.reasons(3)).toEqual([null, null, null]);
    expect(countedLimits(on.filter)).toEqual({
      "store_error one": 3,
      "allowed one": 2,
      "shadow one": 1,
    });
  });
});

test("a limit that fails leaves those of other stores alone", async () => {
  const on = new Failing([
    limitOf("redis", { name: "far", capacity: 4 }),
    limitOf("shared", { name: "near", onStoreFailure: "deny", store: "worker" }),
  ]);
  expect(await on.reasons(3)).toEqual([null, LIMITED, LIMITED]);
  expect(countedLimits(on.filter)).toEqual({
    "store_error far": 3,
    "allowed far": 1,
    "limited far": 2,
    "allowed near": 1,
  });
});
