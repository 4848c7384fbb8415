// Runs the conformance probe in a real Envoy: every scenario in turn, on one worker.

import { createSign } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { send } from "./conformance_client.ts";
import type { ConformanceAnswer } from "./conformance_client.ts";
import { SCENARIOS } from "./conformance_scenarios.ts";
import { startConformanceUpstream } from "./conformance_upstream.ts";
import { newEcKeys } from "./key_pairs.ts";

/** Names and numbers that both hosts are given. */
export const PLUGIN_NAME = "probe plugin";
export const ROOT_ID = "probe root";
export const VM_ID = "probe vm";
export const VM_CONFIGURATION = "vm configuration";
/** The listener of envoy/bootstrap.ts. */
export const BUFFER_LIMIT_BYTES = 32768;
const SETTLED_MILLISECONDS = 5000;
const TICKS_MILLISECONDS = 300;

/** What one scenario came to, as seen from outside. */
export interface Outcome {
  answer: ConformanceAnswer;
  /** Null when nothing reached the upstream. */
  upstream: { headers: HeaderList; body: string; trailers: HeaderList } | null;
  /** Envoy's response code details. */
  details: string;
}

export interface EnvoyRun {
  lines: string[];
  outcomes: Outcome[];
}

export async function runInEnvoy(
  binary: string,
  modulePath: string,
  fixtures: string,
): Promise<EnvoyRun> {
  const upstream = await startConformanceUpstream();
  const bootstrap = assembleBootstrap({
    admin: { host: "127.0.0.1", port: 0 },
    listeners: [
      renderListener({
        name: "probe",
        listen: { host: "127.0.0.1", port: 0 },
        filters: [probeFilter(modulePath, fixtures)],
      }),
    ],
    clusters: [upstreamCluster(upstream.port), { name: "empty", type: "STATIC" }],
  });
  const envoy = await startEnvoy({ binary, bootstrap });
  try {
    await sleep(TICKS_MILLISECONDS);
    const outcomes: Outcome[] = [];
    for (const scenario of SCENARIOS) {
      const before = upstream.requests.length;
      const answer = await send(envoy.ports.get("probe") ?? 0, scenario);
      const details = await settle(envoy, outcomes.length + 1);
      const headers = upstream.requests[before];
      const body = upstream.bodies[before] ?? "";
      const trailers = upstream.trailers[before] ?? [];
      const received = headers === undefined ? null : { headers, body, trailers };
      outcomes.push({ answer, upstream: received, details });
    }
    await sleep(TICKS_MILLISECONDS);
    return { lines: probeLines(envoy), outcomes };
  } finally {
    await envoy.stop();
    await upstream.close();
  }
}

/** Waits for the stream's last callback and for its access log line; answers the details. */
async function settle(envoy: EnvoyProcess, count: number): Promise<string> {
  for (let waited = 0; waited < SETTLED_MILLISECONDS; waited += 10) {
    const deleted = [...envoy.log().matchAll(/event\|[0-9a-f]{8}\|\d+\|delete\|/g)].length;
    const logged = envoy.accessLog();
    if (deleted >= count && logged.length >= count) {
      await sleep(10);
      const details = logged[count - 1]?.["details"];
      return typeof details === "string" ? details : "";
    }
    await sleep(10);
  }
  throw new Error(`stream ${count} did not end\n${envoy.log().slice(-2000)}`);
}

function probeLines(envoy: EnvoyProcess): string[] {
  return envoy
    .log()
    .split("\n")
    .filter((line) => line.includes("wasm log"));
}

function probeFilter(modulePath: string, fixtures: string): JsonObject {
  const text = (value: string): JsonObject => ({
    "@type": "type.googleapis.com/google.protobuf.StringValue",
    value,
  });
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: {
        name: PLUGIN_NAME,
        root_id: ROOT_ID,
        configuration: text(fixtures),
        vm_config: {
          vm_id: VM_ID,
          runtime: "envoy.wasm.runtime.v8",
          configuration: text(VM_CONFIGURATION),
          code: { local: { filename: modulePath } },
          environment_variables: { key_values: { PROBE: "value" } },
        },
      },
    },
  };
}

function upstreamCluster(port: number): JsonObject {
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  return {
    name: "upstream",
    type: "STATIC",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: "upstream",
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
  };
}

/** Arguments of verify_signature, by variant: `name=hex` lines for the probe's configuration. */
export function makeFixtures(): string {
  const { privateKey, publicKey } = newEcKeys("P-256");
  const der = publicKey.export({ type: "spki", format: "der" });
  const pem = Buffer.from(publicKey.export({ type: "spki", format: "pem" }));
  const text = Buffer.from("signed text");
  const signature = createSign("sha256").update(text).sign(privateKey);
  const bad = Buffer.from(signature);
  bad.writeUInt8(bad.readUInt8(bad.length - 1) ^ 1, bad.length - 1);
  const message = (hash: string, key: Buffer, sig: Buffer, keyPem: Buffer): string =>
    [Buffer.from(hash), key, sig, text, keyPem]
      .map((bytes, index) => field(index + 1, bytes))
      .join("");
  const none = Buffer.alloc(0);
  return Object.entries({
    good: message("sha256", der, signature, none),
    "good PEM": message("sha256", none, signature, pem),
    "bad signature": message("sha256", der, bad, none),
    "signature of another hash": message("sha384", der, signature, none),
    "unknown hash": message("md4711", der, signature, none),
    "no signature": message("sha256", der, none, none),
    "both keys": message("sha256", der, signature, pem),
    "neither key": message("sha256", none, signature, none),
    "unusable DER": message("sha256", Buffer.from("no key"), signature, none),
    "unusable PEM": message("sha256", none, signature, Buffer.from("no key")),
  })
    .map(([name, hex]) => `${name}=${hex}`)
    .join("\n");
}

/** One length-delimited protobuf field as hex; absent when empty. */
function field(number: number, bytes: Buffer): string {
  if (bytes.length === 0) return "";
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]).toString("hex");
}
