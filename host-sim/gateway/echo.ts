// The built-in upstream: answers every request with JSON of what it received.

import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fieldsFrom } from "./fields.ts";
import { closeServer, listen } from "./listening.ts";

/** Bytes of a body that are shown; the rest is only counted. */
const BODY_SHOWN_BYTES_MAX = 64 * 1024;
const CLOSE_MILLISECONDS = 500;

export interface Echo {
  port: number;
  close(): Promise<void>;
}

/** Rejects with Node's error when it cannot listen. */
export async function startEcho(options: { host?: string; port: number }): Promise<Echo> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answerEcho(request, response).catch(() => response.destroy());
  });
  server.maxHeadersCount = 0;
  const port = await listen(server, options.host ?? "127.0.0.1", options.port);
  return { port, close: () => closeServer(server, CLOSE_MILLISECONDS) };
}

async function answerEcho(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const shown: Buffer[] = [];
  let bodyBytes = 0;
  const pieces: AsyncIterable<Buffer> = request;
  for await (const bytes of pieces) {
    const left = BODY_SHOWN_BYTES_MAX - bodyBytes;
    if (left > 0) shown.push(bytes.subarray(0, left));
    bodyBytes += bytes.length;
  }
  const text = render(request, Buffer.concat(shown).toString("utf8"), bodyBytes);
  const body = Buffer.from(text);
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
  response.end(body);
}

/** One header line per line of text, so that a terminal shows it well. */
function render(request: IncomingMessage, body: string, bodyBytes: number): string {
  const lines = fieldsFrom(request.rawHeaders).map((line) => {
    return `    [${line.map((part) => JSON.stringify(part)).join(", ")}]`;
  });
  return [
    "{",
    `  "method": ${JSON.stringify(request.method)},`,
    `  "path": ${JSON.stringify(request.url)},`,
    `  "headers": [\n${lines.join(",\n")}\n  ],`,
    `  "body": ${JSON.stringify(body)},`,
    `  "bodyBytes": ${bodyBytes}`,
    "}\n",
  ].join("\n");
}
