// A server of keys over HTTP/1.1: it answers with what the test put there, and keeps what it was
// asked.

import type { IncomingHttpHeaders } from "node:http";
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
  /** What the next requests get: a status and a document; texts go as they are. */
  serve(status: number, document: unknown, headers?: Record<string, string>): void;
  /** The next requests get nothing. */
  hang(): void;
  close(): Promise<void>;
}

export async function startJwksServer(): Promise<JwksServer> {
  const requests: JwksRequest[] = [];
  let answer: { status: number; body: string; headers: object } | null = null;
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers, at: performance.now() });
    if (answer === null) return;
    response.writeHead(answer.status, { ...answer.headers });
    response.end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    requests,
    serve: (status, document, headers = {}) => {
      const body = typeof document === "string" ? document : JSON.stringify(document);
      answer = { status, body, headers };
    },
    hang: () => {
      answer = null;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
