// The numbers of proxy-wasm ABI 0.2.1. They are the wire format between host and module.
// https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

export const enum Status {
  OK = 0,
  NOT_FOUND = 1,
  BAD_ARGUMENT = 2,
  SERIALIZATION_FAILURE = 3,
  PARSE_FAILURE = 4,
  BAD_EXPRESSION = 5,
  INVALID_MEMORY_ACCESS = 6,
  EMPTY = 7,
  CAS_MISMATCH = 8,
  RESULT_MISMATCH = 9,
  INTERNAL_FAILURE = 10,
  BROKEN_CONNECTION = 11,
  UNIMPLEMENTED = 12,
}

export const enum Action {
  CONTINUE = 0,
  PAUSE = 1,
}

export const enum MapType {
  REQUEST_HEADERS = 0,
  REQUEST_TRAILERS = 1,
  RESPONSE_HEADERS = 2,
  RESPONSE_TRAILERS = 3,
  GRPC_RECEIVE_INITIAL_METADATA = 4,
  GRPC_RECEIVE_TRAILING_METADATA = 5,
  HTTP_CALL_RESPONSE_HEADERS = 6,
  HTTP_CALL_RESPONSE_TRAILERS = 7,
}

export const enum BufferType {
  HTTP_REQUEST_BODY = 0,
  HTTP_RESPONSE_BODY = 1,
  DOWNSTREAM_DATA = 2,
  UPSTREAM_DATA = 3,
  HTTP_CALL_RESPONSE_BODY = 4,
  GRPC_RECEIVE_BUFFER = 5,
  VM_CONFIGURATION = 6,
  PLUGIN_CONFIGURATION = 7,
}

export const enum LogLevel {
  TRACE = 0,
  DEBUG = 1,
  INFO = 2,
  WARN = 3,
  ERROR = 4,
  CRITICAL = 5,
}

export const enum MetricType {
  COUNTER = 0,
  GAUGE = 1,
  HISTOGRAM = 2,
}

export const enum StreamType {
  REQUEST = 0,
  RESPONSE = 1,
}

/** WASI errno values that the hosts return. */
export const enum Errno {
  SUCCESS = 0,
}

/** WASI clock ids: Envoy answers these two and refuses the rest with 58. */
export const enum ClockId {
  REALTIME = 0,
  MONOTONIC = 1,
}

/** Statuses of gRPC that the module itself gives. https://grpc.io/docs/guides/status-codes/ */
export const enum GrpcStatus {
  OK = 0,
  RESOURCE_EXHAUSTED = 8,
  INTERNAL = 13,
}
