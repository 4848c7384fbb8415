// Requests over connections that stay open, one after the other on each, and what came of each.

import { Agent, request } from "node:http";
import { performance } from "node:perf_hooks";

export interface Answered {
  status: number;
  /** Milliseconds of the monotonic clock. */
  begin: number;
  end: number;
}

export interface SteadyLoad {
  /** Oldest answer first. */
  answered: Answered[];
  /** Lets the requests that are under way end. */
  stop(): Promise<void>;
}

/** Above it a request counts as hung. */
const TIMEOUT_MILLISECONDS = 10_000;

/** Connections go to the ports in turn. A request without an answer is told as status 0. */
export function startLoad(
  ports: readonly number[],
  connections: number,
  perConnection = Infinity,
): SteadyLoad {
  const answered: Answered[] = [];
  let isOver = false;
  const loops = Array.from({ length: connections }, async (_, connection) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const port = ports[connection % ports.length] ?? 0;
    for (let sent = 0; sent < perConnection && !isOver; sent++) {
      const begin = performance.now();
      const status = await statusOf(agent, port);
      answered.push({ status, begin, end: performance.now() });
    }
    agent.destroy();
  });
  return {
    answered,
    async stop() {
      isOver = perConnection === Infinity;
      await Promise.all(loops);
    },
  };
}

function statusOf(agent: Agent, port: number): Promise<number> {
  return new Promise((done) => {
    const sent = request({ agent, port, host: "127.0.0.1", path: "/" }, (response) => {
      response.resume();
      response.on("end", () => done(response.statusCode ?? 0));
      response.on("error", () => done(0));
    });
    sent.setTimeout(TIMEOUT_MILLISECONDS, () => sent.destroy());
    sent.on("error", () => done(0));
    sent.end();
  });
}
