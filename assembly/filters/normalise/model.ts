// What the section `normalise` becomes, beside the policy that is applied when headers are indexed.

import { Text } from "../../core/bytes/text";
import { Hygiene } from "./hygiene";

/** One line of `map`. */
// @ts-ignore: decorator
@unmanaged
export class Mapping {
  fromId: u32;
  toId: u32;
  /** What the value is to begin with; of length 0 when nothing. */
  prefix: Text;
  /** The same in lower case: what a value has to begin with, in either case. */
  lowerPrefix: Text;
}
export const MAPPING_BYTES: u32 = 16;
if (offsetof<Mapping>() != <usize>MAPPING_BYTES) ERROR("Mapping is not 16 bytes");

// @ts-ignore: decorator
@unmanaged
export class NormaliseConfig {
  hygiene: Hygiene;
  mappingCount: u32;
  mappings: usize;
  userAgentId: u32;
  /** The user-agent of gRPC requests without one; 0 leaves them so. */
  userAgent: Text;
  /** Address of a GrpcConfig (grpc_model.ts); 0 without the member. */
  grpc: usize;
}

// @ts-ignore: decorator
@inline
export function mappingAt(config: NormaliseConfig, index: u32): Mapping {
  return changetype<Mapping>(config.mappings + index * MAPPING_BYTES);
}
