// A Redis, and a Webdis in front of it, as child processes on free ports that they keep when they
// are started again. Where they are not installed, tests are skipped loudly; REQUIRE_E2E=1 makes
// that a failure.

import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, test } from "vitest";

const READY_MILLISECONDS = 10_000;
const POLL_MILLISECONDS = 10;

const isInstalled = (program: string): boolean =>
  spawnSync(program, ["--version"], { stdio: "ignore" }).error === undefined;

/** A `describe` for tests that start Redis and Webdis. */
export function describeWithRedis(name: string, body: () => void): void {
  // Webdis knows no --version: it would start.
  const missing = ["redis-server"].filter((program) => !isInstalled(program));
  if (spawnSync("sh", ["-c", "command -v webdis"]).status !== 0) missing.push("webdis");
  if (missing.length === 0) {
    describe(name, body);
    return;
  }
  const reason = `not installed: ${missing.join(", ")}`;
  if (process.env["REQUIRE_E2E"] === "1") {
    test(name, () => expect.fail(`REQUIRE_E2E=1, but ${reason}`));
    return;
  }
  console.warn(`SKIPPED "${name}": ${reason}`);
  describe.skip(`${name} (${reason})`, body);
}

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

/** A Redis that keeps nothing on disk. */
export async function startRedis(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-redis-"));
  return startServer(folder, (port) =>
    Promise.resolve([
      "redis-server",
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder],
      ...["--save", "", "--appendonly", "no"],
    ]),
  );
}

/** A Webdis that runs scripts on a Redis, and nothing else. */
export async function startWebdis(redisPort: number): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-webdis-"));
  return startServer(folder, async (port) => {
    const file = join(folder, "webdis.json");
    const configuration = {
      redis_host: "127.0.0.1",
      redis_port: redisPort,
      http_host: "127.0.0.1",
      http_port: port,
      threads: 2,
      pool_size: 8,
      daemonize: false,
      database: 0,
      acl: [{ disabled: ["*"] }, { ip: "127.0.0.1/32", enabled: ["EVAL", "EVALSHA"] }],
      verbosity: 1,
      logfile: join(folder, "webdis.log"),
    };
    await writeFile(file, JSON.stringify(configuration));
    return ["webdis", file];
  });
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
