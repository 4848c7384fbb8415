import { describe, expect, test } from "vitest";
import { PluginRejected } from "../src/index.ts";
import { at, compile, drop, i32, REQUEST, RESPONSE, say, summary, testHost } from "./guest.ts";

const DATA = "create start configure delete done log tick ready";

/** Logs each callback of its life. */
const TALKING = compile({
  data: DATA,
  callbacks: {
    proxy_on_context_create: say(DATA, "create"),
    proxy_on_vm_start: `${say(DATA, "start")} (i32.const 1)`,
    proxy_on_configure: `${say(DATA, "configure")}
      (drop (call $proxy_set_tick_period_milliseconds (i32.const 10))) (i32.const 1)`,
    proxy_on_tick: say(DATA, "tick"),
    proxy_on_request_headers: "(i32.const 0)",
    proxy_on_log: say(DATA, "log"),
    proxy_on_done: `${say(DATA, "done")} (i32.const 1)`,
    proxy_on_delete: say(DATA, "delete"),
  },
});

/** Accepts its configuration only the first `accepted` times; shared data counts. */
function picky(accepted: number): WebAssembly.Module {
  return compile({
    data: "key",
    callbacks: {
      proxy_on_configure: `
        (if (call $proxy_get_shared_data ${at("key", "key")} ${i32(0, 4, 8)})
          (then (i32.store8 (i32.const 64) (i32.const 0)))
          (else (i32.store8 (i32.const 64) (i32.load8_u (i32.load (i32.const 0))))))
        (i32.store8 (i32.const 64) (i32.add (i32.load8_u (i32.const 64)) (i32.const 1)))
        (drop (call $proxy_set_shared_data ${at("key", "key")} ${i32(64, 1, 0)}))
        (i32.le_u (i32.load8_u (i32.const 64)) (i32.const ${accepted}))`,
      proxy_on_request_headers: `(drop (call $proxy_send_local_response (i32.const 403)
        ${"(i32.const 0) ".repeat(6)} (i32.const -1))) (i32.const 0)`,
    },
  });
}

describe("a plugin", () => {
  test("is tried on a canary, then started on the main thread and on each worker", () => {
    const { host, log } = testHost();
    host.addPlugin({ module: TALKING, configuration: "", workers: 2 });
    expect(log).toEqual(Array.from({ length: 4 }, () => ["create", "start", "configure"]).flat());
    expect(host.liveContexts()).toBe(3);
  });

  test("ticks on the main thread too, once per period however late", () => {
    const { host, log, advance } = testHost();
    host.addPlugin({ module: TALKING, configuration: "" });
    log.length = 0;
    expect(advance(9)).toBe(0);
    expect(advance(1)).toBe(2);
    expect(advance(100)).toBe(2);
    expect(log).toEqual(["tick", "tick", "tick", "tick"]);
  });

  test("numbers roots and streams from one counter per VM", () => {
    const { host } = testHost();
    const plugin = host.addPlugin({ module: TALKING, configuration: "" });
    const ids = [1, 2].map(() => plugin.workers[0]?.openStream().contextId);
    expect(ids).toEqual([2, 3]);
    plugin.update("new");
    expect(plugin.workers[0]?.openStream().contextId).toBe(5);
  });

  test("ends a stream with log, done, delete", () => {
    const { host, log } = testHost();
    const stream = host.addPlugin({ module: TALKING, configuration: "" }).workers[0]?.openStream();
    stream?.requestHeaders(REQUEST, true);
    log.length = 0;
    stream?.close();
    expect(log).toEqual(["log", "done", "delete"]);
    expect(host.liveContexts()).toBe(2);
  });

  test("creates a stream that never saw headers just before it is logged", () => {
    const { host, log } = testHost();
    const stream = host.addPlugin({ module: TALKING, configuration: "" }).workers[0]?.openStream();
    log.length = 0;
    stream?.close();
    expect(log).toEqual(["create", "log", "done", "delete"]);
  });

  test("keeps the old root of a push until its last stream has gone", () => {
    const { host, log } = testHost();
    const plugin = host.addPlugin({ module: TALKING, configuration: "old" });
    const stream = plugin.workers[0]?.openStream();
    stream?.requestHeaders(REQUEST, true);
    plugin.update("new");
    expect(host.liveContexts()).toBe(2 + 1 + 1);
    log.length = 0;
    stream?.responseHeaders(RESPONSE, true);
    stream?.close();
    expect(log).toEqual(["log", "done", "delete", "done", "delete"]);
    expect(host.liveContexts()).toBe(2);
  });

  test("does nothing on a push of the same configuration", () => {
    const { host, log } = testHost();
    const plugin = host.addPlugin({ module: TALKING, configuration: "same" });
    log.length = 0;
    plugin.update("same");
    expect(log).toEqual([]);
  });

  test("goes when it is removed, and takes the VM along", () => {
    const { host, log } = testHost();
    const plugin = host.addPlugin({ module: TALKING, configuration: "" });
    log.length = 0;
    plugin.remove();
    expect(log).toEqual(["done", "delete", "done", "delete"]);
    expect(host.liveContexts()).toBe(0);
  });

  test("shares its VM with a plugin of the same vm_id and code, but not with another vm_id", () => {
    const { host } = testHost();
    const one = host.addPlugin({ module: TALKING, configuration: "", rootId: "one", vmId: "a" });
    const two = host.addPlugin({ module: TALKING, configuration: "", rootId: "two", vmId: "a" });
    const other = host.addPlugin({ module: TALKING, configuration: "", rootId: "two", vmId: "b" });
    expect(two.workers[0]?.memory).toBe(one.workers[0]?.memory);
    expect(other.workers[0]?.memory).not.toBe(one.workers[0]?.memory);
  });
});

