// What the section `normalise` becomes, beside the policy that is applied when headers are indexed.

import { Text } from "../../core/bytes/text";
import { Hygiene } from "./hygiene";

// @ts-ignore: decorator
@unmanaged
export class NormaliseConfig {
  hygiene: Hygiene;
  /** Addresses of RuleSets (rules/model.ts) for each header map; 0 without rules. */
  rules: usize;
  responseRules: usize;
  requestTrailerRules: usize;
  responseTrailerRules: usize;
  /** Whether some rule for another map than the request has `when`. */
  keepsConditions: bool;
  /** Whether the route of requests that pass is chosen again. */
  clearsRouteCache: bool;
  userAgentId: u32;
  /** The user-agent of gRPC requests without one; 0 leaves them so. */
  userAgent: Text;
  /** Address of a GrpcConfig (grpc_model.ts); 0 without the member. */
  grpc: usize;
}
