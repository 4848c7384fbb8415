// Leases: what a hot bucket costs, what workers hold back from each other, and what becomes of
// tokens that nobody uses.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HostCall } from "../../host-sim/src/index.ts";
import { seededRandom } from "../support/random.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { countedLimits } from "./limit_counters.ts";

const module = await loadShippedModule();
const TOKEN = 86_400_000_000n;
const EPOCH_SECONDS = 2 ** 19 / 1e6;

interface Shape {
  capacity: number;
  refill?: string;
  key?: object[];
  cost?: number;
  maxKeys?: number;
}

interface Setting {
  workers?: number;
  faults?: (call: HostCall) => Status | undefined;
}

const limit = (shape: Shape, name = "one"): object => ({
  name,
  key: [{ text: "all" }],
  refill: "0/s",
  ...shape,
});
const configuration = (limits: object[]): object => ({ rateLimit: { limits } });

function filter(limits: object[], setting: Setting = {}): Simulated {
  return new Simulated(module, { configuration: configuration(limits), ...setting });
}

/** Sends until one is refused; returns how many passed. */
function burst(on: Simulated, worker = 0): number {
  for (let passed = 0; ; passed++) if (on.send([], worker).reason !== null) return passed;
}

interface Slot {
  level: bigint;
  now: number;
  before: number;
}

/** The first slot of the only page of a limit. */
function slotOf(on: Simulated, name = "one"): Slot {
  const [key] = on.keys().filter((each) => each.startsWith(`sallyport/rl2/${name}/`));
  if (key === undefined) throw new Error(`no page of ${name}`);
  const page = on.shared(key);
  const view = new DataView(page.buffer, page.byteOffset);
  return {
    level: view.getBigUint64(40, true),
    now: view.getUint32(56, true),
    before: view.getUint32(60, true),
  };
}

/** Runs the ticks that are due while time passes in steps of 50 ms. */
function pass(on: Simulated, seconds: number): void {
  for (let left = seconds; left > 0.001; left -= 0.05) {
    on.advance(0.05);
    on.host.runTimers();
  }
}

describe("a hot bucket", () => {
  test("is served from the lease: beside the headers a request costs the clock", () => {
    const on = filter([limit({ capacity: 1_000_000, refill: "1000000/s" })]);
    for (let i = 0; i < 400; i++) on.send();
    expect(Object.fromEntries(on.callsOf())).toEqual({
      proxy_get_header_map_pairs: 1,
      clock_time_get: 1,
    });
  });

  test("asks shared data once in 5 ms or less often", () => {
    const on = filter([limit({ capacity: 1_000_000, refill: "1000000/s" })]);
    const send = (): void => {
      on.advance(0.000_05);
      on.send();
    };
    for (let i = 0; i < 2000; i++) send();
    const sets = (): number => on.host.hostCallsByName().get("proxy_set_shared_data") ?? 0;
    const before = sets();
    for (let i = 0; i < 20_000; i++) send();
    expect(sets() - before).toBeLessThanOrEqual(200);
    expect(sets() - before).toBeGreaterThan(50);
  });

  test("of less than 64 tokens has no lease", () => {
    const on = filter([limit({ capacity: 63, refill: "63/s" })]);
    for (let i = 0; i < 40; i++) on.send();
    expect(slotOf(on)).toEqual({ level: 23n * TOKEN, now: 0, before: 0 });
  });

  test("that cools down asks for single tokens again", () => {
    const on = filter([limit({ capacity: 6400 })]);
    for (let i = 0; i < 200; i++) on.send();
    pass(on, 1.2);
    on.send();
    expect(slotOf(on)).toMatchObject({ level: (6400n - 201n) * TOKEN, now: 0 });
  });
});

