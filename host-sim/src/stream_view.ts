// A stream as host calls see it: maps and buffers by phase, and what a guest may ask for.
// Source: envoy context.cc (getMap, getConstMap, getBuffer, continueStream, closeStream).

import { HeaderMap } from "./headers.ts";
import { MapType } from "./types.ts";
import type { StreamOptions } from "./api.ts";
import type { BodyBuffer, LocalReplyRequest, StreamPart } from "./context.ts";
import type { PropertySource, PropertyValue } from "./properties.ts";
import type { Services } from "./services.ts";
import type { HttpStream } from "./stream.ts";
import type { Flow } from "./flow.ts";
import type { Vm } from "./vm.ts";

const NOTHING_GIVEN: Readonly<Record<string, PropertyValue>> = {};

export class StreamView implements StreamPart, PropertySource {
  readonly #stream: HttpStream;
  readonly given: Readonly<Record<string, PropertyValue>>;
  readonly filterState = new Map<string, Uint8Array>();
  readonly connectionId: bigint;
  /** Of the latest headers or body callback, in either direction. */
  endOfStream = false;
  inAccessLog = false;
  routeCacheClears = 0;
  /** The VM that runs the guest side; set when the context exists. */
  vm: Vm | null = null;

  constructor(stream: HttpStream, services: Services, options: StreamOptions) {
    this.#stream = stream;
    this.connectionId = services.nextConnectionId++;
    const { properties = NOTHING_GIVEN, sourceAddress } = options;
    this.given =
      sourceAddress === undefined ? properties : { "source.address": sourceAddress, ...properties };
  }

  get properties(): PropertySource {
    return this;
  }

  get requestHeaders(): HeaderMap | null {
    const { request } = this.#stream;
    return request.guestHeaders ?? (this.inAccessLog ? request.headers : null);
  }

  get responseHeaders(): HeaderMap | null {
    const { response } = this.#stream;
    return response.guestHeaders ?? (this.inAccessLog ? response.headers : null);
  }

  get responseTrailers(): HeaderMap | null {
    const { response } = this.#stream;
    return response.guestTrailers ?? (this.inAccessLog ? response.trailers : null);
  }

  constMap(type: number): HeaderMap | null {
    const { request, response } = this.#stream;
    const logging = this.inAccessLog;
    switch (type) {
      case MapType.REQUEST_HEADERS:
        return logging ? request.headers : request.guestHeaders;
      case MapType.REQUEST_TRAILERS:
        return logging ? null : request.guestTrailers;
      case MapType.RESPONSE_HEADERS:
        return logging ? response.headers : response.guestHeaders;
      case MapType.RESPONSE_TRAILERS:
        return logging ? response.trailers : response.guestTrailers;
      default:
        return null;
    }
  }

  mutableMap(type: number): HeaderMap | null {
    const { request, response } = this.#stream;
    switch (type) {
      case MapType.REQUEST_HEADERS:
        return request.guestHeaders;
      case MapType.REQUEST_TRAILERS:
        return this.#trailersOf(request);
      case MapType.RESPONSE_HEADERS:
        return response.guestHeaders;
      case MapType.RESPONSE_TRAILERS:
        return this.#trailersOf(response);
      default:
        return null;
    }
  }

  requestBody(): BodyBuffer | null {
    return this.#stream.request.visibleBody;
  }

  responseBody(): BodyBuffer | null {
    return this.#stream.response.visibleBody;
  }

  sendLocalReply(reply: LocalReplyRequest): void {
    this.#stream.sendLocalReply(reply);
  }

  continueRequest(): void {
    const { request } = this.#stream;
    this.vm?.defer(() => this.#stream.continueFlow(request));
    this.#forgetRequest();
  }

  /** The quirk is Envoy's: it is the request that becomes unreadable, not the response. */
  continueResponse(): void {
    const { response } = this.#stream;
    this.vm?.defer(() => this.#stream.continueFlow(response));
    this.#forgetRequest();
  }

  closeStream(): void {
    this.vm?.defer(() => this.#stream.reset());
  }

  clearRouteCache(): void {
    this.routeCacheClears++;
  }

  setFilterState(key: string, value: Uint8Array): void {
    this.filterState.set(key, value);
  }

  #forgetRequest(): void {
    const { request } = this.#stream;
    request.guestHeaders = null;
    request.guestBody = null;
    request.guestTrailers = null;
  }

  /** At the end of a body without trailers, looking for them makes them. */
  #trailersOf(flow: Flow): HeaderMap | null {
    if (flow.guestTrailers === null && flow.guestBody !== null && this.endOfStream) {
      const kind = flow.direction === "request" ? "request_trailers" : "response_trailers";
      flow.trailers = new HeaderMap(kind);
      flow.guestTrailers = flow.trailers;
    }
    return flow.guestTrailers;
  }
}
