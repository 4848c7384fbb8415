// Answers that do not come from the upstream: the module's local replies and the gateway's own
// refusals.

import type { ServerResponse } from "node:http";
import type { HeaderList, LocalReply } from "../src/index.ts";
import { flatRegular } from "./fields.ts";

const FRAMING = new Set(["content-length"]);

/** Codes of the gateway's own refusals; the module's are in its local replies. */
export const Refusal = {
  badRequest: { status: 400, error: "bad request" },
  badTarget: { status: 400, error: "unsupported request target" },
  timeout: { status: 408, error: "request timeout" },
  headersTooLarge: { status: 431, error: "request header fields too large" },
  internal: { status: 500, error: "internal error" },
  connectUnsupported: { status: 501, error: "method CONNECT is not supported" },
  codingUnsupported: { status: 501, error: "transfer coding is not supported" },
  upgradeUnsupported: { status: 501, error: "upgrade is not supported" },
  upstreamUnreachable: { status: 502, error: "upstream unreachable" },
  filterFailed: { status: 503, error: "filter failed" },
  upstreamTimeout: { status: 504, error: "upstream timeout" },
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** A refusal as response headers and body; the map can go through the module's response phase. */
export function refusalMessage(refusal: Refusal): { headers: HeaderList; body: Buffer } {
  const body = Buffer.from(`${JSON.stringify({ error: refusal.error })}\n`);
  const headers: HeaderList = [
    [":status", String(refusal.status)],
    ["content-type", "application/json"],
    ["content-length", String(body.length)],
  ];
  return { headers, body };
}

/** Sends status, fields and a whole body; nothing happens when an answer has begun already. */
export function answer(
  response: ServerResponse,
  status: number,
  headers: HeaderList,
  body: Uint8Array,
): void {
  if (response.headersSent || response.destroyed) return;
  const bodyless = status === 204 || status === 304;
  const length = bodyless ? [] : ["content-length", String(body.length)];
  response.writeHead(status, [...flatRegular(headers, FRAMING), ...length]);
  response.end(bodyless ? undefined : body);
}

export function answerRefusal(response: ServerResponse, refusal: Refusal): void {
  const { headers, body } = refusalMessage(refusal);
  answer(response, refusal.status, headers, body);
}

export function answerReply(response: ServerResponse, reply: LocalReply): void {
  answer(response, reply.status, reply.headers, reply.body);
}

/** A refusal for a socket whose request could not be parsed: there is no response object then. */
export function refusalBytes(refusal: Refusal, reasonPhrase: string): string {
  const { headers, body } = refusalMessage(refusal);
  const lines = headers.filter(([name]) => !name.startsWith(":")).map((line) => line.join(": "));
  const head = [`HTTP/1.1 ${refusal.status} ${reasonPhrase}`, ...lines, "connection: close"];
  return `${head.join("\r\n")}\r\n\r\n${body.toString("latin1")}`;
}
