// `npm run compose:prepare`: what docker-compose mounts is there, complete, and Envoy accepts it.

import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { validateBootstrap } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy } from "../support/envoy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PREPARED = join(ROOT, "build/compose");
const execute = promisify(execFile);

interface Compose {
  services: Record<string, { volumes: { source: string; target: string }[] }>;
}

await describeWithEnvoy("npm run compose:prepare", (binary) => {
  let printed = "";
  let compose: Compose;

  beforeAll(async () => {
    const args = ["--import", "tsx", "scripts/compose.ts"];
    const env = { ...process.env, NO_COLOR: "1" };
    printed = (await execute(process.execPath, args, { cwd: ROOT, env })).stdout;
    compose = parse(await readFile(join(ROOT, "envoy/docker-compose.yaml"), "utf8"));
  });

  test("prints a token and the curl lines for the published port", () => {
    expect(printed).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m);
    expect(printed.match(/http:\/\/127\.0\.0\.1:8080/g)?.length).toBeGreaterThanOrEqual(4);
  });

  test("makes every file that docker-compose.yaml mounts", async () => {
    const volumes = Object.values(compose.services).flatMap((service) => service.volumes);
    expect(volumes).toHaveLength(3);
    for (const { source } of volumes) {
      expect((await readFile(join(ROOT, "envoy", source))).length, source).toBeGreaterThan(0);
    }
  });

  test("writes a configuration that Envoy accepts, module and keys included", async () => {
    const yaml = await readFile(join(PREPARED, "envoy.yaml"), "utf8");
    const mounted = compose.services["envoy"]?.volumes.find(({ target }) =>
      target.endsWith(".wasm"),
    );
    expect(yaml.split(mounted?.target ?? "")).toHaveLength(2);
    expect(yaml).toContain('"kty": "EC"');
    expect(yaml).not.toMatch(/"d": /);
    const here = yaml.replace(mounted?.target ?? "", join(PREPARED, "sallyport.wasm"));
    const bootstrap: JsonObject = parse(here);
    const { valid, output } = await validateBootstrap(binary, bootstrap);
    expect(valid, output).toBe(true);
  });

  test("writes an echo upstream that needs nothing but Node", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sallyport-echo-"));
    let child: ChildProcess | null = null;
    try {
      await copyFile(join(PREPARED, "echo.mjs"), join(folder, "echo.mjs"));
      const started = spawn(process.execPath, ["echo.mjs"], { cwd: folder, env: { PORT: "0" } });
      child = started;
      const [line]: Buffer[] = await once(started.stdout, "data");
      const port = /port (\d+)/.exec(line?.toString() ?? "")?.[1] ?? "";
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const answer: { method?: string } = JSON.parse(await response.text());
      expect(answer.method).toBe("GET");
    } finally {
      child?.kill("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    }
  });
});
