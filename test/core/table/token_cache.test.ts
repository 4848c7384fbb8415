import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  flushTokens(cache: number): void;
  formatTokens(cache: number, bytes: number, entries: number): void;
  findToken(cache: number, key: number): number;
  insertToken(cache: number, key: number, valueLen: number): number;
  removeToken(cache: number, key: number): void;
  valueOf(entry: number): number;
  displaced: WebAssembly.Global;
  TOKEN_CACHE_BYTES: WebAssembly.Global;
  REFUSED_CACHE_BYTES: WebAssembly.Global;
}

const probe = await loadCore<Exports>();
const { core } = probe;
const CACHE_BYTES = Number(core.TOKEN_CACHE_BYTES.value);
const INDEX_AT = 16;
const WAY_BYTES = 16;
const ENTRIES = 1024;
const LOG_AT = INDEX_AT + ENTRIES * WAY_BYTES;
const LOG_BYTES = CACHE_BYTES - LOG_AT;
const ENTRY_BYTES = 32;
const GUARD = 0xa5;

interface Token {
  hash: bigint;
  generation: number;
  bytes: Uint8Array;
  owner?: number;
}

const align8 = (length: number): number => Math.ceil(length / 8) * 8;
const sizeOf = (token: Token, valueLen: number): number =>
  ENTRY_BYTES + align8(token.bytes.length) + align8(valueLen);
const identity = (token: Token): string =>
  [token.hash, token.generation, Buffer.from(token.bytes).toString("latin1")].join("/");

class Cache {
  readonly ptr: number;
  /** Room for one key and its token, used anew by every call. */
  readonly #key: number;
  readonly #token: number;
  readonly #guard: number;

