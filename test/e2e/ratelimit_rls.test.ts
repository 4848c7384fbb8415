// Limits of the rate limit service of the Envoy project, asked by the module in a real Envoy with
// two workers.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { http1Client } from "../support/clients.ts";
import { MODULE_PATH, requireModule } from "../support/envoy.ts";
import {
  describeWithRateLimitService,
  startRateLimitService,
} from "../support/rate_limit_process.ts";
import type { Server } from "../support/server_process.ts";
import { startRedis } from "../support/redis_process.ts";
import { reasonOf } from "../support/run_cases.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const BURST_LIMIT = 7;
const BURST = 40;
const POLL = { timeout: 20_000, interval: 100 };

/** Windows of a year: none of them ends during the test. */
const perYear = (count: number): object => ({
  rate_limit: { unit: "year", requests_per_unit: count },
});
const named = (value: string, count: number): object => ({
  key: "generic_key",
  value,
  ...perYear(count),
});

const SERVICE_LIMITS = {
  domain: "edge",
  descriptors: [
    named("burst", BURST_LIMIT),
    { key: "user", ...perYear(2), descriptors: [{ key: "kind", value: "paid", ...perYear(3) }] },
    named("fives", 10),
    named("ones", 1000),
    named("fours", 8),
    named("peek", 5),
    named("peeked", 5),
    named("plenty", 1_000_000),
  ],
};

// A call may take long: what these tests find must not depend on how busy the machine is.
const SLOW = { rls: { cluster: "limits", domain: "edge", timeout: "5s" } };
const QUICK = { rls: { cluster: "limits", domain: "edge", timeout: "100ms" } };

/** Configurations of the section, by listener. */
const SECTIONS: Record<string, object> = {
  burst: { stores: { s: SLOW }, limits: [{ name: "burst", store: "s" }] },
  user: {
    headers: "always",
    stores: { s: SLOW },
    limits: [{ name: "user", store: "s", key: [{ header: "x-user", as: "user" }] }],
  },
  paid: {
    stores: { s: SLOW },
    limits: [
      {
        name: "paid",
        store: "s",
        key: [
          { header: "x-user", as: "user" },
          { text: "paid", as: "kind" },
        ],
      },
    ],
  },
  fives: { stores: { s: SLOW }, limits: [{ name: "fives", store: "s", cost: 5 }] },
  mixed: {
    stores: { s: SLOW },
    limits: [
      { name: "ones", store: "s", cost: 1 },
      { name: "fours", store: "s", cost: 4 },
    ],
  },
  peek: { stores: { s: SLOW }, limits: [{ name: "peek", store: "s", cost: 0 }] },
  unknown: { stores: { s: SLOW }, limits: [{ name: "nobody-knows", store: "s" }] },
  deny: { stores: { s: QUICK }, limits: [{ name: "plenty", store: "s" }] },
  allow: {
    stores: { s: QUICK },
    onStoreFailure: "allow",
    limits: [{ name: "plenty", store: "s" }],
  },
  absent: {
    stores: { s: { rls: { cluster: "absent", domain: "edge" } } },
    limits: [{ name: "plenty", store: "s" }],
  },
};

/** Carries Envoy's response code details of refusals to the client. */
const DETAILS = "x-details";
const TELL_DETAILS = {
  local_reply_config: {
    mappers: [
      {
        filter: {
          status_code_filter: {
            comparison: { op: "GE", value: { default_value: 400, runtime_key: "test.status" } },
          },
        },
        headers_to_add: [{ header: { key: DETAILS, value: "%RESPONSE_CODE_DETAILS%" } }],
      },
    ],
  },
};

interface Answered {
  status: number;
  reason: string | null;
}

