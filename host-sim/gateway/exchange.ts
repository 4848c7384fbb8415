// One request and its response on their way through the module: request headers decide, bodies flow
// with backpressure and are never held whole, and whoever leaves first ends the other side too.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { HeaderList, LocalReply, Stream } from "../src/index.ts";
import { Refusal, answerRefusal, answerReply, refusalMessage } from "./answer.ts";
import { drainRest } from "./drain.ts";
import { endToEnd, fieldsFrom, firstValue, flatRegular } from "./fields.ts";
import { FilterFailed, FilteredStream, RefusedByFilter, ResetByFilter } from "./filtered_stream.ts";
import { requestMap, upstreamHeaders } from "./request_map.ts";
import { parseTarget, sourceAddress } from "./target.ts";
import type { Target } from "./target.ts";
import { upstreamRefusal } from "./upstream.ts";
import type { Upstream, UpstreamResponse } from "./upstream.ts";

export interface ExchangeOptions {
  /**
   * A new stream for a request from this address; null when there is no filter: then it is refused.
   */
  openStream: (sourceAddress: string) => Stream | null;
  upstream: Upstream;
  /** Milliseconds that the module may hold a stream. */
  pauseMilliseconds: number;
  /** Called with one line about a request that failed for a reason which is not the client's. */
  onFailure: (message: string) => void;
}

const FRAMING = new Set(["content-length", "trailer"]);
const TRAILER_FIELD = new Set(["trailer"]);
const NOTHING = new Set<string>();
const EMPTY = new Uint8Array(0);

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #client = new AbortController();
  readonly #closed: Promise<void>;
  readonly #continueExpected: boolean;

  /** `continueExpected`: the client waits for 100 before it sends the body (RFC 9110 §10.1.1). */
  constructor(
    options: ExchangeOptions,
    request: IncomingMessage,
    response: ServerResponse,
    continueExpected: boolean,
  ) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#continueExpected = continueExpected;
    response.strictContentLength = true;
    this.#closed = new Promise((resolve) => {
      response.once("close", () => {
        this.#client.abort();
        resolve();
      });
    });
  }

  /**
   * Never rejects: what goes wrong becomes an answer or, after its headers, a broken connection.
   */
  async run(): Promise<void> {
    const fields = fieldsFrom(this.#request.rawHeaders);
    const target = parseTarget(this.#request, fields);
    if (target.kind === "refused") {
      this.#answerEarly(target.refusal);
      return;
    }
    let filtered: FilteredStream | null = null;
    try {
      const stream = this.#options.openStream(sourceAddress(this.#request.socket));
      if (stream === null) throw new FilterFailed("no filter on this worker");
      const { signal } = this.#client;
      filtered = new FilteredStream(stream, signal, this.#options.pauseMilliseconds);
      await this.#exchange(filtered, target, fields);
    } catch (error) {
      this.#fail(error);
    }
    await this.#closed;
    this.#close(filtered);
  }

  async #exchange(filtered: FilteredStream, target: Target, fields: HeaderList): Promise<void> {
    const map = requestMap(this.#request, target, fields);
    const decision = await filtered.requestHeaders(map, !target.hasBody);
    const body = target.hasBody ? filtered.requestBody(this.#clientBody()) : null;
    const received = await this.#send(decision.headers, body);
    await this.#respond(filtered, received);
    drainRest(this.#request);
  }

  async *#clientBody(): AsyncGenerator<Uint8Array> {
    if (this.#continueExpected) this.#response.writeContinue();
    yield* this.#request.iterator({ destroyOnReturn: false });
  }

  /** The upstream's response, or the gateway's own when there is none. */
  async #send(
    headers: HeaderList,
    body: AsyncIterable<Uint8Array> | null,
  ): Promise<UpstreamResponse> {
    try {
      const message = upstreamHeaders(headers);
      if (message === null)
        throw new FilterFailed("the module removed :method, :path or :authority");
      const { signal } = this.#client;
      return await this.#options.upstream.send({ ...message, body, signal });
    } catch (error) {
      if (isFromFilter(error)) throw error;
      if (!this.#client.signal.aborted) this.#options.onFailure(`upstream: ${messageOf(error)}`);
      return ownResponse(upstreamRefusal(error));
    }
  }

  async #respond(filtered: FilteredStream, received: UpstreamResponse): Promise<void> {
    const map: HeaderList = [[":status", String(received.status)], ...endToEnd(received.fields)];
    const isBodyless = this.#isBodyless(received);
    const decision = await filtered.responseHeaders(map, isBodyless);

    const status = Number(firstValue(decision.headers, ":status") ?? received.status);
    const isChunked =
      !isBodyless &&
      this.#request.httpVersion === "1.1" &&
      firstValue(decision.headers, "content-length") === undefined;
    const except = status === 204 ? FRAMING : isChunked ? NOTHING : TRAILER_FIELD;
    this.#response.writeHead(status, flatRegular(decision.headers, except));
    // Sends the headers now; flushHeaders would encode them as UTF-8.
    if (!isBodyless) this.#response.write(EMPTY);
    const pieces = isBodyless ? received.body : this.#pieces(filtered, received, isChunked);
    await pipeline(pieces, this.#response);
  }

  #pieces(
    filtered: FilteredStream,
    { body, trailers }: UpstreamResponse,
    isChunked: boolean,
  ): AsyncIterable<Uint8Array> {
    const received = (): HeaderList => (isChunked ? endToEnd(trailers()) : []);
    return filtered.responseBody(body, received, (edited) => {
      this.#response.addTrailers(edited.filter(([name]) => !FRAMING.has(name)));
    });
  }

  #isBodyless({ status, fields }: UpstreamResponse): boolean {
    const hasNone = this.#request.method === "HEAD" || status === 204 || status === 304;
    return hasNone || firstValue(fields, "content-length") === "0";
  }

  #fail(error: unknown): void {
    if (this.#client.signal.aborted) return;
    if (error instanceof RefusedByFilter && !this.#response.headersSent) {
      this.#answerEarly(error.reply);
      return;
    }
    if (error instanceof ResetByFilter) {
      this.#response.destroy();
      return;
    }
    this.#options.onFailure(messageOf(error));
    if (this.#response.headersSent) this.#response.destroy();
    else this.#answerEarly(error instanceof FilterFailed ? Refusal.filterFailed : Refusal.internal);
  }

  /** An answer while the request's body may still be on its way, or be waiting for a 100. */
  #answerEarly(answered: Refusal | LocalReply): void {
    if (this.#continueExpected) this.#response.shouldKeepAlive = false;
    if ("error" in answered) answerRefusal(this.#response, answered);
    else answerReply(this.#response, answered);
    drainRest(this.#request);
  }

  #close(filtered: FilteredStream | null): void {
    try {
      filtered?.close();
    } catch (error) {
      this.#options.onFailure(messageOf(error));
    }
  }
}

function ownResponse(refusal: Refusal): UpstreamResponse {
  const { headers, body } = refusalMessage(refusal);
  const fields = headers.filter(([name]) => !name.startsWith(":"));
  return { status: refusal.status, fields, body: Readable.from([body]), trailers: () => [] };
}

function isFromFilter(error: unknown): boolean {
  return (
    error instanceof RefusedByFilter ||
    error instanceof ResetByFilter ||
    error instanceof FilterFailed
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
