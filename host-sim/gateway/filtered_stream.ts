// A simulator stream as the gateway needs it: pauses are awaited (and bounded), and after close
// nothing enters the module any more, whichever of the two directions is still running.

import type { HeaderList, LocalReply, Resumption, Stream, StreamResult } from "../src/index.ts";

export type Continued = Extract<StreamResult, { kind: "continue" }>;
type Direction = Resumption["direction"];
type Body = AsyncIterable<Uint8Array>;
type Enter = (chunk: Uint8Array, endOfStream: boolean) => StreamResult;

const EMPTY = new Uint8Array(0);

/** The module refused; thrown so that it leaves a body's generator as well. */
export class RefusedByFilter extends Error {
  readonly reply: LocalReply;

  constructor(reply: LocalReply) {
    super(`refused by the filter: ${reply.details}`);
    this.reply = reply;
  }
}

/** The module asked to reset the stream: no answer, the connection is cut. */
export class ResetByFilter extends Error {}

/**
 * The simulator itself failed or the module held the stream too long: never a reason to let pass.
 */
export class FilterFailed extends Error {}

export class FilteredStream {
  readonly #stream: Stream;
  readonly #client: AbortSignal;
  readonly #pauseMilliseconds: number;
  readonly #resumptions: Resumption[] = [];
  #onResumption: () => void = () => undefined;
  #closed = false;

  /** `client` ends a pause when the client has gone; a pause longer than the limit throws. */
  constructor(stream: Stream, client: AbortSignal, pauseMilliseconds: number) {
    this.#stream = stream;
    this.#client = client;
    this.#pauseMilliseconds = pauseMilliseconds;
    stream.onResume = (resumption) => {
      this.#resumptions.push(resumption);
      this.#onResumption();
    };
  }

  /** Throws RefusedByFilter, ResetByFilter or FilterFailed, as every method here does. */
  async requestHeaders(headers: HeaderList, endOfStream: boolean): Promise<Continued> {
    const result = this.#enter(() => this.#stream.requestHeaders(headers, endOfStream));
    return result ?? this.#resumed("request");
  }

  async responseHeaders(headers: HeaderList, endOfStream: boolean): Promise<Continued> {
    const result = this.#enter(() => this.#stream.responseHeaders(headers, endOfStream));
    return result ?? this.#resumed("response");
  }

  /** What leaves the module towards the upstream, piece by piece. */
  async *requestBody(source: Body): AsyncGenerator<Uint8Array> {
    const enter: Enter = (chunk, end) => this.#stream.requestBody(chunk, end);
    yield* this.#pieces("request", source, enter);
    yield* this.#end("request", () => enter(EMPTY, true));
  }

  /**
   * As requestBody; `trailers` is read when the source has ended, `onTrailers` gets the edited
   * ones.
   */
  async *responseBody(
    source: Body,
    trailers: () => HeaderList,
    onTrailers: (edited: HeaderList) => void,
  ): AsyncGenerator<Uint8Array> {
    const enter: Enter = (chunk, end) => this.#stream.responseBody(chunk, end);
    yield* this.#pieces("response", source, enter);
    const received = trailers();
    if (received.length === 0) {
      yield* this.#end("response", () => enter(EMPTY, true));
    } else {
      const last = this.#end("response", () => this.#stream.responseTrailers(received));
      onTrailers(yield* last);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stream.close();
  }

  /** A pause within a body means that the module collects: it is given more until the end. */
  async *#pieces(direction: Direction, source: Body, enter: Enter): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      const result = this.#enter(() => enter(chunk, false));
      if (result?.body !== undefined) yield result.body;
      const resumed = this.#takeResumption(direction);
      if (resumed?.body !== undefined) yield resumed.body;
    }
  }

  async *#end(
    direction: Direction,
    enter: () => StreamResult,
  ): AsyncGenerator<Uint8Array, HeaderList> {
    const result = this.#enter(enter) ?? (await this.#resumed(direction));
    if (result.body !== undefined && result.body.length > 0) yield result.body;
    return result.trailers ?? result.headers;
  }

  /** What continues, null while the module holds it. */
  #enter(enter: () => StreamResult): Continued | null {
    if (this.#closed) throw new FilterFailed("the stream is closed");
    try {
      return continued(enter());
    } catch (error) {
      if (error instanceof RefusedByFilter || error instanceof ResetByFilter) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new FilterFailed(reason, { cause: error });
    }
  }

  async #resumed(direction: Direction): Promise<Continued> {
    const limit = AbortSignal.timeout(this.#pauseMilliseconds);
    const ended = AbortSignal.any([this.#client, limit]);
    for (;;) {
      const resumed = this.#takeResumption(direction);
      if (resumed !== null) return resumed;
      if (ended.aborted) throw new FilterFailed("the module held the stream for too long");
      await new Promise<void>((resolve) => {
        this.#onResumption = resolve;
        ended.addEventListener("abort", () => resolve(), { once: true });
      });
    }
  }

  #takeResumption(direction: Direction): Continued | null {
    const index = this.#resumptions.findIndex((resumption) => resumption.direction === direction);
    const [resumption] = index < 0 ? [] : this.#resumptions.splice(index, 1);
    return resumption === undefined ? null : continued(resumption.result);
  }
}

function continued(result: StreamResult): Continued | null {
  switch (result.kind) {
    case "continue":
      return result;
    case "paused":
      return null;
    case "reply":
      throw new RefusedByFilter(result.reply);
    case "reset":
      throw new ResetByFilter(result.details);
  }
}
