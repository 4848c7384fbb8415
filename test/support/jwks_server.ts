// A server of a JSON Web Key Set that can be told to misbehave, as issuers do.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { Socket } from "node:net";

export type JwksBehaviour = "good" | "error" | "hang" | "html";

export interface JwksServer {
  port: number;
  /** What it does from now on. */
  behaviour: JwksBehaviour;
  /** Answered by `good`; any document. */
  document: object;
  /** Header fields of good answers. */
  fields: Record<string, string>;
  /** Requests so far, with what they asked for. */
  readonly requests: readonly { path: string; headers: IncomingMessage["headers"] }[];
  close(): Promise<void>;
}

export async function startJwksServer(document: object): Promise<JwksServer> {
  const requests: { path: string; headers: IncomingMessage["headers"] }[] = [];
  const sockets = new Set<Socket>();
  const http = createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    answer(server, response);
  });
  http.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((done) => http.listen(0, "127.0.0.1", done));
  const address = http.address();
  const server: JwksServer = {
    port: typeof address === "object" && address !== null ? address.port : 0,
    behaviour: "good",
    document,
    fields: {},
    requests,
    close: async () => {
      const closed = new Promise((done) => http.close(done));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
  return server;
}

function answer(server: JwksServer, response: ServerResponse): void {
  switch (server.behaviour) {
    case "hang":
      return;
    case "error":
      response.writeHead(500, { "content-type": "text/plain" }).end("broken");
      return;
    case "html":
      response.writeHead(200, { "content-type": "text/html" }).end("<html>maintenance</html>");
      return;
    case "good":
      response.writeHead(200, { "content-type": "application/json", ...server.fields });
      response.end(JSON.stringify(server.document));
  }
}
