// A server as a child process on a free port, which it keeps when it is started again.

import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 10;

/** A server that can be ended, paused and started again on its port. */
export interface Server {
  port: number;
  start(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** A program on a free port, with files in a folder of its own. */
export async function startServer(
  folder: string,
  commandFor: (port: number) => Promise<string[]>,
): Promise<Server> {
  const port = await freePort();
  const [program = "", ...args] = await commandFor(port);
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    child = spawn(program, args, { stdio: "ignore" });
    for (let waited = 0; waited < READY_MILLISECONDS; waited += POLL_MILLISECONDS) {
      if (await accepts(port)) return;
      if (child.exitCode !== null) break;
      await sleep(POLL_MILLISECONDS);
    }
    throw new Error(`${program} does not accept connections`);
  }

  async function kill(): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGKILL");
    await ended;
  }

  await start();
  return {
    port,
    start,
    kill,
    pause: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
