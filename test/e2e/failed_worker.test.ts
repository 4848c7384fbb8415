// Envoy asks a canary first. Where the canary accepts a configuration and a worker then does not,
// it serves without the filter there, under every failure policy. So the module never refuses on a
// worker what it accepted on the canary: it denies. And a safety net catches what is not ours.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { capabilitiesOf } from "../../envoy/capabilities.ts";
import type { JsonObject, WasmFilterOptions } from "../../envoy/http_filters.ts";
import { wasmFilter, withSafetyNet } from "../../envoy/http_filters.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { compileGuest } from "../support/guest.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
/** ROOTS_MAX of assembly/core/limits.ts is 17: one place is for reading a configuration. */
const ROOTS_ALIVE_MAX = 16;
const PLUGINS = 20;

/** Accepts its configuration once, on the canary; shared data tells it that it is not the first. */
const ABSENT_ON_WORKERS = `
@external("env", "proxy_get_shared_data")
declare function getSharedData(k: usize, kLen: usize, v: usize, vLen: usize, cas: usize): u32;
@external("env", "proxy_set_shared_data")
declare function setSharedData(k: usize, kLen: usize, v: usize, vLen: usize, cas: u32): u32;
const KEY = memory.data<u8>([102, 105, 114, 115, 116]);
const OUT = memory.data(16);
export function proxy_on_configure(root: u32, size: u32): u32 {
  if (getSharedData(KEY, 5, OUT, OUT + 4, OUT + 8) == 0) return 0;
  setSharedData(KEY, 5, KEY, 5, 0);
  return 1;
}
export function proxy_on_request_headers(stream: u32, headers: u32, end: u32): u32 {
  unreachable();
  return 0;
}
`;

