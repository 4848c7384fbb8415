// Leases of buckets in Redis: who waits, who calls, and how many pass.

import { describe, expect, test } from "vitest";

import { settle } from "../support/key_server.ts";
import { SEED, seededRandom } from "../support/random.ts";
import { WAITING } from "../support/simulated_filter.ts";
import type { Asking } from "./redis_rig.ts";
import { bucketOf, LIMIT, Rig } from "./redis_rig.ts";

const LIMITED = "ratelimit:limited";
const STEPS = 1000;

describe("a key that is new", () => {
  test("waits for one answer, and its bucket is one for all Envoys", async () => {
    const rig = new Rig();
    rig.webdis.held = [];
    const asking = rig.ask("alice");
    expect(asking.sent()).toBe(WAITING);
    rig.webdis.release();
    await settle();
    expect(asking.sent().reason).toBeNull();
    expect(rig.calls).toBe(1);
    expect(rig.webdis.commands[0]).toMatchObject({
      name: "EVALSHA",
      key: bucketOf("one", "alice"),
      capacity: 5,
      refill: 1,
      periodMilliseconds: 1000,
      least: 1,
      most: 1,
    });
  });

  test("is found by the names that need escapes", async () => {
    const name = "!#$%&'*+-.^_`|~aZ09";
    const rig = new Rig({ limit: { name } });
    expect(await rig.reason("alice")).toBeNull();
    expect(rig.webdis.commands[0]?.key).toBe(bucketOf(name, "alice"));
    expect(await rig.reason("bob")).toBeNull();
    expect(rig.webdis.commands[1]?.key).toBe(bucketOf(name, "bob"));
  });

  test("asks with the numbers of any limit", async () => {
    const rig = new Rig({ limit: { capacity: 1_000_000, refill: "1000000/d", cost: 999_999 } });
    expect(await rig.reason()).toBeNull();
    expect(rig.webdis.commands[0]).toMatchObject({
      capacity: 1_000_000,
      refill: 1_000_000,
      periodMilliseconds: 86_400_000,
      least: 999_999,
      most: 999_999,
    });
  });

  test.each([1, 2, 4])(
    "of a small limit gives exactly its capacity to %i workers",
    async (workers) => {
      const rig = new Rig({ limit: { capacity: 20, refill: "1/h" }, workers });
      const asked = Array.from({ length: 200 }, (_, i) => rig.ask("a", i % workers));
      await settle();
      // Each has its answer: nobody waits twice.
      expect(asked.map((each) => each.sent().reason)).not.toContain("waits");
      expect(asked.filter((each) => each.sent().reason === null)).toHaveLength(20);
      expect(asked.filter((each) => each.sent().reason === LIMITED)).toHaveLength(180);
    },
  );

  test("of a larger one gives a burst what it has, in few calls", async () => {
    const rig = new Rig({ limit: { capacity: 1600, refill: "1/h" } });
    rig.webdis.held = [];
    const asked = Array.from({ length: 500 }, () => rig.ask());
    expect(asked.every((each) => each.sent() === WAITING)).toBe(true);
    rig.webdis.release();
    await settle();
    expect(asked.every((each) => each.sent().reason === null)).toBe(true);
    expect(rig.calls).toBeLessThan(15);
  });

  test("gives what there is to those who wait, and refuses the others", async () => {
    const rig = new Rig({ limit: { capacity: 100, refill: "1/h" } });
    await rig.send();
    const asked = Array.from({ length: 120 }, () => rig.ask());
    await settle();
    expect(asked.filter((each) => each.sent().reason === null)).toHaveLength(99);
    expect(asked.filter((each) => each.sent().reason === LIMITED)).toHaveLength(21);
  });
});

