// The gauge of stores whose breaker is open.

import { describe, expect, test } from "vitest";

import { settle } from "../support/key_server.ts";
import { allOk } from "../support/rls_service.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import { configurationOf, Rig } from "./redis_rig.ts";
import { PLAIN, sent, start, STORES } from "./rls_filter.ts";

const METRIC = "sallyport_ratelimit_breakers_open";
const TO_OPEN = 5;
/** Longer than any breaker stays open. */
const PROBED_SECONDS = 31;

/** Open breakers by store. */
function open({ host }: Simulated): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of host.metrics()) {
    const [, store] =
      new RegExp(`^filter=\\.=ratelimit;\\.;store=\\.=(.*);\\.;${METRIC}$`).exec(name) ?? [];
    if (store === undefined) continue;
    if (value.type !== "gauge") throw new Error(`${name} is a ${value.type}`);
    found[store] = Number(BigInt.asIntN(64, value.value));
  }
  return found;
}

/** Each with a key of its own: one that has just failed is not asked for. */
async function fail(rig: Rig, times: number, worker = 0): Promise<void> {
  rig.webdis.answer = { status: 503 };
  for (let i = 0; i < times; i++) await rig.send(`k${String(rig.calls)}`, worker);
}

/** One whose breaker is open. */
async function opened(): Promise<Rig> {
  const rig = new Rig();
  await fail(rig, TO_OPEN);
  expect(open(rig.filter)).toEqual({ redis: 1 });
  return rig;
}

describe("open breakers of a store", () => {
  test("are counted from the fifth failure to the first success", async () => {
    const rig = new Rig();
    expect(open(rig.filter)).toEqual({ redis: 0 });
    await fail(rig, TO_OPEN - 1);
    expect(open(rig.filter)).toEqual({ redis: 0 });
    await fail(rig, 2);
    expect(open(rig.filter)).toEqual({ redis: 1 });
    // Probes that fail leave it open.
    for (let probes = 0; probes < 3; probes++) {
      const before = rig.calls;
      rig.advance(PROBED_SECONDS);
      await fail(rig, 2);
      expect(rig.calls).toBe(before + 1);
      expect(open(rig.filter)).toEqual({ redis: 1 });
    }
    rig.webdis.answer = "run";
    rig.advance(PROBED_SECONDS);
    expect(await rig.reason("k")).toBeNull();
    expect(open(rig.filter)).toEqual({ redis: 0 });
    expect(await rig.reason("l")).toBeNull();
    await fail(rig, TO_OPEN);
    expect(open(rig.filter)).toEqual({ redis: 1 });
  });

  test("are one for each worker", async () => {
    const rig = new Rig({ workers: 2 });
    await fail(rig, TO_OPEN, 0);
    expect(open(rig.filter)).toEqual({ redis: 1 });
    await fail(rig, TO_OPEN, 1);
    expect(open(rig.filter)).toEqual({ redis: 2 });
    rig.webdis.answer = "run";
    rig.advance(PROBED_SECONDS);
    expect(await rig.reason("k", 1)).toBeNull();
    expect(open(rig.filter)).toEqual({ redis: 1 });
  });

  test("are forgotten with their configuration, once", async () => {
    const rig = await opened();
    rig.filter.plugin.update(JSON.stringify(configurationOf({ limit: { capacity: 3 } })));
    expect(open(rig.filter)).toEqual({ redis: 0 });
    // The breaker of the new one counts in the same gauge.
    await fail(rig, TO_OPEN);
    expect(open(rig.filter)).toEqual({ redis: 1 });
    rig.filter.plugin.update(JSON.stringify({}));
    expect(open(rig.filter)).toEqual({ redis: 0 });
  });

  test("are forgotten when the filter is removed, and not before its last stream", async () => {
    const rig = await opened();
    rig.webdis.answer = "hang";
    rig.advance(PROBED_SECONDS);
    const asking = rig.ask("k");
    rig.filter.plugin.remove();
    expect(open(rig.filter)).toEqual({ redis: 1 });
    asking.stream.close();
    expect(open(rig.filter)).toEqual({ redis: 0 });
    await rig.pass(0.2);
    expect(open(rig.filter)).toEqual({ redis: 0 });
  });

  test("are those of a service too", async () => {
    const answering = start({ status: 14 });
    for (let i = 0; i < TO_OPEN + 1; i++) await sent(answering);
    expect(open(answering.filter)).toEqual({ service: 1 });
    answering.service.answer = allOk;
    answering.filter.advance(PROBED_SECONDS);
    expect((await sent(answering)).reason).toBeNull();
    expect(open(answering.filter)).toEqual({ service: 0 });
  });
});

describe("the gauge", () => {
  test("is not there without stores outside of Envoy", () => {
    const limits = [{ name: "a", key: [{ text: "" }], capacity: 1, refill: "1/s" }];
    expect(open(start(allOk, limits, { stores: undefined }).filter)).toEqual({});
  });

  test("has a row for each of 64 names, and one for all others", async () => {
    const push = (first: number): string => {
      const names = Array.from({ length: 16 }, (_, i) => `s ${String(first + i)}`);
      const stores = Object.fromEntries(names.map((name) => [name, STORES.service]));
      const limits = names.map((store) => ({ ...PLAIN, name: store.replace(" ", "-"), store }));
      return JSON.stringify({ rateLimit: { stores, limits } });
    };
    const answering = start({ status: 14 });
    for (let first = 0; first < 96; first += 16) answering.filter.plugin.update(push(first));
    await settle();
    // `service` was the first; the canary of each push has rows of its own.
    for (let i = 0; i < TO_OPEN + 1; i++) await sent(answering);
    const counted = open(answering.filter);
    expect(counted).toMatchObject({ service: 0, s_0: 0, s_62: 0, other: 16 });
    expect(Object.values(counted).reduce((sum, each) => sum + each, 0)).toBe(16);
  });
});
