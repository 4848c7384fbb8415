// Load over 16 connections of HTTP/2, which counts the answers by status.

import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:http2";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const CONNECTIONS = 16;

export interface Answers {
  passed: number;
  limited: number;
  /** Seconds from before the first request was sent to after the last answer. */
  longest: number;
  /** Seconds from before the first request was sent to each answer, ascending. */
  answeredAt: number[];
}

/**
 * What an ideal bucket, full at first, lets pass of requests at these ascending times. Whoever was
 * held up, client or server: it shows in the times of the answers, and is not the bucket's fault.
 */
export function idealPasses(
  seconds: readonly number[],
  capacity: number,
  perSecond: number,
): number {
  let level = capacity;
  let last = 0;
  let passed = 0;
  for (const at of seconds) {
    level = Math.min(capacity, level + (at - last) * perSecond);
    last = at;
    if (level < 1) continue;
    level--;
    passed++;
  }
  return passed;
}

export class BurstLoad {
  readonly #sessions: ClientHttp2Session[];

  private constructor(sessions: ClientHttp2Session[]) {
    this.#sessions = sessions;
  }

  static async open(port: number): Promise<BurstLoad> {
    const sessions = Array.from({ length: CONNECTIONS }, () =>
      connect(`http://127.0.0.1:${String(port)}`),
    );
    await Promise.all(sessions.map((session) => once(session, "connect")));
    return new BurstLoad(sessions);
  }

  /** Sends requests, each connection one after the other, as fast as they are answered. */
  async burst(requests: number): Promise<Answers> {
    return this.#run(requests, () => 0);
  }

  /** Sends so many requests a second; what could not be sent in time is made up for. */
  async steady(perSecond: number, seconds: number): Promise<Answers> {
    return this.#run(perSecond * seconds, (number) => (1000 * number) / perSecond);
  }

  /** Sends request number n once `due(n)` milliseconds have passed. */
  async #run(requests: number, due: (number: number) => number): Promise<Answers> {
    const answers = { passed: 0, limited: 0 };
    const answeredAt: number[] = [];
    let sent = 0;
    const begun = performance.now();
    const elapsed = (): number => performance.now() - begun;
    const one = async (session: ClientHttp2Session): Promise<void> => {
      while (sent < requests) {
        const wait = due(sent) - elapsed();
        if (wait > 0) {
          await sleep(wait);
          continue;
        }
        sent++;
        const status = await ask(session);
        answeredAt.push(elapsed() / 1000);
        if (status === 200) answers.passed++;
        else if (status === 429) answers.limited++;
        else throw new Error(`answered with ${String(status)}`);
      }
    };
    await Promise.all(this.#sessions.map(one));
    return { ...answers, longest: elapsed() / 1000, answeredAt };
  }

  close(): void {
    for (const session of this.#sessions) session.destroy();
  }
}

function ask(session: ClientHttp2Session): Promise<number> {
  return new Promise((done, fail) => {
    const stream = session.request({ ":path": "/" });
    let status = 0;
    stream.on("response", (headers) => {
      status = headers[":status"] ?? 0;
    });
    stream.on("error", fail);
    stream.on("close", () => done(status));
    stream.resume();
  });
}
