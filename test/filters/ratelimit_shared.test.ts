// Buckets in shared data: time, workers, races, and hosts that fail.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HostCall } from "../../host-sim/src/index.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();

interface Change {
  onStoreFailure?: "deny" | "allow";
  headers?: "refused" | "always";
  capacity?: number;
  refill?: string;
  limits?: object[];
}

function configuration({
  onStoreFailure,
  headers,
  capacity = 2,
  refill = "0/s",
  limits,
}: Change): object {
  const one = { name: "one", key: [{ text: "all" }], capacity, refill };
  return {
    rateLimit: {
      ...(onStoreFailure === undefined ? {} : { onStoreFailure }),
      ...(headers === undefined ? {} : { headers }),
      limits: limits ?? [one],
    },
  };
}

type Faults = (call: HostCall) => Status | undefined;

function filter(change: Change, faults?: Faults, workers = 1): Simulated {
  const given = faults === undefined ? {} : { faults };
  return new Simulated(module, { configuration: configuration(change), workers, ...given });
}

/** A fault of one host call while requests are handled. */
const failing =
  (name: string, status: Status): Faults =>
  (call) =>
    call.name === name && call.phase === "request_headers" ? status : undefined;

/** Sends until one is refused; returns how many passed. */
function burst(on: Simulated, most = 1000): number {
  for (let passed = 0; passed < most; passed++) if (on.send().reason !== null) return passed;
  return most;
}

const pageKey = (on: Simulated): string => {
  const [key] = on.keys().filter((each) => each.includes("/one/"));
  if (key === undefined) throw new Error("no page was written");
  return key;
};

describe("time", () => {
  test("refills as it passes, up to the capacity, and the answer says when", () => {
    const on = filter({ capacity: 2, refill: "1/m" });
    expect(burst(on)).toBe(2);
    const refused = on.send();
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit")).toBe('"one";r=0;t=60');
    expect(refused.headers.get("ratelimit-policy")).toBe('"one";q=2;w=120');
    on.advance(59.5);
    expect(on.send().headers.get("retry-after")).toBe("1");
    on.advance(0.5);
    expect(on.send().reason).toBeNull();
    expect(on.send().reason).toBe("ratelimit:limited");
    on.advance(365 * 86_400);
    expect(burst(on)).toBe(2);
  });

  test("that goes back refills nothing, and counts once when it comes again", () => {
    const on = filter({ capacity: 1, refill: "1/s" });
    on.advance(100);
    expect(on.send().reason).toBeNull();
    on.advance(-50);
    expect(on.send().reason).toBe("ratelimit:limited");
    on.advance(50);
    expect(on.send().reason).toBe("ratelimit:limited");
    on.advance(1);
    expect(on.send().reason).toBeNull();
  });
});

describe("workers", () => {
  test.each([1, 2, 4])("%i of them share one bucket", (workers) => {
    const on = filter({ capacity: 40 }, undefined, workers);
    let passed = 0;
    for (let i = 0; i < 100; i++) if (on.send([], i % workers).reason === null) passed++;
    expect(passed).toBe(40);
  });

  test("agree on the seed that keys are hashed with", () => {
    const on = filter({ capacity: 40 }, undefined, 4);
    for (let worker = 0; worker < 4; worker++) on.send([], worker);
    const names = on.keys().map((key) => key.replace(/\/[0-9a-f]{4}$/, "/????"));
    expect(names.sort()).toEqual(["sallyport/rl1/seed", "sallyport/rl2/one/????"]);
  });

  test("replace a seed that is none", () => {
    const key = "sallyport/rl1/seed";
    const on = new Simulated(module, {
      configuration: configuration({}),
      shared: { [key]: new Uint8Array(3) },
    });
    expect(on.send().reason).toBeNull();
    expect(on.shared(key)).toHaveLength(16);
  });

  test("take the seed that is there", () => {
    const seed = new Uint8Array(16).fill(7);
    const key = "sallyport/rl1/seed";
    const make = (): Simulated =>
      new Simulated(module, { configuration: configuration({}), shared: { [key]: seed } });
    const [first, second] = [make(), make()];
    first.send();
    second.send();
    expect(first.keys()).toEqual(second.keys());
    expect([...first.shared(key)]).toEqual([...seed]);
  });
});

