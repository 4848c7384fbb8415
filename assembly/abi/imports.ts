// What the module takes from its host, in the order of the proxy-wasm 0.2.1 specification, and
// nothing else.
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1
// Parameters named `return…` are addresses that the host writes to.

// @ts-ignore: decorator
@external("env", "proxy_log")
export declare function proxy_log(level: u32, messagePtr: usize, messageLen: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_log_level")
export declare function proxy_get_log_level(returnLevel: usize): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(clockId: u32, precision: u64, returnNanoseconds: usize): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(bufferPtr: usize, bufferLen: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_tick_period_milliseconds")
export declare function proxy_set_tick_period_milliseconds(milliseconds: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
export declare function proxy_set_effective_context(contextId: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
export declare function proxy_get_buffer_bytes(
  bufferType: u32,
  start: u32,
  maxSize: u32,
  returnPtr: usize,
  returnLen: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
export declare function proxy_get_header_map_pairs(
  mapType: u32,
  returnPtr: usize,
  returnLen: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
export declare function proxy_get_header_map_value(
  mapType: u32,
  namePtr: usize,
  nameLen: u32,
  returnPtr: usize,
  returnLen: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
export declare function proxy_add_header_map_value(
  mapType: u32,
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_replace_header_map_value")
export declare function proxy_replace_header_map_value(
  mapType: u32,
  namePtr: usize,
  nameLen: u32,
  valuePtr: usize,
  valueLen: u32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_remove_header_map_value")
export declare function proxy_remove_header_map_value(
  mapType: u32,
  namePtr: usize,
  nameLen: u32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_continue_stream")
export declare function proxy_continue_stream(streamType: u32): u32;

// @ts-ignore: decorator
@external("env", "proxy_send_local_response")
export declare function proxy_send_local_response(
  statusCode: u32,
  detailsPtr: usize,
  detailsLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
  headersPtr: usize,
  headersLen: u32,
  grpcStatus: i32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_http_call")
export declare function proxy_http_call(
  upstreamPtr: usize,
  upstreamLen: u32,
  headersPtr: usize,
  headersLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
  trailersPtr: usize,
  trailersLen: u32,
  timeoutMilliseconds: u32,
  returnCallId: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_grpc_call")
export declare function proxy_grpc_call(
  upstreamPtr: usize,
  upstreamLen: u32,
  serviceNamePtr: usize,
  serviceNameLen: u32,
  methodNamePtr: usize,
  methodNameLen: u32,
  initialMetadataPtr: usize,
  initialMetadataLen: u32,
  messagePtr: usize,
  messageLen: u32,
  timeoutMilliseconds: u32,
  returnCallId: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
export declare function proxy_get_shared_data(
  keyPtr: usize,
  keyLen: u32,
  returnPtr: usize,
  returnLen: usize,
  returnCas: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
export declare function proxy_set_shared_data(
  keyPtr: usize,
  keyLen: u32,
  valuePtr: usize,
  valueLen: u32,
  cas: u32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_define_metric")
export declare function proxy_define_metric(
  metricType: u32,
  namePtr: usize,
  nameLen: u32,
  returnMetricId: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
export declare function proxy_increment_metric(metricId: u32, delta: i64): u32;

// @ts-ignore: decorator
@external("env", "proxy_record_metric")
export declare function proxy_record_metric(metricId: u32, value: u64): u32;

// @ts-ignore: decorator
@external("env", "proxy_get_property")
export declare function proxy_get_property(
  pathPtr: usize,
  pathLen: u32,
  returnPtr: usize,
  returnLen: usize,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_set_property")
export declare function proxy_set_property(
  pathPtr: usize,
  pathLen: u32,
  valuePtr: usize,
  valueLen: u32,
): u32;

// @ts-ignore: decorator
@external("env", "proxy_call_foreign_function")
export declare function proxy_call_foreign_function(
  namePtr: usize,
  nameLen: u32,
  argumentsPtr: usize,
  argumentsLen: u32,
  returnPtr: usize,
  returnLen: usize,
): u32;
