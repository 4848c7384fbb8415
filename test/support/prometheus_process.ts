// A real Prometheus as a child process, and promtool.

import { spawnSync } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { stringify } from "yaml";

import type { Server } from "./server_process.ts";
import { startServer } from "./server_process.ts";
import { describeWithPrograms } from "./skipped.ts";

/** A `describe` for tests that run Debian's `prometheus` package. */
export function describeWithPrometheus(name: string, body: () => void): void {
  describeWithPrograms(["prometheus", "promtool"], name, body);
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
