// Goal: no order of callbacks lets pass what may not, continues a stream that has gone or does not
// wait, lets one wait for ever, or traps. Method: seeded callbacks in any order, with tokens of
// calls that are unknown, repeated or long answered, on a host whose calls fail now and then.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { SEED, seededRandom } from "../support/random.ts";
import type { Random } from "../support/random.ts";
import { CODE, encodeResponse } from "../support/rls_messages.ts";
import { ecKey } from "../support/tokens.ts";
import {
  forgedToken,
  fullConfiguration,
  goodToken,
  hostileHeaders,
  publicKey,
} from "./full_configuration.ts";
import { FAULTS } from "./full_filter.ts";
import { SECRET, UNRULED } from "./full_rules.ts";
import type { LATER, WildStream } from "./wild_host.ts";
import { WildHost } from "./wild_host.ts";

const ROUNDS = 40;
const STEPS = 400;
const CONTEXTS_MAX = 12;
/** One of so many host calls fails, in every other round. */
const FAULT_RATE = 60;
/** More than any request may wait. */
const WAIT_NANOSECONDS = 6_000_000_000n;

const utf8 = (value: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(value);
const full = fullConfiguration(true);
const WASM = { ...full, jwt: { ...full.jwt, crypto: "wasm" } };

/** Limits that wait for their stores, one of which is shut; each request has a key of its own. */
const WAITS = "/limited/waits";
const SHUT = "/limited/shut";
const KEYED = { key: [{ header: "x-n" }] };
const NONE = { capacity: 0, refill: "0/s" };
const LIMITS = [
  { name: "leased", ...KEYED, store: "redis", capacity: 100, refill: "100/s" },
  { name: "told", ...KEYED, store: "rls" },
  { name: "else", ...KEYED, store: "rls", onStoreFailure: "local", capacity: 1, refill: "1/s" },
].map((each) => ({ match: { prefix: "/limited" }, ...each }));
const IDENTIFIED = [{ claim: "sub" }, ...KEYED.key];
const limits = [
  ...LIMITS,
  { name: "shut", match: { path: SHUT }, ...NONE },
  { name: "plain", ...KEYED, capacity: 100, refill: "100/s" },
  { name: "leased-by", key: IDENTIFIED, store: "redis", capacity: 100, refill: "100/s" },
  { name: "told-by", key: IDENTIFIED, store: "rls", onStoreFailure: "allow" },
];
const LIMITED = { ...WASM, rateLimit: { ...full.rateLimit, limits } };
/** Who has no limit has no way to what is shut. */
const rules = [{ match: { path: SHUT }, require: "api" }, ...WASM.jwt.rules];
const CONFIGURATIONS = [
  LIMITED,
  LIMITED,
  { ...LIMITED, jwt: { ...WASM.jwt, realm: "other", rules } },
  { jwt: 1 },
  { ...WASM, jwt: { ...WASM.jwt, rules }, rateLimit: undefined },
].map((each) => utf8(JSON.stringify(each)));

const tokens = { good: goodToken(), forged: forgedToken(), unknown: goodToken({}, "unknown") };
const by = (token: string) => (): HeaderList => [
  ...hostileHeaders(null, "/api"),
  ["x-api-token", token],
];
const REQUESTS: readonly (readonly [headers: () => HeaderList, mayPass: boolean])[] = [
  [by(tokens.good), true],
  [by(tokens.good), true],
  [by(tokens.forged), false],
  [by(tokens.unknown), false],
  [() => hostileHeaders(null, "/api"), false],
  [() => hostileHeaders(null, WAITS), true],
  [() => hostileHeaders(null, WAITS), true],
  [() => hostileHeaders(null, SHUT), false],
];

const keys = (...each: object[]): Uint8Array<ArrayBuffer> => utf8(JSON.stringify({ keys: each }));
const OTHER = ecKey("one").jwk;
/** What Webdis says of so many tokens. */
const lease = (tokens: number): Uint8Array<ArrayBuffer> =>
  utf8(JSON.stringify({ EVALSHA: [tokens, tokens, tokens === 0 ? 1000 : 0] }));
const ANSWERS: readonly (readonly [status: string, body: Uint8Array<ArrayBuffer>])[] = [
  ["200", keys({ ...publicKey, kid: "one" })],
  ["200", keys({ ...publicKey, kid: "one" })],
  ["200", keys(OTHER)],
  ["200", keys()],
  ["200", lease(1)],
  ["200", lease(100)],
  ["200", lease(0)],
  ["304", utf8("")],
  ["500", utf8("<html>")],
];

/** A message, or the status with which a call ends. */
const MESSAGES: readonly (Uint8Array | number)[] = [
  ...[1, 2].map((count) => encodeResponse(CODE.OK, Array(count).fill({ code: CODE.OK }))),
  encodeResponse(CODE.OVER_LIMIT, [{ code: CODE.OVER_LIMIT }]),
  encodeResponse(CODE.OVER_LIMIT, []),
  Uint8Array.of(8, 2, 255, 255, 255),
  new Uint8Array(0),
  14,
  0,
];

const LATER_NAMES: readonly (keyof typeof LATER)[] = [
  "proxy_on_request_trailers",
  "proxy_on_response_headers",
  "proxy_on_response_trailers",
];
const STATUSES = ["200", "200", "503"];

class Driver {
  readonly host: WildHost;
  readonly #random: Random;
  readonly #roots: number[] = [];
  #nextId = 1;
  passed = 0;
  waited = 0;
  /** Later header maps of streams that passed: those that went on, and those that did not. */
  changed = 0;
  ended = 0;

  constructor(random: Random, isFaulty: boolean) {
    this.#random = random;
    let isStarted = false;
    this.host = new WildHost({
      fault: () =>
        isStarted && isFaulty && random.below(FAULT_RATE) === 0 ? random.pick(FAULTS) : undefined,
      random: (target) => target.set(random.bytes(target.length)),
    });
    this.openRoot();
    isStarted = true;
  }

  openRoot(): void {
    const id = this.#nextId++;
    this.#roots.push(id);
    this.host.call("proxy_on_context_create", id, 0);
    if (this.#random.below(8) > 0) this.host.call("proxy_on_vm_start", id, 0);
    if (this.#random.below(8) > 0) this.configure(id);
  }

  configure(id: number): void {
    this.host.configuration = this.#random.pick(CONFIGURATIONS);
    this.host.call("proxy_on_configure", id, this.host.configuration.length);
  }

  /** A context of some kind, or one that there never was. */
  #anyId(): number {
    return this.#random.below(10) === 0 ? this.#random.below(1000) : this.#random.pick(this.#ids());
  }

  #ids(): number[] {
    return [0, ...this.#roots, ...this.host.streams.keys()];
  }

  openStream(): void {
    const [headersOf, mayPass] = this.#random.pick(REQUESTS);
    const id = this.#nextId++;
    const stream: WildStream = { id, headers: headersOf(), mayPass, state: "new" };
    this.host.streams.set(stream.id, stream);
    this.host.call("proxy_on_context_create", stream.id, this.#random.pick(this.#roots));
    // The last one that was created is another one now and then.
    if (this.#random.below(10) === 0) this.host.call("proxy_on_context_create", 9999, 1);
    this.host.request(stream);
    if (stream.state === "waits") this.waited++;
  }

  answer(): void {
    const [status, body] = this.#random.pick(ANSWERS);
    const token = this.#anyToken(this.host.tokens);
    this.host.answer = { headers: [[":status", status]], body };
    const isReset = this.#random.below(8) === 0;
    const counts = isReset ? [0, 0, 0] : [1, body.length, 0];
    this.host.call("proxy_on_http_call_response", this.#anyId(), token, ...counts);
  }

  /** The end of a gRPC call. */
  tell(): void {
    const token = this.#anyToken(this.host.grpcTokens);
    const message = this.#random.pick(MESSAGES);
    if (typeof message === "number") {
      this.host.call("proxy_on_grpc_close", this.#anyId(), token, message);
      return;
    }
    this.host.answer = { headers: [], body: message };
    this.host.call("proxy_on_grpc_receive", this.#anyId(), token, message.length);
  }

  /** Mostly the newest; an older one may have been answered before, and some never were asked. */
  #anyToken(known: readonly number[]): number {
    if (this.#random.below(8) === 0) return this.#random.below(99);
    if (known.length === 0) return 0;
    return this.#random.below(3) === 0 ? this.#random.pick(known) : (known.at(-1) ?? 0);
  }

  remove(id: number): void {
    const state = this.host.streams.get(id)?.state;
    if (state === "passed" || state === "answered late") this.passed++;
    this.host.call("proxy_on_delete", id);
    this.host.streams.delete(id);
    const at = this.#roots.indexOf(id);
    if (at >= 0) this.#roots.splice(at, 1);
  }

  step(): void {
    const random = this.#random;
    this.host.nanoseconds += BigInt(random.below(400)) * 1_000_000n;
    if (this.#roots.length === 0) this.openRoot();
    const choice = random.below(20);
    if (choice < 6 && this.host.streams.size < CONTEXTS_MAX) this.openStream();
    else if (choice < 8) this.host.call("proxy_on_tick", this.#anyId());
    else if (choice < 10) this.answer();
    else if (choice < 13) this.tell();
    else if (choice < 17) this.remove(this.#anyId());
    else if (choice < 18) this.bringLater();
    else if (choice < 19 && this.#roots.length < CONTEXTS_MAX) this.openRoot();
    else this.configure(random.pick(this.#roots));
  }

  /** A header map behind a request's headers: of a stream that passed, or of any context. */
  bringLater(): void {
    const passed = [...this.host.streams.values()].filter(({ state }) => state === "passed");
    const name = this.#random.pick(LATER_NAMES);
    const isAny = passed.length === 0 || this.#random.below(10) === 0;
    const id = isAny ? this.#anyId() : this.#random.pick(passed).id;
    const isOfResponse = name === "proxy_on_response_headers";
    const status: HeaderList = isOfResponse ? [[":status", this.#random.pick(STATUSES)]] : [];
    const wentOn = this.host.later(name, id, [...status, ...UNRULED], SECRET);
    if (isAny) return;
    if (wentOn) this.changed++;
    else this.ended++;
  }

  /** Long enough for everything that waits to be decided. */
  calmDown(): void {
    if (this.#roots.length === 0) this.openRoot();
    this.host.nanoseconds += WAIT_NANOSECONDS;
    for (const root of this.#roots) this.host.call("proxy_on_tick", root);
  }

  /** Streams that still wait. */
  waiting(): number {
    return [...this.host.streams.values()].filter(({ state }) => state === "waits").length;
  }

  removeAll(): void {
    for (const id of this.#ids()) this.remove(id);
  }
}

describe.each([
  ["that does its part", false],
  ["that fails now and then", true],
])(`with SEED=${String(SEED)}, on a host %s`, (_name, isFaulty) => {
  test("callbacks in any order let nothing pass that may not", () => {
    let passed = 0;
    let waited = 0;
    let changed = 0;
    let ended = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const driver = new Driver(seededRandom(SEED + round), isFaulty);
      const before = driver.host.memoryBytes;
      for (let step = 0; step < STEPS; step++) driver.step();
      driver.calmDown();
      // Of a host that fails, some were answered twice in vain.
      if (!isFaulty) expect(driver.waiting()).toBe(0);
      driver.removeAll();
      passed += driver.passed;
      waited += driver.waited;
      changed += driver.changed;
      ended += driver.ended;
      expect(driver.host.memoryBytes).toBe(before);
    }
    expect(passed).toBeGreaterThan(ROUNDS);
    expect(waited).toBeGreaterThan(ROUNDS);
    // Of streams whose root has gone, or was configured anew.
    expect(ended).toBeGreaterThan(ROUNDS / 4);
    expect(changed).toBeGreaterThan(ROUNDS / 4);
  });
});
