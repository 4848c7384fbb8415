// The upstream of the end-to-end tests: answers every request with what it received, as JSON, over
// HTTP/1.1 and HTTP/2 on one port. The client reads there what Envoy sent; nothing is correlated.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttp1Server } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import { createServer as createHttp2Server } from "node:http2";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { frameMessage } from "./grpc_frame.ts";

export interface ReceivedRequest {
  protocol: "http1" | "http2";
  /**
   * Field lines in the order of the wire, latin1, repeats kept. HTTP/1.1 requests are given their
   * pseudo-headers, so that a test reads `:path` and `:authority` over every protocol.
   */
  headers: [name: string, value: string][];
  /** Latin1: one character is one byte. */
  body: string;
}

export interface Upstream {
  port: number;
  /** Requests that arrived so far. */
  count(): number;
  close(): Promise<void>;
}

/** Above Envoy's own limit, so that what Envoy lets pass arrives. */
const HEADER_BYTES_MAX = 256 * 1024;

export async function startUpstream(): Promise<Upstream> {
  let count = 0;
  const sockets = new Set<Socket>();
  const http1 = createHttp1Server({ maxHeaderSize: HEADER_BYTES_MAX }, (request, response) => {
    count++;
    answerHttp1(request, response).catch(() => response.destroy());
  });
  const http2 = createHttp2Server({ maxHeaderListPairs: 1024 });
  http2.on(
    "stream",
    (stream: ServerHttp2Stream, _headers: object, _flags: number, raw?: unknown) => {
      count++;
      answerHttp2(stream, pairUp(toStrings(raw))).catch(() => stream.destroy());
    },
  );
  // The first byte tells: "P" of "PRI * HTTP/2.0" (RFC 9113 §3.4) against "POST", "PUT", "PATCH".
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    socket.once("readable", () => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) return;
      socket.unshift(first);
      const isHttp2 = first.toString("latin1").startsWith("PRI");
      (isHttp2 ? http2 : http1).emit("connection", socket);
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    count: () => count,
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answerHttp1(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readAll(request);
  const lines = pairUp(request.rawHeaders);
  const authority = lines.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "";
  const pseudo: ReceivedRequest["headers"] = [
    [":method", request.method ?? ""],
    [":authority", authority],
    [":path", request.url ?? ""],
  ];
  const fields = lines.filter(([name]) => name.toLowerCase() !== "host");
  const received: ReceivedRequest = { protocol: "http1", headers: [...pseudo, ...fields], body };
  response.setHeader("content-type", "application/json");
  for (const [name, value] of answeredFields(fields)) response.appendHeader(name, value);
  response.end(JSON.stringify(received));
}

const ANSWERED = "x-answer-";

/** Fields that a request asks the upstream to answer with: `x-answer-NAME: VALUE`. */
export function answeredFields(lines: ReceivedRequest["headers"]): [string, string][] {
  return lines
    .filter(([name]) => name.toLowerCase().startsWith(ANSWERED))
    .map(([name, value]) => [name.toLowerCase().slice(ANSWERED.length), value]);
}

async function answerHttp2(
  stream: ServerHttp2Stream,
  headers: ReceivedRequest["headers"],
): Promise<void> {
  const body = await readAll(stream);
  const text = JSON.stringify({ protocol: "http2", headers, body } satisfies ReceivedRequest);
  const contentType = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const answered = Object.fromEntries(answeredFields(headers));
  if (!contentType.startsWith("application/grpc")) {
    stream.respond({ ":status": 200, "content-type": "application/json", ...answered });
    stream.end(text);
    return;
  }
  const fields = { ":status": 200, "content-type": contentType, ...answered };
  stream.respond(fields, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(frameMessage(Buffer.from(text)));
}

async function readAll(source: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const chunk of source) {
    if (Buffer.isBuffer(chunk)) text += chunk.toString("latin1");
  }
  return text;
}

/** node:http2 passes the raw list, which its types do not name. */
function toStrings(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.map(String) : [];
}

function pairUp(raw: readonly string[]): ReceivedRequest["headers"] {
  const pairs: ReceivedRequest["headers"] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i] ?? "", raw[i + 1] ?? ""]);
  return pairs;
}
