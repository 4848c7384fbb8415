// The shipped module under a host that is nothing but its imports: it asks for a verdict on any
// bytes, for any root, as often as a test wants.

import { readFile } from "node:fs/promises";

import { MODULE_PATH } from "../support/envoy.ts";

const module = await WebAssembly.compile(await readFile(MODULE_PATH));
const UTF8 = new TextDecoder("utf-8", { fatal: true });
const INVALID_MEMORY_ACCESS = 6;

type Call = (...values: number[]) => number;
const isCall = (value: unknown): value is Call => typeof value === "function";

/** What the module said of some bytes. */
export interface Verdict {
  accepted: boolean;
  /** Lines of its log that tell of the configuration. */
  lines: string[];
}

export class RawGuest {
  readonly #calls = new Map<string, Call>();
  readonly #wasmMemory: WebAssembly.Memory;
  #configuration: Uint8Array = new Uint8Array(0);
  #lines: string[] = [];

  constructor() {
    const known: Record<string, Call> = {
      proxy_log: (_level = 0, ptr = 0, len = 0) => this.#log(ptr, len),
      proxy_get_buffer_bytes: (_type = 0, start = 0, len = 0, ptrAt = 0, lenAt = 0) =>
        this.#give(start, len, ptrAt, lenAt),
    };
    const imports: Record<string, Record<string, Call>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      const members = (imports[from] ??= {});
      // Everything else says OK and does nothing.
      members[name] = known[name] ?? (() => 0);
    }
    const { exports } = new WebAssembly.Instance(module, imports);
    if (!(exports["memory"] instanceof WebAssembly.Memory)) throw new Error("no memory");
    this.#wasmMemory = exports["memory"];
    for (const [name, value] of Object.entries(exports)) {
      if (isCall(value)) this.#calls.set(name, (...values) => value(...values) >>> 0);
    }
    this.#call("_initialize");
  }

  openRoot(contextId: number): void {
    this.#call("proxy_on_context_create", contextId, 0);
    this.#call("proxy_on_vm_start", contextId, 0);
  }

  /** Throws what traps. */
  configure(contextId: number, configuration: Uint8Array | string): Verdict {
    this.#configuration =
      typeof configuration === "string" ? Buffer.from(configuration) : configuration;
    this.#lines = [];
    const accepted = this.#call("proxy_on_configure", contextId, this.#configuration.length) !== 0;
    return { accepted, lines: this.#lines.filter((line) => line.startsWith("config: ")) };
  }

  #call(name: string, ...values: number[]): number {
    const callback = this.#calls.get(name);
    if (callback === undefined) throw new Error(`no export ${name}`);
    return callback(...values);
  }

  get #memory(): ArrayBuffer {
    return this.#wasmMemory.buffer;
  }

  #log(ptr: number, len: number): number {
    this.#lines.push(UTF8.decode(new Uint8Array(this.#memory, ptr, len)));
    return 0;
  }

  #give(start: number, len: number, ptrAt: number, lenAt: number): number {
    const bytes = this.#configuration.subarray(start, start + len);
    const ptr = this.#call("proxy_on_memory_allocate", bytes.length);
    if (ptr === 0) return INVALID_MEMORY_ACCESS;
    new Uint8Array(this.#memory).set(bytes, ptr);
    const view = new DataView(this.#memory);
    view.setUint32(ptrAt, ptr, true);
    view.setUint32(lenAt, bytes.length, true);
    return 0;
  }
}
