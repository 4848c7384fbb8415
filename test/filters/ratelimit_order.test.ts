// Limits kept in Envoy and limits of stores outside, in one group: what is refused here costs
// nothing there, and what is refused there costs nothing here.

import { describe, expect, test } from "vitest";

import type { HeaderList, Stream } from "../../host-sim/src/index.ts";
import { IdealBucket } from "../support/ideal_bucket.ts";
import { SEED, seededRandom } from "../support/random.ts";
import { CODE } from "../support/rls_messages.ts";
import { answerCall, verdict } from "../support/rls_service.ts";
import type { Sent } from "../support/simulated_filter.ts";
import { requestOn, WAITING, waitingFor } from "../support/simulated_filter.ts";
import { countedLimits } from "./limit_counters.ts";
import { LIMIT, Rig } from "./redis_rig.ts";
import type { Answering } from "./rls_filter.ts";
import { start, STORES, UNAVAILABLE } from "./rls_filter.ts";

const LIMITED = "ratelimit:limited";
const OUTSIDE = { name: "outside", store: "service" };
const HERE = { name: "here", capacity: 3, refill: "0/s" };
/** More than what waits may be kept. */
const STREAMS_MAX = 8192;

interface Asked {
  stream: Stream;
  sent: () => Sent;
}

function ask({ filter }: Answering, headers: HeaderList = [], worker = 0): Asked {
  const stream = filter.open(worker);
  const came = waitingFor(stream);
  const first = requestOn(stream, headers);
  return { stream, sent: () => (first === WAITING ? (came() ?? WAITING) : first) };
}

const reasonOf = ({ sent }: Asked): string | null => sent().reason;

/** Answers all calls that were made since the last time. */
function tell({ service }: Answering, code: number): number {
  const calls = service.calls.splice(0);
  for (const call of calls) answerCall(call, verdict(code));
  return calls.length;
}

