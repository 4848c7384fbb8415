// What a VM has to be granted: the module says it, refuses to run with less, and never uses more.

import { readFile } from "node:fs/promises";

import { beforeAll, describe, expect, test } from "vitest";

import { requiredCapabilities, vmConfiguration } from "../../envoy/capabilities.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { createHost, rejectionOf } from "../../host-sim/src/index.ts";
import { CONFIGURATIONS } from "../cases/tables.ts";
import { MODULE_PATH } from "../support/envoy.ts";

/** Needs everything there is. */
const WHOLE = {
  metrics: { requests: { services: [{ hosts: ["example.test"], service: "example" }] } },
  normalise: {
    response: { remove: ["x-powered-by"] },
    filterState: [{ key: "sallyport.path", value: "{path:1}" }],
  },
  trace: {},
  jwt: {
    clearRouteCache: true,
    providers: {
      idp: {
        issuer: "https://idp.example",
        audiences: ["orders"],
        keys: { remote: { cluster: "idp", uri: "https://idp.example/keys" } },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
  rateLimit: {
    stores: { service: { rls: { cluster: "limits", domain: "sallyport" } } },
    limits: [
      {
        name: "all",
        key: [{ header: "x-tenant" }],
        store: "service",
        onStoreFailure: "deny",
      },
    ],
  },
};
const REQUEST: HeaderList = [
  [":method", "GET"],
  [":path", "/"],
  [":authority", "example.test"],
  [":scheme", "http"],
];
/** Exports that are no capability: they cannot be denied. */
const UNGATED = ["_initialize", "memory", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate"];

let module: WebAssembly.Module;

beforeAll(async () => {
  module = await WebAssembly.compile(await readFile(MODULE_PATH));
});

/** The last line of the log of a VM that is granted these; null when it runs. */
function refusal(configuration: object, vmConfiguration: string): string | null {
  const host = createHost({
    clock: { systemNanoseconds: () => 1n, monotonicNanoseconds: () => 1n },
    random: (target) => target.fill(1),
  });
  return rejectionOf(host, {
    module,
    configuration: JSON.stringify(configuration),
    vmConfiguration,
  });
}

describe("the capabilities that the module needs", () => {
  test("are, at most, all its imports and exports that can be denied", () => {
    const names = [
      ...WebAssembly.Module.imports(module).map(({ name }) => name),
      ...WebAssembly.Module.exports(module).map(({ name }) => name),
    ];
    const gated = names.filter((name) => !UNGATED.includes(name)).sort();
    expect(requiredCapabilities(module, WHOLE)).toEqual(gated);
  });

  test("leave out the response where a configuration does not look at it", () => {
    const small = requiredCapabilities(module, { trace: {} });
    expect(small).not.toContain("proxy_on_response_headers");
    expect(small).not.toContain("proxy_http_call");
    const limits = {
      limits: [{ name: "a", key: [{ header: "x-a" }], capacity: 1, refill: "1/s" }],
    };
    for (const configuration of [
      { normalise: { response: { remove: ["server"] } } },
      { errors: { mapUpstream: "standard" } },
      { trace: { response: ["server-timing"] } },
      { rateLimit: { ...limits, headers: "always" } },
    ]) {
      const needed = requiredCapabilities(module, configuration);
      expect(needed, JSON.stringify(configuration)).toContain("proxy_on_response_headers");
    }
  });

  test("include calls where spans are exported, and nothing for requests that wait", () => {
    const exporting = requiredCapabilities(module, { trace: { export: { cluster: "otel" } } });
    const calls = ["proxy_http_call", "proxy_on_http_call_response", "proxy_record_metric"];
    const others = exporting.filter((name) => !calls.includes(name));
    expect(others).toEqual(requiredCapabilities(module, { trace: {} }));
    expect(exporting).toEqual(expect.arrayContaining(calls));
  });

  test("leave requests out where nothing is configured", () => {
    const needed = requiredCapabilities(module, {});
    expect(needed.filter((name) => name.startsWith("proxy_on_"))).toEqual([
      "proxy_on_configure",
      "proxy_on_vm_start",
    ]);
    const host = createHost({
      clock: { systemNanoseconds: () => 1n, monotonicNanoseconds: () => 1n },
      random: (target) => target.fill(1),
    });
    const plugin = host.addPlugin({
      module,
      configuration: "{}",
      vmConfiguration: vmConfiguration(needed),
      capabilities: needed,
    });
    expect(host.hostCallsByName().get("proxy_set_tick_period_milliseconds") ?? 0).toBe(0);
    const calls = host.hostCalls();
    const answer = plugin.workers[0]?.openStream().requestHeaders(REQUEST, true);
    expect(answer).toMatchObject({ kind: "continue" });
    expect(host.hostCalls()).toBe(calls);
    expect(refusal({ trace: {} }, vmConfiguration(needed))).toContain("found a VM without");
  });

  test("include the recording of how long calls take, where any are made", () => {
    const limit = { name: "a", key: [{ header: "x-a" }], capacity: 1, refill: "1/s" };
    const redis = {
      stores: { s: { redis: { cluster: "c" } } },
      limits: [{ ...limit, store: "s" }],
    };
    const { jwt, rateLimit } = WHOLE;
    for (const configuration of [{ rateLimit: redis }, { rateLimit }, { jwt }]) {
      expect(requiredCapabilities(module, configuration)).toContain("proxy_record_metric");
    }
    const shared = { rateLimit: { limits: [limit] } };
    expect(requiredCapabilities(module, shared)).not.toContain("proxy_record_metric");
  });

  test("are enough, and not one of them can be left out", () => {
    for (const configuration of [WHOLE, {}, { trace: {} }, CONFIGURATIONS["chain"] ?? {}]) {
      const needed = requiredCapabilities(module, configuration);
      expect(refusal(configuration, vmConfiguration(needed))).toBeNull();
      for (const name of needed) {
        const others = needed.filter((each) => each !== name);
        expect(refusal(configuration, vmConfiguration(others))).toContain(
          `config: $: found a VM without ${name}, allowed: a VM that is granted what it needs`,
        );
      }
    }
  });
});

describe("the configuration of a VM", () => {
  test("may be absent: everything is granted", () => {
    expect(refusal(WHOLE, "")).toBeNull();
  });

  test("that the host does not hand out: every request is denied", () => {
    const host = createHost({
      clock: { systemNanoseconds: () => 1n, monotonicNanoseconds: () => 1n },
      random: (target) => target.fill(1),
      faults: ({ phase }) => (phase === "vm_start" ? 1 : undefined),
    });
    const granted = requiredCapabilities(module, { trace: {} });
    const plugin = host.addPlugin({
      module,
      configuration: JSON.stringify({ trace: {} }),
      vmConfiguration: vmConfiguration(granted),
    });
    const answer = plugin.workers[0]?.openStream().requestHeaders(REQUEST, true);
    expect(answer).toMatchObject({ kind: "reply", reply: { status: 503 } });
    expect(JSON.stringify(answer)).toContain("config_failed");
  });

  const refused: [text: string, message: string][] = [
    ["proxy_log", "VM configuration: $: found a fault, allowed: JSON (RFC 8259)"],
    ["{}", 'VM configuration: $: found no member "capabilities", allowed: "capabilities"'],
    ["[]", "VM configuration: $: found an empty list, allowed: an object"],
    ['{"capabilities":[1]}', "VM configuration: $.capabilities[0]: found 1, allowed: a text"],
    [
      '{"capabilities":[],"capability":[]}',
      "VM configuration: $.capability: found an unknown member, allowed: capabilities",
    ],
    [
      JSON.stringify({ capabilities: Array.from({ length: 257 }, () => "proxy_log") }),
      "VM configuration: $.capabilities: found 257 values, allowed: a list of 0 to 256",
    ],
    [`{"capabilities":[]}${" ".repeat(1 << 20)}`, "VM configuration: $: found 1048595 bytes"],
  ];
  test.each(refused)("of another form is refused: %.40s", (text, message) => {
    expect(refusal({ trace: {} }, text)).toContain(message);
  });
});
