// What the member `grpc` becomes.

/** Between which forms metadata is translated as grpc-gateway does. */
export const enum Gateway {
  NONE = 0,
  TO_METADATA = 1,
  FROM_METADATA = 2,
}

/** What becomes of a value that is malformed. */
export const enum OnInvalid {
  DROP = 0,
  REJECT = 1,
}

// @ts-ignore: decorator
@unmanaged
export class GrpcConfig {
  /** The longest timeout; 0 is any. */
  timeoutMilliseconds: u64;
  /** Address of the HeaderPolicy of the configuration. */
  policy: usize;
  gateway: Gateway;
  /** 0 without the member `timeout`, whose fields are the three below. */
  hasTimeout: u32;
  timeoutId: u32;
  /** The header with milliseconds, or NONE. */
  millisecondsId: u32;
  onInvalidTimeout: OnInvalid;
  /** 0 without the member `binary`, whose fields are the two below. */
  hasBinary: u32;
  onInvalidBinary: OnInvalid;
  keepsPadding: u32;
  /** Not 0: entries that cannot be metadata are dropped. */
  dropsInvalid: u32;
}
