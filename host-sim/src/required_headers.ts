// Headers that HTTP cannot do without: Envoy answers itself when a filter removed one.
// Source: envoy source/common/http/header_utility.cc (checkRequiredRequestHeaders,
// checkRequiredResponseHeaders), source/common/router/router.cc, filter_manager.cc.

import { latin1Bytes } from "./latin1.ts";
import type { HeaderMap } from "./headers.ts";
import type { LocalReplyRequest } from "./context.ts";

const NOTHING = new Uint8Array(0);

/** Null when nothing is missing. Without a path the router finds no route, and looks no further. */
export function missingRequestHeader(headers: HeaderMap): LocalReplyRequest | null {
  const isConnect = headers.get(":method") === "CONNECT";
  if (!isConnect && !headers.has(":path")) {
    return {
      status: 404,
      body: NOTHING,
      headers: [],
      grpcStatus: null,
      details: "route_not_found",
    };
  }
  if (!headers.has(":method")) return refusal(503, "request", ":method");
  return isConnect && !headers.has(":authority") ? refusal(503, "request", ":authority") : null;
}

/** Null when nothing is missing. */
export function missingResponseHeader(headers: HeaderMap): LocalReplyRequest | null {
  return headers.has(":status") ? null : refusal(502, "response", ":status");
}

function refusal(
  status: number,
  direction: "request" | "response",
  name: string,
): LocalReplyRequest {
  const message = `missing required header: ${name}`;
  const code = `filter_removed_required_${direction}_headers`;
  return {
    status,
    body: latin1Bytes(message),
    headers: [],
    grpcStatus: null,
    details: `${code}{${message.replaceAll(" ", "_")}}`,
  };
}