await describeWithRateLimitService("a rate limit service", (envoyBinary, serviceBinary) => {
  let upstream: Upstream;
  let redis: Server;
  let service: Server;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    redis = await startRedis();
    service = await startRateLimitService(serviceBinary, redis.port, SERVICE_LIMITS);
    const host = "127.0.0.1";
    const bootstrap = assembleBootstrap({
      admin: { host, port: 0 },
      listeners: Object.entries(SECTIONS).map(([name, rateLimit]) =>
        renderListener({
          name,
          listen: { host, port: 0 },
          filters: sallyportFilters({
            name,
            vmId: "sallyport",
            modulePath: MODULE_PATH,
            configuration: { rateLimit },
          }),
          connectionManager: TELL_DETAILS,
        }),
      ),
      clusters: [
        renderCluster({ host, port: upstream.port, protocol: "http1" }),
        renderCluster({ name: "limits", host, port: service.port, protocol: "http2" }),
      ],
    });
    envoy = await startEnvoy({ binary: envoyBinary, bootstrap, concurrency: 2 });
  }, 120_000);

  afterAll(async () => {
    await envoy.stop();
    await service.stop();
    await redis.stop();
    await upstream.close();
  });

  /** Each on a connection of its own, so that both workers get some. */
  async function send(listener: string, headers: HeaderList = []): Promise<Answered> {
    const client = http1Client(envoy.ports.get(listener) ?? 0);
    const request = { method: "GET", path: "/", authority: "example.test", headers };
    const response = await client.send(request);
    const details = response.headers.find(([name]) => name === DETAILS)?.[1];
    return { status: response.status, reason: details === undefined ? null : reasonOf(details) };
  }

  /** Value of a line of Envoy's page for Prometheus; NaN without one. */
  async function metric(line: string): Promise<number> {
    const page = await envoy.admin("/stats/prometheus?filter=sallyport");
    const found = page.split("\n").find((each) => each.startsWith(`${line} `));
    return Number(found?.slice(line.length));
  }

  async function statuses(listener: string, count: number, headers: HeaderList = []) {
    const found: number[] = [];
    for (let i = 0; i < count; i++) found.push((await send(listener, headers)).status);
    return found;
  }

  describe("that is up", () => {
    test("passes exactly the limit of a burst, and says why it refuses", async () => {
      const before = upstream.count();
      const answers = await Promise.all(Array.from({ length: BURST }, () => send("burst")));
      const passed = answers.filter(({ status }) => status === 200);
      expect(passed).toHaveLength(BURST_LIMIT);
      expect(upstream.count() - before).toBe(BURST_LIMIT);
      const refused = answers.filter(({ status }) => status !== 200);
      expect(new Set(refused.map(({ status, reason }) => `${status} ${reason ?? ""}`))).toEqual(
        new Set(["429 ratelimit:limited"]),
      );
    });

    test("counts each key by itself", async () => {
      expect(await statuses("user", 3, [["x-user", "ann"]])).toEqual([200, 200, 429]);
      expect(await statuses("user", 3, [["x-user", "bob"]])).toEqual([200, 200, 429]);
      // Two spellings of nothing are one key.
      expect(await statuses("user", 1)).toEqual([200]);
      expect(await statuses("user", 2, [["x-user", ""]])).toEqual([200, 429]);
    });

    test("takes values that are not UTF-8, or long, for what they are", async () => {
      for (const value of ["\xff\xfe", "x".repeat(3000)]) {
        expect(await statuses("user", 3, [["x-user", value]])).toEqual([200, 200, 429]);
      }
    });

    test("tells clients what the service says of its limit", async () => {
      const client = http1Client(envoy.ports.get("user") ?? 0);
      const headers: HeaderList = [["x-user", "cal"]];
      const told: (string | undefined)[] = [];
      for (let i = 0; i < 3; i++) {
        const request = { method: "GET", path: "/", authority: "example.test", headers };
        const response = await client.send(request);
        const fields = new Map(response.headers);
        told.push(fields.get("ratelimit")?.replace(/;t=[1-9]\d*$/, ";t"));
        told.push(fields.get("ratelimit-policy"));
      }
      const policy = '"user";q=2;w=31536000';
      expect(told).toEqual([
        '"user";r=1;t',
        policy,
        '"user";r=0;t',
        policy,
        '"user";r=0;t',
        policy,
      ]);
    });

    test("finds limits of several entries", async () => {
      expect(await statuses("paid", 4, [["x-user", "ann"]])).toEqual([200, 200, 200, 429]);
    });

    test("takes what a request costs", async () => {
      expect(await statuses("fives", 3)).toEqual([200, 200, 429]);
    });

    test("takes from each limit what it costs there", async () => {
      expect(await statuses("mixed", 3)).toEqual([200, 200, 429]);
    });

    test("takes nothing for a cost of 0", async () => {
      expect(await statuses("peek", 12)).toEqual(Array<number>(12).fill(200));
    });

    test("passes what it has no limit for", async () => {
      expect(await statuses("unknown", 3)).toEqual([200, 200, 200]);
    });

    test("is no cluster that does not exist", async () => {
      expect(await send("absent")).toEqual({ status: 503, reason: "ratelimit:unavailable" });
    });
  });

  describe("that fails", () => {
    const denied = { status: 503, reason: "ratelimit:unavailable" };

    async function expectFailure(): Promise<void> {
      // What was on its way may still be answered well.
      await expect.poll(() => send("deny"), POLL).toEqual(denied);
      for (let i = 0; i < 12; i++) {
        expect(await send("deny")).toEqual(denied);
        expect((await send("allow")).status).toBe(200);
      }
      // One of two workers had six of the twelve, and five in a row open its breaker.
      const labels = '{filter="ratelimit",store="s"}';
      expect(await metric(`sallyport_ratelimit_breakers_open${labels}`)).toBeGreaterThan(0);
    }

    /** Both workers ask again. */
    async function expectRecovery(): Promise<void> {
      await expect
        .poll(async () => new Set(await statuses("deny", 8)), { ...POLL, timeout: 60_000 })
        .toEqual(new Set([200]));
    }

    test("because it was killed does what is configured, and is asked again", async () => {
      await expectRecovery();
      await service.kill();
      await expectFailure();
      await service.start();
      await expectRecovery();
    }, 120_000);

    test("because it hangs does what is configured, and is asked again", async () => {
      service.pause();
      await expectFailure();
      service.resume();
      await expectRecovery();
    }, 120_000);

    test("because its Redis is gone does what is configured, and is asked again", async () => {
      await redis.kill();
      await expectFailure();
      await redis.start();
      await expectRecovery();
    }, 120_000);

    test("was called by gRPC, and its calls are timed", async () => {
      const count = 'sallyport_call_duration_milliseconds_count{filter="ratelimit"}';
      await expect.poll(() => metric(count), POLL).toBeGreaterThan(0);
    });

    test("leaves no request and no worker behind", async () => {
      const stats = await envoy.stats("downstream_rq_active|wasm.*(created|active)");
      const active = [...stats].filter(([name]) => name.includes("rq_active"));
      expect(active.filter(([name]) => !name.includes("admin")).map(([, n]) => n)).toEqual(
        active.filter(([name]) => !name.includes("admin")).map(() => 0),
      );
      expect(envoy.log()).not.toMatch(/critical|Function: proxy_.* failed/);
    });
  });
});