describe("a burst", () => {
  test.each([1, 2, 4, 8])("of ten times the capacity over %i workers gets all of it", (workers) => {
    for (const capacity of [1, 5, 20, 63, 64, 1000, 20_000]) {
      const on = filter([limit({ capacity })], { workers });
      const random = seededRandom(capacity);
      let passed = 0;
      for (let i = 0; i < 10 * capacity; i++) {
        if (on.send([], random.below(workers)).reason === null) passed++;
      }
      expect(passed).toBe(capacity);
    }
  });

  test("over workers of which one falls silent lacks its lease, less than a hundredth", () => {
    const capacity = 10_000;
    const on = filter([limit({ capacity })], { workers: 4 });
    let passed = 0;
    for (let i = 0; i < capacity / 2; i++) {
      if (on.send([], i % 4).reason === null) passed++;
    }
    passed += burst(on);
    expect(passed).toBeLessThan(capacity);
    // The three silent ones hold a 64th each at most.
    expect(passed).toBeGreaterThanOrEqual(capacity - 3 * Math.floor(capacity / 64));
    pass(on, 0.4);
    passed += burst(on, 0);
    expect(passed).toBe(capacity);
  });
});

describe("steady load of twice the rate", () => {
  const rates = [1000, 5000];
  const cases = rates.flatMap((rate) =>
    [1, 2, 4, 8].map((workers): [number, number] => [rate, workers]),
  );
  test.each(cases)(
    "of %i/s over %i workers gets within 1 %% of it, never more",
    (rate, workers) => {
      const on = filter([limit({ capacity: rate, refill: `${String(rate)}/s` })], { workers });
      const random = seededRandom(rate + workers);
      const seconds = 10_000 / rate;
      const requests = 2 * rate * seconds;
      let passed = 0;
      for (let i = 0; i < requests; i++) {
        on.advance(1 / (2 * rate));
        if (i % 20 === 0) on.host.runTimers();
        if (on.send([], random.below(workers)).reason === null) passed++;
      }
      const most = rate + rate * seconds;
      expect(passed).toBeLessThanOrEqual(most);
      expect(passed).toBeGreaterThanOrEqual(0.99 * most);
    },
  );

  test.each([1, 7, 20])("of %i/s is exact over 4 workers", (rate) => {
    const on = filter([limit({ capacity: rate, refill: `${String(rate)}/s` })], { workers: 4 });
    let passed = 0;
    for (let i = 1; i <= 2 * rate * 10; i++) {
      on.advance(1 / (2 * rate));
      if (on.send([], i % 4).reason === null) passed++;
    }
    // All that a bucket can give, but for a token that is not whole yet.
    expect(passed).toBeGreaterThanOrEqual(rate + rate * 10 - 1);
    expect(passed).toBeLessThanOrEqual(rate + rate * 10);
  });
});

describe("a lease that nobody uses", () => {
  function warm(on: Simulated, worker = 0): void {
    for (let i = 0; i < 60; i++) on.send([], worker);
  }

  test("is returned on tick", () => {
    const on = filter([limit({ capacity: 6400 })]);
    warm(on);
    const { now } = slotOf(on);
    expect(now).toBeGreaterThan(0);
    pass(on, 0.1);
    expect(slotOf(on).now).toBe(now);
    pass(on, 0.2);
    expect(slotOf(on)).toEqual({ level: (6400n - 60n) * TOKEN, now: 0, before: 0 });
    const calls = on.host.hostCallsByName().get("proxy_get_shared_data");
    pass(on, 1);
    expect(on.host.hostCallsByName().get("proxy_get_shared_data")).toBe(calls);
  });

  test("is lost when the host fails then, and no request is", () => {
    let broken = false;
    const faults = ({ name, phase }: HostCall): Status | undefined =>
      broken && name === "proxy_set_shared_data" && phase !== "request_headers"
        ? Status.INTERNAL_FAILURE
        : undefined;
    const on = filter([limit({ capacity: 6400 })], { faults });
    warm(on);
    broken = true;
    pass(on, 1.5);
    broken = false;
    expect(slotOf(on).now).toBeGreaterThan(0);
    const before = burst(on);
    expect(60 + before).toBeLessThanOrEqual(6400);
    expect(60 + before).toBeGreaterThan(6400 - 100);
  });

  test("is not spent after the epoch that follows its own", () => {
    const on = filter([limit({ capacity: 6400 })], { workers: 2 });
    warm(on);
    on.advance(2 * EPOCH_SECONDS);
    const rest = burst(on, 1);
    expect(60 + rest + burst(on)).toBeLessThanOrEqual(6400);
    expect(on.send().reason).toBe("ratelimit:limited");
  });

  test("ends with the capacity it was granted under", () => {
    const on = filter([limit({ capacity: 6400 })]);
    warm(on);
    on.plugin.update(JSON.stringify(configuration([limit({ capacity: 3 })])));
    expect(burst(on)).toBe(3);
    on.plugin.update(JSON.stringify(configuration([limit({ capacity: 6400 })])));
    expect(burst(on)).toBe(0);
  });

  test("of another configuration of the same limit is spent on", () => {
    const on = filter([limit({ capacity: 6400 })]);
    warm(on);
    const others = [limit({ capacity: 10 }, "other"), limit({ capacity: 6400 })];
    on.plugin.update(JSON.stringify(configuration(others)));
    const sets = on.host.hostCallsByName().get("proxy_set_shared_data") ?? 0;
    // The other limit has no leases: these are its writes.
    for (let i = 0; i < 10; i++) on.send();
    expect(on.host.hostCallsByName().get("proxy_set_shared_data")).toBe(sets + 10);
    expect(slotOf(on).level).toBe((6400n - 70n) * TOKEN);
  });
});

