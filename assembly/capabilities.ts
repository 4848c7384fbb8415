// The capabilities that a VM was granted (Envoy's capability_restriction_config), as the VM's
// configuration lists them: a host does not say that it will never call a callback. What needs
// another one is refused. Without a list everything is granted.

import { answerLen, answerPtr, getBuffer } from "./abi/host";
import { BufferType, Status } from "./abi/types";
import { Block } from "./core/config/block";
import { ConfigError, Value } from "./core/config/value";
import { parse } from "./core/json/tree";
import { CONFIG_BYTES_MAX } from "./core/limits";
import { makesCalls } from "./call_durations";
import { ChainConfig } from "./document";
import { fetchesKeys } from "./filters/jwt/source_life";
import { hasRedis, hasService } from "./filters/ratelimit/life";
import { spanExportOf } from "./filters/trace/export_model";
import { looksAtResponses } from "./response";

const ALWAYS = [
  "proxy_define_metric",
  "proxy_get_buffer_bytes",
  "proxy_get_log_level",
  "proxy_log",
  "proxy_on_configure",
  "proxy_on_vm_start",
];
/** Where nothing is configured, requests do not enter the module. */
const REQUESTS = [
  "clock_time_get",
  "proxy_add_header_map_value",
  "proxy_get_header_map_pairs",
  "proxy_increment_metric",
  "proxy_on_context_create",
  "proxy_on_delete",
  "proxy_on_request_headers",
  "proxy_on_tick",
  "proxy_remove_header_map_value",
  "proxy_replace_header_map_value",
  "proxy_send_local_response",
  "proxy_set_tick_period_milliseconds",
  "random_get",
];
const RESPONSES = [
  "proxy_on_request_trailers",
  "proxy_on_response_headers",
  "proxy_on_response_trailers",
];
const CALLOUTS = ["proxy_http_call", "proxy_on_http_call_response"];
const SERVICES = ["proxy_grpc_call", "proxy_on_grpc_close", "proxy_on_grpc_receive"];
const WAITING = ["proxy_continue_stream", "proxy_set_effective_context"];
const SHARED = ["proxy_get_shared_data", "proxy_set_shared_data"];
const RECORDS = ["proxy_record_metric"];
const VALUES = ["proxy_get_header_map_value"];
const FOREIGN = ["proxy_call_foreign_function"];
const PROPERTIES = ["proxy_get_property"];
const FILTER_STATE = ["proxy_set_property"];

const enum Grants {
  ALL,
  LISTED,
  /** The host did not hand out the VM's configuration: nothing can be relied on. */
  UNKNOWN,
}

let grants: Grants = Grants.ALL;
let granted: Array<string> = [];
/** Whether requests enter this VM at all. */
export let seesRequests: bool = true;

/** Whether it is known what the VM was granted. */
export function areGrantsKnown(): bool {
  return grants != Grants.UNKNOWN;
}

/** Reads the VM's configuration of `len` bytes; `error` has a message when it is refused. */
export function readGrants(len: u32, error: ConfigError): void {
  grants = Grants.ALL;
  granted = [];
  seesRequests = true;
  if (len == 0) return;
  if (len > CONFIG_BYTES_MAX) {
    error.put("$", len.toString() + " bytes", "at most " + CONFIG_BYTES_MAX.toString() + " bytes");
    return;
  }
  grants = Grants.UNKNOWN;
  if (getBuffer(BufferType.VM_CONFIGURATION, 0, len) != Status.OK || answerLen != len) return;
  const json = parse(answerPtr, len);
  if (json === null) {
    error.put("$", "a fault", "JSON (RFC 8259)");
    return;
  }
  const root = new Value(json, null, "$", error, new Block(0));
  const items = root.required("capabilities").items(0, CAPABILITIES_MAX);
  root.done();
  for (let i = 0; i < items.length; i++) granted.push(items[i].string());
  grants = Grants.LISTED;
  seesRequests = granted.includes("proxy_on_request_headers");
}

/** Names in a VM's list; hosts know fewer than a hundred. */
const CAPABILITIES_MAX: u32 = 256;

/** Refuses a configuration that needs what the VM was not granted. */
export function checkGrants(config: ChainConfig, error: ConfigError): void {
  if (grants != Grants.LISTED) return;
  const missing = neededBy(config).filter((name) => !granted.includes(name));
  if (missing.length == 0) return;
  error.put("$", "a VM without " + missing.join(", "), "a VM that is granted what it needs");
}

function neededBy(config: ChainConfig): Array<string> {
  if (config.isIdle) return ALWAYS;
  let needed = ALWAYS.concat(REQUESTS);
  const fetches = config.jwt != 0 && fetchesKeys(config.jwt);
  const calls = fetches || (config.rateLimit != 0 && hasRedis(config.rateLimit));
  const exports = spanExportOf(config.trace) != 0;
  const asks = config.rateLimit != 0 && hasService(config.rateLimit);
  if (looksAtResponses(config)) needed = needed.concat(RESPONSES);
  if (calls || exports) needed = needed.concat(CALLOUTS);
  if (asks) needed = needed.concat(SERVICES);
  if (calls || asks) needed = needed.concat(WAITING);
  needed = needed.concat(metricsNeed(config));
  if (fetches || config.rateLimit != 0) needed = needed.concat(SHARED);
  if (config.jwt != 0 || config.clearsRoute) needed = needed.concat(FOREIGN);
  if (config.jwt != 0 || config.rateLimit != 0) needed = needed.concat(PROPERTIES);
  if (config.jwt != 0 || config.normalise != 0) needed = needed.concat(FILTER_STATE);
  return needed;
}

function metricsNeed(config: ChainConfig): Array<string> {
  if (config.requestMetrics != 0) return RECORDS.concat(VALUES);
  return makesCalls(config) ? RECORDS : [];
}
