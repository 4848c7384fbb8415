// A body buffer: chunks until somebody looks, one array afterwards.

import { concatBytes } from "./latin1.ts";
import type { BodyBuffer } from "./context.ts";

export class Body implements BodyBuffer {
  #chunks: Uint8Array[] = [];
  #length = 0;

  static of(bytes: Uint8Array): Body {
    const body = new Body();
    body.append(bytes);
    return body;
  }

  get length(): number {
    return this.#length;
  }

  bytes(): Uint8Array {
    const [first] = this.#chunks;
    if (first !== undefined && this.#chunks.length === 1) return first;
    const all = concatBytes(this.#chunks);
    this.#chunks = [all];
    return all;
  }

  copyOut(start: number, length: number): Uint8Array {
    return this.bytes().subarray(start, start + length);
  }

  drain(length: number): void {
    if (length === 0) return;
    const rest = this.bytes().subarray(length);
    this.#chunks = [rest];
    this.#length = rest.length;
  }

  prepend(data: Uint8Array): void {
    this.#chunks.unshift(data);
    this.#length += data.length;
  }

  append(data: Uint8Array): void {
    this.#chunks.push(data);
    this.#length += data.length;
  }

  /** Appends everything of the other buffer and leaves it empty. */
  moveFrom(other: Body): void {
    if (other.#length === 0) return;
    this.#chunks.push(...other.#chunks);
    this.#length += other.#length;
    other.#chunks = [];
    other.#length = 0;
  }
}