test("a root's tick leaves the leases of another root's limits alone", () => {
  const used = { capacity: 64_000, refill: "64000/s" };
  const leased = [false, true].map((isBesideAnother) => {
    const on = filter([limit({ capacity: 64_000 }, "old")]);
    // Its stream keeps the old root, which ticks on.
    const old = on.open();
    if (isBesideAnother) requestOn(old);
    on.plugin.update(JSON.stringify(configuration([limit(used, "new")])));
    if (!isBesideAnother) old.close();
    for (let millisecond = 0; millisecond < 1000; millisecond++) {
      on.send();
      on.advance(0.001);
      on.host.runTimers();
    }
    return countedLimits(on)["leased new"];
  });
  expect(leased[0]).toBeGreaterThan(0);
  expect(leased[1]).toBe(leased[0]);
});

describe("tokens that a refused request took", () => {
  test("go back to the lease or to the page, whichever other limits there are", () => {
    const limits = [
      limit({ capacity: 6400 }, "one"),
      limit({ capacity: 640 }, "two"),
      limit({ capacity: 5 }, "three"),
    ];
    const on = filter(limits, { workers: 2 });
    let passed = 0;
    for (let i = 0; i < 1000; i++) if (on.send([], i % 2).reason === null) passed++;
    expect(passed).toBe(5);
    pass(on, 2);
    expect(slotOf(on, "one")).toMatchObject({ level: 6395n * TOKEN, now: 0, before: 0 });
    expect(slotOf(on, "two")).toMatchObject({ level: 635n * TOKEN, now: 0, before: 0 });
  });
});

describe("a flood of keys", () => {
  test("of a million, and an offender among them: memory is constant, the limit kept", () => {
    const shape = { capacity: 3, refill: "1/d", key: [{ header: "x-user" }], maxKeys: 256 };
    const on = filter([limit(shape)]);
    let offender = 0;
    const offend = (): void => {
      if (on.send([["x-user", "offender"]]).reason === null) offender++;
    };
    for (let i = 0; i < 1_000_000; i++) {
      if (i % 5000 === 0) offend();
      on.send([["x-user", `u${String(i)}`]]);
    }
    expect(offender).toBeGreaterThan(0);
    expect(offender).toBeLessThanOrEqual(3);
    const pages = on.keys().filter((key) => key.includes("/one/"));
    expect(pages).toHaveLength(16);
    for (const page of pages) expect(on.shared(page)).toHaveLength(1024);
  });
});

describe("ticks", () => {
  test("end with the root that wanted them", () => {
    const on = filter([limit({ capacity: 100 })]);
    for (let push = 0; push < 5; push++) {
      on.plugin.update(JSON.stringify(configuration([limit({ capacity: 100 + push })])));
    }
    const ofWorkerAndMain = 2;
    on.advance(2);
    expect(on.host.runTimers()).toBe(ofWorkerAndMain);
    on.plugin.remove();
    on.advance(2);
    expect(on.host.runTimers()).toBe(0);
  });
});
