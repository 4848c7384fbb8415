// The Envoy HTTP filters of a Sallyport chain: the module, and the safety net around it.

import { vmConfiguration } from "./capabilities.ts";

/** What Envoy's YAML is made of. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}

const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters.http";

/** Set by the module on every request that passed (`markChecked`), and by nobody else. */
export const CHECKED_HEADER = "x-sallyport-checked";

export interface WasmFilterOptions {
  /** Name in Envoy's logs and statistics, and the root id: a module can serve several roots. */
  name: string;
  /** Namespace of shared data. Own, so that no other plugin can read or poison ours. */
  vmId: string;
  /** File of the module, as Envoy sees it. */
  modulePath: string;
  /** Sallyport's configuration document; anything that JSON can carry. */
  configuration: object;
  /** What the VM is granted (requiredCapabilities); everything when absent. */
  capabilities?: readonly string[];
}

/**
 * The module as an Envoy HTTP filter. Where the configuration says `markChecked: true` the safety
 * net stands around it: Envoy serves without a wasm filter on a worker where its configuration
 * failed after a good canary, and RBAC then refuses what the module did not mark.
 */
export function sallyportFilters(options: WasmFilterOptions): JsonObject[] {
  const filter = wasmFilter(options);
  const { configuration } = options;
  const marks = "markChecked" in configuration && configuration.markChecked === true;
  return marks ? withSafetyNet(filter) : [filter];
}

/** Removes the mark that a client sent, asks for the module's mark, and hides it from upstreams. */
export function withSafetyNet(filter: JsonObject): JsonObject[] {
  return [
    removeRequestHeader("sallyport.net.strip", CHECKED_HEADER),
    filter,
    requireRequestHeader("sallyport.net.require", CHECKED_HEADER, "1"),
    removeRequestHeader("sallyport.net.hide", CHECKED_HEADER),
  ];
}

export function wasmFilter(options: WasmFilterOptions): JsonObject {
  const { capabilities } = options;
  return {
    name: "envoy.filters.http.wasm",
    typed_config: {
      "@type": `${EXTENSIONS}.wasm.v3.Wasm`,
      config: {
        name: options.name,
        root_id: options.name,
        failure_policy: "FAIL_RELOAD",
        reload_config: { backoff: { base_interval: "1s" } },
        vm_config: {
          vm_id: options.vmId,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: options.modulePath } },
          ...(capabilities && { configuration: stringValue(vmConfiguration(capabilities)) }),
        },
        ...(capabilities && {
          capability_restriction_config: {
            allowed_capabilities: Object.fromEntries(capabilities.map((name) => [name, {}])),
          },
        }),
        configuration: stringValue(`${JSON.stringify(options.configuration, null, 2)}\n`),
      },
    },
  };
}

function stringValue(value: string): JsonObject {
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value };
}

export function routerFilter(): JsonObject {
  return {
    name: "envoy.filters.http.router",
    typed_config: { "@type": `${EXTENSIONS}.router.v3.Router` },
  };
}

function removeRequestHeader(name: string, header: string): JsonObject {
  return {
    name,
    typed_config: {
      "@type": `${EXTENSIONS}.header_mutation.v3.HeaderMutation`,
      mutations: { request_mutations: [{ remove: header }] },
    },
  };
}

function requireRequestHeader(name: string, header: string, value: string): JsonObject {
  return allow(name, { header: { name: header, string_match: { exact: value } } });
}

/** Claims that the module wrote into headers, as dynamic metadata: key by header. */
export function claimsToMetadata(
  namespace: string,
  keys: Readonly<Record<string, string>>,
): JsonObject {
  const rules = Object.entries(keys).map(([header, key]) => ({
    header,
    on_header_present: { metadata_namespace: namespace, key, type: "STRING" },
  }));
  return {
    name: "envoy.filters.http.header_to_metadata",
    typed_config: {
      "@type": `${EXTENSIONS}.header_to_metadata.v3.Config`,
      request_rules: rules,
    },
  };
}

/** Admits requests whose dynamic metadata have this value. */
export function requireMetadata(namespace: string, key: string, value: string): JsonObject {
  const metadata = {
    filter: namespace,
    path: [{ key }],
    value: { string_match: { exact: value } },
  };
  return allow("sallyport.metadata", { metadata });
}

/** Admits requests whose filter state has this value; keys of the module begin with `wasm.`. */
export function requireFilterState(key: string, value: string): JsonObject {
  return allow("sallyport.filter_state", {
    filter_state: { key, string_match: { exact: value } },
  });
}

function allow(name: string, principal: JsonObject): JsonObject {
  return {
    name,
    typed_config: {
      "@type": `${EXTENSIONS}.rbac.v3.RBAC`,
      rules: {
        action: "ALLOW",
        policies: { admitted: { permissions: [{ any: true }], principals: [principal] } },
      },
    },
  };
}
