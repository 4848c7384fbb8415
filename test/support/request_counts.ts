// What `sallyport_requests_total` counts, in a real Envoy and on the simulator: series by the
// values of their labels, such as "200 0 orders grpc POST" (response_code, grpc_response_status or
// "-", destination_service, request_protocol, request_method). Series without a count are left out.

import type { Host } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";

const NAME = "sallyport_requests_total";
const LABELS = [
  "response_code",
  "grpc_response_status",
  "destination_service",
  "request_protocol",
  "request_method",
];
/** The series whose labels are all `other`. */
export const OTHER_SERIES = "other other other other other";

export type RequestCounts = Record<string, number>;

/** Throws for a line of the metric that has other labels. */
export async function countsInEnvoy(envoy: EnvoyProcess): Promise<RequestCounts> {
  const labels = LABELS.map((label) => `${label}="([^"]*)"`).join(",");
  const form = new RegExp(`^${NAME}\\{${labels}\\} (\\d+)$`);
  const page = await envoy.admin(`/stats/prometheus?filter=${NAME}`);
  const lines = page.split("\n").filter((line) => line.startsWith(NAME));
  return collected(
    lines.map((line) => {
      const [, ...found] = form.exec(line) ?? [];
      if (found.length === 0) throw new Error(`other labels: ${line}`);
      return found;
    }),
  );
}

export function countsInHost(host: Host): RequestCounts {
  const rows: string[][] = [];
  for (const [name, value] of host.metrics()) {
    if (!name.endsWith(`;.;${NAME}`) || value.type !== "counter") continue;
    const labels = name.split(";.;").slice(0, -1);
    const pairs = labels.map((label) => label.split("=.="));
    if (pairs.map(([label]) => label).join() !== LABELS.join()) throw new Error(`labels: ${name}`);
    rows.push([...pairs.map(([, text = ""]) => text), String(value.value)]);
  }
  return collected(rows);
}

/** Of rows of labels with a count behind them. */
function collected(rows: readonly (readonly string[])[]): RequestCounts {
  const counts: RequestCounts = {};
  for (const row of rows) {
    const count = Number(row.at(-1));
    if (count === 0) continue;
    counts[row.slice(0, -1).map(emptyAsDash).join(" ")] = count;
  }
  return counts;
}

const emptyAsDash = (label: string): string => (label === "" ? "-" : label);
