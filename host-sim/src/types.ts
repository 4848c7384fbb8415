// The numbers of proxy-wasm ABI 0.2.1, mirrored from the spec and from proxy-wasm-cpp-host.
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

export const Status = {
  OK: 0,
  NOT_FOUND: 1,
  BAD_ARGUMENT: 2,
  SERIALIZATION_FAILURE: 3,
  PARSE_FAILURE: 4,
  BAD_EXPRESSION: 5,
  INVALID_MEMORY_ACCESS: 6,
  EMPTY: 7,
  CAS_MISMATCH: 8,
  RESULT_MISMATCH: 9,
  INTERNAL_FAILURE: 10,
  BROKEN_CONNECTION: 11,
  UNIMPLEMENTED: 12,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

export const MapType = {
  REQUEST_HEADERS: 0,
  REQUEST_TRAILERS: 1,
  RESPONSE_HEADERS: 2,
  RESPONSE_TRAILERS: 3,
  GRPC_RECEIVE_INITIAL_METADATA: 4,
  GRPC_RECEIVE_TRAILING_METADATA: 5,
  HTTP_CALL_RESPONSE_HEADERS: 6,
  HTTP_CALL_RESPONSE_TRAILERS: 7,
} as const;

export const BufferType = {
  HTTP_REQUEST_BODY: 0,
  HTTP_RESPONSE_BODY: 1,
  DOWNSTREAM_DATA: 2,
  UPSTREAM_DATA: 3,
  HTTP_CALL_RESPONSE_BODY: 4,
  GRPC_RECEIVE_BUFFER: 5,
  VM_CONFIGURATION: 6,
  PLUGIN_CONFIGURATION: 7,
  CALL_DATA: 8,
} as const;

export const StreamType = { REQUEST: 0, RESPONSE: 1, DOWNSTREAM: 2, UPSTREAM: 3 } as const;

export const MetricType = { COUNTER: 0, GAUGE: 1, HISTOGRAM: 2 } as const;
export type MetricType = (typeof MetricType)[keyof typeof MetricType];

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "critical"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the guest may return from a header callback; Envoy's FilterHeadersStatus. */
export const HeadersAction = {
  CONTINUE: 0,
  STOP_ITERATION: 1,
  CONTINUE_AND_END_STREAM: 2,
  STOP_ALL_AND_BUFFER: 3,
  STOP_ALL_AND_WATERMARK: 4,
} as const;

/** What the guest may return from a body callback; Envoy's FilterDataStatus. */
export const DataAction = {
  CONTINUE: 0,
  STOP_AND_BUFFER: 1,
  STOP_AND_WATERMARK: 2,
  STOP_NO_BUFFER: 3,
} as const;

/** WASI errno values that the host answers. */
export const Errno = {
  SUCCESS: 0,
  BADF: 8,
  NOTDIR: 20,
  FAULT: 21,
  INVAL: 28,
  NOENT: 44,
  NOSYS: 52,
  NOTSUP: 58,
  NOTCAPABLE: 76,
} as const;

/** The guest callbacks, named as the phases in which host calls happen. */
export type Phase =
  | "start"
  | "malloc"
  | "context_create"
  | "vm_start"
  | "configure"
  | "tick"
  | "queue_ready"
  | "http_call_response"
  | "grpc_receive"
  | "grpc_close"
  | "request_headers"
  | "request_body"
  | "request_trailers"
  | "response_headers"
  | "response_body"
  | "response_trailers"
  | "log"
  | "done"
  | "delete";
