// Limits in Redis when Webdis, Redis or the host fail.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import { settle } from "../support/key_server.ts";
import type { Answered, SimulatedWebdis } from "../support/simulated_webdis.ts";
import { reply } from "../support/simulated_webdis.ts";
import { WAITING } from "../support/simulated_filter.ts";
import type { RigOptions } from "./redis_rig.ts";
import { bucketOf, configurationOf, Rig } from "./redis_rig.ts";

const UNAVAILABLE = "ratelimit:unavailable";
const LIMITED = "ratelimit:limited";
const NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";
/** More than the timeout of a call. */
const TIMEOUT_SECONDS = 0.1;

function failing(answer: SimulatedWebdis["answer"], options: RigOptions = {}): Rig {
  const rig = new Rig(options);
  rig.webdis.answer = answer;
  return rig;
}

describe("a call that fails", () => {
  const answers: [name: string, answer: Answered][] = [
    ["no connection", "refuse"],
    ["a connection that breaks", "reset"],
    ["503, as when Redis is down", { status: 503 }],
    ["403, as when commands are not allowed", { status: 403 }],
    ["another status with a lease", { status: 201, body: { EVALSHA: [1, 1, 0] } }],
    ["an error of the script", reply("EVALSHA", [false, "ERR sallyport: bad arguments"])],
    ["a Redis that loads", reply("EVALSHA", [false, "LOADING Redis is loading"])],
    ["a replica", reply("EVALSHA", [false, "READONLY You can't write"])],
    ["another script's answer", reply("EVALSHA", "OK")],
    ["numbers that are texts", reply("EVALSHA", ["1", "1", "0"])],
    ["a number too few", reply("EVALSHA", [1, 1])],
    ["fewer tokens than the least", reply("EVALSHA", [1, 0, 1000])],
    ["no body", { body: "" }],
    ["no JSON", { body: "<html>" }],
    ["a body cut short", { body: '{"EVALSHA":[1,1' }],
    ["a body that is too long", { body: `{"EVALSHA":[1,1,0]}${" ".repeat(2000)}` }],
    ["bytes", { body: new Uint8Array(100).fill(0xff) }],
  ];
  test.each(answers)("%s is the failure mode: deny", async (_name, answer) => {
    const rig = failing(answer, { limit: { cost: 2 } });
    const sent = await rig.send();
    expect(sent).toMatchObject({ reason: UNAVAILABLE, status: 503 });
    rig.webdis.answer = "run";
    rig.advance(0.001);
    expect(await rig.reason()).toBeNull();
  });

  test.each(answers)("%s is the failure mode: allow", async (_name, answer) => {
    const rig = failing(answer, { limit: { cost: 2 }, onStoreFailure: "allow" });
    expect(await rig.reason()).toBeNull();
    expect(rig.webdis.model.buckets.size).toBe(0);
  });

  test("a cluster that is not there", async () => {
    const rig = new Rig({ clusters: [] });
    expect(await rig.send()).toMatchObject({ reason: UNAVAILABLE, waited: false });
    expect(rig.calls).toBe(0);
  });

  test("a host that makes no calls", async () => {
    const faults: RigOptions["faults"] = (call) =>
      call.name === "proxy_http_call" ? Status.INTERNAL_FAILURE : undefined;
    expect(await new Rig({ faults }).reason()).toBe(UNAVAILABLE);
  });

  test("a host that shows no answer", async () => {
    const faults: RigOptions["faults"] = (call) =>
      call.name === "proxy_get_buffer_bytes" && call.phase === "http_call_response"
        ? Status.NOT_FOUND
        : undefined;
    expect(await new Rig({ faults }).reason()).toBe(UNAVAILABLE);
  });
});

