// Envoy's header map: ordered, lower-cased at the door, pseudo headers in front, and a slot for
// each predefined ("inline") name, into which a second value is merged.
// Source: envoy source/common/http/header_map_impl.cc (insertByKey, HeaderList::insert, setCopy).

import { INLINE_HEADERS } from "./inline_headers_table.ts";
import { asciiLowerCase } from "./latin1.ts";
import type { HeaderList } from "./api.ts";

export type HeaderKind =
  "request_headers" | "request_trailers" | "response_headers" | "response_trailers";

export class HeaderMap {
  readonly kind: HeaderKind;
  readonly names: string[] = [];
  readonly values: string[] = [];
  readonly #inline: ReadonlySet<string>;
  /** Index of the first regular header: pseudo headers are inserted here. */
  #pseudoEnd = 0;

  constructor(kind: HeaderKind) {
    this.kind = kind;
    this.#inline = INLINE_HEADERS[kind];
  }

  /** As a codec fills a map: field by field, merging what Envoy merges. */
  static from(kind: HeaderKind, list: HeaderList): HeaderMap {
    const map = new HeaderMap(kind);
    for (const [name, value] of list) map.add(name, value);
    return map;
  }

  get size(): number {
    return this.names.length;
  }

  /** Bytes of all names and values, without separators. */
  byteSize(): number {
    let bytes = 0;
    for (const name of this.names) bytes += name.length;
    for (const value of this.values) bytes += value.length;
    return bytes;
  }

  /** The first value of the name, null when absent. */
  get(name: string): string | null {
    const index = this.names.indexOf(this.#key(name));
    return index < 0 ? null : (this.values[index] ?? null);
  }

  has(name: string): boolean {
    return this.names.includes(this.#key(name));
  }

  add(name: string, value: string): void {
    const key = this.#key(name);
    if (this.#inline.has(key)) {
      const index = this.names.indexOf(key);
      if (index >= 0) {
        const present = this.values[index] ?? "";
        if (value === "") return;
        const delimiter = key === "cookie" ? "; " : ",";
        this.values[index] = present === "" ? value : present + delimiter + value;
        return;
      }
    }
    this.#insert(key, value);
  }

  /** Overwrites the value in its place, or adds: what Envoy does for names it knows. */
  set(name: string, value: string): void {
    const key = this.#key(name);
    const index = this.names.indexOf(key);
    if (index < 0) this.#insert(key, value);
    else this.values[index] = value;
  }

  /** Removes every value, then adds: the header moves to the end of its group. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.#insert(this.#key(name), value);
  }

  remove(name: string): void {
    const key = this.#key(name);
    let index = this.names.indexOf(key);
    while (index >= 0) {
      this.names.splice(index, 1);
      this.values.splice(index, 1);
      if (index < this.#pseudoEnd) this.#pseudoEnd--;
      index = this.names.indexOf(key, index);
    }
  }

  clear(): void {
    this.names.length = 0;
    this.values.length = 0;
    this.#pseudoEnd = 0;
  }

  toList(): HeaderList {
    const list: HeaderList = [];
    for (let index = 0; index < this.names.length; index++) {
      list.push([this.names[index] ?? "", this.values[index] ?? ""]);
    }
    return list;
  }

  #key(name: string): string {
    const key = asciiLowerCase(name);
    return key === "host" && this.kind === "request_headers" ? ":authority" : key;
  }

  #insert(key: string, value: string): void {
    if (key.charCodeAt(0) === 0x3a) {
      if (this.#pseudoEnd === this.names.length) {
        this.names.push(key);
        this.values.push(value);
      } else {
        this.names.splice(this.#pseudoEnd, 0, key);
        this.values.splice(this.#pseudoEnd, 0, value);
      }
      this.#pseudoEnd++;
      return;
    }
    this.names.push(key);
    this.values.push(value);
  }
}
