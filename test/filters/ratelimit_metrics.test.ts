// What is counted of limits.

import { describe, expect, test } from "vitest";

import type { HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { countedLimits, limitCounters } from "./limit_counters.ts";

const module = await loadShippedModule();

const ONE = { name: "one", key: [{ text: "" }], capacity: 2, refill: "0/s" };
const section = (...limits: object[]): object => ({ rateLimit: { limits } });

function filter(configuration: object, faults?: (call: HostCall) => Status | undefined): Simulated {
  return new Simulated(module, { configuration, ...(faults === undefined ? {} : { faults }) });
}

function sendTimes(on: Simulated, times: number): void {
  for (let i = 0; i < times; i++) on.send();
}

describe("a limit counts", () => {
  test("what it allowed and what it refused, told within a second", () => {
    const on = filter(section(ONE));
    sendTimes(on, 5);
    expect([...limitCounters(on).values()].every((value) => value === 0n)).toBe(true);
    expect(countedLimits(on)).toMatchObject({ "allowed one": 2, "limited one": 3 });
    sendTimes(on, 1);
    expect(countedLimits(on)).toMatchObject({ "allowed one": 2, "limited one": 4 });
  });

  test("what another limit refused as neither", () => {
    const on = filter(section({ ...ONE, name: "wide", capacity: 100 }, ONE));
    sendTimes(on, 5);
    const found = countedLimits(on);
    expect(found).toMatchObject({
      "allowed wide": 2,
      "allowed one": 2,
      "limited one": 3,
    });
    expect(found).not.toHaveProperty("limited wide");
  });

  test("what it would have refused, and does not count it as allowed", () => {
    const on = filter(section({ ...ONE, shadow: true }));
    sendTimes(on, 5);
    expect(countedLimits(on)).toMatchObject({ "allowed one": 2, "shadow one": 3 });
    expect([...limitCounters(on).keys()]).not.toContain("limited one");
  });

  test("a store that fails, whatever comes of it", () => {
    const faults = ({ name, phase }: HostCall): Status | undefined =>
      name === "proxy_get_shared_data" && phase === "request_headers"
        ? Status.INTERNAL_FAILURE
        : undefined;
    for (const onStoreFailure of ["deny", "allow"]) {
      const on = filter(section({ ...ONE, onStoreFailure }), faults);
      sendTimes(on, 3);
      expect(countedLimits(on)).toEqual({ "store_error one": 3 });
    }
    const shadow = filter(section({ ...ONE, shadow: true }), faults);
    sendTimes(shadow, 3);
    expect(countedLimits(shadow)).toEqual({
      "store_error one": 3,
      "shadow one": 3,
    });
  });

  test("a clock that fails as the store's", () => {
    const on = filter(section(ONE), ({ name, phase }) =>
      name === "clock_time_get" && phase === "request_headers"
        ? Status.INTERNAL_FAILURE
        : undefined,
    );
    sendTimes(on, 2);
    expect(countedLimits(on)).toEqual({ "store_error one": 2 });
  });

  test("races that are lost for ever as refusals", () => {
    const on = filter(section(ONE), ({ name, phase }) =>
      name === "proxy_set_shared_data" && phase === "request_headers"
        ? Status.CAS_MISMATCH
        : undefined,
    );
    sendTimes(on, 2);
    expect(countedLimits(on)).toEqual({ "limited one": 2 });
  });
});

describe("counters", () => {
  test("go on over pushes, and what was counted before one is not lost", () => {
    const on = filter(section(ONE));
    const names = [...limitCounters(on).keys()];
    sendTimes(on, 1);
    on.plugin.update(JSON.stringify(section({ ...ONE, capacity: 50 })));
    expect(limitCounters(on).get("allowed one")).toBe(1n);
    sendTimes(on, 1);
    expect(countedLimits(on)).toMatchObject({ "allowed one": 2 });
    expect([...limitCounters(on).keys()]).toEqual(names);
  });

  test("of the last requests are told when the configuration goes", () => {
    const on = filter(section(ONE));
    sendTimes(on, 1);
    on.plugin.update(JSON.stringify(section({ ...ONE, name: "two" })));
    expect(limitCounters(on).get("allowed one")).toBe(1n);
  });

  test("are defined once, not with each push of the same names", () => {
    const on = filter(section(ONE));
    const defines = (): number => on.host.hostCallsByName().get("proxy_define_metric") ?? 0;
    const first = defines();
    for (let push = 0; push < 20; push++) {
      on.plugin.update(JSON.stringify(section({ ...ONE, capacity: push })));
    }
    // The canary's VM is new each time, the worker's is not.
    expect(defines() - first).toBeLessThanOrEqual(20 * first);
  });

  test("that are wanted later are defined then", () => {
    const on = filter(section(ONE));
    expect([...limitCounters(on).keys()]).not.toContain("shadow one");
    on.plugin.update(JSON.stringify(section({ ...ONE, shadow: true, capacity: 0 })));
    sendTimes(on, 2);
    expect(countedLimits(on)).toMatchObject({ "shadow one": 2 });
  });

  test("of more names than there is room for are counted together", () => {
    const names = (push: number): object[] =>
      Array.from({ length: 600 }, (_, i) => ({
        ...ONE,
        name: `${String(push)}-${String(i)}`,
        key: [{ header: "x" }],
        capacity: 100,
      }));
    const on = filter(section(...names(0)));
    on.plugin.update(JSON.stringify(section(...names(1))));
    on.send();
    const found = countedLimits(on);
    // 1024 rows have names: all of the first 600, then 424.
    expect(found["allowed 1-423"]).toBe(1);
    expect(found["allowed other"]).toBe(176);
  });

  test("have labels that cannot break a metric's name, or a line of statsd", () => {
    const name = "a|b#c!$%&'*+^`~.-_";
    const on = filter(section({ ...ONE, name }));
    sendTimes(on, 1);
    expect(countedLimits(on)).toEqual({ "allowed a_b_c__________.-_": 1 });
  });

  test("are defined again when a host would not, and nothing passes until then", () => {
    let defines = 0;
    let failsAt = Infinity;
    const configuration = section(ONE);
    const faults = ({ name, worker }: HostCall): Status | undefined => {
      if (name !== "proxy_define_metric" || worker !== 0) return undefined;
      return ++defines === failsAt ? Status.INTERNAL_FAILURE : undefined;
    };
    filter(configuration, faults);
    // The last definitions are those of limits: this one fails once.
    failsAt = defines;
    defines = 0;
    const on = filter(configuration, faults);
    expect(on.send()).toMatchObject({ status: 503, reason: "config_failed" });
    on.advance(2);
    on.host.runTimers();
    expect(on.send().reason).toBeNull();
    expect(countedLimits(on)).toMatchObject({ "allowed one": 1 });
  });
});
