// Headers and gRPC metadata as the configuration wants them. Stripping and underscores are done
// when the headers are indexed (core/headers/index_fields.ts).

import { textLen, textPtr } from "../../core/bytes/text";
import { headerCount, setHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { beginGrpc, finishGrpc, mapGrpc } from "./grpc";
import { map } from "./map";
import { mappingAt, NormaliseConfig } from "./model";

/** Applies the section to the request in hand. */
export function normalise(config: usize, isGrpc: bool): Reason {
  const own = changetype<NormaliseConfig>(config);
  if (own.grpc != 0) {
    const reason = beginGrpc(own.grpc, isGrpc);
    if (reason != Reason.OK) return reason;
  }
  for (let i: u32 = 0; i < own.mappingCount; i++) {
    const reason = map(mappingAt(own, i));
    if (reason != Reason.OK) return reason;
  }
  if (isGrpc && own.userAgent != 0 && headerCount(own.userAgentId) == 0) {
    setHeader(own.userAgentId, textPtr(own.userAgent), textLen(own.userAgent));
  }
  return own.grpc != 0 ? mapGrpc(own.grpc, isGrpc) : Reason.OK;
}

/** What is left of the section when all filters have let the request pass. */
export function finishNormalise(config: usize, isGrpc: bool): Reason {
  const own = changetype<NormaliseConfig>(config);
  return own.grpc != 0 ? finishGrpc(own.grpc, isGrpc) : Reason.OK;
}