  constructor(bytes = CACHE_BYTES, entries = ENTRIES) {
    this.#token = probe.room(100_000);
    this.#key = probe.room(24);
    this.ptr = probe.room(bytes);
    this.#guard = probe.room(16);
    new Uint8Array(probe.view().buffer).fill(GUARD, this.ptr, this.#guard + 16);
    core.formatTokens(this.ptr, bytes, entries);
  }

  #keyOf(token: Token): number {
    const view = probe.view();
    new Uint8Array(view.buffer).set(token.bytes, this.#token);
    view.setBigUint64(this.#key, token.hash, true);
    view.setUint32(this.#key + 8, token.generation, true);
    view.setUint32(this.#key + 12, this.#token, true);
    view.setUint32(this.#key + 16, token.bytes.length, true);
    view.setUint32(this.#key + 20, token.owner ?? 0, true);
    return this.#key;
  }

  insert(token: Token, value: Uint8Array, expiresAt = 0n): boolean {
    const entry = core.insertToken(this.ptr, this.#keyOf(token), value.length);
    if (entry === 0) return false;
    const view = probe.view();
    view.setBigUint64(entry, expiresAt, true);
    new Uint8Array(view.buffer).set(value, core.valueOf(entry));
    return true;
  }

  find(token: Token): { value: Uint8Array; expiresAt: bigint; entry: number } | null {
    const entry = core.findToken(this.ptr, this.#keyOf(token));
    if (entry === 0) return null;
    const view = probe.view();
    const value = probe.bytes(core.valueOf(entry), view.getUint32(entry + 24, true));
    return { value, expiresAt: view.getBigUint64(entry, true), entry };
  }

  remove(token: Token): void {
    core.removeToken(this.ptr, this.#keyOf(token));
  }

  flush(): void {
    core.flushTokens(this.ptr);
  }

  guardIsWhole(): boolean {
    return probe.bytes(this.#guard, 16).every((byte) => byte === GUARD);
  }
}

/**
 * The same cache in plain terms: where each entry lies in an endless log, and which ways point to
 * it.
 */
class Model {
  readonly #ways = new Map<number, { hash: bigint; id: string; at: number; value: Uint8Array }[]>();
  #head = 0;

  #isWhole(at: number): boolean {
    const lap = Math.floor(this.#head / LOG_BYTES);
    const entryLap = Math.floor(at / LOG_BYTES);
    return entryLap === lap || (entryLap + 1 === lap && at + LOG_BYTES >= this.#head);
  }

  insert(token: Token, value: Uint8Array): boolean {
    const size = sizeOf(token, value.length);
    if (size > Math.floor(LOG_BYTES / 4)) return false;
    const rest = LOG_BYTES - (this.#head % LOG_BYTES);
    const start = size <= rest ? this.#head : this.#head + rest;
    const set = this.#set(token);
    const known = set.findIndex((way) => way.id === identity(token) && this.#isWhole(way.at));
    this.#head = start + size;
    const entry = { hash: token.hash, id: identity(token), at: start, value };
    if (known >= 0) {
      set[known] = entry;
    } else {
      const live = set.filter((way) => this.#isWhole(way.at)).sort((a, b) => a.at - b.at);
      if (live.length === 4) live.shift();
      live.push(entry);
      this.#ways.set(Number(token.hash & 255n), live);
    }
    return true;
  }

  #set(token: Token): { hash: bigint; id: string; at: number; value: Uint8Array }[] {
    const index = Number(token.hash & 255n);
    const set = this.#ways.get(index) ?? [];
    this.#ways.set(index, set);
    return set;
  }

  find(token: Token): Uint8Array | null {
    const id = identity(token);
    return this.#set(token).find((way) => way.id === id && this.#isWhole(way.at))?.value ?? null;
  }

  remove(token: Token): void {
    const id = identity(token);
    this.#ways.set(
      Number(token.hash & 255n),
      this.#set(token).filter((way) => way.id !== id),
    );
  }

  flush(): void {
    this.#ways.clear();
    this.#head = 0;
  }
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");
const token = (text: string, hash = 1n, generation = 1): Token => ({
  hash,
  generation,
  bytes: bytesOf(text),
});

let cache: Cache;
beforeEach(() => {
  probe.reset();
  cache = new Cache();
});

describe("the token cache", () => {
  test("returns what was put in, aligned to 8", () => {
    const value = bytesOf("spiffe://example.org/a");
    expect(cache.insert(token("header.payload.signature"), value, 1234n)).toBe(true);
    const found = cache.find(token("header.payload.signature"));
    expect(found?.value).toEqual(Uint8Array.from(value));
    expect(found?.expiresAt).toBe(1234n);
    expect(core.valueOf(found?.entry ?? 1) % 8).toBe(0);
  });

  test("does not find another hash, generation, length or byte", () => {
    const bytes = bytesOf("0123456789abcdef0123456789abcdef0123");
    cache.insert({ hash: 5n, generation: 7, bytes }, bytesOf("v"));
    expect(cache.find({ hash: 5n, generation: 7, bytes })).not.toBeNull();
    expect(cache.find({ hash: 5n + 256n, generation: 7, bytes })).toBeNull();
    expect(cache.find({ hash: 5n, generation: 8, bytes })).toBeNull();
    expect(cache.find({ hash: 5n, generation: 7, bytes: bytes.slice(0, -1) })).toBeNull();
    for (let at = 0; at < bytes.length; at++) {
      const other = Uint8Array.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(cache.find({ hash: 5n, generation: 7, bytes: other })).toBeNull();
    }
  });

  test("compares tokens of every length to the last byte", () => {
    for (const length of [1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 300]) {
      const bytes = Uint8Array.from({ length }, (_, i) => 33 + (i % 90));
      const hash = BigInt(length) << 20n;
      cache.insert({ hash, generation: 7, bytes }, bytesOf("v"));
      expect(cache.find({ hash, generation: 7, bytes })).not.toBeNull();
      for (let at = 0; at < length; at++) {
        const other = Uint8Array.from(bytes);
        other[at] = (other[at] ?? 0) ^ 0x80;
        expect(cache.find({ hash, generation: 7, bytes: other }), `byte ${String(at)}`).toBeNull();
      }
    }
  });

  test("does not find the token of another owner", () => {
    const bytes = bytesOf("a");
    cache.insert({ hash: 5n, generation: 7, bytes, owner: 1 }, bytesOf("v"));
    expect(cache.find({ hash: 5n, generation: 7, bytes, owner: 1 })).not.toBeNull();
    expect(cache.find({ hash: 5n, generation: 7, bytes, owner: 257 })).toBeNull();
    expect(cache.find({ hash: 5n, generation: 7, bytes })).toBeNull();
  });

  test("says when a token took the place of another one", () => {
    const displaced = (): boolean => Number(core.displaced.value) === 1;
    for (const text of ["a", "b", "c", "d"]) {
      cache.insert(token(text), bytesOf(text));
      expect(displaced()).toBe(false);
    }
    cache.insert(token("d"), bytesOf("again"));
    expect(displaced()).toBe(false);
    cache.insert(token("e"), bytesOf("e"));
    expect(displaced()).toBe(true);
    cache.remove(token("e"));
    cache.insert(token("f"), bytesOf("f"));
    expect(displaced()).toBe(false);
    cache.insert(token("x", 2n), bytesOf("x"));
    expect(displaced()).toBe(false);
  });

  test("of another size stays within it, and keeps what fits", () => {
    probe.reset();
    const small = new Cache(Number(core.REFUSED_CACHE_BYTES.value), 64);
    for (let i = 0; i < 500; i++) {
      const each = token(`token ${String(i)} ${"x".repeat(i)}`, BigInt(i * 7));
      expect(small.insert(each, bytesOf(""))).toBe(true);
      expect(small.find(each)).not.toBeNull();
      expect(small.guardIsWhole()).toBe(true);
    }
    expect(small.insert(token("x".repeat(7897)), bytesOf(""))).toBe(false);
    expect(small.insert(token("x".repeat(7896)), bytesOf(""))).toBe(true);
    small.flush();
    expect(small.find(token("x".repeat(7896)))).toBeNull();
    expect(small.insert(token("a"), bytesOf("v"))).toBe(true);
    expect(small.find(token("a"))).not.toBeNull();
  });

  test("keeps tokens of one hash apart", () => {
    for (const text of ["a", "b", "c", "d"]) cache.insert(token(text), bytesOf(`value ${text}`));
    for (const text of ["a", "b", "c", "d"]) {
      expect(cache.find(token(text))?.value).toEqual(Uint8Array.from(bytesOf(`value ${text}`)));
    }
    cache.insert(token("e"), bytesOf("value e"));
    expect(cache.find(token("a"))).toBeNull();
    expect(cache.find(token("e"))).not.toBeNull();
  });

  test("a token put in again replaces itself", () => {
    for (let i = 0; i < 10; i++) cache.insert(token("a"), bytesOf(String(i)));
    cache.insert(token("b"), bytesOf("b"));
    expect(cache.find(token("a"))?.value).toEqual(Uint8Array.from(bytesOf("9")));
    expect(cache.find(token("b"))).not.toBeNull();
  });

  test("removes one token, flushes all", () => {
    for (const text of ["a", "b"]) cache.insert(token(text), bytesOf(text));
    cache.remove(token("a"));
    cache.remove(token("never there"));
    expect(cache.find(token("a"))).toBeNull();
    expect(cache.find(token("b"))).not.toBeNull();
    cache.flush();
    expect(cache.find(token("b"))).toBeNull();
  });

  test("keeps no entry above a quarter of the log", () => {
    const largest = Math.floor(LOG_BYTES / 32) * 8 - ENTRY_BYTES - 8;
    expect(cache.insert(token("8 bytes."), new Uint8Array(largest + 1))).toBe(false);
    expect(cache.insert(token("8 bytes."), new Uint8Array(largest))).toBe(true);
    expect(cache.find(token("8 bytes."))?.value).toHaveLength(largest);
  });

  test("refuses lengths whose sum wraps", () => {
    const key = probe.room(24);
    for (const [tokenLen, valueLen] of [
      [0xffffffff, 0xffffffff],
      [0xfffffff8, 16],
      [8, 0xfffffff0],
    ] as const) {
      probe.view().setUint32(key + 16, tokenLen, true);
      expect(core.insertToken(cache.ptr, key, valueLen)).toBe(0);
    }
  });

  test("begins anew when the lap number would come back", () => {
    cache.insert(token("old"), bytesOf("v"));
    probe.view().setUint32(cache.ptr + 4, 0xffffffff, true);
    for (let i = 0; i < 6; i++)
      cache.insert(token(`t${String(i)}`, BigInt(i)), new Uint8Array(60_000));
    expect(cache.find(token("old"))).toBeNull();
    expect(cache.find(token("t5", 5n))?.value).toHaveLength(60_000);
    expect(probe.view().getUint32(cache.ptr + 4, true)).toBe(2);
  });

  test("equals a plain map with the same evictions over many laps", () => {
    const command = fc.record({
      kind: fc.constantFrom("insert", "insert", "insert", "find", "find", "remove"),
      token: fc.record({
        // Few sets, so that ways are fought over.
        hash: fc.bigInt(0n, 7n).map((n) => (n & 1n) | ((n >> 1n) << 8n)),
        generation: fc.integer({ min: 1, max: 2 }),
        bytes: fc.integer({ min: 0, max: 5 }).map((n) => new Uint8Array(n * 1300 + n).fill(n)),
      }),
      valueLen: fc.oneof(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 61_500 }),
        fc.constantFrom(61_000, 45_000),
      ),
      fill: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 150 }), fc.boolean(), (commands, flush) => {
        const model = new Model();
        cache.flush();
        for (const { kind, token: of, valueLen, fill } of commands) {
          const value = new Uint8Array(valueLen).fill(fill);
          if (kind === "insert") expect(cache.insert(of, value)).toBe(model.insert(of, value));
          if (kind === "remove") {
            cache.remove(of);
            model.remove(of);
          }
          const found = cache.find(of)?.value ?? null;
          const expected = model.find(of);
          expect(found === null).toBe(expected === null);
          if (found !== null && expected !== null) {
            expect(Buffer.compare(found, expected)).toBe(0);
          }
        }
        if (flush) cache.flush();
        expect(cache.guardIsWhole()).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
