// Complete Envoy configurations around the module. The demo, docker-compose, the tests and the
// benchmarks all come from here.

import { stringify } from "yaml";
import type { JsonObject } from "./http_filters.ts";
import { routerFilter, sallyportFilters } from "./http_filters.ts";

export interface Address {
  host: string;
  port: number;
}

export interface BootstrapOptions {
  /** Sallyport's configuration document; anything that JSON can carry. */
  configuration: object;
  /** File of the module, as Envoy sees it. */
  modulePath: string;
  /** What the VM is granted; everything when absent. */
  capabilities?: readonly string[];
  listen: Address;
  admin: Address;
  upstream: UpstreamOptions;
}

/** One Envoy with one listener, the module in front of one upstream. */
export function renderBootstrap(options: BootstrapOptions): JsonObject {
  const filters = sallyportFilters({
    name: "sallyport",
    vmId: "sallyport",
    modulePath: options.modulePath,
    configuration: options.configuration,
    ...(options.capabilities && { capabilities: options.capabilities }),
  });
  return assembleBootstrap({
    admin: options.admin,
    listeners: [renderListener({ name: "ingress", listen: options.listen, filters })],
    clusters: [renderCluster(options.upstream)],
  });
}

export interface BootstrapParts {
  admin: Address;
  listeners: JsonObject[];
  clusters: JsonObject[];
}

export function assembleBootstrap(parts: BootstrapParts): JsonObject {
  return {
    admin: { address: socketAddress(parts.admin) },
    stats_config: { stats_tags: METRIC_TAGS.map(statsTag) },
    static_resources: { listeners: parts.listeners, clusters: parts.clusters },
  };
}

export interface ListenerOptions {
  name: string;
  listen: Address;
  /** HTTP filters before the router. */
  filters: JsonObject[];
  /** Routes instead of "everything to the upstream". */
  routes?: JsonObject[];
  /** Members of the connection manager that are added or replaced. */
  connectionManager?: JsonObject;
}

export function renderListener(options: ListenerOptions): JsonObject {
  const virtualHost = {
    name: "all",
    domains: ["*"],
    routes: options.routes ?? [UPSTREAM_ROUTE],
  };
  const manager = {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      ...connectionManager(),
      route_config: { name: options.name, virtual_hosts: [virtualHost] },
      http_filters: [...options.filters, routerFilter()],
      ...options.connectionManager,
    },
  };
  return {
    name: options.name,
    address: socketAddress(options.listen),
    per_connection_buffer_limit_bytes: 32768,
    filter_chains: [{ filters: [manager] }],
  };
}

export interface UpstreamOptions extends Address {
  /** Name of the cluster; default "upstream", which routes lead to. */
  name?: string;
  /**
   * "same" speaks to the upstream what the client spoke: gRPC that is passed on needs it. "http2"
   * is for a gRPC service that the module calls.
   */
  protocol: "http1" | "http2" | "same";
}

export function renderCluster(options: UpstreamOptions): JsonObject {
  const name = options.name ?? UPSTREAM_CLUSTER;
  const endpoint = {
    endpoint: { address: socketAddress({ host: options.host, port: options.port }) },
  };
  return {
    name,
    type: "STRICT_DNS",
    dns_lookup_family: "V4_PREFERRED",
    connect_timeout: "2s",
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        ...PROTOCOLS[options.protocol],
      },
    },
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [endpoint] }],
    },
  };
}

const PROTOCOLS: Record<UpstreamOptions["protocol"], JsonObject> = {
  http1: { explicit_http_config: { http_protocol_options: {} } },
  http2: { explicit_http_config: { http2_protocol_options: {} } },
  same: { use_downstream_protocol_config: { http2_protocol_options: {} } },
};

/** YAML for people, with a first line that says where it came from. */
export function toYaml(document: JsonObject, provenance: string): string {
  return `# ${provenance}\n${stringify(document, { lineWidth: 0 })}`;
}

const UPSTREAM_CLUSTER = "upstream";

/** Everything to the upstream. The timeout also ends streams that a dead VM left paused. */
export const UPSTREAM_ROUTE: JsonObject = {
  match: { prefix: "/" },
  route: { cluster: UPSTREAM_CLUSTER, timeout: "30s" },
};

// Settings of Envoy's own advice for edge proxies, and those that the module relies on: rules look
// at paths that Envoy has normalised, and header names with underscores are the module's to judge.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/best_practices/edge
function connectionManager(): JsonObject {
  return {
    "@type":
      "type.googleapis.com/" +
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    stat_prefix: "ingress",
    codec_type: "AUTO",
    use_remote_address: true,
    xff_num_trusted_hops: 0,
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: "REJECT_REQUEST",
    stream_idle_timeout: "60s",
    request_headers_timeout: "10s",
    common_http_protocol_options: {
      idle_timeout: "300s",
      headers_with_underscores_action: "ALLOW",
    },
    http2_protocol_options: {
      max_concurrent_streams: 100,
      initial_stream_window_size: 65536,
      initial_connection_window_size: 1048576,
    },
    access_log: [accessLog()],
  };
}

/**
 * The module's x-trace-id: that of a refusal is in the answer. A refused request has still the one
 * that its client made up, so that comes second.
 */
const TRACE_ID = `%COALESCE(${JSON.stringify({
  operators: ["RESP", "REQ"].map((command) => ({ command, param: "X-TRACE-ID" })),
})})%`;

/** One JSON object a line. No query and no header that could hold a token. */
function accessLog(): JsonObject {
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
      log_format: {
        json_format: {
          time: "%START_TIME%",
          method: "%REQ(:METHOD)%",
          path: "%PATH(NQ)%",
          protocol: "%PROTOCOL%",
          status: "%RESPONSE_CODE%",
          grpc_status: "%GRPC_STATUS_NUMBER%",
          details: "%RESPONSE_CODE_DETAILS%",
          flags: "%RESPONSE_FLAGS%",
          duration_ms: "%DURATION%",
          request_id: "%REQ(X-REQUEST-ID)%",
          trace_id: TRACE_ID,
          client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
          upstream: "%UPSTREAM_HOST%",
        },
      },
    },
  };
}

/** Labels of the module's metrics, in names such as `filter=.=jwt;.;outcome=.=deny;.;NAME`. */
const METRIC_TAGS = [
  "filter",
  "outcome",
  "reason",
  "provider",
  "result",
  "limit",
  "store",
  "format",
  "response_code",
  "grpc_response_status",
  "destination_service",
  "request_protocol",
  "request_method",
] as const;

/**
 * Envoy evaluates these once per metric. Anchored: an unanchored `code=` also hits in
 * `status_code=`; the leading `wasmcustom.` lets Envoy skip all other metrics.
 */
function statsTag(name: string): JsonObject {
  return { tag_name: name, regex: `^wasmcustom\\.(?:.*?;\\.;)?(${name}=\\.=(.*?);\\.;)` };
}

function socketAddress(address: Address): JsonObject {
  return { socket_address: { address: address.host, port_value: address.port } };
}
