// What left the filter in one direction since it was last looked at.

import { concatBytes } from "./latin1.ts";
import type { HeaderMap } from "./headers.ts";
import type { HeaderList, StreamResult } from "./api.ts";

const NO_HEADERS: HeaderList = [];

export class Output {
  headers: HeaderMap | null = null;
  trailers: HeaderMap | null = null;
  endOfStream = false;
  #body: Uint8Array[] | null = null;

  addBody(bytes: Uint8Array): void {
    if (this.#body === null) this.#body = [bytes];
    else this.#body.push(bytes);
  }

  bodyBytes(): Uint8Array {
    return concatBytes(this.#body ?? []);
  }

  /** Null when nothing left the filter. */
  take(): StreamResult | null {
    const { headers, trailers, endOfStream } = this;
    const body = this.#body;
    if (headers === null && trailers === null && body === null) return null;
    this.headers = null;
    this.trailers = null;
    this.endOfStream = false;
    this.#body = null;
    const list = (headers ?? trailers)?.toList() ?? NO_HEADERS;
    const result: StreamResult = { kind: "continue", headers: list, endOfStream };
    if (body !== null) result.body = concatBytes(body);
    if (trailers !== null) result.trailers = trailers.toList();
    return result;
  }
}
