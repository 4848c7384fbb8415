// The simulator against a real Envoy, row by row: the same probe makes every host call in every
// phase in both, shown the same requests, and each status and value must agree. So must what
// client and upstream see of each scenario. Every known difference is listed with its reason; an
// entry that no row needs any more fails the test.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { makeFixtures, runInEnvoy } from "../support/conformance_envoy.ts";
import type { EnvoyRun, Outcome } from "../support/conformance_envoy.ts";
import { SCENARIOS } from "../support/conformance_scenarios.ts";
import type { Scenario } from "../support/conformance_scenarios.ts";
import { runInSimulator } from "../support/conformance_simulator.ts";
import type { SimulatorRun } from "../support/conformance_simulator.ts";
import { readReports } from "../support/conformance_table.ts";
import type { VmReport } from "../support/conformance_table.ts";
import { describeWithEnvoy } from "../support/envoy.ts";

const PROBE_PATH = fileURLToPath(new URL("../../build/host_probe.wasm", import.meta.url));

interface KnownDifference {
  /** Matches the key of a row, or the name of a scenario and what differs. */
  pattern: RegExp;
  reason: string;
}

const KNOWN_ROWS: readonly KnownDifference[] = [
  {
    pattern: /\| log \| (get_header_map_pairs \| [02] |get_property \| request\.headers$)/,
    reason:
      "After the filter Envoy's router adds x-envoy-expected-rq-timeout-ms to the request and " +
      "its connection manager date and server to the response (envoy router.cc, " +
      "conn_manager_impl.cc); the log sees them. Neither is part of the simulator.",
  },
];

const KNOWN_OUTCOMES: readonly KnownDifference[] = [
  {
    pattern: /^remove authority \(http[12]\): (answer|details|upstream|callbacks)$/,
    reason:
      "Envoy forwards a request without :authority; it is the HTTP/2 library of this upstream " +
      "that refuses it. The simulator has no upstream codec.",
  },
];

/** Headers that codecs and the connection manager add, replace or drop after the filter. */
const NOT_OF_THE_FILTER = new Set([
  ":status",
  "connection",
  "date",
  "keep-alive",
  "server",
  "transfer-encoding",
  "x-envoy-expected-rq-timeout-ms",
]);

interface Tables {
  main: VmReport;
  worker: VmReport;
  canary: VmReport;
}

interface Runs {
  envoy: EnvoyRun & { tables: Tables };
  simulator: SimulatorRun & { tables: Tables };
}

await describeWithEnvoy("the simulator and Envoy", (binary) => {
  let runs: Runs;

  beforeAll(async () => {
    const fixtures = makeFixtures();
    const envoy = await runInEnvoy(binary, PROBE_PATH, fixtures);
    const tables = readTables(envoy.lines);
    const module = new WebAssembly.Module(readFileSync(PROBE_PATH));
    const simulator = runInSimulator(module, fixtures, SCENARIOS, tables);
    runs = {
      envoy: { ...envoy, tables },
      simulator: { ...simulator, tables: readTables(simulator.lines) },
    };
  });

  test.each(["canary", "main", "worker"] as const)("agree on every row of the %s", (vm) => {
    const differences = compareRows(runs.envoy.tables[vm], runs.simulator.tables[vm]);
    expect(differences.filter((line) => !isKnown(KNOWN_ROWS, line.key))).toEqual([]);
    expect(runs.envoy.tables[vm].rows.length).toBeGreaterThan(1000);
  });

  test("agree on the callbacks of each stream and on what client, upstream and log see", () => {
    const differences = compareScenarios(runs);
    expect(differences.filter((line) => !isKnown(KNOWN_OUTCOMES, line.key))).toEqual([]);
  });

  test("have no known difference that is none", () => {
    const rows = (["canary", "main", "worker"] as const).flatMap((vm) =>
      compareRows(runs.envoy.tables[vm], runs.simulator.tables[vm]),
    );
    const scenarios = compareScenarios(runs);
    expect([...unused(KNOWN_ROWS, rows), ...unused(KNOWN_OUTCOMES, scenarios)]).toEqual([]);
  });
});

