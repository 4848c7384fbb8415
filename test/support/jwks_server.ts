// A server of keys over HTTP/1.1: it answers with what the test put there, and keeps what it was
// asked.

import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import { createServer } from "node:http";

export interface JwksRequest {
  path: string;
  headers: IncomingHttpHeaders;
  /** Milliseconds of this process's clock when it came. */
  at: number;
}

export interface JwksServer {
  port: number;
  readonly requests: readonly JwksRequest[];
  /** Requests get no answer until `serve` says what it is. */
  hold(): void;
  /** What the next requests get, and those that are held; a text goes as it is. */
  serve(status: number, document: unknown, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: string;
  headers: Record<string, string>;
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, headers);
  response.end(body);
}

export async function startJwksServer(): Promise<JwksServer> {
  const requests: JwksRequest[] = [];
  let answer: Answer | null = { status: 503, body: "", headers: {} };
  let held: ServerResponse[] = [];
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers, at: performance.now() });
    if (answer === null) held.push(response);
    else send(response, answer);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    requests,
    hold: () => {
      answer = null;
    },
    serve: (status, document, headers = {}) => {
      const body = typeof document === "string" ? document : JSON.stringify(document);
      answer = { status, body, headers };
      for (const response of held) send(response, answer);
      held = [];
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
