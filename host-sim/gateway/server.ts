// The HTTP/1.1 server in front: Node's strict parser, bounded header bytes, bounded waiting, and an
// answer for what the parser refuses.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Refusal, refusalBytes } from "./answer.ts";

/** Envoy's default of `max_request_headers_kb`. */
const HEADER_BYTES_MAX = 60 * 1024;

export interface ServerTimeouts {
  /** Milliseconds for the whole of the request headers. */
  requestHeadersMilliseconds: number;
  /** Milliseconds for the whole request, its body included. */
  requestMilliseconds: number;
  /** Milliseconds that a connection is kept without a request. */
  keepAliveMilliseconds: number;
}

/** `handle` never rejects; `continueExpected` is true when the client waits for 100 Continue. */
export type Handle = (
  request: IncomingMessage,
  response: ServerResponse,
  continueExpected: boolean,
) => Promise<void>;

export function createFrontServer(handle: Handle, timeouts: ServerTimeouts): Server {
  const server = createServer({
    // Judged with the rest of the target, so that the refusal has a body.
    requireHostHeader: false,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeouts.requestHeadersMilliseconds,
    requestTimeout: timeouts.requestMilliseconds,
    keepAliveTimeout: timeouts.keepAliveMilliseconds,
    connectionsCheckingInterval: Math.min(1000, timeouts.requestHeadersMilliseconds),
  });
  // Node drops the lines above its limit without a word: a header that a rule strips could hide
  // there.
  server.maxHeadersCount = 0;
  server.on("request", (request, response) => void handle(request, response, false));
  server.on("checkContinue", (request, response) => void handle(request, response, true));
  server.on("connect", (_request, socket) => {
    socket.end(refusalBytes(Refusal.connectUnsupported, "Not Implemented"));
  });
  server.on("clientError", refuseUnparsed);
  return server;
}

function refuseUnparsed(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  socket.end(unparsedAnswer(error.code));
}

function unparsedAnswer(code: string | undefined): string {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return refusalBytes(Refusal.headersTooLarge, "Request Header Fields Too Large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refusalBytes(Refusal.timeout, "Request Timeout");
    default:
      return refusalBytes(Refusal.badRequest, "Bad Request");
  }
}
