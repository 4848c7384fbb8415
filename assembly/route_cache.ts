// Envoy chooses the route before its filters run, by headers as the client sent them. Where routes
// match headers that a section writes, the choice must be made again.

import { callForeignFunction } from "./abi/host";
import { Status } from "./abi/types";
import { text, textLen, textPtr } from "./core/bytes/text";

const FUNCTION = text("clear_route_cache");

/**
 * Forgets the route of a request that passes: to be called behind the last edit. false when the
 * host did not, and the request must not go on.
 */
export function clearRouteCache(): bool {
  return callForeignFunction(textPtr(FUNCTION), textLen(FUNCTION), 0, 0) == Status.OK;
}
