// What clients could turn against limits: spellings that get round one, answers that bring a
// thousand requests back at once, and floods that use up what others need.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { settle } from "../support/key_server.ts";
import { CODE } from "../support/rls_messages.ts";
import { allOk, answerCall, verdict } from "../support/rls_service.ts";
import { loadShippedModule, requestOn, Simulated, WAITING } from "../support/simulated_filter.ts";
import { reply } from "../support/simulated_webdis.ts";
import { LIMIT, Rig } from "./redis_rig.ts";
import { sent, start } from "./rls_filter.ts";

const module = await loadShippedModule();
const LIMITED = "ratelimit:limited";
const UNAVAILABLE = "ratelimit:unavailable";

function limitedTo(match: object): Simulated {
  const limits = [{ name: "one", capacity: 1, refill: "0/s", match }];
  return new Simulated(module, { configuration: { rateLimit: { limits } } });
}

/** Whether a request is refused. */
function isRefused(on: Simulated, path: string, headers: HeaderList = [], method = "GET"): boolean {
  const pseudo: HeaderList = [
    [":authority", "example.test"],
    [":path", path],
    [":method", method],
    [":scheme", "http"],
  ];
  const stream = on.open();
  const { kind } = stream.requestHeaders([...pseudo, ...headers], true);
  stream.close();
  return kind === "reply";
}

describe("a spelling that servers may take for the same", () => {
  const slashes: [match: object, first: string, others: string[]][] = [
    [{ path: "/login" }, "/login", ["/login/", "/login//", "/login/.", "/login/?a"]],
    [{ path: "/login/" }, "/login", ["/login", "/login/"]],
    [{ template: "/v1/{tenant}" }, "/v1/a", ["/v1/a/"]],
    [{ template: "/v1/{tenant}/" }, "/v1/a", ["/v1/a/"]],
    [{ template: "/v1/{tenant}/**" }, "/v1/a", ["/v1/a/", "/v1/a/b/"]],
    [{ suffix: "login" }, "/login", ["/a/login/"]],
    [{ suffix: "login/" }, "/login", ["/login/"]],
    [{ prefix: "/login/" }, "/login", ["/login/", "/login/a"]],
    [{ path: "/" }, "/", ["/", "//"]],
  ];
  test.each(slashes)("%j counts %s and %j", (match, first, others) => {
    for (const other of others) {
      const on = limitedTo(match);
      expect([isRefused(on, first), isRefused(on, other)], other).toEqual([false, true]);
    }
  });

  test("but not another path", () => {
    const on = limitedTo({ path: "/login" });
    for (const path of ["/login", "/", "/logins/", "/login/a"]) {
      expect(isRefused(on, path), path).toBe(false);
    }
  });

  const repeated: [condition: object, header: string, isCounted: boolean][] = [
    [{ name: "x-a", exact: "1" }, "2", true],
    [{ name: "x-a", prefix: "1" }, "2", true],
    [{ name: "x-a", present: true }, "1", true],
    [{ name: "x-a", exact: "3" }, "2", false],
    [{ name: "x-a", present: false }, "2", false],
  ];
  test.each(repeated)("%j beside a second value %s", (condition, second, isCounted) => {
    const on = limitedTo({ headers: [condition] });
    const both: HeaderList[] = [
      [
        ["x-a", "1"],
        ["x-a", second],
      ],
      [
        ["x-a", second],
        ["x-a", "1"],
      ],
    ];
    for (const headers of both) isRefused(on, "/", headers);
    expect(isRefused(on, "/", both[0])).toBe(isCounted);
  });

  test("of a method", () => {
    const on = limitedTo({ methods: ["POST"] });
    expect(isRefused(on, "/", [], "post")).toBe(false);
    expect(isRefused(on, "/", [], "Post")).toBe(true);
    expect(isRefused(on, "/", [], "POST")).toBe(true);
    expect(isRefused(on, "/", [], "PUT")).toBe(false);
  });

  test("a bucket of nothing in Redis lets not even those pass that take nothing", async () => {
    const rig = new Rig({ limit: { capacity: 0, cost: 0 } });
    expect(await rig.reason()).toBe(LIMITED);
    expect(rig.calls).toBe(0);
  });
});