await describeWithEnvoy("a configuration that fails on a worker after a good canary", (binary) => {
  let folder = "";
  let upstream: Upstream;
  let envoy: EnvoyProcess | null = null;

  beforeAll(async () => {
    requireModule();
    folder = await mkdtemp(join(tmpdir(), "sallyport-guest-"));
    upstream = await startUpstream();
  });
  afterEach(async () => {
    await envoy?.stop();
    envoy = null;
  });
  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(chains: Record<string, JsonObject[]>, concurrency = 1): Promise<void> {
    const listeners = Object.entries(chains).map(([name, filters]) =>
      renderListener({ name, listen: ANY_PORT, filters }),
    );
    const cluster = renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "same" });
    const bootstrap = assembleBootstrap({ admin: ANY_PORT, listeners, clusters: [cluster] });
    envoy = await startEnvoy({ binary, bootstrap, concurrency });
  }

  /** Answers of one listener over connections of their own, so that all workers are met. */
  async function statuses(listener: string, connections: number): Promise<number[]> {
    const client = http1Client(envoy?.ports.get(listener) ?? 0);
    const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
    const sent = Array.from({ length: connections }, () => client.send(request));
    return (await Promise.all(sent)).map(({ status }) => status);
  }

  function sallyport(name: string): WasmFilterOptions {
    const configuration = { normalise: { strip: [`x-${name}`] } };
    return { name, vmId: "shared", modulePath: MODULE_PATH, configuration };
  }

  test("denies where the VM of the worker has no room left for one more plugin", async () => {
    // A canary has a VM to itself: all twenty are accepted. The workers hold them in one VM.
    const names = Array.from({ length: PLUGINS }, (_, index) => `plugin-${index}`);
    const chains: Record<string, JsonObject[]> = {};
    for (const name of names) chains[name] = [wasmFilter(sallyport(name))];
    await start(chains, 2);
    const before = upstream.count();
    const refusing = [];
    for (const name of names) {
      const found = await statuses(name, 8);
      if (found.every((status) => status === 503)) refusing.push(name);
      else expect(found, name).toEqual(found.map(() => 200));
    }
    expect(refusing).toHaveLength(PLUGINS - ROOTS_ALIVE_MAX);
    expect(upstream.count() - before).toBe(ROOTS_ALIVE_MAX * 8);
    const denied = await envoy?.stats("unknown_context.*sallyport_decisions_total");
    expect([...(denied?.values() ?? [])]).toEqual([(PLUGINS - ROOTS_ALIVE_MAX) * 8]);
  });

  test("denies where a host call that the set-up needs is refused", async () => {
    const filter = wasmFilter(sallyport("restricted"));
    await start({ restricted: [withoutCapability(filter, "proxy_define_metric")] }, 2);
    const before = upstream.count();
    expect(new Set(await statuses("restricted", 16))).toEqual(new Set([503]));
    expect(upstream.count()).toBe(before);
    expect(envoy?.log()).toContain("config_failed");
  });

  test("is refused by Envoy where its VM is granted less than it needs", async () => {
    const options = { ...sallyport("response"), configuration: RESPONSE_RULES };
    const capabilities = capabilitiesOf(MODULE_PATH, options.configuration);
    const fewer = capabilities.filter((name) => name !== "proxy_on_response_headers");
    await expect(
      start({ granted: [wasmFilter({ ...options, capabilities: fewer })] }),
    ).rejects.toThrow("found a VM without proxy_on_response_headers");
    // The same id, but another VM: what the first was granted does not hold for the second.
    const plain = { ...sallyport("plain"), vmId: options.vmId };
    const few = { ...plain, capabilities: capabilitiesOf(MODULE_PATH, plain.configuration) };
    await start({
      plain: [wasmFilter(few)],
      granted: [wasmFilter({ ...options, capabilities })],
    });
    const client = http1Client(envoy?.ports.get("granted") ?? 0);
    const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
    const { headers } = await client.send(request);
    expect(new Map(headers).get("x-made")).toBe("1");
  });

  test("lets requests pass where a foreign module is absent: Envoy does that", async () => {
    await start({ open: [await absentGuest("open")] });
    expect(await statuses("open", 2)).toEqual([200, 200]);
  });

  test("is caught by the safety net: 403 from RBAC, nothing reaches the upstream", async () => {
    const open = await absentGuest("netted");
    await start({ netted: withSafetyNet(open) }, 2);
    const before = upstream.count();
    expect(new Set(await statuses("netted", 16))).toEqual(new Set([403]));
    expect(upstream.count()).toBe(before);
    const client = http1Client(envoy?.ports.get("netted") ?? 0);
    const forged = await client.send({
      method: "GET",
      path: "/",
      authority: "example.test",
      headers: [["x-sallyport-checked", "1"]],
    });
    expect(forged.status).toBe(403);
  });

  test("does not stop what the module marked, and the upstream does not see the mark", async () => {
    const options = { ...sallyport("marked"), configuration: { markChecked: true } };
    await start({ marked: withSafetyNet(wasmFilter(options)) }, 2);
    const client = http1Client(envoy?.ports.get("marked") ?? 0);
    const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
    const response = await client.send(request);
    expect(response.status).toBe(200);
    expect(response.body.toString()).not.toContain("x-sallyport-checked");
  });

  async function absentGuest(name: string): Promise<JsonObject> {
    const modulePath = join(folder, `${name}.wasm`);
    await writeFile(modulePath, await compileGuest(ABSENT_ON_WORKERS));
    return wasmFilter({ name, vmId: name, modulePath, configuration: {} });
  }
});

const RESPONSE_RULES = { normalise: { response: { set: [{ header: "x-made", value: "1" }] } } };

/** Every host call and callback of the module but one. */
function withoutCapability(filter: JsonObject, denied: string): JsonObject {
  const allowed = CAPABILITIES.filter((name) => name !== denied);
  const map = Object.fromEntries(allowed.map((name) => [name, {}]));
  const typed: { config: JsonObject } & JsonObject = JSON.parse(
    JSON.stringify(filter["typed_config"]),
  );
  typed.config["capability_restriction_config"] = { allowed_capabilities: map };
  return { ...filter, typed_config: typed };
}

const CAPABILITIES = [
  "proxy_on_context_create",
  "proxy_on_vm_start",
  "proxy_on_configure",
  "proxy_on_tick",
  "proxy_on_request_headers",
  "proxy_on_response_headers",
  "proxy_on_delete",
  "proxy_log",
  "proxy_get_buffer_bytes",
  "proxy_define_metric",
  "proxy_increment_metric",
  "proxy_set_tick_period_milliseconds",
  "proxy_get_header_map_pairs",
  "proxy_add_header_map_value",
  "proxy_replace_header_map_value",
  "proxy_remove_header_map_value",
  "proxy_send_local_response",
  "proxy_get_shared_data",
  "proxy_set_shared_data",
  "proxy_call_foreign_function",
  "proxy_get_property",
  "clock_time_get",
  "random_get",
];
