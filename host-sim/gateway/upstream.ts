// The way to the upstream: one undici pool, HTTP/1.1, nothing retried.

import { Readable } from "node:stream";
import { Pool, errors } from "undici";
import type { HeaderList } from "../src/index.ts";
import { Refusal } from "./answer.ts";
import { fieldsFrom } from "./fields.ts";

export interface UpstreamTimeouts {
  /** Milliseconds to connect. */
  connectMilliseconds: number;
  /** Milliseconds from the end of the request to the response's headers. */
  headersMilliseconds: number;
  /** Milliseconds between two pieces of the response's body. */
  idleMilliseconds: number;
}

export interface UpstreamRequest {
  method: string;
  path: string;
  /** Flat list of names and values, `host` and at most one `content-length` among them. */
  headers: string[];
  body: AsyncIterable<Uint8Array> | null;
  signal: AbortSignal;
}

export interface UpstreamResponse {
  status: number;
  fields: HeaderList;
  /** Flows no faster than it is read. */
  body: AsyncIterable<Uint8Array>;
  /** Complete when the body has ended. */
  trailers: () => HeaderList;
}

export interface Upstream {
  send(request: UpstreamRequest): Promise<UpstreamResponse>;
  close(): Promise<void>;
}

/** The origin of `http://host:port`. Throws a TypeError that says what is allowed. */
export function upstreamOrigin(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isOrigin =
    parsed !== null &&
    /^https?:$/.test(parsed.protocol) &&
    parsed.pathname === "/" &&
    `${parsed.search}${parsed.hash}${parsed.username}${parsed.password}` === "";
  if (!isOrigin) {
    throw new TypeError(`upstream: found ${url}, allowed an origin such as http://127.0.0.1:9000`);
  }
  return parsed.origin;
}

export function createUpstream(url: string, timeouts: UpstreamTimeouts): Upstream {
  const origin = upstreamOrigin(url);
  const pool = new Pool(origin, {
    connections: 256,
    pipelining: 1,
    connectTimeout: timeouts.connectMilliseconds,
    headersTimeout: timeouts.headersMilliseconds,
    bodyTimeout: timeouts.idleMilliseconds,
  });
  return {
    async send({ method, path, headers, body, signal }) {
      const options = { method, path, headers, signal, responseHeaders: "raw" } as const;
      // A byte stream's buffer of its own would only delay the backpressure.
      const stream = body === null ? null : Readable.from(body, { highWaterMark: 1 });
      const data = await pool.request({ ...options, body: stream });
      const raw: unknown = data.headers;
      return {
        status: data.statusCode,
        fields: fieldsFrom(Array.isArray(raw) ? raw.map(String) : []),
        body: data.body,
        trailers: () => trailerFields(data.trailers),
      };
    },
    close: () => pool.destroy(),
  };
}

/** What the client is told when the upstream gave no response. */
export function upstreamRefusal(error: unknown): Refusal {
  if (error instanceof errors.ConnectTimeoutError) return Refusal.upstreamTimeout;
  if (error instanceof errors.HeadersTimeoutError) return Refusal.upstreamTimeout;
  if (error instanceof errors.InvalidArgumentError) return Refusal.internal;
  return Refusal.upstreamUnreachable;
}

function trailerFields(trailers: Record<string, string | string[]>): HeaderList {
  return Object.entries(trailers).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((line): [string, string] => [name, line]),
  );
}