describe("a race", () => {
  test("that is lost is run again, and no token is lost or won", () => {
    let sets = 0;
    const on = filter({ capacity: 10 }, (call) =>
      call.name === "proxy_set_shared_data" && call.phase === "request_headers" && sets++ % 3 !== 2
        ? Status.CAS_MISMATCH
        : undefined,
    );
    expect(burst(on)).toBe(10);
    expect(sets).toBe(30);
  });

  test("that is always lost is given up, and the request is refused", () => {
    const faults = failing("proxy_set_shared_data", Status.CAS_MISMATCH);
    for (const onStoreFailure of ["deny", "allow"] as const) {
      const on = filter({ onStoreFailure }, faults);
      const calls = on.callsOf();
      expect(calls.get("proxy_set_shared_data")).toBe(64);
      expect(on.send()).toMatchObject({ status: 429, reason: "ratelimit:cas_exhausted" });
    }
  });
});

describe("a value in shared data that is no page", () => {
  const values: [name: string, value: (page: Uint8Array) => Uint8Array][] = [
    ["empty", () => new Uint8Array(0)],
    ["too short", (page) => page.subarray(0, -1)],
    ["too long", (page) => new Uint8Array([...page, 0])],
    ["of another version", (page) => page.map((byte, at) => (at === 4 ? 1 : byte))],
    ["garbage", (page) => page.map(() => 0xa5)],
  ];
  test.each(values)("%s is replaced", (_name, change) => {
    const on = filter({ capacity: 2 });
    on.send();
    const key = pageKey(on);
    const page = on.shared(key);
    on.share(key, change(page));
    expect(burst(on)).toBe(2);
    expect(on.shared(key)).toHaveLength(page.length);
  });
});

describe("a failing host", () => {
  const faults: [call: string, status: Status][] = [
    ["proxy_get_shared_data", Status.INTERNAL_FAILURE],
    ["proxy_get_shared_data", Status.INVALID_MEMORY_ACCESS],
    ["proxy_set_shared_data", Status.INTERNAL_FAILURE],
    ["proxy_set_shared_data", Status.BAD_ARGUMENT],
    ["clock_time_get", Status.INTERNAL_FAILURE],
  ];
  test.each(faults)("%s answering %i refuses, or passes where that is wanted", (name, status) => {
    const denying = filter({}, failing(name, status));
    expect(denying.send()).toMatchObject({ status: 503, reason: "ratelimit:unavailable" });
    expect(filter({ onStoreFailure: "allow" }, failing(name, status)).send().reason).toBeNull();
  });

  test("every other status of every call gives a verdict, never a pass under deny", () => {
    const names = ["proxy_get_shared_data", "proxy_set_shared_data", "clock_time_get"];
    for (const name of names) {
      for (const status of Object.values(Status).filter((each) => each !== Status.OK)) {
        const on = filter({ capacity: 0 }, failing(name, status));
        expect(on.send().reason, `${name} ${String(status)}`).toMatch(/^ratelimit:/);
      }
    }
  });

  test("gives back what earlier limits took", () => {
    let broken = false;
    const on = filter(
      {
        limits: [
          { name: "one", key: [{ text: "all" }], capacity: 3, refill: "0/s" },
          { name: "two", key: [{ text: "all" }], capacity: 1000, refill: "0/s" },
        ],
      },
      failingSecondGet(() => broken),
    );
    expect(on.send().reason).toBeNull();
    broken = true;
    for (let i = 0; i < 10; i++) expect(on.send().reason).toBe("ratelimit:unavailable");
    broken = false;
    expect(burst(on)).toBe(2);
  });

  test("while it is set up denies everything until it works", () => {
    let broken = true;
    const on = new Simulated(module, {
      configuration: configuration({}),
      faults: ({ name, phase }) =>
        broken && name === "proxy_get_shared_data" && phase !== "request_headers"
          ? Status.INTERNAL_FAILURE
          : undefined,
    });
    expect(on.send()).toMatchObject({ status: 503, reason: "config_failed" });
    broken = false;
    on.advance(2);
    on.host.runTimers();
    expect(on.send().reason).toBeNull();
  });

  test("while it is set up is no matter where failures may pass", () => {
    const on = filter({ onStoreFailure: "allow" }, ({ name }) =>
      name === "proxy_get_shared_data" ? Status.INTERNAL_FAILURE : undefined,
    );
    expect(on.send().reason).toBeNull();
  });
});