describe("a configuration", () => {
  test("that the canary refuses is rejected and the old one stays in force", () => {
    const module = compile({
      data: "refused",
      callbacks: {
        proxy_on_configure: `${say("refused", "refused")} (i32.eqz (local.get 1))`,
        proxy_on_request_headers: "(i32.const 0)",
      },
    });
    const { host } = testHost();
    const plugin = host.addPlugin({ module, configuration: "" });
    expect(() => plugin.update("bad")).toThrow(PluginRejected);
    try {
      plugin.update("bad");
    } catch (error) {
      expect(error).toMatchObject({ code: "configure_failed" });
    }
    const stream = plugin.workers[0]?.openStream();
    expect(stream && summary(stream.requestHeaders(REQUEST, true))).toBe("continue");
  });

  test("that a worker refuses after a good canary leaves that worker without the filter", () => {
    const { host } = testHost();
    const plugin = host.addPlugin({ module: picky(2), configuration: "", workers: 2 });
    expect(plugin.main.absent).toBe(false);
    expect(plugin.workers.map(({ absent }) => absent)).toEqual([true, true]);
    const stream = plugin.workers[0]?.openStream();
    expect(stream && summary(stream.requestHeaders(REQUEST, true))).toBe("continue");
    expect(stream && summary(stream.responseHeaders(RESPONSE, true))).toBe("continue");
    stream?.close();
    expect(() => plugin.update("next")).toThrow(/base_vm_failed|configure_failed/);
  });

  test.each([
    ["trap in start", { _initialize: "unreachable" }, "runtime_error"],
    ["host call in start", { _initialize: drop("proxy_done ") }, "runtime_error"],
    ["refusal in on_vm_start", { proxy_on_vm_start: "(i32.const 0)" }, "start_failed"],
    ["trap in on_configure", { proxy_on_configure: "unreachable" }, "runtime_error"],
    ["unknown import", { proxy_on_tick: drop("nothing_like_it ") }, "unable_to_initialize_code"],
  ] as const)("is rejected after a %s", (_name, callbacks, code) => {
    const { host } = testHost();
    const add = (): unknown =>
      host.addPlugin({ module: compile({ callbacks }), configuration: "" });
    expect(add).toThrow(PluginRejected);
    expect(add).toThrow(new RegExp(`^${code}`));
  });
});

describe("a root that is not done", () => {
  test("is deleted only after proxy_done", () => {
    const module = compile({
      data: DATA,
      callbacks: {
        proxy_on_configure: `
          (drop (call $proxy_set_tick_period_milliseconds (i32.const 10))) (i32.const 1)`,
        proxy_on_tick: `(drop (call $proxy_done))`,
        proxy_on_request_headers: "(i32.const 0)",
        proxy_on_done: "(i32.const 0)",
        proxy_on_delete: say(DATA, "delete"),
      },
    });
    const { host, log, advance } = testHost();
    const plugin = host.addPlugin({ module, configuration: "old" });
    plugin.update("new");
    expect(host.liveContexts()).toBe(4);
    expect(log).toEqual([]);
    advance(10);
    expect(log).toEqual(["delete", "delete"]);
    expect(host.liveContexts()).toBe(2);
  });
});
