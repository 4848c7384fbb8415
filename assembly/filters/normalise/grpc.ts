// The member `grpc`: what is metadata, and what metadata may be. In three steps of the walk, as
// names must be known before anything is mapped, and copies be made of what all filters leave.

import { Reason } from "../../core/reason";
import { copyForGateway } from "./grpc_copies";
import { Gateway, GrpcConfig } from "./grpc_model";
import { mapGrpcNames } from "./grpc_names";
import { mapTimeout } from "./grpc_timeout";
import { mapGrpcValues } from "./grpc_values";

/** Before `map`: names. */
export function beginGrpc(config: usize, isGrpc: bool): Reason {
  return mapGrpcNames(changetype<GrpcConfig>(config), isGrpc);
}

/** After `map`: values. */
export function mapGrpc(config: usize, isGrpc: bool): Reason {
  const own = changetype<GrpcConfig>(config);
  const isCall = isGrpc || own.gateway == Gateway.TO_METADATA;
  if (own.hasTimeout != 0) {
    const reason = mapTimeout(own, isCall);
    if (reason != Reason.OK) return reason;
  }
  return isCall ? mapGrpcValues(own) : Reason.OK;
}

/** After all filters: copies. */
export function finishGrpc(config: usize, isGrpc: bool): Reason {
  return copyForGateway(changetype<GrpcConfig>(config), isGrpc);
}
