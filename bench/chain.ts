// `npm run bench:chain`: what Sallyport's chain adds to a request in a real Envoy, next to Envoy's
// own filters for the same work. Prints JSON, and a table on a terminal.

import { fileURLToPath } from "node:url";
import type { JsonObject } from "../envoy/http_filters.ts";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import type { BenchKeys } from "./chain_cases.ts";
import {
  mintBenchToken,
  nativeFilters,
  requestHeaders,
  sallyportConfiguration,
  SUBJECT,
} from "./chain_cases.ts";
import type { ChainReport } from "./chain_report.ts";
import { evaluate, reportTable } from "./chain_report.ts";
import type { BenchEnvoy, CaseFilters } from "./harness/listeners.ts";
import { askUpstream, LOAD_PATH, requireAnswer, withEnvoy } from "./harness/listeners.ts";
import type { HeaderSet } from "./harness/load.ts";
import { describeMachine } from "./harness/machine.ts";
import type { Samples } from "./harness/measure.ts";
import { measure } from "./harness/measure.ts";
import { ourFilters } from "./harness/ours.ts";
import { keepReport } from "./harness/report_file.ts";

const ROUNDS = 41;
const REQUESTS = 8_000;
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));
const RESULT = "bench/results/chain.json";

async function main(): Promise<void> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  const keys = await mintBenchToken();
  const { samples, pinned } = await withEnvoy(
    binary.path,
    ({ empty }) => caseFilters(keys, empty),
    (envoy) => measureChain(envoy, keys),
  );
  const report: ChainReport = {
    machine: describeMachine(binary.path, MODULE),
    rounds: ROUNDS,
    requests_per_round: REQUESTS,
    pinned,
    ...evaluate(samples),
  };
  await keepReport(RESULT, report);
  console.log(JSON.stringify(report, null, 2));
  if (process.stdout.isTTY) console.log(`\n${reportTable(report)}`);
}

async function measureChain(
  envoy: BenchEnvoy,
  keys: BenchKeys,
): Promise<{ samples: Samples; pinned: boolean }> {
  const headers = [requestHeaders(keys.token)];
  const cases = [...envoy.process.ports].map(([name, port]) => ({
    name,
    port,
    path: LOAD_PATH,
    headers,
    requests: REQUESTS,
    warmUpRequests: REQUESTS,
    status: 200,
  }));
  for (const { name, port } of cases) await checkAnswers(name, port, requestHeaders(keys.token));
  const samples = await measure({
    pid: envoy.process.pid,
    cases,
    rounds: ROUNDS,
    prefix: envoy.loadPrefix,
    onRound: (round) => console.error(`round ${round} of ${ROUNDS}`),
  });
  return { samples, pinned: envoy.loadPrefix.length > 0 };
}

function caseFilters(keys: BenchKeys, empty: JsonObject): CaseFilters {
  const chain = (name: string, withHeaders: boolean): JsonObject[] =>
    ourFilters(MODULE, name, sallyportConfiguration(keys, withHeaders), "bench");
  return {
    none: [],
    empty: [empty],
    native: nativeFilters(keys, false),
    chain: chain("chain", false),
    "native+headers": nativeFilters(keys, true),
    "chain+headers": chain("chain+headers", true),
  };
}

async function checkAnswers(name: string, port: number, headers: HeaderSet): Promise<void> {
  const passed = await askUpstream(port, headers);
  requireAnswer(name, "status", passed.response.status, 200);
  if (name === "none" || name === "empty") return;
  const seen = passed.upstream;
  requireAnswer(name, "x-spiffe-id", seen.get("x-spiffe-id"), SUBJECT);
  requireAnswer(name, "x-trace-id", seen.get("x-trace-id"), headers["trace-id"]);
  for (const gone of ["authorization", "auth-token", "trace-id"]) {
    requireAnswer(name, gone, seen.get(gone), undefined);
  }
  const limits = passed.response.headers.some(([field]) => /^(x-)?ratelimit(-|$)/.test(field));
  requireAnswer(name, "rate limit headers", limits, name.endsWith("+headers"));
  const refused = await askUpstream(port, {});
  requireAnswer(name, "status without a token", refused.response.status, 401);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