describe("a script that Redis does not know", () => {
  test("is sent once, and then known", async () => {
    const rig = new Rig();
    rig.webdis.knowsScript = false;
    expect(await rig.reason()).toBeNull();
    expect(await rig.reason()).toBeNull();
    expect(rig.webdis.commands.map(({ name }) => name)).toEqual(["EVALSHA", "EVAL", "EVALSHA"]);
    rig.webdis.knowsScript = false;
    expect(await rig.reason()).toBeNull();
    expect(rig.webdis.commands.at(-1)?.name).toBe("EVAL");
  });

  test("and that is not taken either is the failure mode", async () => {
    const rig = failing(({ name }) => reply(name, [false, NO_SCRIPT]));
    expect(await rig.reason()).toBe(UNAVAILABLE);
    expect(rig.webdis.commands.map(({ name }) => name)).toEqual(["EVALSHA", "EVAL"]);
  });
});

describe("a call without an answer", () => {
  test("ends at its timeout, and what comes later changes nothing", async () => {
    const rig = failing("hang", { limit: { capacity: 1, refill: "1/h" } });
    const asking = rig.ask();
    expect(asking.sent()).toBe(WAITING);
    await rig.pass(0.04);
    expect(asking.sent()).toBe(WAITING);
    await rig.pass(TIMEOUT_SECONDS);
    expect(asking.sent().reason).toBe(UNAVAILABLE);
    const late = rig.webdis.commands[0];
    late?.call.respond({
      headers: [[":status", "200"]],
      body: new TextEncoder().encode('{"EVALSHA":[1,0,0]}'),
    });
    rig.webdis.answer = "run";
    expect(await rig.reason()).toBeNull();
    expect(await rig.reason()).toBe(LIMITED);
  });

  test("fails all that wait for its key, and no others", async () => {
    const rig = failing(({ key }) => (key === bucketOf("one", "bad") ? "hang" : "run"));
    const asked = Array.from({ length: 5 }, () => rig.ask("bad"));
    expect(await rig.reason("good")).toBeNull();
    await rig.pass(TIMEOUT_SECONDS);
    expect(asked.map((each) => each.sent().reason)).toEqual(asked.map(() => UNAVAILABLE));
    expect(rig.webdis.commands.filter(({ key }) => key === bucketOf("one", "bad"))).toHaveLength(1);
  });
});

describe("an answer that gives more than was asked for", () => {
  test("gives what was asked for", async () => {
    const rig = failing(({ name }) => reply(name, [1_000_000, 1_000_000, 0]));
    expect(await rig.reason()).toBeNull();
    rig.webdis.answer = reply("EVALSHA", [0, 0, 60_000]);
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(2);
  });
});

describe("a push while an answer is on its way", () => {
  const changed = JSON.stringify(configurationOf({ limit: { capacity: 3 } }));

  test("lets the request go on by the old configuration, whose tokens go with it", async () => {
    const rig = new Rig({ limit: { capacity: 1600, refill: "1/h" } });
    for (let i = 0; i < 20; i++) await rig.send();
    const before = rig.calls;
    rig.webdis.held = [];
    const asking = rig.ask("b");
    rig.filter.plugin.update(changed);
    rig.webdis.release();
    await settle();
    expect(asking.sent().reason).toBeNull();
    asking.stream.close();
    expect(rig.calls).toBe(before + 1);
    expect((await rig.send()).waited).toBe(true);
    expect(rig.webdis.commands.at(-1)?.capacity).toBe(3);
  });

  test("forgets what nobody waits for", async () => {
    const rig = new Rig();
    rig.webdis.held = [];
    rig.ask().stream.close();
    rig.filter.plugin.update(changed);
    rig.webdis.release();
    await settle();
    expect(await rig.reason()).toBeNull();
    expect(rig.calls).toBe(2);
  });
});

describe("a Redis that was emptied", () => {
  test("gives one capacity more, and no more", async () => {
    const rig = new Rig({ limit: { capacity: 3, refill: "1/h" } });
    for (let i = 0; i < 3; i++) expect(await rig.reason()).toBeNull();
    rig.webdis.model.buckets.clear();
    // Refusals are kept for a minute.
    rig.advance(60);
    let passed = 0;
    for (let i = 0; i < 10; i++) if ((await rig.reason()) === null) passed++;
    expect(passed).toBe(3);
  });
});