describe("a key in use", () => {
  test("does not wait, and calls once for many requests", async () => {
    const rig = new Rig({ limit: { capacity: 3200, refill: "2000/s" } });
    let waited = 0;
    const passed = { early: 0, late: 0 };
    for (let millisecond = 0; millisecond < 3000; millisecond++) {
      const isEarly = millisecond < 100;
      const sent = await rig.send();
      if (sent.reason === null) passed[isEarly ? "early" : "late"]++;
      if (!isEarly && sent.waited) waited++;
      rig.advance(0.001);
    }
    expect(passed).toEqual({ early: 100, late: 2900 });
    expect(waited).toBe(0);
    // About twenty a second: a lease is what 100 ms take, and half of it is fetched ahead.
    expect(rig.calls).toBeLessThan(150);
  });

  test("is asked for no more than a sixteenth of its capacity", async () => {
    const rig = new Rig({ limit: { capacity: 320, refill: "320/s" } });
    for (let i = 0; i < 2000; i++) {
      await rig.send();
      rig.advance(0.001);
    }
    expect(Math.max(...rig.webdis.commands.map(({ most }) => most))).toBeLessThanOrEqual(20);
  });

  test("drops tokens that nobody uses", async () => {
    const rig = new Rig({ limit: { capacity: 1600, refill: "1600/s" } });
    for (let i = 0; i < 50; i++) await rig.send();
    const before = rig.calls;
    await rig.send();
    expect(rig.calls).toBe(before);
    rig.advance(2);
    expect((await rig.send()).waited).toBe(true);
  });

  test("is refused without calls for as long as Redis says", async () => {
    const rig = new Rig({ limit: { capacity: 2, refill: "1/m" } });
    expect(await rig.reason()).toBeNull();
    expect(await rig.reason()).toBeNull();
    const before = rig.calls;
    for (let second = 0; second < 59; second++) {
      expect(await rig.reason()).toBe(LIMITED);
      rig.advance(1);
    }
    expect(rig.calls).toBe(before);
    rig.advance(1);
    expect(await rig.reason()).toBeNull();
    expect(rig.calls).toBe(before + 1);
  });

  test("that is never refilled is asked for once a minute", async () => {
    const rig = new Rig({ limit: { capacity: 1, refill: "0/s" } });
    expect(await rig.reason()).toBeNull();
    expect(await rig.reason()).toBe(LIMITED);
    const before = rig.calls;
    rig.advance(59);
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(before);
    rig.advance(1);
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(before + 1);
    // Somebody has emptied Redis.
    rig.webdis.model.buckets.clear();
    rig.advance(60);
    expect(await rig.reason()).toBeNull();
  });
});

describe("limits of other kinds", () => {
  test("a capacity of 0 refuses without calls", async () => {
    const rig = new Rig({ limit: { capacity: 0 } });
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(0);
  });

  test("a cost of 0 takes nothing and passes, and asks once a second", async () => {
    const rig = new Rig({ limit: { cost: 0 } });
    for (let i = 0; i < 10; i++) expect(await rig.reason()).toBeNull();
    expect(rig.calls).toBe(1);
    expect(rig.webdis.commands[0]).toMatchObject({ least: 0, most: 0 });
    expect(rig.webdis.model.buckets.size).toBe(0);
    rig.advance(1);
    expect(await rig.reason()).toBeNull();
    expect(rig.calls).toBe(2);
  });

  test("what one limit refuses is not taken from another", async () => {
    const rig = new Rig({
      limits: [
        { ...LIMIT, name: "wide", capacity: 5, refill: "1/h" },
        { ...LIMIT, name: "narrow", key: [{ text: "" }], capacity: 2, refill: "1/h" },
      ],
    });
    const reasons = [];
    for (let i = 0; i < 4; i++) reasons.push(await rig.reason());
    expect(reasons).toEqual([null, null, LIMITED, LIMITED]);
    const wide = rig.webdis.commands.filter(({ key }) => key.startsWith("sallyport:rl:wide:"));
    // The third took a token of the first limit and gave it back: the fourth has it.
    expect(wide).toHaveLength(3);
  });

  test("a stream that is closed while it waits leaves its tokens to others", async () => {
    const rig = new Rig({ limit: { capacity: 1, refill: "1/h" } });
    rig.webdis.held = [];
    const gone = rig.ask();
    gone.stream.close();
    rig.webdis.release();
    await settle();
    expect(await rig.reason()).toBeNull();
    expect(rig.calls).toBe(1);
    expect(await rig.reason()).toBe(LIMITED);
  });
});

