// What a trap, and a configuration that is refused, come to under each failure policy: the same
// small guests in Envoy and in the simulator must be answered alike, request by request.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { createHost } from "../../host-sim/src/index.ts";
import type { HeaderList, Plugin } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy, validateBootstrap } from "../../scripts/lib/envoy_process.ts";
import { send } from "../support/conformance_client.ts";
import { describeWithEnvoy } from "../support/envoy.ts";
import { compileGuest } from "../support/guest.ts";

const BACKOFF_MILLISECONDS = 300;
/** The backoff and its jitter are over. */
const LATER_MILLISECONDS = 600;

const POLICIES = ["FAIL_CLOSED", "FAIL_OPEN", "FAIL_RELOAD"] as const;

/** Answers 299, and 298 from the second request on; traps where the header of that name says so. */
const GUEST = `
@external("env", "proxy_get_header_map_value")
declare function get(type: u32, name: usize, len: u32, out: usize, outLen: usize): u32;
@external("env", "proxy_add_header_map_value")
declare function add(type: u32, name: usize, len: u32, value: usize, valueLen: u32): u32;
const TRAP = memory.data<u8>([116, 114, 97, 112]);
const SEEN = memory.data<u8>([115, 101, 101, 110]);
const OUT = memory.data(8);
const COUNT = memory.data<u8>([48]);
let trapInResponse = false;
export function proxy_on_configure(root: u32, size: u32): u32 {
  return size == 6 ? 0 : 1;
}
export function proxy_on_request_headers(id: u32, headers: u32, end: u32): u32 {
  trapInResponse = false;
  if (get(0, TRAP, 4, OUT, OUT + 4) == 0) {
    if (load<u32>(OUT + 4) == 3) unreachable();
    trapInResponse = true;
  }
  return 0;
}
export function proxy_on_response_headers(id: u32, headers: u32, end: u32): u32 {
  if (trapInResponse) unreachable();
  store<u8>(COUNT, load<u8>(COUNT) + 1);
  add(2, SEEN, 4, COUNT, 1);
  return 0;
}
`;

/** Seen in Envoy 1.40. FAIL_OPEN opens after the request that trapped, not for it. */
const EXPECTED = {
  FAIL_CLOSED: ["200 seen 1", "200 seen 2", "503", "503", "503", "503", "503", "503", "503"],
  FAIL_OPEN: ["200 seen 1", "200 seen 2", "503", "200", "200", "200", "200", "200", "200"],
  FAIL_RELOAD: [
    "200 seen 1",
    "200 seen 2",
    "503",
    "200 seen 1",
    "503",
    "503",
    "200 seen 1",
    "503",
    "200 seen 1",
  ],
} as const;

/** The header "trap": "now" is in the request, "later" in the response. */
const STEPS: readonly (string | number)[] = [
  LATER_MILLISECONDS,
  "",
  "",
  "now",
  "",
  "now",
  "",
  LATER_MILLISECONDS,
  "",
  "later",
  LATER_MILLISECONDS,
  "",
];

await describeWithEnvoy("a trap in Envoy and in the simulator", (binary) => {
  let folder: string;
  let bytes: Uint8Array;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-failures-"));
    bytes = await compileGuest(GUEST);
    await writeFile(join(folder, "guest.wasm"), bytes);
    envoy = await startEnvoy({ binary, bootstrap: bootstrap(POLICIES, "good") });
  });

  afterAll(async () => {
    await envoy.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(POLICIES)("comes to the same answers under %s", async (policy) => {
    const inEnvoy = await answersOfEnvoy(envoy, policy);
    expect(answersOfSimulator(bytes, policy)).toEqual(inEnvoy);
    expect(inEnvoy).toEqual(EXPECTED[policy]);
  });

  test.each(POLICIES)(
    "a configuration that the canary refuses is rejected under %s",
    async (policy) => {
      const { valid } = await validateBootstrap(binary, bootstrap([policy], "refuse"));
      const add = (): Plugin => addPlugin(bytes, policy, "refuse", () => 0n);
      expect(valid).toBe(false);
      expect(add).toThrow(/^configure_failed/);
    },
  );

  function bootstrap(policies: readonly string[], configuration: string): JsonObject {
    const path = join(folder, "guest.wasm");
    return assembleBootstrap({
      admin: { host: "127.0.0.1", port: 0 },
      clusters: [],
      listeners: policies.map((policy) =>
        renderListener({
          name: policy,
          listen: { host: "127.0.0.1", port: 0 },
          filters: [guestFilter(path, policy, configuration)],
          routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
        }),
      ),
    });
  }
});

