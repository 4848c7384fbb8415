// The simulator's public face.

export { createHost } from "./host.ts";
export { PluginRejected, SimError, UnusableKey } from "./errors.ts";
export {
  BufferType,
  DataAction,
  HeadersAction,
  LOG_LEVELS,
  MapType,
  MetricType,
  Status,
  StreamType,
} from "./types.ts";
export { PAIRS_MAX_BYTES, PAIRS_MAX_COUNT, decodePairs, encodePairs } from "./pairs.ts";
export { latin1, latin1Bytes } from "./latin1.ts";
export { rejectionOf } from "./verdict.ts";
export type {
  Clock,
  FailurePolicy,
  FaultInjector,
  GrpcDispatcher,
  HeaderList,
  Host,
  HostCall,
  HostOptions,
  HttpDispatcher,
  LocalReply,
  LogLine,
  Plugin,
  PluginOptions,
  Resumption,
  SignatureCrypto,
  Stream,
  StreamOptions,
  StreamResult,
  Worker,
} from "./api.ts";
export type { HttpCall } from "./callouts.ts";
export type { GrpcCall } from "./grpc_calls.ts";
export type { MetricValue } from "./metrics.ts";
export type { PropertyValue } from "./properties.ts";
export type { RejectionCode, SimErrorCode } from "./errors.ts";
export type { SharedData, SharedEntry } from "./shared_data.ts";
export type { LogLevel, Phase } from "./types.ts";
