// One direction of a stream through one filter, as Envoy's filter manager drives it: stopping,
// buffering, continuing. Source: envoy source/common/http/filter_manager.cc
// (commonHandleAfter…Callback, commonContinue, commonHandleBufferData).

import { Body } from "./body.ts";
import { DataAction, HeadersAction } from "./types.ts";
import type { HeaderMap } from "./headers.ts";

/** How the filter is entered and what it sends on. */
export interface FlowDriver {
  /** Each answers the action of the filter, already mapped as Envoy maps it. */
  filterHeaders(flow: Flow, endOfStream: boolean): number;
  filterBody(flow: Flow, size: number, endOfStream: boolean): number;
  filterTrailers(flow: Flow): number;
  /** The filter manager's buffer went over its limit. */
  bufferOverflow(flow: Flow): void;
  /** No filter sees this direction any more: it was answered or reset. */
  isAborted(flow: Flow): boolean;
  emitHeaders(flow: Flow, endOfStream: boolean): void;
  emitBody(flow: Flow, body: Body, endOfStream: boolean): void;
  emitTrailers(flow: Flow): void;
}

type Iteration = "running" | "stopped" | "stopped_all_buffer" | "stopped_all_watermark";

export class Flow {
  readonly direction: "request" | "response";
  readonly #driver: FlowDriver;
  readonly #bufferLimitBytes: number;

  // What the filter manager holds.
  headers: HeaderMap | null = null;
  trailers: HeaderMap | null = null;
  endObserved = false;
  #buffered: Body | null = null;
  #iteration: Iteration = "running";
  #headersContinued = false;
  #trailersContinued = false;

  // What the filter keeps pointers to; null is "not available" for the guest.
  guestHeaders: HeaderMap | null = null;
  guestTrailers: HeaderMap | null = null;
  guestBody: Body | null = null;
  /** The last body action was StopIterationAndBuffer: the guest sees the whole buffer. */
  bufferingBody = false;

  constructor(direction: "request" | "response", driver: FlowDriver, bufferLimitBytes: number) {
    this.direction = direction;
    this.#driver = driver;
    this.#bufferLimitBytes = bufferLimitBytes;
  }

  get started(): boolean {
    return this.headers !== null;
  }

  get headersContinued(): boolean {
    return this.#headersContinued;
  }

  get stopped(): boolean {
    return this.#iteration !== "running";
  }

  /** Continuing now would send headers or trailers on twice. */
  get continueWouldRepeat(): boolean {
    return !this.stopped && (!this.#headersContinued || this.#trailersContinued);
  }

  /** What get_buffer_bytes reads and set_buffer_bytes writes. */
  get visibleBody(): Body | null {
    return this.bufferingBody ? (this.#buffered ??= new Body()) : this.guestBody;
  }

  start(headers: HeaderMap, endOfStream: boolean): void {
    this.headers = headers;
    this.guestHeaders = headers;
    this.endObserved = endOfStream;
    const action = this.#driver.filterHeaders(this, endOfStream);
    const continues = action === HeadersAction.CONTINUE;
    if (continues) this.guestHeaders = null;
    if (this.#driver.isAborted(this)) return;
    if (continues) {
      this.#headersContinued = true;
      this.#driver.emitHeaders(this, endOfStream);
    } else {
      this.#iteration = STOPPED_BY_HEADERS[action] ?? "stopped_all_watermark";
    }
  }

  receiveBody(chunk: Body, endOfStream: boolean): void {
    this.endObserved ||= endOfStream;
    if (this.#stoppedAll()) {
      this.#buffer(chunk, this.#iteration === "stopped_all_buffer");
    } else {
      this.#filterBody(chunk, endOfStream);
    }
  }

  receiveTrailers(trailers: HeaderMap): void {
    this.trailers = trailers;
    this.endObserved = true;
    if (!this.#stoppedAll()) this.#filterTrailers();
  }

  /** Continues a stopped direction; nothing happens when it was answered meanwhile. */
  continueIteration(): void {
    if (this.#driver.isAborted(this)) return;
    const fromThisFilter = this.#stoppedAll();
    this.#iteration = "running";
    if (!this.#headersContinued) {
      this.#headersContinued = true;
      const noMore = this.#buffered === null && this.trailers === null;
      this.#driver.emitHeaders(this, this.endObserved && noMore);
      if (this.#driver.isAborted(this)) return;
    }
    const hadTrailers = this.trailers !== null;
    const data = this.#buffered;
    if (data !== null) {
      this.#buffered = null;
      const end = this.endObserved && !hadTrailers;
      if (fromThisFilter) this.#filterBody(data, end);
      else this.#emitBody(data, end);
    }
    if (hadTrailers && !this.#driver.isAborted(this)) {
      if (fromThisFilter) this.#filterTrailers();
      else this.#emitTrailers();
    }
  }

  #filterBody(chunk: Body, endOfStream: boolean): void {
    if (this.bufferingBody) {
      this.#buffer(chunk, true);
      if (this.#driver.isAborted(this)) return;
    }
    this.guestBody = chunk;
    const trailersBefore = this.trailers;
    const size = this.visibleBody?.length ?? 0;
    const action = this.#driver.filterBody(this, size, endOfStream);
    this.bufferingBody = action === DataAction.STOP_AND_BUFFER;
    if (action === DataAction.CONTINUE) this.guestBody = null;
    if (this.#driver.isAborted(this)) return;
    if (action === DataAction.CONTINUE) {
      if (this.stopped) {
        this.#buffer(chunk, false);
        this.continueIteration();
        return;
      }
      this.#emitBody(chunk, endOfStream && this.trailers === null);
      if (trailersBefore === null && this.trailers !== null) this.#emitTrailers();
      return;
    }
    this.#iteration = "stopped";
    if (action !== DataAction.STOP_NO_BUFFER) {
      this.#buffer(chunk, action === DataAction.STOP_AND_BUFFER);
    } else if (this.endObserved && this.trailers === null) {
      this.#buffered ??= new Body();
    }
  }

  #filterTrailers(): void {
    this.guestTrailers = this.trailers;
    const action = this.#driver.filterTrailers(this);
    if (action === 0) this.guestTrailers = null;
    if (this.#driver.isAborted(this)) return;
    if (action !== 0) {
      if (!this.stopped) this.#iteration = "stopped";
    } else if (this.stopped) {
      this.continueIteration();
    } else {
      this.#emitTrailers();
    }
  }

  #emitBody(body: Body, endOfStream: boolean): void {
    this.#driver.emitBody(this, body, endOfStream);
  }

  #emitTrailers(): void {
    this.#trailersContinued = true;
    this.#driver.emitTrailers(this);
  }

  #buffer(chunk: Body, limited: boolean): void {
    this.#buffered ??= new Body();
    this.#buffered.moveFrom(chunk);
    if (limited && this.#buffered.length > this.#bufferLimitBytes) {
      this.#driver.bufferOverflow(this);
    }
  }

  #stoppedAll(): boolean {
    return this.#iteration === "stopped_all_buffer" || this.#iteration === "stopped_all_watermark";
  }
}

const STOPPED_BY_HEADERS: Readonly<Record<number, Iteration>> = {
  [HeadersAction.STOP_ITERATION]: "stopped",
  [HeadersAction.STOP_ALL_AND_BUFFER]: "stopped_all_buffer",
  [HeadersAction.STOP_ALL_AND_WATERMARK]: "stopped_all_watermark",
};