async function answersOfEnvoy(envoy: EnvoyProcess, policy: string): Promise<string[]> {
  const answers: string[] = [];
  for (const step of STEPS) {
    if (typeof step === "number") {
      await sleep(step);
      continue;
    }
    const headers = requestHeaders(step).filter(([name]) => !name.startsWith(":"));
    const answer = await send(envoy.ports.get(policy) ?? 0, {
      protocol: "http1",
      method: "GET",
      path: "/",
      headers: [["host", "a"], ...headers],
      body: "",
      trailers: [],
    });
    answers.push(describeAnswer(answer.status, answer.headers));
  }
  return answers;
}

function answersOfSimulator(bytes: Uint8Array, policy: (typeof POLICIES)[number]): string[] {
  let now = 0n;
  const plugin = addPlugin(bytes, policy, "good", () => now);
  const answers: string[] = [];
  for (const step of STEPS) {
    if (typeof step === "number") {
      now += BigInt(step) * 1_000_000n;
      continue;
    }
    answers.push(exchange(plugin, requestHeaders(step)));
  }
  return answers;
}

function addPlugin(
  bytes: Uint8Array,
  failurePolicy: (typeof POLICIES)[number],
  configuration: string,
  now: () => bigint,
): Plugin {
  const host = createHost({
    clock: { systemNanoseconds: now, monotonicNanoseconds: now },
    random: (target) => target.fill(0xff),
  });
  const module = new WebAssembly.Module(new Uint8Array(bytes));
  const reloadBackoffMilliseconds = BACKOFF_MILLISECONDS;
  return host.addPlugin({ module, configuration, failurePolicy, reloadBackoffMilliseconds });
}

function exchange(plugin: Plugin, headers: HeaderList): string {
  const stream = plugin.workers[0]?.openStream();
  if (stream === undefined) throw new Error("no worker");
  let result = stream.requestHeaders(headers, true);
  if (result.kind === "continue") result = stream.responseHeaders([[":status", "200"]], true);
  stream.close();
  if (result.kind === "reply") return describeAnswer(result.reply.status, result.reply.headers);
  return result.kind === "continue" ? describeAnswer(200, result.headers) : result.kind;
}

function requestHeaders(trap: string): HeaderList {
  const headers: HeaderList = [
    [":method", "GET"],
    [":path", "/"],
    [":authority", "a"],
  ];
  return trap === "" ? headers : [...headers, ["trap", trap]];
}

/** The status, and how many responses the VM has seen when it took part. */
function describeAnswer(status: number, headers: HeaderList): string {
  const seen = headers.find(([name]) => name === "seen")?.[1];
  return seen === undefined ? String(status) : `${status} seen ${seen}`;
}

function guestFilter(path: string, policy: string, configuration: string): JsonObject {
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: {
        name: policy,
        failure_policy: policy,
        ...(policy === "FAIL_RELOAD" ? RELOAD_CONFIG : {}),
        configuration: {
          "@type": "type.googleapis.com/google.protobuf.StringValue",
          value: configuration,
        },
        vm_config: {
          vm_id: policy,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: path } },
        },
      },
    },
  };
}

const RELOAD_CONFIG: JsonObject = {
  reload_config: { backoff: { base_interval: `${BACKOFF_MILLISECONDS / 1000}s` } },
};
