// The Istio manifests as objects, and what they carry.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import type { JsonObject } from "../../envoy/http_filters.ts";

interface WasmPlugin extends Record<string, unknown> {
  spec: { pluginConfig: JsonObject };
}

interface EnvoyFilter extends Record<string, unknown> {
  spec: {
    configPatches: {
      applyTo: string;
      patch: { operation: string; value: { name?: string; typed_config: JsonObject } };
    }[];
  };
}

export interface IstioManifests {
  wasmPlugin: WasmPlugin;
  envoyFilter: EnvoyFilter;
  /** Sallyport's configuration in each. */
  pluginConfiguration: JsonObject;
  filterConfiguration: JsonObject;
}

export function istioManifests(): IstioManifests {
  const wasmPlugin: WasmPlugin = parse(readManifest("wasm_plugin.yaml"));
  const envoyFilter: EnvoyFilter = parse(readManifest("envoy_filter.yaml"));
  return {
    wasmPlugin,
    envoyFilter,
    pluginConfiguration: wasmPlugin.spec.pluginConfig,
    filterConfiguration: wasmConfiguration(envoyFilter),
  };
}

/** The HTTP filters that the EnvoyFilter inserts before the router, in order. */
export function insertedHttpFilters(manifest: EnvoyFilter): JsonObject[] {
  const patches = manifest.spec.configPatches.filter(({ applyTo }) => applyTo === "HTTP_FILTER");
  return patches.map(({ patch }) => ({ ...patch.value }));
}

/** The members that the EnvoyFilter merges into the HTTP connection manager. */
export function mergedConnectionManager(manifest: EnvoyFilter): JsonObject {
  const found = manifest.spec.configPatches.find(({ applyTo }) => applyTo === "NETWORK_FILTER");
  if (found === undefined) throw new Error("the EnvoyFilter patches no connection manager");
  return found.patch.value.typed_config;
}

interface WasmTypedConfig {
  config: { configuration: { value: string } };
}

function wasmConfiguration(manifest: EnvoyFilter): JsonObject {
  const found = manifest.spec.configPatches.find(({ patch }) => patch.value.name === "sallyport");
  const typed: unknown = found?.patch.value.typed_config;
  if (!isWasmTypedConfig(typed)) throw new Error("the EnvoyFilter inserts no wasm filter");
  const configuration: JsonObject = JSON.parse(typed.config.configuration.value);
  return configuration;
}

function isWasmTypedConfig(value: unknown): value is WasmTypedConfig {
  return typeof value === "object" && value !== null && "config" in value;
}

function readManifest(name: string): string {
  const path = fileURLToPath(new URL(`../../envoy/istio/${name}`, import.meta.url));
  return readFileSync(path, "utf8");
}
