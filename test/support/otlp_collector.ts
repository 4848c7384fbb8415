// A collector of OTLP/HTTP in JSON over HTTP/1.1: it keeps the spans that it is sent, and answers
// with the status that the test chose.

import type { IncomingMessage } from "node:http";
import { createServer } from "node:http";

import type { Exported, OtlpSpan } from "./otlp.ts";
import { readExport } from "./otlp.ts";

export interface OtlpCollector {
  port: number;
  /** What came: where to, as what type, and the spans. */
  readonly requests: readonly CollectedRequest[];
  /** All spans of a trace so far. */
  spansOf(traceId: string): OtlpSpan[];
  answerWith(status: number): void;
  close(): Promise<void>;
}

export interface CollectedRequest extends Exported {
  path: string;
  authority: string;
  contentType: string;
  /** Names of all header fields. */
  fields: string[];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const requests: CollectedRequest[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    bodyOf(request)
      .then((body) => {
        requests.push({
          ...readExport(body),
          path: request.url ?? "",
          authority: request.headers.host ?? "",
          contentType: request.headers["content-type"] ?? "",
          fields: Object.keys(request.headers),
        });
        response.writeHead(status, { "content-type": "application/json" });
        response.end("{}");
      })
      .catch((error: unknown) => {
        response.writeHead(400);
        response.end(String(error));
      });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    port: address.port,
    requests,
    spansOf: (traceId) =>
      requests.flatMap(({ spans }) => spans).filter((span) => span.traceId === traceId),
    answerWith: (next) => {
      status = next;
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
