// Shared queues: named per vm_id, unbounded; the VM that registered last is told of each arrival.
// Source: proxy-wasm-cpp-host src/shared_queue.cc.

import { Status } from "./types.ts";

interface Queue {
  items: Uint8Array[];
  vmId: string;
  name: string;
  /** Delivers on_queue_ready(token) to the registrant, once it runs no guest code. */
  notify: (token: number) => void;
}

export class SharedQueues {
  readonly #queues = new Map<number, Queue>();
  readonly #tokens = new Map<string, number>();
  #nextToken = 1;

  register(vmId: string, name: string, notify: (token: number) => void): number {
    const key = queueKey(vmId, name);
    const known = this.#tokens.get(key);
    if (known !== undefined) {
      const queue = this.#queues.get(known);
      if (queue !== undefined) queue.notify = notify;
      return known;
    }
    const token = this.#nextToken++;
    this.#tokens.set(key, token);
    this.#queues.set(token, { items: [], vmId, name, notify });
    return token;
  }

  /** 0 when there is no such queue. */
  resolve(vmId: string, name: string): number {
    return this.#tokens.get(queueKey(vmId, name)) ?? 0;
  }

  enqueue(token: number, item: Uint8Array): Status {
    const queue = this.#queues.get(token);
    if (queue === undefined) return Status.NOT_FOUND;
    queue.items.push(item);
    queue.notify(token);
    return Status.OK;
  }

  /** The oldest item, or the status that says why there is none. */
  dequeue(token: number): Uint8Array | Status {
    const queue = this.#queues.get(token);
    if (queue === undefined) return Status.NOT_FOUND;
    return queue.items.shift() ?? Status.EMPTY;
  }

  deleteVmId(vmId: string): void {
    for (const [token, queue] of this.#queues) {
      if (queue.vmId !== vmId) continue;
      this.#queues.delete(token);
      this.#tokens.delete(queueKey(queue.vmId, queue.name));
    }
  }
}

function queueKey(vmId: string, name: string): string {
  return `${vmId.length}:${vmId}${name}`;
}