describe("the breaker", () => {
  test("opens after five failures, tries once after a while, and closes", async () => {
    const rig = failing({ status: 503 });
    for (let i = 0; i < 10; i++) {
      expect(await rig.reason(`k${String(i)}`)).toBe(UNAVAILABLE);
    }
    expect(rig.calls).toBe(5);
    // Up to a tenth less than a second.
    rig.advance(0.89);
    expect(await rig.send("k")).toMatchObject({ reason: UNAVAILABLE, waited: false });
    expect(rig.calls).toBe(5);
    rig.advance(0.11);
    expect(await rig.reason("k")).toBe(UNAVAILABLE);
    expect(await rig.reason("l")).toBe(UNAVAILABLE);
    expect(rig.calls).toBe(6);
    rig.webdis.answer = "run";
    rig.advance(1.79);
    expect(await rig.reason("k")).toBe(UNAVAILABLE);
    expect(rig.calls).toBe(6);
    rig.advance(0.21);
    expect(await rig.reason("k")).toBeNull();
    expect(await rig.reason("l")).toBeNull();
    expect(rig.calls).toBe(8);
  });

  test("waits thirty seconds at most", async () => {
    const rig = failing({ status: 503 });
    for (let second = 0; second < 300; second++) {
      await rig.send("k");
      rig.advance(1);
    }
    const before = rig.calls;
    rig.advance(30);
    await rig.send("k");
    expect(rig.calls).toBe(before + 1);
    expect(before).toBeLessThan(5 + 20);
  });

  test("is not opened by the failures of calls that went out before", async () => {
    const rig = failing("hang");
    const asked = Array.from({ length: 100 }, (_, i) => rig.ask(`k${String(i)}`));
    await rig.pass(TIMEOUT_SECONDS);
    expect(asked.every((each) => each.sent().reason === UNAVAILABLE)).toBe(true);
    rig.webdis.answer = "run";
    rig.advance(1);
    expect(await rig.reason("k")).toBeNull();
  });

  test("lets tokens be used that are there", async () => {
    const rig = new Rig({ limit: { capacity: 1600, refill: "1/h" } });
    for (let i = 0; i < 20; i++) await rig.send("a");
    rig.webdis.answer = { status: 503 };
    for (let i = 0; i < 5; i++) await rig.send(`k${String(i)}`);
    expect(await rig.reason("new")).toBe(UNAVAILABLE);
    const before = rig.calls;
    expect(await rig.reason("a")).toBeNull();
    expect(rig.calls).toBe(before);
  });
});

describe("more keys than there is room for", () => {
  test("change no bucket, and lose no request", async () => {
    const rig = new Rig({ limit: { capacity: 2, refill: "1/h" } });
    expect(await rig.reason("offender")).toBeNull();
    expect(await rig.reason("offender")).toBeNull();
    for (let i = 0; i < 6000; i++) {
      rig.advance(0.001);
      expect(await rig.reason(`k${String(i)}`)).toBeNull();
    }
    expect(await rig.reason("offender")).toBe(LIMITED);
  });

  test("at once than calls fit are the failure mode, and others are served after it", async () => {
    const rig = failing("hang");
    const asked = Array.from({ length: 200 }, (_, i) => rig.ask(`k${String(i)}`));
    expect(asked.filter((each) => each.sent() === WAITING)).toHaveLength(96);
    expect(asked.filter((each) => each.sent().reason === UNAVAILABLE)).toHaveLength(104);
    await rig.pass(TIMEOUT_SECONDS);
    expect(asked.every((each) => each.sent().reason === UNAVAILABLE)).toBe(true);
    rig.webdis.answer = "run";
    rig.advance(1);
    expect(await rig.reason("k")).toBeNull();
  });
});
