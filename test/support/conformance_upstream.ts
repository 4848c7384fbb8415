// The upstream behind the conformance probe, HTTP/2 only: answers with repeated and empty headers,
// a body in one frame and trailers; slowly, or not to the end, where the path asks for it.

import { once } from "node:events";
import type { ServerHttp2Stream } from "node:http2";
import { createServer } from "node:http2";
import type { HeaderList } from "../../host-sim/src/index.ts";

export interface ConformanceUpstream {
  port: number;
  /** Header lists of the requests that came, calls excluded, oldest first. */
  readonly requests: HeaderList[];
  /** Bodies and trailers of the same requests. */
  readonly bodies: string[];
  readonly trailers: HeaderList[];
  close(): Promise<void>;
}

export async function startConformanceUpstream(): Promise<ConformanceUpstream> {
  const requests: HeaderList[] = [];
  const bodies: string[] = [];
  const trailers: HeaderList[] = [];
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  type Headers = Record<string, string | string[] | undefined>;
  const serve = (stream: ServerHttp2Stream, headers: Headers, _: number, raw?: unknown): void => {
    stream.on("error", () => undefined);
    const path = headers[":path"] ?? "";
    if (path === "/slow") return;
    if (path === "/broken") {
      stream.respond({ ":status": 200 });
      stream.write("beginning");
      setTimeout(() => stream.session?.destroy(), 20);
      return;
    }
    if (path === "/call") {
      answer(stream);
      return;
    }
    const index = requests.push(pairUp(raw)) - 1;
    bodies[index] = "";
    trailers[index] = [];
    stream.on("data", (chunk: Buffer) => {
      bodies[index] = `${bodies[index] ?? ""}${chunk.toString("latin1")}`;
    });
    stream.on("trailers", (_headers: unknown, _flags: unknown, raw: unknown) => {
      trailers[index] = pairUp(raw);
    });
    stream.on("end", () => answer(stream));
  };
  server.on("stream", serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: address !== null && typeof address === "object" ? address.port : 0,
    requests,
    bodies,
    trailers,
    close: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function answer(stream: ServerHttp2Stream): void {
  if (stream.destroyed) return;
  stream.respond(
    { ":status": 200, "x-probe-repeated": ["one", "two"], "x-probe-empty": "", server: "upstream" },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-probe-trailer": "last" }));
  stream.end("response body");
}

function pairUp(raw: unknown): HeaderList {
  if (!Array.isArray(raw)) return [];
  const list: HeaderList = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    list.push([String(raw[index]), String(raw[index + 1])]);
  }
  return list;
}
