// The embedded gateway with a limit in a real Redis.

import { readFile } from "node:fs/promises";

import { expect, onTestFinished, test } from "vitest";

import { startGateway } from "../../host-sim/gateway/gateway.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { describeWithRedis, startRedis, startWebdis } from "../support/redis_process.ts";
import { upstreamThat } from "./fixtures.ts";

const CAPACITY = 3;
const CONFIGURATION = {
  rateLimit: {
    stores: { redis: { redis: { cluster: "webdis", timeout: "5s" } } },
    limits: [{ name: "small", capacity: CAPACITY, refill: "1/h", store: "redis" }],
  },
};

describeWithRedis("gateways with a limit in Redis", () => {
  test("share its bucket, and refuse when it has gone", async () => {
    const upstream = await upstreamThat((_request, response) => response.end("passed"));
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const webdis = await startWebdis(redis.port);
    onTestFinished(() => webdis.stop());

    async function gateway(): Promise<() => Promise<number>> {
      const started = await startGateway({
        module: await WebAssembly.compile(await readFile(MODULE_PATH)),
        configuration: JSON.stringify(CONFIGURATION),
        clusters: { webdis: `http://127.0.0.1:${webdis.port}` },
        host: "127.0.0.1",
        port: 0,
        upstream,
      });
      onTestFinished(() => started.close());
      return async () => (await fetch(`http://127.0.0.1:${started.port}/`)).status;
    }

    const one = await gateway();
    for (let i = 0; i < CAPACITY; i++) expect(await one()).toBe(200);
    expect(await one()).toBe(429);
    const other = await gateway();
    expect(await other()).toBe(429);
    await webdis.kill();
    const third = await gateway();
    expect(await third()).toBe(503);
  });
});
