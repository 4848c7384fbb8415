// Reads and writes guest memory: the only place with views of it. Every range is checked as
// proxy-wasm-cpp-host does (src/v8/v8.cc getMemory), and the views are taken anew after growth.

import { latin1, writeLatin1 } from "./latin1.ts";

const U32_MAX = 0xffffffff;

export class GuestMemory {
  readonly memory: WebAssembly.Memory;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** True when the range lies in memory. Arguments as they come from wasm, signed or not. */
  holds(ptr: number, len: number): boolean {
    const end = (ptr >>> 0) + (len >>> 0);
    return end <= U32_MAX && end <= this.#current().length;
  }

  /** A view that is valid until the guest runs again; null when out of range. */
  view(ptr: number, len: number): Uint8Array | null {
    if (!this.holds(ptr, len)) return null;
    const start = ptr >>> 0;
    return this.#bytes.subarray(start, start + (len >>> 0));
  }

  /** A copy of the bytes; null when out of range. */
  copy(ptr: number, len: number): Uint8Array | null {
    const view = this.view(ptr, len);
    return view === null ? null : view.slice();
  }

  /** The bytes as a latin1 string; null when out of range. */
  text(ptr: number, len: number): string | null {
    const view = this.view(ptr, len);
    return view === null ? null : latin1(view);
  }

  readU32(ptr: number): number | null {
    return this.holds(ptr, 4) ? this.#view.getUint32(ptr >>> 0, true) : null;
  }

  writeU32(ptr: number, value: number): boolean {
    if (!this.holds(ptr, 4)) return false;
    this.#view.setUint32(ptr >>> 0, value, true);
    return true;
  }

  writeU64(ptr: number, value: bigint): boolean {
    if (!this.holds(ptr, 8)) return false;
    this.#view.setBigUint64(ptr >>> 0, value, true);
    return true;
  }

  write(ptr: number, bytes: Uint8Array): boolean {
    if (!this.holds(ptr, bytes.length)) return false;
    this.#bytes.set(bytes, ptr >>> 0);
    return true;
  }

  writeText(ptr: number, text: string): boolean {
    if (!this.holds(ptr, text.length)) return false;
    writeLatin1(text, this.#bytes, ptr >>> 0);
    return true;
  }

  /** All bytes; valid until the guest runs again. */
  all(): Uint8Array {
    return this.#current();
  }

  #current(): Uint8Array {
    if (this.#bytes.length === 0 || this.#bytes.buffer !== this.memory.buffer) {
      this.#bytes = new Uint8Array(this.memory.buffer);
      this.#view = new DataView(this.memory.buffer);
    }
    return this.#bytes;
  }
}