/** Fails every second read of a page: the second limit's, when each request reads two. */
function failingSecondGet(isBroken: () => boolean): Faults {
  let gets = 0;
  return ({ name, phase }) => {
    if (name !== "proxy_get_shared_data" || phase !== "request_headers" || !isBroken()) {
      return undefined;
    }
    // First limit, second limit, giving back to the first.
    return gets++ % 3 === 1 ? Status.INTERNAL_FAILURE : undefined;
  };
}

describe("responses", () => {
  const answer: [string, string][] = [[":status", "200"]];

  test("tell of the configuration that the request came under", () => {
    const change: Change = { headers: "always", capacity: 5 };
    const on = filter(change);
    const stream = on.open();
    expect(requestOn(stream).reason).toBeNull();
    const other = { name: "other", key: [{ text: "x" }], capacity: 1, refill: "1/s" };
    on.plugin.update(JSON.stringify(configuration({ ...change, limits: [other] })));
    const result = stream.responseHeaders(answer, true);
    const told = result.kind === "continue" ? new Map(result.headers).get("ratelimit") : undefined;
    expect(told).toBe('"one";r=4');
    stream.close();
    expect([on.send().reason, on.send().reason]).toEqual([null, "ratelimit:limited"]);
  });

  test("keep what the upstream tells of its own limits", () => {
    const stream = filter({ headers: "always", capacity: 5 }).open();
    requestOn(stream);
    const result = stream.responseHeaders([...answer, ["ratelimit", '"up";r=1']], true);
    const lines = result.kind === "continue" ? result.headers : [];
    expect(lines.filter(([name]) => name === "ratelimit").map(([, value]) => value)).toEqual([
      '"up";r=1',
      '"one";r=4',
    ]);
    stream.close();
  });

  test("cost no callback state unless they tell something", () => {
    const on = filter({ capacity: 5 });
    const stream = on.open();
    requestOn(stream);
    const before = on.host.hostCalls();
    stream.responseHeaders(answer, true);
    stream.close();
    expect(on.host.hostCalls()).toBe(before);
  });
});

describe("host calls", () => {
  test("of a request under one limit are a clock, a read and a write", () => {
    const on = filter({ capacity: 63 });
    on.send();
    expect(Object.fromEntries(on.callsOf())).toEqual({
      proxy_get_header_map_pairs: 1,
      clock_time_get: 1,
      proxy_get_shared_data: 1,
      proxy_set_shared_data: 1,
    });
  });

  test("of a refused request do not write", () => {
    const on = filter({ capacity: 0 });
    on.send();
    const calls = on.callsOf();
    expect(calls.get("proxy_get_shared_data")).toBe(1);
    expect(calls.has("proxy_set_shared_data")).toBe(false);
    expect(on.keys()).toEqual(["sallyport/rl1/seed"]);
  });

  test("shared data does not grow with the number of clients", () => {
    const one = {
      name: "one",
      key: [{ header: "x-user" }],
      capacity: 1,
      refill: "1/d",
      maxKeys: 500,
    };
    const on = filter({ limits: [one] });
    for (let i = 0; i < 20_000; i++) on.send([["x-user", String(i)]]);
    expect(on.keys()).toHaveLength(33);
  });
});
