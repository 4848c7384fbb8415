// A real Prometheus as a child process, and promtool. Where they are not installed, tests are
// skipped loudly; REQUIRE_E2E=1 makes that a failure.

import { spawnSync } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";
import { stringify } from "yaml";

import type { Server } from "./redis_process.ts";
import { startServer } from "./redis_process.ts";

/** A `describe` for tests that run Debian's `prometheus` package. */
export function describeWithPrometheus(name: string, body: () => void): void {
  const missing = ["prometheus", "promtool"].filter(
    (program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error !== undefined,
  );
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

/** What promtool prints; an error when it is not content. */
export function promtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`promtool ${args.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** A Prometheus that scrapes the admin page of an Envoy each second. */
export async function startPrometheus(adminPort: number, ruleFiles: string[]): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-prometheus-"));
  return startServer(folder, async (port) => {
    const file = join(folder, "prometheus.yml");
    const configuration = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: ruleFiles,
      scrape_configs: [
        {
          job_name: "envoy",
          metrics_path: "/stats/prometheus",
          static_configs: [{ targets: [`127.0.0.1:${String(adminPort)}`] }],
        },
      ],
    };
    await writeFile(file, stringify(configuration));
    return [
      "prometheus",
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${String(port)}`,
    ];
  });
}

/** The values of an instant query, as numbers. */
export async function queryPrometheus(port: number, query: string): Promise<number[]> {
  const url = `http://127.0.0.1:${String(port)}/api/v1/query?query=${encodeURIComponent(query)}`;
  const response = await fetch(url);
  const answer: Answer = JSON.parse(await response.text());
  if (answer.status !== "success") throw new Error(`${query}: ${answer.error ?? "no error"}`);
  return (answer.data?.result ?? []).map(({ value }) => Number(value[1]));
}

interface Answer {
  status: string;
  error?: string;
  data?: { result: { value: [time: number, value: string] }[] };
}
