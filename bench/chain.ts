// `npm run bench:chain`: what Sallyport's chain adds to a request in a real Envoy, next to Envoy's
// own filters for the same work. Prints JSON, and a table on a terminal.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../envoy/bootstrap.ts";
import type { JsonObject } from "../envoy/http_filters.ts";
import { sallyportFilters, wasmFilter } from "../envoy/http_filters.ts";
import { envoyBinary } from "../scripts/envoy_bin.ts";
import { http2Client } from "../test/support/clients.ts";
import { startEnvoy } from "../scripts/lib/envoy_process.ts";
import { compileGuest } from "../test/support/guest.ts";
import type { ReceivedRequest } from "../test/support/upstream.ts";
import { startUpstream } from "../test/support/upstream.ts";
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
import { pinning } from "./harness/cpu.ts";
import { describeMachine } from "./harness/machine.ts";
import type { Samples } from "./harness/measure.ts";
import { measure } from "./harness/measure.ts";

const ROUNDS = 41;
const REQUESTS = 8_000;
const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));
const RESULT = fileURLToPath(new URL("./results/chain.json", import.meta.url));
const ANY_PORT = { host: "127.0.0.1", port: 0 };
const CHECK_PATH = "/check";
const LOAD_PATH = "/load";

/** A filter that does nothing: the price of entering a module. */
const EMPTY_GUEST = `
export function proxy_on_request_headers(context: i32, headers: i32, end: i32): i32 {
  return 0;
}
`;

type CaseFilters = Record<string, JsonObject[]>;

async function main(): Promise<void> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  const { samples, pinned } = await measureChain(binary.path);
  const report: ChainReport = {
    machine: describeMachine(binary.path, MODULE),
    rounds: ROUNDS,
    requests_per_round: REQUESTS,
    pinned,
    ...evaluate(samples),
  };
  const text = JSON.stringify(report, null, 2);
  await mkdir(dirname(RESULT), { recursive: true });
  await writeFile(RESULT, `${text}\n`);
  console.log(text);
  if (process.stdout.isTTY) console.log(`\n${reportTable(report)}`);
}

async function measureChain(binary: string): Promise<{ samples: Samples; pinned: boolean }> {
  const keys = await mintBenchToken();
  const folder = await mkdtemp(join(tmpdir(), "sallyport-bench-"));
  const upstream = await startUpstream();
  const { measured, load } = pinning();
  try {
    const guest = join(folder, "empty.wasm");
    await writeFile(guest, await compileGuest(EMPTY_GUEST));
    const filters = caseFilters(keys, guest);
    const envoy = await startEnvoy({
      binary,
      bootstrap: bootstrap(filters, upstream.port),
      wrapper: measured,
    });
    try {
      const headers = requestHeaders(keys.token);
      const cases = [...envoy.ports].map(([name, port]) => ({
        name,
        port,
        path: LOAD_PATH,
        headers,
      }));
      for (const { name, port } of cases) await checkAnswers(name, port, headers);
      const samples = await measure({
        pid: envoy.pid,
        cases,
        rounds: ROUNDS,
        requests: REQUESTS,
        prefix: load,
        onRound: (round) => console.error(`round ${round} of ${ROUNDS}`),
      });
      return { samples, pinned: load.length > 0 };
    } finally {
      await envoy.stop();
    }
  } finally {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function caseFilters(keys: BenchKeys, emptyGuest: string): CaseFilters {
  const chain = (name: string, withHeaders: boolean): JsonObject[] =>
    sallyportFilters({
      name,
      vmId: "bench",
      modulePath: MODULE,
      configuration: sallyportConfiguration(keys, withHeaders),
    });
  const empty = { name: "empty", vmId: "empty", modulePath: emptyGuest, configuration: {} };
  return {
    none: [],
    empty: [wasmFilter(empty)],
    native: nativeFilters(keys, false),
    chain: chain("chain", false),
    "native+headers": nativeFilters(keys, true),
    "chain+headers": chain("chain+headers", true),
  };
}

/** One listener a case: one path to the upstream for the check, all others answered by Envoy. */
function bootstrap(filters: CaseFilters, upstreamPort: number): JsonObject {
  const direct = { match: { prefix: "/" }, direct_response: { status: 200 } };
  const routes = [{ ...UPSTREAM_ROUTE, match: { path: CHECK_PATH } }, direct];
  return assembleBootstrap({
    admin: ANY_PORT,
    listeners: Object.entries(filters).map(([name, caseFilters]) =>
      renderListener({
        name,
        listen: ANY_PORT,
        filters: caseFilters,
        routes,
        connectionManager: { access_log: [] },
      }),
    ),
    clusters: [renderCluster({ host: "127.0.0.1", port: upstreamPort, protocol: "same" })],
  });
}

/** A case that does not do its work is not measured. */
async function checkAnswers(
  name: string,
  port: number,
  headers: Record<string, string>,
): Promise<void> {
  const client = http2Client(port);
  const base = { method: "GET", authority: "bench.test" };
  try {
    const passed = await client.send({
      ...base,
      path: CHECK_PATH,
      headers: Object.entries(headers),
    });
    requireAnswer(name, "status", passed.status, 200);
    if (name === "none" || name === "empty") return;
    const received: ReceivedRequest = JSON.parse(passed.body.toString());
    const seen = new Map(received.headers);
    requireAnswer(name, "x-spiffe-id", seen.get("x-spiffe-id"), SUBJECT);
    requireAnswer(name, "x-trace-id", seen.get("x-trace-id"), headers["trace-id"]);
    for (const gone of ["authorization", "auth-token", "trace-id"]) {
      requireAnswer(name, gone, seen.get(gone), undefined);
    }
    const limits = passed.headers.some(([field]) => /^(x-)?ratelimit(-|$)/.test(field));
    requireAnswer(name, "rate limit headers", limits, name.endsWith("+headers"));
    const refused = await client.send({ ...base, path: CHECK_PATH, headers: [] });
    requireAnswer(name, "status without a token", refused.status, 401);
  } finally {
    client.close();
  }
}

function requireAnswer(name: string, what: string, found: unknown, expected: unknown): void {
  if (found === expected) return;
  throw new Error(`case ${name}: ${what} is ${String(found)}, expected ${String(expected)}`);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
