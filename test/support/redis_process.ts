// A Redis, and a Webdis in front of it, as child processes.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Server } from "./server_process.ts";
import { startServer } from "./server_process.ts";
import { describeWithPrograms } from "./skipped.ts";

/** A `describe` for tests that start Redis and Webdis. */
export function describeWithRedis(name: string, body: () => void): void {
  describeWithPrograms(["redis-server", "webdis"], name, body);
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
