// The rate limit service of the Envoy project as a child process, with its own Redis. Where one of
// them cannot be had, tests are skipped loudly; REQUIRE_E2E=1 makes that a failure.

import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";
import { stringify } from "yaml";

import { ratelimitBinary } from "../../scripts/ratelimit_bin.ts";
import { describeWithEnvoy } from "./envoy.ts";
import type { Server } from "./redis_process.ts";
import { startServer } from "./redis_process.ts";

/** A `describe` whose body gets the paths of an Envoy and of the service. */
export async function describeWithRateLimitService(
  name: string,
  body: (envoy: string, service: string) => void,
): Promise<void> {
  const service = await ratelimitBinary();
  const hasRedis = spawnSync("redis-server", ["--version"]).error === undefined;
  if (service.path !== null && hasRedis) {
    const { path } = service;
    await describeWithEnvoy(name, (envoy) => body(envoy, path));
    return;
  }
  const reason = service.path === null ? service.reason : "not installed: redis-server";
  if (process.env["REQUIRE_E2E"] === "1") {
    test(name, () => expect.fail(`REQUIRE_E2E=1, but ${reason}`));
    return;
  }
  console.warn(`SKIPPED "${name}": ${reason}`);
  test.skip(`${name} (${reason})`, () => undefined);
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
