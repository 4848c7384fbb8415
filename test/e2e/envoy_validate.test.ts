// Every Envoy configuration that we ship, through `envoy --mode validate` with the real module.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import {
  assembleBootstrap,
  renderBootstrap,
  renderCluster,
  renderListener,
  toYaml,
} from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { validateBootstrap } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import {
  insertedHttpFilters,
  istioManifests,
  mergedConnectionManager,
} from "../support/istio_manifests.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const UPSTREAM = { host: "127.0.0.1", port: 9, protocol: "http1" } as const;
const { envoyFilter, pluginConfiguration } = istioManifests();

function demoBootstrap(configuration: object): JsonObject {
  return renderBootstrap({
    configuration,
    modulePath: MODULE_PATH,
    listen: ANY_PORT,
    admin: ANY_PORT,
    upstream: UPSTREAM,
  });
}

function bootstrapWith(filters: JsonObject[], connectionManager: JsonObject): JsonObject {
  const listener = renderListener({
    name: "ingress",
    listen: ANY_PORT,
    filters,
    connectionManager,
  });
  return assembleBootstrap({
    admin: ANY_PORT,
    listeners: [listener],
    clusters: [renderCluster(UPSTREAM)],
  });
}

/** The manifest names the file as a gateway's pod sees it. */
function withModulePath(filters: JsonObject[]): JsonObject[] {
  const text = JSON.stringify(filters);
  const inPod = "/etc/sallyport/sallyport.wasm";
  expect(text.split(inPod)).toHaveLength(2);
  const replaced: JsonObject[] = JSON.parse(text.replace(inPod, MODULE_PATH));
  return replaced;
}

await describeWithEnvoy("envoy --mode validate", (binary) => {
  beforeAll(requireModule);

  async function expectValid(bootstrap: JsonObject): Promise<void> {
    const { valid, output } = await validateBootstrap(binary, bootstrap);
    expect(valid, output).toBe(true);
  }

  test("accepts the demo", async () => {
    await expectValid(demoBootstrap(pluginConfiguration));
  });

  test("refuses the demo as its file stands, without the keys that a start fills in", async () => {
    const path = fileURLToPath(new URL("../../envoy/demo/sallyport.yaml", import.meta.url));
    const demo: object = parse(readFileSync(path, "utf8"));
    const { valid, output } = await validateBootstrap(binary, demoBootstrap(demo));
    expect(valid).toBe(false);
    expect(output).toContain("$.jwt.providers.demo.keys.inline.keys");
  });

  test("accepts what docker-compose mounts, after a round trip through YAML", async () => {
    const yaml = toYaml(demoBootstrap(pluginConfiguration), "A test.");
    const bootstrap: JsonObject = parse(yaml);
    await expectValid(bootstrap);
  });

  test("accepts what the EnvoyFilter inserts and merges", async () => {
    const filters = withModulePath(insertedHttpFilters(envoyFilter));
    await expectValid(bootstrapWith(filters, mergedConnectionManager(envoyFilter)));
  });

  test("refuses a configuration that the module refuses", async () => {
    const wrong = { ...pluginConfiguration, rateLimits: {} };
    const { valid, output } = await validateBootstrap(binary, demoBootstrap(wrong));
    expect(valid).toBe(false);
    expect(output).toContain("rateLimits");
  });
});
