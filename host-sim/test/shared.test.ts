import { describe, expect, test } from "vitest";
import { MetricType, Status } from "../src/index.ts";
import { MetricIds, MetricStore } from "../src/metrics.ts";
import { SharedData } from "../src/shared_data.ts";
import { SharedQueues } from "../src/shared_queue.ts";
import { at, compile, i32, REQUEST, say, testHost } from "./guest.ts";

const VALUE = Uint8Array.of(1);

describe("shared data", () => {
  test("compares and swaps, stores an absent key whatever the cas, and never uses cas 0", () => {
    const data = new SharedData();
    expect(data.get("vm", "key")).toBeNull();
    expect(data.set("vm", "key", VALUE, 99)).toBe(Status.OK);
    const first = data.get("vm", "key")?.cas ?? 0;
    expect(first).not.toBe(0);
    expect(data.set("vm", "key", VALUE, first + 1)).toBe(Status.CAS_MISMATCH);
    expect(data.set("vm", "key", VALUE, first)).toBe(Status.OK);
    expect(data.set("vm", "key", VALUE, first)).toBe(Status.CAS_MISMATCH);
    expect(data.set("vm", "key", VALUE, 0)).toBe(Status.OK);
  });

  test("is one namespace per vm_id, shared by all plugins that have it", () => {
    const data = new SharedData();
    data.set("a", "key", VALUE, 0);
    expect(data.get("b", "key")).toBeNull();
    expect(data.keys("a")).toEqual(["key"]);
    data.deleteVmId("a");
    expect(data.size).toBe(0);
  });

  test("dies with the last VM of its vm_id and outlives a push", () => {
    const module = compile({
      data: "key",
      callbacks: {
        proxy_on_configure: `(drop (call $proxy_set_shared_data ${at("key", "key")} (i32.const 16)
          (i32.const 3) (i32.const 0))) (i32.const 1)`,
      },
    });
    const { host } = testHost();
    const plugin = host.addPlugin({ module, configuration: "one", vmId: "vm" });
    plugin.update("two");
    expect(host.sharedData.keys("vm")).toEqual(["key"]);
    plugin.remove();
    expect(host.sharedData.size).toBe(0);
  });
});

describe("shared queues", () => {
  test("tell the VM that registered last, and keep what came before", () => {
    const queues = new SharedQueues();
    const told: string[] = [];
    const token = queues.register("vm", "name", () => told.push("first"));
    queues.enqueue(token, VALUE);
    expect(queues.register("vm", "name", () => told.push("second"))).toBe(token);
    queues.enqueue(token, VALUE);
    expect(told).toEqual(["first", "second"]);
    expect([1, 2, 3].map(() => queues.dequeue(token))).toEqual([VALUE, VALUE, Status.EMPTY]);
    expect(queues.resolve("other", "name")).toBe(0);
    queues.deleteVmId("vm");
    expect(queues.enqueue(token, VALUE)).toBe(Status.NOT_FOUND);
  });

  test("deliver on_queue_ready after the callback that enqueued", () => {
    const data = "queue ready after";
    const module = compile({
      data,
      callbacks: {
        proxy_on_configure: `
          (drop (call $proxy_register_shared_queue ${at(data, "queue")} ${i32(64)})) ${i32(1)}`,
        proxy_on_queue_ready: say(data, "ready"),
        proxy_on_request_headers: `(drop (call $proxy_enqueue_shared_queue (i32.load (i32.const 64))
          ${at(data, "queue")})) ${say(data, "after")} (i32.const 0)`,
      },
    });
    const { host, log } = testHost();
    host
      .addPlugin({ module, configuration: "" })
      .workers[0]?.openStream()
      .requestHeaders(REQUEST, true);
    expect(log).toEqual(["after", "ready"]);
  });
});

describe("metrics", () => {
  test("have ids by kind, a new one for each definition, and one value per name", () => {
    const ids = new MetricIds(new MetricStore());
    const kinds = [MetricType.COUNTER, MetricType.GAUGE, MetricType.HISTOGRAM];
    expect(kinds.map((kind) => ids.define(kind, "name"))).toEqual([4, 5, 6]);
    const again = ids.define(MetricType.COUNTER, "name");
    expect(again).toBe(8);
    ids.increment(4, 2n);
    expect(ids.get(again)).toBe(2n);
  });

  test("refuse what Envoy refuses", () => {
    const ids = new MetricIds(new MetricStore());
    const counter = ids.define(MetricType.COUNTER, "c");
    const gauge = ids.define(MetricType.GAUGE, "g");
    const histogram = ids.define(MetricType.HISTOGRAM, "h");
    expect(ids.increment(counter, 0n)).toBe(Status.BAD_ARGUMENT);
    expect(ids.increment(gauge, 5n)).toBe(Status.OK);
    expect(ids.increment(gauge, -2n)).toBe(Status.OK);
    expect(ids.get(gauge)).toBe(3n);
    expect(ids.increment(histogram, 1n)).toBe(Status.BAD_ARGUMENT);
    expect(ids.get(histogram)).toBe(Status.BAD_ARGUMENT);
    expect(ids.record(histogram, 7n)).toBe(Status.OK);
    expect(ids.record(counter, 7n)).toBe(Status.OK);
    expect(ids.get(counter)).toBe(7n);
    expect(ids.get(400)).toBe(Status.NOT_FOUND);
    expect(ids.record(7, 1n)).toBe(Status.NOT_FOUND);
  });
});
