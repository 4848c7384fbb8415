// Several roots in one VM, as they are while a configuration is pushed: each stream belongs to the
// root it was created under, and to none once that has gone.

import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { WASI } from "../support/abi_guest.ts";

const MODULE = await WebAssembly.compile(await readFile("build/abi_probe.wasm"));
const ROOTS_MAX = 16;
const ANSWER_FIELDS = 1;

type Call = (...values: number[]) => number;
const isCall = (value: unknown): value is Call => typeof value === "function";

/** A host that says OK to everything and starts a callout for each stream. */
class Guest {
  readonly tokens: number[] = [];
  replies = 0;
  continued = 0;
  readonly #calls = new Map<string, Call>();
  readonly #memory: WebAssembly.Memory;

  constructor() {
    const known: Record<string, Call> = {
      proxy_get_header_map_pairs: (_map = 0, ptrAt = 0, lenAt = 0) => this.#give(ptrAt, lenAt),
      proxy_get_buffer_bytes: (_t = 0, _s = 0, _l = 0, ptrAt = 0, lenAt = 0) =>
        this.#give(ptrAt, lenAt),
      proxy_http_call: (...values) => {
        const token = 4 * (this.tokens.length + 1);
        this.tokens.push(token);
        this.#view.setUint32(values[9] ?? 0, token, true);
        return 0;
      },
      proxy_continue_stream: () => {
        this.continued++;
        return 0;
      },
      proxy_send_local_response: () => {
        this.replies++;
        return 0;
      },
    };
    const env: Record<string, Call> = {};
    for (const { name } of WebAssembly.Module.imports(MODULE)) env[name] = known[name] ?? (() => 0);
    const imports = { env, wasi_snapshot_preview1: WASI };
    const { exports } = new WebAssembly.Instance(MODULE, imports);
    if (!(exports["memory"] instanceof WebAssembly.Memory)) throw new Error("no memory");
    this.#memory = exports["memory"];
    for (const [name, value] of Object.entries(exports)) {
      if (isCall(value)) this.#calls.set(name, (...values) => value(...values) >>> 0);
    }
    this.run("_initialize");
  }

  run(name: string, ...values: number[]): number {
    const callback = this.#calls.get(name);
    if (callback === undefined) throw new Error(`no export ${name}`);
    return callback(...values);
  }

  openRoot(id: number): void {
    this.run("proxy_on_context_create", id, 0);
    this.run("proxy_on_vm_start", id, 0);
    expect(this.run("proxy_on_configure", id, 4)).toBe(1);
  }

  /** A stream whose request waits for an answer. */
  openStream(id: number, root: number): void {
    this.run("proxy_on_context_create", id, root);
    expect(this.run("proxy_on_request_headers", id, 0, 1)).toBe(1);
  }

  answer(root: number, token: number): void {
    this.run("proxy_on_http_call_response", root, token, ANSWER_FIELDS, 0, 0);
  }

  /** Streams and callouts that are kept, roots alive, and streams whose memory was changed. */
  get state(): number[] {
    return ["streamsKept", "calloutsPending", "rootsAlive", "corrupted"].map((each) =>
      this.run(each),
    );
  }

  get #view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  #give(ptrAt: number, lenAt: number): number {
    // A map without fields.
    const ptr = this.run("proxy_on_memory_allocate", 4);
    const view = this.#view;
    view.setUint32(ptr, 0, true);
    view.setUint32(ptrAt, ptr, true);
    view.setUint32(lenAt, 4, true);
    return 0;
  }
}

describe("two roots", () => {
  it("serve their own streams, and each goes without the other", () => {
    const guest = new Guest();
    guest.openRoot(1);
    guest.openStream(2, 1);
    guest.openRoot(3);
    guest.openStream(4, 3);
    guest.openStream(5, 1);
    expect(guest.state).toEqual([3, 3, 2, 0]);
    guest.answer(1, 4);
    guest.run("proxy_on_delete", 2);
    guest.run("proxy_on_delete", 5);
    guest.run("proxy_on_delete", 1);
    expect(guest.continued).toBe(1);
    expect(guest.state[2]).toBe(1);
    guest.answer(3, 8);
    expect(guest.continued).toBe(2);
    guest.run("proxy_on_delete", 4);
    guest.run("proxy_on_delete", 3);
    expect(guest.state).toEqual([0, 0, 0, 0]);
  });

  it("take turns over 1000 pushes, each with a stream of the old root", () => {
    const guest = new Guest();
    let id = 1;
    guest.openRoot(id);
    for (let push = 0; push < 1000; push++) {
      const [old, stream, next] = [id, id + 1, id + 2];
      guest.openStream(stream, old);
      guest.openRoot(next);
      guest.answer(old, guest.tokens[push] ?? 0);
      guest.run("proxy_on_delete", stream);
      guest.run("proxy_on_delete", old);
      id = next;
    }
    expect(guest.continued).toBe(1000);
    expect(guest.state).toEqual([0, 0, 1, 0]);
  });
});

describe("a stream whose root has gone", () => {
  it("is refused when its headers arrive, and when the root's place has a new root", () => {
    const guest = new Guest();
    guest.openRoot(1);
    guest.run("proxy_on_context_create", 2, 1);
    guest.run("proxy_on_delete", 1);
    guest.openRoot(3);
    expect(guest.run("proxy_on_request_headers", 2, 0, 1)).toBe(1);
    expect([guest.replies, guest.tokens.length]).toEqual([1, 0]);
    guest.run("proxy_on_delete", 2);
    expect(guest.state).toEqual([0, 0, 1, 0]);
  });

  it("is not continued by its answer, goes on with its response, and leaves nothing", () => {
    const guest = new Guest();
    guest.openRoot(1);
    guest.openStream(2, 1);
    guest.run("proxy_on_delete", 1);
    guest.openRoot(3);
    guest.answer(1, 4);
    expect(guest.continued).toBe(0);
    expect(guest.run("proxy_on_response_headers", 2, 0, 1)).toBe(0);
    guest.run("proxy_on_delete", 2);
    expect(guest.state).toEqual([0, 0, 1, 0]);
  });
});

describe("a root that lives", () => {
  it("is configured anew under its streams, which go on", () => {
    const guest = new Guest();
    guest.openRoot(1);
    guest.openStream(2, 1);
    for (let turn = 0; turn < 100; turn++) guest.openRoot(1);
    expect(guest.state).toEqual([1, 1, 1, 0]);
    guest.answer(1, 4);
    expect(guest.continued).toBe(1);
    guest.run("proxy_on_delete", 2);
    guest.run("proxy_on_delete", 1);
    expect(guest.state).toEqual([0, 0, 0, 0]);
  });

  it("keeps its place when others find none, and leaves it to the next", () => {
    const guest = new Guest();
    for (let id = 1; id <= ROOTS_MAX; id++) guest.openRoot(id);
    guest.openRoot(100);
    expect(guest.state[2]).toBe(ROOTS_MAX);
    guest.run("proxy_on_context_create", 200, 100);
    expect(guest.run("proxy_on_request_headers", 200, 0, 1)).toBe(1);
    expect([guest.replies, guest.tokens.length]).toEqual([1, 0]);
    guest.run("proxy_on_delete", 5);
    guest.openRoot(101);
    guest.openStream(201, 101);
    expect(guest.tokens).toHaveLength(1);
    expect(guest.state).toEqual([1, 1, ROOTS_MAX, 0]);
  });
});