describe("keys that pass on credit", () => {
  const store = { onColdKey: "pass" };

  test("do not wait, up to the credit, and pay with the next tokens", async () => {
    const rig = new Rig({ limit: { capacity: 64, refill: "1/h" }, store });
    rig.webdis.held = [];
    const asked = Array.from({ length: 6 }, () => rig.ask());
    const reasons = asked.map((each) => each.sent().reason);
    // Four are a sixteenth of 64.
    expect(reasons).toEqual([null, null, null, null, "waits", "waits"]);
    rig.webdis.release();
    await settle();
    expect(asked.every((each) => each.sent().reason === null)).toBe(true);
    let passed = 6;
    for (let i = 0; i < 200; i++) if ((await rig.reason()) === null) passed++;
    // The last ones pass before it is known that the bucket is empty.
    expect(passed).toBeGreaterThanOrEqual(64);
    expect(passed).toBeLessThanOrEqual(64 + 4);
  });

  test("owe what was not there", async () => {
    const rig = new Rig({ limit: { capacity: 64, refill: "64/m" }, store });
    const all = { capacity: 64, refill: 64, periodMilliseconds: 60_000, least: 64, most: 64 };
    rig.webdis.model.ask(bucketOf("one", "a"), all, rig.webdis.milliseconds);
    let passed = 0;
    for (let request = 0; request < 120; request++) {
      if ((await rig.reason()) === null) passed++;
      rig.advance(0.5);
    }
    expect(passed).toBeGreaterThanOrEqual(60);
    expect(passed).toBeLessThanOrEqual(64 + 4);
  });
});

describe("any run", () => {
  const rows = [
    [1, "100/s", 1],
    [2, "100/s", 100],
    [4, "1000/s", 160],
    [4, "10/s", 1000],
    [3, "0/s", 50],
  ] as const;
  test.each(rows)(
    `%i workers at %s of %i never pass more than the bound (seed ${SEED})`,
    async (workers, refill, capacity) => {
      const random = seededRandom(SEED);
      const rig = new Rig({ limit: { capacity, refill }, workers });
      const perSecond = Number(refill.slice(0, -2));
      const lease = Math.max(1, capacity >> 4);
      const passed: { at: number; bound: number }[] = [];
      let waiting: Asking[] = [];
      let now = 0;
      for (let step = 0; step < STEPS; step++) {
        const holds = random.below(3) === 0;
        rig.webdis.held = holds ? [] : null;
        for (let i = random.below(random.pick([2, 4, 30])); i > 0; i--) {
          waiting.push(rig.ask("a", random.below(workers)));
        }
        await settle();
        const elapsed = random.below(random.pick([2, 10, 2000]));
        rig.advance(elapsed / 1000);
        now += elapsed;
        if (holds) rig.webdis.release();
        await settle();
        await settle();
        expect(waiting.map((each) => each.sent())).not.toContain(WAITING);
        for (const each of waiting) {
          // What waited here passes in any window that begins now.
          const bound = capacity + workers * lease + waiting.length;
          if (each.sent().reason === null) passed.push({ at: now, bound });
          each.stream.close();
        }
        waiting = [];
      }
      expect(passed.length).toBeGreaterThanOrEqual(capacity);
      expect(worstExcess(passed, perSecond)).toBeLessThanOrEqual(0);
    },
  );
});

/** By how many the requests of some window are more than they may be. */
function worstExcess(passed: readonly { at: number; bound: number }[], perSecond: number): number {
  let worst = -Infinity;
  passed.forEach((begin, first) => {
    if (passed[first - 1]?.at === begin.at) return;
    for (let last = first; last < passed.length; last++) {
      const seconds = ((passed[last]?.at ?? 0) - begin.at) / 1000;
      worst = Math.max(worst, last - first + 1 - begin.bound - perSecond * seconds);
    }
  });
  return worst;
}
