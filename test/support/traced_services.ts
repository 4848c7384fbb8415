// A client and two services that trace with the SDK of OpenTelemetry: the client calls the first
// service, that one the second, each through a gateway.

import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";

import type { Context, SpanContext } from "@opentelemetry/api";
import { ROOT_CONTEXT } from "@opentelemetry/api";

import { http1Client } from "./clients.ts";
import type { EndedSpan, SdkFormat } from "./trace_sdk.ts";
import { extracted, injected, readTraceparent, spanContextOf, Tracing } from "./trace_sdk.ts";

/** A call through a gateway: its port, what is written before it and read behind it. */
export interface Leg {
  port: number;
  writes: SdkFormat;
  reads: SdkFormat;
}

/** What became of a leg. */
export interface Hop {
  /** The span that called. */
  sent: SpanContext;
  /** What the service read; null for nothing valid. */
  came: SpanContext | null;
  /** What the response told of the trace, in `traceresponse`. */
  told: SpanContext | null;
  /** Fields that the service received. */
  fields: IncomingHttpHeaders;
}

export interface Journey {
  hops: Hop[];
  /** Of the client and both services. */
  spans: EndedSpan[];
}

/** Paths of the services, which are the names of their clusters. */
export const SERVICES = ["one", "two"] as const;

type Handle = (fields: IncomingHttpHeaders) => Promise<void>;

export class TracedServices {
  readonly #servers: readonly Server[];
  #handles: readonly Handle[] = [];

  constructor() {
    this.#servers = SERVICES.map((_, index) =>
      createServer((request, response) => void this.#answer(index, request, response)),
    );
  }

  async start(): Promise<void> {
    for (const server of this.#servers) {
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    }
  }

  get ports(): number[] {
    return this.#servers.map((server) => {
      const address = server.address();
      return typeof address === "object" && address !== null ? address.port : 0;
    });
  }

  /** One at a time. */
  async travel(legs: readonly Leg[], isSampled: boolean): Promise<Journey> {
    const client = new Tracing(isSampled);
    // Services follow what they are told; by themselves they sample.
    const services = new Tracing(true);
    const hops: Hop[] = [];
    const call = async (tracing: Tracing, name: string, index: number, parent: Context) => {
      const leg = legs[index];
      if (leg === undefined) return;
      await tracing.within(name, parent, async (context, sent) => {
        const hop: Hop = { sent, came: null, told: null, fields: {} };
        hops.push(hop);
        hop.told = await request(leg, index, context);
      });
    };
    this.#handles = legs.map(({ reads }, index) => async (fields) => {
      const context = extracted(reads, fields);
      const hop = hops[index];
      if (hop === undefined) throw new Error("nobody called");
      hop.came = spanContextOf(context);
      hop.fields = fields;
      const name = `service ${SERVICES[index] ?? ""}`;
      await services.within(name, context, (own) =>
        call(services, `${name} calls`, index + 1, own),
      );
    });
    await call(client, "client", 0, ROOT_CONTEXT);
    return { hops, spans: [...(await client.ended()), ...(await services.ended())] };
  }

  async #answer(index: number, request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#handles[index]?.(request.headers);
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    }
  }
}

/** What the response tells of the trace. */
async function request(leg: Leg, index: number, context: Context): Promise<SpanContext | null> {
  const response = await http1Client(leg.port).send({
    method: "GET",
    path: `/${SERVICES[index] ?? ""}`,
    authority: "example.test",
    headers: injected(leg.writes, context),
  });
  if (response.status !== 200) throw new Error(`${response.status} ${String(response.body)}`);
  return readTraceparent(new Map(response.headers).get("traceresponse") ?? "");
}
