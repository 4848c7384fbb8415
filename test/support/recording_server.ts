// An HTTP/1.1 server that answers as a test says, and keeps what it was asked.

import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { createServer } from "node:http";

export interface RecordedCall {
  path: string;
  headers: IncomingHttpHeaders;
  /** Latin1. */
  body: string;
}

/** A status with an empty body, or an object that becomes JSON. */
export type RecordedAnswer = number | object;

export interface RecordingServer {
  port: number;
  readonly calls: readonly RecordedCall[];
  close(): Promise<void>;
}

export async function startRecordingServer(
  answer: (call: RecordedCall) => RecordedAnswer,
): Promise<RecordingServer> {
  const calls: RecordedCall[] = [];
  const server = createServer((request, response) => {
    read(request)
      .then((call) => {
        calls.push(call);
        const answered = answer(call);
        if (typeof answered === "number") response.writeHead(answered).end();
        else response.end(JSON.stringify(answered));
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    calls,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<RecordedCall> {
  let body = "";
  request.setEncoding("latin1");
  for await (const chunk of request) body += String(chunk);
  return { path: request.url ?? "", headers: request.headers, body };
}
