// The rate limit service of the Envoy project as a child process, with its own Redis.

import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import { ratelimitBinary } from "../../scripts/ratelimit_bin.ts";
import { describeWithEnvoy } from "./envoy.ts";
import type { Server } from "./server_process.ts";
import { startServer } from "./server_process.ts";
import { missingPrograms, skipLoudly } from "./skipped.ts";

/** A `describe` whose body gets the paths of an Envoy and of the service. */
export async function describeWithRateLimitService(
  name: string,
  body: (envoy: string, service: string) => void,
): Promise<void> {
  const service = await ratelimitBinary();
  const missing = missingPrograms(["redis-server"]);
  if (service.path !== null && missing === null) {
    const { path } = service;
    await describeWithEnvoy(name, (envoy) => body(envoy, path));
    return;
  }
  const reason = service.path === null ? service.reason : missing;
  skipLoudly(String(reason), name, () => body("", ""));
}

/** `limits` is the service's configuration of one domain. Its port speaks gRPC. */
export async function startRateLimitService(
  binary: string,
  redisPort: number,
  limits: object,
): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-ratelimit-"));
  await mkdir(join(folder, "ratelimit", "config"), { recursive: true });
  await writeFile(join(folder, "ratelimit", "config", "limits.yaml"), stringify(limits));
  return startServer(folder, (port) =>
    Promise.resolve([
      "env",
      ...["HOST=127.0.0.1", "PORT=0", "DEBUG_HOST=127.0.0.1", "DEBUG_PORT=0"],
      ...["GRPC_HOST=127.0.0.1", `GRPC_PORT=${port}`, "USE_STATSD=false"],
      ...["BACKEND_TYPE=redis", "REDIS_SOCKET_TYPE=tcp", `REDIS_URL=127.0.0.1:${redisPort}`],
      ...[`RUNTIME_ROOT=${folder}`, "RUNTIME_SUBDIRECTORY=ratelimit", "RUNTIME_WATCH_ROOT=false"],
      binary,
    ]),
  );
}
