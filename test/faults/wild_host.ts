// The shipped module under a host that knows nothing of order: it makes any callback at any time,
// and any of its calls may fail. It keeps what the module may not do: continue a stream that must
// not pass, that is answered, or that does not wait; and let a later header map of a stream go on
// without having taken a field out of it.

import { readFile } from "node:fs/promises";

import type { HeaderList, Status } from "../../host-sim/src/index.ts";
import { MODULE_PATH } from "../support/envoy.ts";
import { START_SECONDS } from "./full_configuration.ts";

const module = await WebAssembly.compile(await readFile(MODULE_PATH));

const OK = 0;
const NOT_FOUND = 1;
const CAS_MISMATCH = 8;
const BUFFER_CALL_BODY = 4;
const BUFFER_GRPC_MESSAGE = 5;
const BUFFER_CONFIGURATION = 7;
const MAP_REQUEST_HEADERS = 0;
const MAP_CALL_HEADERS = 6;
const CONTINUE = 0;
const PAUSE = 1;

type Call = (...values: number[]) => number;
const isCall = (value: unknown): value is Call => typeof value === "function";

/** A stream as the host knows it. */
export interface WildStream {
  id: number;
  headers: HeaderList;
  mayPass: boolean;
  state: "new" | "passed" | "waits" | "answered" | "answered late";
}

/** Callbacks of header maps that come behind a request's headers, and the number of each map. */
export const LATER = {
  proxy_on_request_trailers: 1,
  proxy_on_response_headers: 2,
  proxy_on_response_trailers: 3,
} as const;

export interface WildHostOptions {
  /** Status of the next host call instead of OK. */
  fault: () => Status | undefined;
  random: (target: Uint8Array) => void;
}

/** Count, lengths, then names and values with a NUL behind each. */
function encodePairs(headers: HeaderList): Uint8Array {
  const lengths = headers.flatMap(([name, value]) => [name.length, value.length]);
  const texts = headers.map(([name, value]) => `${name}\0${value}\0`).join("");
  const head = new Uint8Array(new Uint32Array([headers.length, ...lengths]).buffer);
  return Buffer.concat([head, Buffer.from(texts, "latin1")]);
}

export class WildHost {
  readonly streams = new Map<number, WildStream>();
  /** Tokens of calls that were accepted, in order: of HTTP, and of gRPC. */
  readonly tokens: number[] = [];
  readonly grpcTokens: number[] = [];
  configuration = new Uint8Array(0);
  /** Of the call whose answer is told next; a message is its body. */
  answer: { headers: HeaderList; body: Uint8Array } = { headers: [], body: new Uint8Array(0) };
  nanoseconds = 0n;
  readonly #calls = new Map<string, Call>();
  readonly #memory: WebAssembly.Memory;
  readonly #shared = new Map<string, { value: Uint8Array; cas: number }>();
  #effective = 0;
  #metrics = 0;
  /** Of the callback that runs: the stream whose later map it is about, and fields taken out. */
  #later: WildStream | null = null;
  #removed: string[] = [];
  #fields: HeaderList = [];

  constructor({ fault, random }: WildHostOptions) {
    const imports: WebAssembly.Imports = {};
    const own = { ...this.#hostCalls(), ...this.#wasiCalls(random) };
    const known = new Map<string, (...values: never[]) => number>(Object.entries(own));
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const call = known.get(name) ?? (() => OK);
      const wrapped = (...values: never[]): number => fault() ?? call(...values);
      (imports[from] ??= {})[name] = wrapped;
    }
    const { exports } = new WebAssembly.Instance(module, imports);
    if (!(exports["memory"] instanceof WebAssembly.Memory)) throw new Error("no memory");
    this.#memory = exports["memory"];
    for (const [name, value] of Object.entries(exports)) {
      if (isCall(value)) this.#calls.set(name, (...values) => value(...values) >>> 0);
    }
    this.call("_initialize");
  }

  /** A callback; throws what traps. */
  call(name: string, ...values: number[]): number {
    const callback = this.#calls.get(name);
    if (callback === undefined) throw new Error(`no export ${name}`);
    this.#effective = values[0] ?? 0;
    return callback(...values);
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Request headers of a stream. */
  request(stream: WildStream): void {
    const action = this.call("proxy_on_request_headers", stream.id, stream.headers.length, 1);
    if (action === CONTINUE) this.#pass(stream);
    else if (action !== PAUSE) throw new Error(`action ${String(action)}`);
    else if (stream.state === "new") stream.state = "waits";
  }

  /** A later header map of a stream, or of none: whether it went on. */
  later(name: keyof typeof LATER, id: number, fields: HeaderList, secret: string): boolean {
    const stream = this.streams.get(id);
    this.#later = stream ?? null;
    this.#removed = [];
    this.#fields = fields;
    const action = this.call(name, id, fields.length, 1);
    this.#later = null;
    if (action === CONTINUE) {
      if (stream?.state === "passed" && !this.#removed.includes(`${LATER[name]} ${secret}`)) {
        throw new Error(`${name} of stream ${String(id)} went on with ${secret}`);
      }
    } else if (action !== PAUSE) throw new Error(`action ${String(action)}`);
    return action === CONTINUE;
  }

  #pass(stream: WildStream): void {
    if (!stream.mayPass) throw new Error(`stream ${String(stream.id)} passed`);
    if (stream.state === "answered") throw new Error(`stream ${String(stream.id)} was answered`);
    stream.state = "passed";
  }

