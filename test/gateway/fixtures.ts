// What the proxy's tests stand on: a stream that passes everything, upstreams of every temper, a
// raw client.

import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { HeaderList, Resumption, Stream, StreamResult } from "../../host-sim/src/index.ts";
import { startProxy } from "../../host-sim/gateway/proxy.ts";
import type { Proxy, ProxyOptions } from "../../host-sim/gateway/proxy.ts";

type Overrides = Partial<
  Pick<Stream, "requestHeaders" | "requestBody" | "responseHeaders" | "responseBody">
>;

export interface RecordedStream extends Stream {
  closes: number;
  requestMap: HeaderList;
  resume(resumption: Resumption): void;
}

function passing(headers: HeaderList, endOfStream: boolean): StreamResult {
  return { kind: "continue", headers, endOfStream };
}

function passingBody(body: Uint8Array, endOfStream: boolean): StreamResult {
  return { kind: "continue", headers: [], body, endOfStream };
}

/** Continues with what it is given, but for the phases that are overridden. */
export function passingStream(overrides: Overrides = {}): RecordedStream {
  const stream: RecordedStream = {
    requestHeaders(headers, endOfStream) {
      stream.requestMap = headers;
      return overrides.requestHeaders?.(headers, endOfStream) ?? passing(headers, endOfStream);
    },
    requestBody: overrides.requestBody ?? passingBody,
    requestTrailers: (trailers) => passing(trailers, true),
    responseHeaders: overrides.responseHeaders ?? passing,
    responseBody: overrides.responseBody ?? passingBody,
    responseTrailers: (trailers) => passing(trailers, true),
    close() {
      stream.closes += 1;
    },
    onResume: undefined,
    contextId: 2,
    routeCacheClears: 0,
    filterState: new Map(),
    closes: 0,
    requestMap: [],
    resume: (resumption) => stream.onResume?.(resumption),
  };
  return stream;
}

/** Serves until the test ends; returns the origin. */
export async function upstreamThat(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`;
}

export interface TestedProxy extends Proxy {
  origin: string;
  streams: RecordedStream[];
  log: string[];
}

/** A proxy before `upstream`; streams pass everything unless `open` gives others. */
export async function proxyTo(
  upstream: string,
  options: Partial<ProxyOptions> & { open?: () => RecordedStream } = {},
): Promise<TestedProxy> {
  const streams: RecordedStream[] = [];
  const log: string[] = [];
  const open = options.open ?? (() => passingStream());
  const proxy = await startProxy({
    openStream: () => {
      const stream = open();
      streams.push(stream);
      return stream;
    },
    host: "127.0.0.1",
    port: 0,
    onLog: (level, message) => log.push(`${level} ${message}`),
    ...options,
    upstream,
  });
  onTestFinished(() => proxy.close());
  return { ...proxy, origin: `http://127.0.0.1:${proxy.port}`, streams, log };
}

/** A raw connection; destroyed when the test ends. */
export function rawClient(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** Sends bytes (latin1) and returns everything until the peer closes. */
export async function exchangeRaw(port: number, request: string): Promise<string> {
  const socket = rawClient(port);
  socket.write(request, "latin1");
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  await new Promise((resolve) => socket.on("close", resolve));
  return Buffer.concat(pieces).toString("latin1");
}

/** Waits for a condition that another party brings about. */
export async function eventually(condition: () => boolean, milliseconds = 3000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > end) throw new Error("the condition did not come about");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
