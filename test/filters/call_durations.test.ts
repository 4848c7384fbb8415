// How long the module's own calls take, by the filter that makes them.

import { describe, expect, test } from "vitest";

import type { HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import { CODE } from "../support/rls_messages.ts";
import { answerCall as answerService, verdict } from "../support/rls_service.ts";
import { requestOn, Simulated, WAITING } from "../support/simulated_filter.ts";
import { configurationOf, Rig } from "./redis_rig.ts";
import { pass as passKeys, simulate } from "./remote_keys.ts";
import { sent, start } from "./rls_filter.ts";
import { module, pass, SAMPLED, startExporting } from "./span_export.ts";

const METRIC = "sallyport_call_duration_milliseconds";

/** Calls and the sum of their milliseconds, by filter. */
function durations({ host }: Simulated): Record<string, [count: number, sum: number]> {
  const found: Record<string, [number, number]> = {};
  for (const [name, value] of host.metrics()) {
    const [, filter] = new RegExp(`^filter=\\.=(\\w+);\\.;${METRIC}$`).exec(name) ?? [];
    if (filter === undefined) continue;
    if (value.type !== "histogram") throw new Error(`${name} is a ${value.type}`);
    found[filter] = [Number(value.count), Number(value.sum)];
  }
  return found;
}

describe("the time of a call", () => {
  test("for keys is that until its answer", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    await passKeys(filter, 0.1);
    expect(server.calls).toHaveLength(1);
    expect(durations(filter)).toEqual({ jwt: [0, 0] });
    filter.advance(0.25);
    for (const call of server.calls) answerCall(call, { body: { keys: [] } });
    expect(durations(filter)).toEqual({ jwt: [1, 250] });
  });

  test("to Redis is that until its answer, whatever it says", async () => {
    const rig = new Rig();
    for (const answer of ["run", { status: 503 }, "reset"] as const) {
      rig.webdis.answer = answer;
      rig.webdis.held = [];
      rig.ask(JSON.stringify(answer));
      rig.advance(0.03);
      rig.webdis.release();
      await settle();
    }
    expect(durations(rig.filter)).toEqual({ ratelimit: [3, 90] });
  });

  test("to Redis is its timeout when nobody answers", async () => {
    const rig = new Rig();
    rig.webdis.answer = "hang";
    const asking = rig.ask();
    expect(asking.sent()).toBe(WAITING);
    await rig.pass(0.1);
    expect(durations(rig.filter)).toEqual({ ratelimit: [1, 50] });
  });

  test("to a service is that until its answer, or its timeout", async () => {
    const answering = start("hang");
    const { filter, service } = answering;
    requestOn(filter.open());
    filter.advance(0.015);
    const [call] = service.calls;
    if (call === undefined) throw new Error("no call");
    answerService(call, verdict(CODE.OK));
    expect(durations(filter)).toEqual({ ratelimit: [1, 15] });
    requestOn(filter.open());
    filter.advance(0.02);
    filter.host.runTimers();
    expect(durations(filter)).toEqual({ ratelimit: [2, 35] });
    service.answer = { status: 14 };
    await sent(answering);
    expect(durations(filter)).toEqual({ ratelimit: [3, 35] });
  });

  test("of an export is its timeout when the collector does not answer", async () => {
    const { filter, collector } = startExporting();
    collector.answer = "hang";
    filter.send(SAMPLED);
    await pass(filter, 1);
    expect(collector.calls).toHaveLength(1);
    await pass(filter, 6);
    expect(durations(filter)).toEqual({ trace: [1, 5000] });
  });

  test("is recorded only of calls that the host accepts", async () => {
    const rig = new Rig({ clusters: [] });
    expect(await rig.reason()).toBe("ratelimit:unavailable");
    expect(durations(rig.filter)).toEqual({ ratelimit: [0, 0] });
  });

  test("is not recorded by a clock that fails, or goes back", async () => {
    let fails = true;
    const faults = ({ name, phase }: HostCall): Status | undefined =>
      fails && name === "clock_time_get" && phase === "http_call_response"
        ? Status.INTERNAL_FAILURE
        : undefined;
    const rig = new Rig({ faults });
    await rig.send("a");
    fails = false;
    rig.webdis.held = [];
    rig.ask("b");
    rig.advance(-0.01);
    rig.webdis.release();
    await settle();
    expect(rig.calls).toBe(2);
    expect(durations(rig.filter)).toEqual({ ratelimit: [0, 0] });
    await rig.send("c");
    expect(durations(rig.filter)).toEqual({ ratelimit: [1, 0] });
  });
});

test("the metric is not there where no call is made, and defined once in a VM", async () => {
  const rateLimit = {
    limits: [{ name: "one", key: [{ text: "" }], capacity: 1, refill: "1/s" }],
  };
  const quiet = new Simulated(module, { configuration: { trace: {}, rateLimit } });
  expect(durations(quiet)).toEqual({});
  const rig = new Rig();
  const defines = (): number => rig.filter.host.hostCallsByName().get("proxy_define_metric") ?? 0;
  const first = defines();
  rig.filter.plugin.update(JSON.stringify(configurationOf({ limit: { capacity: 9 } })));
  const canary = defines() - first;
  rig.filter.plugin.update(JSON.stringify(configurationOf({ limit: { capacity: 8 } })));
  // What a push defines is what its canary, a new VM, defines.
  expect(defines() - first).toBe(2 * canary);
  expect(canary * 2).toBeLessThanOrEqual(first);
  await rig.send();
  expect(durations(rig.filter)).toEqual({ ratelimit: [1, 0] });
});
