// A server of keys for the simulator: what it answers is in the test's hands, and each request is
// kept.

import type { HeaderList, HttpCall, HttpDispatcher } from "../../host-sim/src/index.ts";

export interface Answer {
  status?: number;
  headers?: HeaderList;
  /** Objects become JSON. */
  body?: unknown;
}

export type Answering = Answer | "hang" | "reset" | "refuse";

export class KeyServer {
  readonly calls: HttpCall[] = [];
  /** What the next requests are answered. */
  answer: Answering | ((call: HttpCall) => Answering);

  constructor(answer: Answering | ((call: HttpCall) => Answering)) {
    this.answer = answer;
  }

  readonly dispatch: HttpDispatcher = (call) => {
    this.calls.push(call);
    const answer = typeof this.answer === "function" ? this.answer(call) : this.answer;
    // An answer inside the dispatcher is the host's immediate failure: no healthy host.
    if (answer === "refuse") call.reset();
    else queueMicrotask(() => answerCall(call, answer));
  };

  /** Fields of a request by name. */
  request(index: number): ReadonlyMap<string, string> {
    return new Map(this.calls.at(index)?.headers ?? []);
  }
}

/** Answers a call that hangs. */
export function answerCall(call: HttpCall, answer: Answering): void {
  if (answer === "hang" || answer === "refuse") return;
  if (answer === "reset") {
    call.reset();
    return;
  }
  const { status = 200, headers = [], body = "" } = answer;
  const bytes =
    body instanceof Uint8Array
      ? body
      : new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
  call.respond({ headers: [[":status", String(status)], ...headers], body: bytes });
}

/** Lets answers that are on their way arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}
