// A local reply as Envoy words it. Source: envoy source/common/http/utility.cc
// (prepareLocalReply, encodeLocalReply), source/common/grpc/status.cc (httpToGrpcStatus).

import { HeaderMap } from "./headers.ts";
import { latin1 } from "./latin1.ts";
import type { LocalReplyRequest } from "./context.ts";

const GRPC_CONTENT_TYPE = "application/grpc";

/** gRPC status by HTTP status where the filter gave none; anything else is Unknown. */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const GRPC_UNKNOWN = 2;

/** The request has a path and a gRPC content type. */
export function isGrpcRequest(headers: HeaderMap): boolean {
  if (!headers.has(":path")) return false;
  const type = headers.get("content-type");
  if (type === null || !type.startsWith(GRPC_CONTENT_TYPE)) return false;
  return type.length === GRPC_CONTENT_TYPE.length || type[GRPC_CONTENT_TYPE.length] === "+";
}

export interface PreparedReply {
  headers: HeaderMap;
  /** Empty for gRPC and for HEAD. */
  body: Uint8Array;
}

export function prepareLocalReply(
  reply: LocalReplyRequest,
  isGrpc: boolean,
  isHead: boolean,
): PreparedReply {
  const headers = new HeaderMap("response_headers");
  headers.add(":status", String(reply.status));
  for (const [name, value] of reply.headers) headers.add(name, value);
  const { body } = reply;
  if (isGrpc) {
    headers.set(":status", "200");
    headers.set("content-type", GRPC_CONTENT_TYPE);
    if ((headers.get("grpc-status") ?? "") === "") {
      const status = reply.grpcStatus ?? GRPC_STATUS[reply.status] ?? GRPC_UNKNOWN;
      headers.set("grpc-status", String(status));
    }
    if (body.length > 0 && !isHead) headers.set("grpc-message", percentEncode(latin1(body)));
    headers.remove("content-length");
    return { headers, body: new Uint8Array(0) };
  }
  if (body.length > 0) {
    headers.set("content-length", String(body.length));
    if (!headers.has("content-type")) headers.set("content-type", "text/plain");
  } else {
    headers.remove("content-length");
    headers.remove("content-type");
  }
  return { headers, body: isHead ? new Uint8Array(0) : body };
}

/** Everything outside of 0x20 … 0x7d, and "%"; Envoy's PercentEncoding::encode. */
function percentEncode(text: string): string {
  return text.replace(/[^ -}]|%/g, (char) => {
    const hex = char.charCodeAt(0).toString(16).toUpperCase();
    return `%${hex.padStart(2, "0")}`;
  });
}
