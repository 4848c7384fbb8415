// Shared data: one map per vm_id for the whole process, with compare-and-swap.
// Source: proxy-wasm-cpp-host src/shared_data.cc.

import { Status } from "./types.ts";

export interface SharedEntry {
  value: Uint8Array;
  cas: number;
}

export class SharedData {
  readonly #byVmId = new Map<string, Map<string, SharedEntry>>();
  #lastCas = 0;

  /** Null when the key is absent. */
  get(vmId: string, key: string): SharedEntry | null {
    return this.#byVmId.get(vmId)?.get(key) ?? null;
  }

  /**
   * `cas` 0 writes whatever is there; another value must equal the stored one. An absent key is
   * stored whatever the cas. The value is kept as given: pass a copy.
   */
  set(vmId: string, key: string, value: Uint8Array, cas: number): Status {
    let entries = this.#byVmId.get(vmId);
    if (entries === undefined) {
      entries = new Map();
      this.#byVmId.set(vmId, entries);
    }
    const entry = entries.get(key);
    if (entry === undefined) {
      entries.set(key, { value, cas: this.#nextCas() });
      return Status.OK;
    }
    if (cas !== 0 && cas !== entry.cas) return Status.CAS_MISMATCH;
    entry.value = value;
    entry.cas = this.#nextCas();
    return Status.OK;
  }

  /** The last VM with this vm_id is gone. */
  deleteVmId(vmId: string): void {
    this.#byVmId.delete(vmId);
  }

  keys(vmId: string): string[] {
    return [...(this.#byVmId.get(vmId)?.keys() ?? [])];
  }

  /** Number of keys over all vm_ids. */
  get size(): number {
    let size = 0;
    for (const entries of this.#byVmId.values()) size += entries.size;
    return size;
  }

  /** Never 0: that value means "no check". */
  #nextCas(): number {
    this.#lastCas = (this.#lastCas + 1) >>> 0;
    if (this.#lastCas === 0) this.#lastCas = 1;
    return this.#lastCas;
  }
}