describe.each(["shared", "worker"])("a limit in the store %s", (store) => {
  const here = { ...HERE, store };

  test("refuses before a service is asked, wherever it stands", () => {
    for (const limits of [
      [OUTSIDE, here],
      [here, OUTSIDE],
    ]) {
      const on = start("hang", limits);
      const asked = Array.from({ length: 50 }, () => ask(on));
      expect(asked.filter((each) => each.sent() === WAITING)).toHaveLength(3);
      expect(asked.slice(3).every((each) => reasonOf(each) === LIMITED)).toBe(true);
      expect(tell(on, CODE.OK)).toBe(3);
      expect(asked.slice(0, 3).map(reasonOf)).toEqual([null, null, null]);
      const counted = { "allowed here": 3, "limited here": 47, "allowed outside": 3 };
      expect(countedLimits(on.filter)).toEqual(counted);
    }
  });

  test("refuses before Redis is asked", async () => {
    const rig = new Rig({ limits: [LIMIT, { ...here, capacity: 0 }] });
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(0);
  });

  test("has its tokens back when the service refuses, and counts nothing", () => {
    const on = start("hang", [OUTSIDE, here]);
    for (let round = 0; round < 20; round++) {
      const asked = ask(on);
      on.filter.advance(0.01);
      tell(on, CODE.OVER_LIMIT);
      expect(reasonOf(asked)).toBe(LIMITED);
    }
    const last = [ask(on), ask(on), ask(on), ask(on)];
    tell(on, CODE.OK);
    expect(last.map(reasonOf)).toEqual([null, null, null, LIMITED]);
    expect(countedLimits(on.filter)).toEqual({
      "allowed here": 3,
      "limited here": 1,
      "allowed outside": 3,
      "limited outside": 20,
    });
  });

  test("has them all back, leased ones too", () => {
    const on = start("hang", [OUTSIDE, { ...here, capacity: 640 }]);
    for (let round = 0; round < 300; round++) {
      const asked = [ask(on)];
      on.filter.advance(0.000_001);
      asked.push(ask(on));
      on.filter.advance(0.001);
      tell(on, CODE.OVER_LIMIT);
      expect(asked.map(reasonOf)).toEqual([LIMITED, LIMITED]);
    }
    const last = Array.from({ length: 700 }, () => ask(on));
    tell(on, CODE.OK);
    expect(last.filter((each) => reasonOf(each) === null)).toHaveLength(640);
  });

  test("is charged once however often the request is walked", async () => {
    // A second call to Redis, for what the first one does not bring.
    const rig = new Rig({
      limits: [
        { ...LIMIT, capacity: 20 },
        { ...here, capacity: 20 },
      ],
    });
    rig.webdis.held = [];
    const asked = Array.from({ length: 20 }, () => rig.ask());
    expect(rig.ask().sent().reason).toBe(LIMITED);
    await rig.pass(0.02);
    rig.webdis.release();
    await rig.pass(0.02);
    expect(asked.map((each) => each.sent().reason)).toEqual(asked.map(() => null));
  });

  test("is charged once by those whose store does not answer in time", () => {
    const on = start("hang", [{ ...OUTSIDE, onStoreFailure: "allow" }, here]);
    const asked = [ask(on), ask(on)];
    for (let i = 0; i < 60; i++) {
      on.filter.advance(0.1);
      on.filter.host.runTimers();
    }
    expect(asked.map(reasonOf)).toEqual([null, null]);
    expect(countedLimits(on.filter)).toEqual({ "allowed here": 2, "store_error outside": 2 });
    const next = [ask(on), ask(on)];
    expect(reasonOf(next[1] ?? ask(on))).toBe(LIMITED);
  });

  test("has its tokens back from those that the failure refuses", () => {
    const on = start({ status: 14 }, [OUTSIDE, { ...here, refill: "1/d" }]);
    on.service.answer = "hang";
    for (let i = 0; i < 4; i++) {
      const asked = ask(on);
      for (const call of on.service.calls.splice(0)) call.fail(14);
      expect(reasonOf(asked)).toBe(UNAVAILABLE);
    }
    const asked = [ask(on), ask(on), ask(on), ask(on)];
    expect(asked.map(reasonOf)).toEqual(["waits", "waits", "waits", LIMITED]);
  });

  test("has given its tokens to those that go while they wait", () => {
    const on = start("hang", [OUTSIDE, here]);
    for (const each of [ask(on), ask(on)]) each.stream.close();
    const last = [ask(on), ask(on)];
    expect(last.map(reasonOf)).toEqual(["waits", LIMITED]);
  });

  test("is charged once over a push", () => {
    const on = start("hang", [OUTSIDE, here]);
    const asked = ask(on);
    const limits = [OUTSIDE, here, { ...here, name: "more", capacity: 100 }];
    on.filter.plugin.update(JSON.stringify({ rateLimit: { stores: STORES, limits } }));
    tell(on, CODE.OK);
    expect(reasonOf(asked)).toBeNull();
    const last = [ask(on), ask(on), ask(on)];
    expect(last.map(reasonOf)).toEqual(["waits", "waits", LIMITED]);
  });

  test("of no cost is looked at first, and refuses nothing", () => {
    const on = start("hang", [OUTSIDE, { ...here, cost: 0 }], { headers: "always" });
    const asked = ask(on);
    tell(on, CODE.OK);
    expect(reasonOf(asked)).toBeNull();
    const counted = { "allowed here": 1, "allowed outside": 1 };
    expect(countedLimits(on.filter)).toEqual(counted);
  });

  test("in shadow lets others be asked, is taken from once and tells once", () => {
    const shadow = { ...here, name: "tried", capacity: 1, shadow: true };
    const on = start("hang", [OUTSIDE, here, shadow]);
    const asked = [ask(on), ask(on)];
    tell(on, CODE.OK);
    expect(asked.map(reasonOf)).toEqual([null, null]);
    const tags = asked.map((each) => each.sent().headers.get("x-sallyport-shadow"));
    expect(tags).toEqual([undefined, "tried"]);
    expect(countedLimits(on.filter)).toEqual({
      "allowed here": 2,
      "allowed outside": 2,
      "allowed tried": 1,
      "shadow tried": 1,
    });
  });

  test("is charged once where no more streams can be kept", () => {
    const match = { path: "/kept" };
    const shown = { name: "shown", match, capacity: 100_000, refill: "0/s", store: "worker" };
    const limits = [{ ...OUTSIDE, onStoreFailure: "allow" }, here].map((each) => ({
      ...each,
      match: { path: "/" },
    }));
    const on = start("hang", [shown, ...limits], { headers: "always" });
    for (let i = 0; i < STREAMS_MAX; i++) requestOn(on.filter.open(), [], "/kept");
    const asked = Array.from({ length: 4 }, () => ask(on));
    expect(asked.map(reasonOf)).toEqual([null, null, null, LIMITED]);
    const { "allowed shown": kept, ...counted } = countedLimits(on.filter);
    expect(kept).toBe(STREAMS_MAX);
    expect(counted).toEqual({
      "allowed here": 3,
      "limited here": 1,
      "store_error outside": 3,
    });
  });
});

describe("any run", () => {
  const RUNS = [
    ["shared", 5, "100/s"],
    ["shared", 640, "2000/s"],
    ["worker", 5, "100/s"],
    ["worker", 64, "10/s"],
  ] as const;
  test.each(RUNS)("in %s of %i at %s admits no more than the bucket gives", (store, ...terms) => {
    const [capacity, refill] = terms;
    const random = seededRandom(SEED);
    const on = start("hang", [OUTSIDE, { name: "here", store, capacity, refill }]);
    const ideal = new IdealBucket(capacity, Number(refill.slice(0, -2)), 0);
    const taken: { at: bigint; asked: Asked }[] = [];
    let waiting: Asked[] = [];
    let now = 0n;
    for (let step = 0; step < 4000; step++) {
      for (let i = random.below(random.pick([2, 4, 40])); i > 0; i--) {
        const asked = ask(on);
        if (asked.sent() !== WAITING) continue;
        taken.push({ at: now, asked });
        waiting.push(asked);
      }
      const microseconds = random.below(random.pick([2, 1000, 20_000, 400_000]));
      on.filter.advance(microseconds / 1e6);
      now += BigInt(microseconds);
      if (random.below(3) === 0) on.filter.host.runTimers();
      if (random.below(2) === 0) continue;
      for (const call of on.service.calls.splice(0)) {
        answerCall(call, verdict(random.below(2) === 0 ? CODE.OK : CODE.OVER_LIMIT));
      }
      for (const { stream } of waiting) stream.close();
      waiting = [];
    }
    const passed = taken.filter(({ asked }) => reasonOf(asked) === null);
    expect(passed.length).toBeGreaterThan(capacity);
    expect(passed.filter(({ at }) => !ideal.take(1, at))).toEqual([]);
  });
});
