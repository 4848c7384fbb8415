// The reverse proxy: a server in front, an upstream behind, and a stream through the module for
// each request.

import type { LogLevel, Stream } from "../src/index.ts";
import { Exchange } from "./exchange.ts";
import { closeServer, listen } from "./listening.ts";
import { createFrontServer } from "./server.ts";
import type { ServerTimeouts } from "./server.ts";
import { createUpstream } from "./upstream.ts";
import type { UpstreamTimeouts } from "./upstream.ts";

export interface ProxyTimeouts extends ServerTimeouts, UpstreamTimeouts {
  /** Milliseconds that the module may hold a stream. */
  pauseMilliseconds: number;
  /** Milliseconds that requests in flight have to end when the gateway closes. */
  closeMilliseconds: number;
}

/**
 * The upstream's headers and the idle time as in Envoy's defaults (route timeout,
 * stream_idle_timeout).
 */
const DEFAULT_TIMEOUTS: ProxyTimeouts = {
  requestHeadersMilliseconds: 10_000,
  requestMilliseconds: 300_000,
  keepAliveMilliseconds: 60_000,
  connectMilliseconds: 5_000,
  headersMilliseconds: 15_000,
  idleMilliseconds: 300_000,
  pauseMilliseconds: 30_000,
  closeMilliseconds: 2_000,
};

export interface ProxyOptions {
  /** A new stream for a request from this `address:port`; null refuses the request with 503. */
  openStream: (sourceAddress: string) => Stream | null;
  /** Origin of the upstream, such as http://127.0.0.1:9000. */
  upstream: string;
  host: string;
  /** 0 takes a free port. */
  port: number;
  timeouts?: Partial<ProxyTimeouts>;
  onLog?: (level: LogLevel, message: string) => void;
}

export interface Proxy {
  port: number;
  /** Lets requests in flight end for a moment, then cuts them. */
  close(): Promise<void>;
}

/** Throws a TypeError when the upstream is no origin, and Node's error when it cannot listen. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const upstream = createUpstream(options.upstream, timeouts);
  const exchangeOptions = {
    openStream: options.openStream,
    upstream,
    pauseMilliseconds: timeouts.pauseMilliseconds,
    onFailure: (message: string) => options.onLog?.("error", `gateway: ${message}`),
  };
  const server = createFrontServer(
    (request, response, continueExpected) =>
      new Exchange(exchangeOptions, request, response, continueExpected).run(),
    timeouts,
  );
  const port = await listen(server, options.host, options.port);
  return {
    port,
    async close() {
      await closeServer(server, timeouts.closeMilliseconds);
      await upstream.close();
    },
  };
}
