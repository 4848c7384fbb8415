// Credit of keys that pass before Redis has answered: what passed on it and was not paid is never
// more than a lease of each key, whatever becomes of the lease.

import { describe, expect, test } from "vitest";

import { settle } from "../support/key_server.ts";
import { reply } from "../support/simulated_webdis.ts";
import { configurationOf, LIMIT, Rig } from "./redis_rig.ts";

/** More than a worker has places for leases. */
const KEYS = 6000;
const LEASE = 4;
const CAPACITY = 16 * LEASE;
const DAY_SECONDS = 86_400;

/** How many of so many requests pass that a lease is too small for them. */
async function passing(rig: Rig, key: string): Promise<number> {
  const asked = Array.from({ length: LEASE + 1 }, () => rig.ask(key));
  await settle();
  const passed = asked.filter((each) => each.sent().reason === null);
  for (const { stream } of asked) stream.close();
  return passed.length;
}

describe("keys that pass on credit", () => {
  const store = { onColdKey: "pass" };

  test("and push each other out pass a lease each, once a day", { timeout: 60_000 }, async () => {
    const rig = new Rig({ limit: { capacity: CAPACITY }, store });
    rig.webdis.answer = ({ name }) => reply(name, [0, 0, 1000]);
    const passed = new Map<string, number>();
    for (const day of [1, 2]) {
      for (let round = 0; round < 3; round++) {
        for (let i = 0; i < KEYS; i++) {
          const key = String(i);
          passed.set(key, (passed.get(key) ?? 0) + (await passing(rig, key)));
          // The one that was used least recently goes, after a second also if it owes.
          rig.advance(0.001);
        }
      }
      expect(Math.max(...passed.values())).toBe(day * LEASE);
      rig.advance(DAY_SECONDS);
    }
  });

  test("never pass more than the bound in a flood of others", { timeout: 60_000 }, async () => {
    const rig = new Rig({ limit: { capacity: CAPACITY, refill: "0/s" }, store });
    let passed = 0;
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 30; i++) if ((await rig.reason()) === null) passed++;
      for (let i = 0; i < KEYS; i++) rig.ask(`${String(round)}-${String(i)}`).stream.close();
      await settle();
      rig.advance(2);
    }
    expect(passed).toBeGreaterThanOrEqual(CAPACITY);
    expect(passed).toBeLessThanOrEqual(CAPACITY + 2 * LEASE);
  });

  test("owe the same over a push", async () => {
    const options = { limit: { capacity: CAPACITY }, store };
    const rig = new Rig(options);
    rig.webdis.answer = ({ name }) => reply(name, [0, 0, 1000]);
    let passed = 0;
    for (let push = 0; push < 5; push++) {
      for (let i = 0; i <= LEASE; i++) if ((await rig.reason()) === null) passed++;
      const limits = [{ ...LIMIT, ...options.limit, refill: `${String(push)}/s` }];
      rig.filter.plugin.update(JSON.stringify(configurationOf({ ...options, limits })));
      rig.advance(2);
    }
    expect(passed).toBe(LEASE);
  });

  test("have it again when they have paid", async () => {
    const rig = new Rig({ limit: { capacity: 1600, refill: "1600/s" }, store });
    let waited = 0;
    for (let i = 0; i < 400; i++) {
      if ((await rig.send(String(i % 2))).waited) waited++;
      rig.advance(3);
    }
    expect(waited).toBe(0);
  });

  test("have it again when another limit refuses", async () => {
    const two = { ...LIMIT, name: "two", capacity: 1, refill: "0/s", key: [{ text: "" }] };
    const limits = [{ ...LIMIT, capacity: 1600, refill: "1600/s" }, two];
    const rig = new Rig({ limits, store });
    for (let i = 0; i < 3; i++) await rig.send();
    rig.advance(3);
    rig.webdis.held = [];
    const asked = Array.from({ length: 300 }, () => rig.ask());
    expect(new Set(asked.map((each) => each.sent().reason))).toEqual(
      new Set(["ratelimit:limited"]),
    );
  });
});
