import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { crdValidators } from "../support/crd_schema.ts";
import { istioManifests } from "../support/istio_manifests.ts";

const CRDS = "../vectors/istio/customresourcedefinitions.gen.yaml";
const validators = crdValidators(fileURLToPath(new URL(CRDS, import.meta.url)));
const { wasmPlugin, envoyFilter, pluginConfiguration, filterConfiguration } = istioManifests();

function errorsOf(manifest: Record<string, unknown>): string[] {
  const { apiVersion, kind } = manifest;
  const validate = validators.get(`${String(apiVersion)} ${String(kind)}`);
  if (validate === undefined) return [`no CRD for ${String(apiVersion)} ${String(kind)}`];
  validate(manifest);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}

/** A copy with one member replaced; the path names members and list indexes. */
function replaced(
  manifest: Record<string, unknown>,
  path: readonly (string | number)[],
  value: unknown,
): Record<string, unknown> {
  const copy: Record<string, unknown> = structuredClone(manifest);
  let at: unknown = copy;
  for (const step of path.slice(0, -1)) {
    at = typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined;
  }
  if (typeof at !== "object" || at === null) throw new Error(`no member ${path.join(".")}`);
  Reflect.set(at, path.at(-1) ?? "", value);
  return copy;
}

describe("Istio manifests", () => {
  test("are valid by Istio's own CRD schemas", () => {
    expect(errorsOf(wasmPlugin)).toEqual([]);
    expect(errorsOf(envoyFilter)).toEqual([]);
  });

  test("carry the demo configuration, apart from the key set", () => {
    const path = fileURLToPath(new URL("../../envoy/demo/sallyport.yaml", import.meta.url));
    const demo: unknown = parse(readFileSync(path, "utf8"));
    const keysOf = ["jwt", "providers", "demo", "keys", "inline", "keys"];
    expect(replaced(pluginConfiguration, keysOf, [])).toEqual(demo);
    expect(filterConfiguration).toEqual(pluginConfiguration);
  });

  test("hold no private key", () => {
    for (const name of ["wasm_plugin.yaml", "envoy_filter.yaml"]) {
      const path = fileURLToPath(new URL(`../../envoy/istio/${name}`, import.meta.url));
      expect(readFileSync(path, "utf8")).not.toMatch(/\b(d|p|q|dp|dq|qi|k)"?:\s|PRIVATE/);
    }
  });

  const bad: [name: string, manifest: Record<string, unknown>, error: RegExp][] = [
    [
      "a member of the wrong letter case",
      replaced(wasmPlugin, ["spec", "failstrategy"], "FAIL_CLOSE"),
      /^\/spec must NOT have additional/,
    ],
    [
      "Envoy's name of a policy in Istio's field",
      replaced(wasmPlugin, ["spec", "failStrategy"], "FAIL_CLOSED"),
      /^\/spec\/failStrategy must be equal to one of/,
    ],
    ["no url", replaced(wasmPlugin, ["spec", "url"], undefined), /^\/spec must have .*'url'/],
    ["a text for a number", replaced(wasmPlugin, ["spec", "priority"], "10"), /priority must be/],
    [
      "an unknown member of metadata",
      replaced(wasmPlugin, ["metadata", "nmespace"], "a"),
      /^\/metadata must NOT have additional/,
    ],
    ["another version", replaced(wasmPlugin, ["apiVersion"], "extensions.istio.io/v1"), /no CRD/],
    [
      "an unknown kind of patch",
      replaced(envoyFilter, ["spec", "configPatches", 1, "applyTo"], "HTTP_FILTERS"),
      /applyTo must be equal/,
    ],
    [
      "a patch at the wrong depth",
      replaced(envoyFilter, ["spec", "configPatches", 1, "value"], {}),
      /configPatches\/1 must NOT have additional/,
    ],
    [
      "two kinds of match",
      replaced(envoyFilter, ["spec", "configPatches", 1, "match", "cluster"], { name: "a" }),
      /match must match exactly one schema in oneOf/,
    ],
  ];
  test.each(bad)("are refused with %s", (_name, manifest, error) => {
    expect(errorsOf(manifest).join("\n")).toMatch(error);
  });

  test("may hold any member where the CRD preserves unknown fields", () => {
    expect(errorsOf(replaced(wasmPlugin, ["spec", "pluginConfig", "anything"], 1))).toEqual([]);
  });
});