interface Difference {
  key: string;
  envoy: unknown;
  simulator: unknown;
}

function isKnown(known: readonly KnownDifference[], key: string): boolean {
  return known.some(({ pattern }) => pattern.test(key));
}

function unused(known: readonly KnownDifference[], found: readonly Difference[]): string[] {
  return known
    .filter(({ pattern }) => !found.some(({ key }) => pattern.test(key)))
    .map(({ pattern, reason }) => `${String(pattern)}: ${reason}`);
}

/** The worker is where the streams are; of the other two only the main thread's VM ticks. */
function readTables(lines: readonly string[]): Tables {
  const reports = readReports(
    lines,
    SCENARIOS.map(({ name }) => name),
  );
  const worker = reports.find(({ streams }) => streams.length > 0);
  const rest = reports.filter((report) => report !== worker);
  const main = rest.find(({ events }) => events.some(({ name }) => name === "tick"));
  const canary = rest.find((report) => report !== main);
  if (worker === undefined || main === undefined || canary === undefined || rest.length !== 2) {
    throw new Error(`canary, main and one worker expected, found ${reports.length} VMs`);
  }
  return { main, worker, canary };
}

function compareRows(envoy: VmReport, simulator: VmReport): Difference[] {
  const found = new Map(simulator.rows.map(({ key, value }) => [key, value]));
  const differences: Difference[] = [];
  for (const { key, value } of envoy.rows) {
    const other = found.get(key) ?? "absent";
    if (other !== value) differences.push({ key, envoy: value, simulator: other });
    found.delete(key);
  }
  for (const [key, value] of found) differences.push({ key, envoy: "absent", simulator: value });
  return differences;
}

function compareScenarios({ envoy, simulator }: Runs): Difference[] {
  return SCENARIOS.flatMap((scenario, index) => [
    ...compareOutcomes(scenario, envoy.outcomes[index], simulator.outcomes[index]),
    ...compareCallbacks(scenario, envoy.tables.worker, simulator.tables.worker, index),
  ]);
}

function compareCallbacks(
  scenario: Scenario,
  envoy: VmReport,
  simulator: VmReport,
  index: number,
): Difference[] {
  const names = ({ streams }: VmReport): string =>
    (streams[index] ?? []).map(({ name }) => name).join(", ");
  const [a, b] = [names(envoy), names(simulator)];
  return a === b ? [] : [{ key: `${scenario.name}: callbacks`, envoy: a, simulator: b }];
}

function compareOutcomes(
  scenario: Scenario,
  envoy: Outcome | undefined,
  simulator: Outcome | undefined,
): Difference[] {
  if (envoy === undefined || simulator === undefined) {
    return [{ key: `${scenario.name}: missing`, envoy, simulator }];
  }
  const [a, b] = [comparable(scenario, envoy), comparable(scenario, simulator)];
  return (["answer", "details", "upstream"] as const)
    .filter((part) => JSON.stringify(a[part]) !== JSON.stringify(b[part]))
    .map((part) => ({ key: `${scenario.name}: ${part}`, envoy: a[part], simulator: b[part] }));
}

/** Without what belongs to codecs: HTTP/1.1 shows no trailers and adds an empty content-length. */
function comparable(
  scenario: Scenario,
  outcome: Outcome,
): { answer: unknown; details: string; upstream: unknown } {
  const { answer, upstream, details } = outcome;
  const trailers = scenario.protocol === "http1" ? [] : answer.trailers;
  const headers = ofTheFilter(answer.headers, scenario.protocol === "http1");
  return {
    answer: { ...answer, headers, trailers },
    details,
    upstream: upstream && { ...upstream, headers: ofTheFilter(upstream.headers, false) },
  };
}

function ofTheFilter(headers: HeaderList, dropEmptyLength: boolean): HeaderList {
  return headers.filter(
    ([name, value]) =>
      !NOT_OF_THE_FILTER.has(name) &&
      !(dropEmptyLength && name === "content-length" && value === "0"),
  );
}