describe("requests that wait", () => {
  test("and come back in one callback have as much room as each alone", async () => {
    const rig = new Rig({ limit: { capacity: 1000, refill: "1/h" } });
    rig.webdis.held = [];
    const large: HeaderList = [["x-large", "v".repeat(8000)]];
    const asked = Array.from({ length: 500 }, () => rig.ask("a", 0, large));
    rig.webdis.release();
    await settle();
    expect(asked.map((each) => each.sent().reason)).toEqual(asked.map(() => null));
  });

  test("and are refused in one callback all get whole answers", async () => {
    const rig = new Rig({ limit: { capacity: 1, refill: "1/h" } });
    expect(await rig.reason()).toBeNull();
    rig.advance(1);
    rig.webdis.held = [];
    const large: HeaderList = [["x-large", "v".repeat(8000)]];
    const asked = Array.from({ length: 500 }, () => rig.ask("a", 0, large));
    rig.webdis.release();
    await settle();
    const refused = asked.map((each) => each.sent());
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set([LIMITED]));
    expect(new Set(refused.map(({ body }) => body)).size).toBe(1);
    expect(refused.every(({ headers }) => headers.has("retry-after"))).toBe(true);
  });

  test.each([
    [0, 1],
    [1, 0],
  ])("for two keys in Redis ask once for each, answered in the order %i, %i", async (...order) => {
    const limits = [LIMIT, { ...LIMIT, name: "two" }];
    const rig = new Rig({ limits });
    const held: (() => void)[] = [];
    rig.webdis.held = held;
    const asking = rig.ask();
    for (const each of order) {
      expect(asking.sent()).toBe(WAITING);
      held[each]?.();
      await settle();
    }
    expect(asking.sent().reason).toBeNull();
    expect(rig.calls).toBe(2);
  });

  test("are not asked about again when an answer brings neither tokens nor a time", async () => {
    const rig = new Rig();
    rig.webdis.answer = reply("EVALSHA", [0, 5, 0]);
    expect(await rig.reason()).toBe(UNAVAILABLE);
    expect(rig.calls).toBe(1);
  });

  test("are counted by a limit that is tried out once", async () => {
    const keyless = { name: "tried", key: [{ header: "x-no", onMissing: "deny" }], shadow: true };
    const rig = new Rig({ limits: [{ ...keyless, capacity: 1, refill: "1/s" }, LIMIT] });
    expect(await rig.send()).toMatchObject({ reason: null, waited: true });
    await rig.pass(2, 1);
    const counted = [...rig.filter.host.metrics()].filter(
      ([name, metric]) =>
        name.includes("limit=.=tried;") && metric.type === "counter" && metric.value > 0n,
    );
    expect(counted).toMatchObject([[expect.stringContaining("shadow"), { value: 1n }]]);
  });
});

describe("a flood", () => {
  test("of keys leaves calls to keys that are known", async () => {
    const rig = new Rig({ limit: { capacity: 1000, refill: "1000/s" } });
    expect(await rig.reason("good")).toBeNull();
    rig.webdis.held = [];
    for (let i = 0; i < 1000; i++) rig.ask(`bad-${String(i)}`);
    expect(rig.ask("new").sent().reason).toBe(UNAVAILABLE);
    const good = Array.from({ length: 10 }, () => rig.ask("good"));
    rig.webdis.release();
    await settle();
    expect(good.map((each) => each.sent().reason)).toEqual(good.map(() => null));
  });

  test("of requests that go is no failure of the service", async () => {
    const on = start("hang");
    for (let i = 0; i < 1100; i++) {
      const stream = on.filter.open();
      requestOn(stream);
      stream.close();
    }
    expect(on.service.calls.length).toBeLessThan(1000);
    for (const call of on.service.calls) answerCall(call, verdict(CODE.OK));
    on.service.answer = allOk;
    expect((await sent(on)).reason).toBeNull();
  });

  test("of open streams costs the fields of responses, not the requests", () => {
    const limits = [{ name: "one", capacity: 10_000, refill: "0/s" }];
    const configuration = { rateLimit: { headers: "always", limits } };
    const on = new Simulated(module, { configuration });
    const open = Array.from({ length: 8192 }, () => on.open());
    for (const stream of open) expect(requestOn(stream).reason).toBeNull();
    const one = on.open();
    expect(requestOn(one).reason).toBeNull();
    expect(one.responseHeaders([[":status", "200"]], true).kind).toBe("continue");
    one.close();
    open[0]?.close();
    expect(on.send().reason).toBeNull();
  });

  test("of keys under a smaller capacity fills no bucket", () => {
    const small = 10;
    const most = 60;
    const configuration = (capacity: number): object => ({
      rateLimit: { limits: [{ ...LIMIT, store: "shared", capacity, refill: "0/s", maxKeys: 16 }] },
    });
    for (let flood = 25; flood < 40; flood++) {
      const on = new Simulated(module, { configuration: configuration(most) });
      const sendAs = (key: string): string | null => on.send([["x-key", key]]).reason;
      let passed = 0;
      for (; passed < 40; passed++) expect(sendAs("offender")).toBeNull();
      // Cut to less, the offender's bucket is full, and the first to lose its place.
      on.plugin.update(JSON.stringify(configuration(small)));
      for (let i = 0; i < flood; i++) sendAs(`key-${String(i)}`);
      on.plugin.update(JSON.stringify(configuration(most)));
      while (sendAs("offender") === null) passed++;
      expect(passed).toBeLessThanOrEqual(most);
    }
  });
});
