// One Envoy with one listener a case: one path to a real upstream, where a case is
// asked whether it does its work, all others answered by Envoy itself.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  assembleBootstrap,
  renderCluster,
  renderListener,
  UPSTREAM_ROUTE,
} from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { ClientResponse } from "../../test/support/clients.ts";
import { http2Client } from "../../test/support/clients.ts";
import { compileGuest } from "../../test/support/guest.ts";
import type { ReceivedRequest } from "../../test/support/upstream.ts";
import { startUpstream } from "../../test/support/upstream.ts";
import type { BareCalls } from "./bare_guests.ts";
import { bareGuest, EMPTY_GUEST } from "./bare_guests.ts";
import { pinning } from "./cpu.ts";
import type { HeaderSet } from "./load.ts";

/** The HTTP filters before the router, by the name of the case. */
export type CaseFilters = Record<string, JsonObject[]>;

export interface BenchEnvoy {
  process: EnvoyProcess;
  /** Command prefix that keeps the load on another core than Envoy; empty where there is none. */
  loadPrefix: string[];
  /** The port of a case's listener. */
  port(name: string): number;
}

export const LOAD_PATH = "/load";
const CHECK_PATH = "/check";
const ANY_PORT = { host: "127.0.0.1", port: 0 };

/** Filters that decide nothing. */
export interface EmptyFilters {
  /** The price of entering a module. */
  empty: JsonObject;
  /** The price of host calls: all headers are fetched, and these calls made. */
  bare(name: string, calls: BareCalls): Promise<JsonObject>;
}

export interface BenchEnvoyOptions {
  /** Worker threads; default 1. */
  workers?: number;
  /** A command that starts Envoy; by default one that pins it to a core. */
  wrapper?: readonly string[];
}

/** Runs `work` beside an Envoy; `filters` is given those that decide nothing. */
export async function withEnvoy<T>(
  binary: string,
  filters: (none: EmptyFilters) => CaseFilters | Promise<CaseFilters>,
  work: (envoy: BenchEnvoy) => Promise<T>,
  { workers = 1, wrapper }: BenchEnvoyOptions = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-bench-"));
  const upstream = await startUpstream();
  try {
    const none: EmptyFilters = {
      empty: await guestFilter(folder, "empty", EMPTY_GUEST),
      bare: (name, calls) => guestFilter(folder, name, bareGuest(calls)),
    };
    const { measured, load } = pinning();
    const process = await startEnvoy({
      binary,
      bootstrap: benchBootstrap(await filters(none), upstream.port),
      concurrency: workers,
      wrapper: wrapper ?? measured,
    });
    try {
      const port = (name: string): number => process.ports.get(name) ?? 0;
      return await work({ process, loadPrefix: load, port });
    } finally {
      await process.stop();
    }
  } finally {
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const compiledGuests = new Map<string, Uint8Array>();

async function guestFilter(folder: string, name: string, source: string): Promise<JsonObject> {
  const modulePath = join(folder, `${name}.wasm`);
  const guest = compiledGuests.get(source) ?? (await compileGuest(source));
  compiledGuests.set(source, guest);
  await writeFile(modulePath, guest);
  return wasmFilter({ name, vmId: name, modulePath, configuration: {} });
}

/** A listener for each case, one cluster. */
export function benchBootstrap(filters: CaseFilters, upstreamPort: number): JsonObject {
  const direct = { match: { prefix: "/" }, direct_response: { status: 200 } };
  const routes = [{ ...UPSTREAM_ROUTE, match: { path: CHECK_PATH } }, direct];
  const parts = assembleBootstrap({
    admin: ANY_PORT,
    listeners: Object.entries(filters).map(([name, caseFilters]) => ({
      ...renderListener({
        name,
        listen: ANY_PORT,
        filters: caseFilters,
        routes,
        connectionManager: { access_log: [] },
      }),
      // Each worker gets as many connections.
      connection_balance_config: { exact_balance: {} },
    })),
    clusters: [renderCluster({ host: "127.0.0.1", port: upstreamPort, protocol: "same" })],
  });
  // Filters that are discovered ask for a name.
  return { ...parts, node: { id: "bench", cluster: "bench" } };
}

export interface CheckedAnswer {
  response: ClientResponse;
  /** What the upstream received, empty when it was not reached. */
  upstream: Map<string, string>;
}

/** Asks a listener on the path that goes to the upstream. */
export async function askUpstream(port: number, headers: HeaderSet): Promise<CheckedAnswer> {
  const client = http2Client(port);
  try {
    const response = await client.send({
      method: "GET",
      authority: "bench.test",
      path: CHECK_PATH,
      headers: Object.entries(headers),
    });
    if (response.status !== 200) return { response, upstream: new Map() };
    const received: ReceivedRequest = JSON.parse(response.body.toString());
    return { response, upstream: new Map(received.headers) };
  } finally {
    client.close();
  }
}

/** A case that does not do its work is not measured. */
export function requireAnswer(name: string, what: string, found: unknown, expected: unknown): void {
  if (found === expected) return;
  throw new Error(`case ${name}: ${what} is ${String(found)}, expected ${String(expected)}`);
}
