// Envoy chooses the route before its filters run, by headers as the client sent them. Where routes
// match headers that this section writes, the choice must be made again.

import { callForeignFunction } from "../../abi/host";
import { Status } from "../../abi/types";
import { text, textLen, textPtr } from "../../core/bytes/text";
import { JwtConfig } from "./model";

const FUNCTION = text("clear_route_cache");

/**
 * Forgets the route of a request that passes, where the section asks for it: to be called behind
 * the last edit. false when the host did not, and the request must not go on.
 */
export function clearRouteCache(config: usize): bool {
  if (changetype<JwtConfig>(config).clearsRouteCache == 0) return true;
  return callForeignFunction(textPtr(FUNCTION), textLen(FUNCTION), 0, 0) == Status.OK;
}
