// What a real Envoy shows of calls to a store of limits, and of its breaker: while the store is
// down, when it is back, and after a push.

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { RecordedAnswer, RecordingServer } from "../support/recording_server.ts";
import { startRecordingServer } from "../support/recording_server.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };
const POLL = { timeout: 30_000, interval: 50 };
const FAILURES_TO_OPEN = 5;
const NAME = "sallyport";
/** An answer of Webdis to the module's script: two tokens, two left. */
const LEASE = { EVALSHA: [2, 2, 0] };
const DOWN = 503;

/** A Webdis with these answers to come. */
let answer: RecordedAnswer = DOWN;

function configuration(capacity: number): object {
  const limit = { name: "one", key: [{ header: "x-key" }], refill: "1/h", store: "redis" };
  return {
    rateLimit: {
      stores: { redis: { redis: { cluster: "webdis", timeout: "1s" } } },
      limits: [{ ...limit, capacity }],
    },
  };
}

/** The filter as extension discovery has it: Envoy takes what is renamed to the file. */
async function push(file: string, capacity: number): Promise<void> {
  const filter = wasmFilter({
    name: NAME,
    vmId: NAME,
    modulePath: MODULE_PATH,
    configuration: configuration(capacity),
  });
  const resource = {
    "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
    ...filter,
    name: NAME,
  };
  const document = { version_info: String(capacity), resources: [resource] };
  await writeFile(`${file}.new`, JSON.stringify(document));
  await rename(`${file}.new`, file);
}

await describeWithEnvoy("a store of limits", (binary) => {
  let folder: string;
  let file: string;
  let upstream: Upstream;
  let webdis: RecordingServer;
  let envoy: EnvoyProcess;
  let sent = 0;

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    webdis = await startRecordingServer(() => answer);
    folder = await mkdtemp(join(tmpdir(), "sallyport-push-"));
    file = join(folder, "filter.json");
  });

  beforeEach(async () => {
    answer = DOWN;
    await push(file, 1);
    const discovered = {
      name: NAME,
      config_discovery: {
        config_source: { path_config_source: { path: file } },
        type_urls: ["type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm"],
      },
    };
    const http1 = { host: "127.0.0.1", protocol: "http1" } as const;
    const bootstrap = assembleBootstrap({
      admin: LOCAL,
      listeners: [renderListener({ name: "ingress", listen: LOCAL, filters: [discovered] })],
      clusters: [
        renderCluster({ ...http1, port: upstream.port }),
        renderCluster({ ...http1, name: "webdis", port: webdis.port }),
      ],
    });
    // Discovery wants to know who asks.
    const node = { id: NAME, cluster: NAME };
    envoy = await startEnvoy({ binary, bootstrap: { ...bootstrap, node } });
    return () => envoy.stop();
  });

  afterAll(async () => {
    await webdis.close();
    await upstream.close();
    await rm(folder, { recursive: true });
  });

  async function send(): Promise<number> {
    const client = http1Client(envoy.ports.get("ingress") ?? 0);
    const headers: [string, string][] = [["x-key", String(sent++)]];
    const request = { method: "GET", path: "/", authority: "example.test", headers };
    return (await client.send(request)).status;
  }

  /** Sends as many requests as open the breaker. */
  async function open(): Promise<void> {
    for (let i = 0; i < FAILURES_TO_OPEN; i++) expect(await send()).toBe(503);
  }

  async function metric(line: string): Promise<string | undefined> {
    const page = await envoy.admin("/stats/prometheus?filter=sallyport");
    const found = page.split("\n").find((each) => each.startsWith(`${line} `));
    return found?.slice(line.length + 1);
  }
  const breakers = (): Promise<string | undefined> =>
    metric('sallyport_ratelimit_breakers_open{filter="ratelimit",store="redis"}');
  const calls = (): Promise<string | undefined> =>
    metric('sallyport_call_duration_milliseconds_count{filter="ratelimit"}');

  test("that is down is an open breaker, until it answers again", async () => {
    const before = webdis.calls.length;
    const made = (): number => webdis.calls.length - before;
    expect(await breakers()).toBe("0");
    await open();
    expect(await breakers()).toBe("1");
    // A probe that fails leaves it open.
    const probed = async (): Promise<number> => {
      expect(await send()).toBe(503);
      return made();
    };
    await expect.poll(probed, POLL).toBe(FAILURES_TO_OPEN + 1);
    expect(await breakers()).toBe("1");
    answer = LEASE;
    await expect.poll(send, POLL).toBe(200);
    expect(await breakers()).toBe("0");
    // Envoy shows histograms every five seconds.
    await expect.poll(calls, POLL).toBe(String(made()));
  });

  test("has no open breaker after a push, and one again when it is still down", async () => {
    await open();
    expect(await breakers()).toBe("1");
    await push(file, 2);
    await expect.poll(breakers, POLL).toBe("0");
    await open();
    expect(await breakers()).toBe("1");
  });
});