  #continue(): number {
    const stream = this.streams.get(this.#effective);
    if (stream === undefined) throw new Error("a stream that has gone is continued");
    if (stream.state !== "waits") throw new Error(`a stream that ${stream.state} is continued`);
    this.#pass(stream);
    return OK;
  }

  #reply(): number {
    const stream = this.streams.get(this.#effective);
    if (stream === undefined) throw new Error("a stream that has gone is answered");
    const isLate = stream === this.#later && stream.state === "passed";
    if (!isLate && stream.state !== "new" && stream.state !== "waits") {
      throw new Error(`a stream that ${stream.state} is answered`);
    }
    stream.state = isLate ? "answered late" : "answered";
    return OK;
  }

  #hostCalls(): Record<string, Call> {
    return {
      proxy_set_effective_context: (id = 0) => {
        this.#effective = id;
        return OK;
      },
      proxy_get_header_map_pairs: (map = 0, ptrAt = 0, lenAt = 0) =>
        this.#givePairs(map, ptrAt, lenAt),
      proxy_get_buffer_bytes: (type = 0, start = 0, len = 0, ptrAt = 0, lenAt = 0) => {
        const isConfiguration = type === BUFFER_CONFIGURATION;
        const isAnswer = type === BUFFER_CALL_BODY || type === BUFFER_GRPC_MESSAGE;
        if (!isConfiguration && !isAnswer) return NOT_FOUND;
        const bytes = isConfiguration ? this.configuration : this.answer.body;
        return this.#give(bytes.subarray(start, start + len), ptrAt, lenAt);
      },
      proxy_remove_header_map_value: (map = 0, ptr = 0, len = 0) => {
        this.#removed.push(`${String(map)} ${this.#text(ptr, len)}`);
        return OK;
      },
      proxy_continue_stream: () => this.#continue(),
      proxy_send_local_response: () => this.#reply(),
      // Tokens of the two kinds may be the same.
      proxy_http_call: (...values) => this.#accept(this.tokens, values[9]),
      proxy_grpc_call: (...values) => this.#accept(this.grpcTokens, values[11]),
      proxy_get_property: () => NOT_FOUND,
      proxy_define_metric: (_type = 0, _name = 0, _len = 0, idAt = 0) => {
        this.#view().setUint32(idAt, ++this.#metrics, true);
        return OK;
      },
      proxy_get_shared_data: (key = 0, len = 0, ptrAt = 0, lenAt = 0, casAt = 0) => {
        const entry = this.#shared.get(this.#text(key, len));
        if (entry === undefined) return NOT_FOUND;
        this.#view().setUint32(casAt, entry.cas, true);
        return this.#give(entry.value, ptrAt, lenAt);
      },
      proxy_set_shared_data: (key = 0, keyLen = 0, ptr = 0, len = 0, cas = 0) => {
        const name = this.#text(key, keyLen);
        const now = this.#shared.get(name)?.cas;
        if (cas !== 0 && now !== undefined && cas !== now) return CAS_MISMATCH;
        const value = new Uint8Array(this.#memory.buffer, ptr, len).slice();
        this.#shared.set(name, { value, cas: (now ?? 0) + 1 });
        return OK;
      },
    };
  }

  #accept(tokens: number[], tokenAt = 0): number {
    const token = 4 + tokens.length;
    tokens.push(token);
    this.#view().setUint32(tokenAt, token, true);
    return OK;
  }

  #wasiCalls(random: (target: Uint8Array) => void): Record<string, (...values: never[]) => number> {
    return {
      clock_time_get: (clock: number, _precision: bigint, at: number) => {
        const epoch = clock === 0 ? BigInt(START_SECONDS) * 1_000_000_000n : 1n;
        this.#view().setBigUint64(at, epoch + this.nanoseconds, true);
        return OK;
      },
      random_get: (ptr: number, len: number) => {
        random(new Uint8Array(this.#memory.buffer, ptr, len));
        return OK;
      },
    };
  }

  #givePairs(map: number, ptrAt: number, lenAt: number): number {
    const isOfRequest = map === MAP_REQUEST_HEADERS;
    const own = isOfRequest ? (this.streams.get(this.#effective)?.headers ?? []) : this.#fields;
    const headers = map === MAP_CALL_HEADERS ? this.answer.headers : own;
    return this.#give(encodePairs(headers), ptrAt, lenAt);
  }

  #give(bytes: Uint8Array, ptrAt: number, lenAt: number): number {
    const ptr = this.#calls.get("proxy_on_memory_allocate")?.(bytes.length) ?? 0;
    if (ptr === 0) return 6;
    new Uint8Array(this.#memory.buffer).set(bytes, ptr);
    this.#view().setUint32(ptrAt, ptr, true);
    this.#view().setUint32(lenAt, bytes.length, true);
    return OK;
  }

  #text(ptr: number, len: number): string {
    return Buffer.from(this.#memory.buffer, ptr, len).toString("latin1");
  }

  #view(): DataView {
    return new DataView(this.#memory.buffer);
  }
}
