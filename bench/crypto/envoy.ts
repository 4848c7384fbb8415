// The same arithmetic inside of a real Envoy and in Node: build/crypto_bench.wasm, a plugin that
// measures itself, in Envoy and in the simulator, turn by turn.

import { randomFillSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import type { Host, ModuleFile } from "../harness/machine.ts";
import type { Summary } from "../harness/measure.ts";
import { summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import { medianRatio } from "./report.ts";
import type { Row, RowSamples } from "./rounds.ts";
import { measureRows } from "./rounds.ts";
import { hasTables } from "./rows.ts";
import type { KeyParts, Sample } from "./samples.ts";

export interface EnvoyOptions {
  binary: string;
  module: string;
  samples: readonly Sample[];
  rounds: number;
  turnSeconds: number;
  onRound: (round: number) => void;
}

export type WasmHost = "envoy" | "node";

/** Nanoseconds that a host's plugin takes to verify a sample `times` times. */
type Ask = (sample: string, times: number) => number | Promise<number>;

const TABLE_WIDTH = 6;
const KINDS = ["rsa", "ec", "okp", "secret"] as const;
const ANY_PORT = { host: "127.0.0.1", port: 0 };
const PLUGIN = "crypto_bench";

/** Verifications a second by each host's own clock, without tables and with those of width 6. */
export async function measureEnvoy(options: EnvoyOptions): Promise<RowSamples<WasmHost>> {
  const { binary, module, samples, rounds, turnSeconds } = options;
  const filter = wasmFilter({ name: PLUGIN, vmId: PLUGIN, modulePath: module, configuration: {} });
  const envoy = await startEnvoy({
    binary,
    bootstrap: assembleBootstrap({
      admin: ANY_PORT,
      listeners: [
        renderListener({ name: PLUGIN, listen: ANY_PORT, filters: [filter], routes: [] }),
      ],
      clusters: [],
    }),
  });
  try {
    const hosts: [WasmHost, Ask][] = [
      ["envoy", askEnvoy(envoy.ports.get(PLUGIN) ?? 0)],
      ["node", await askSimulator(module)],
    ];
    const rows: Row<WasmHost>[] = [];
    for (const sample of samples) {
      rows.push(await hostRow(sample.name, encodeSample(sample, 0), hosts, turnSeconds));
      if (!hasTables(sample)) continue;
      const encoded = encodeSample(sample, TABLE_WIDTH);
      rows.push(await hostRow(`${sample.name} table_6`, encoded, hosts, turnSeconds));
    }
    return await measureRows(rows, rounds, options.onRound);
  } finally {
    await envoy.stop();
  }
}

export interface EnvoyRow {
  envoy: Summary;
  node: Summary;
  /** Envoy by Node, the median over the rounds. */
  ratio: number;
}

export interface EnvoyReport {
  machine: Host & { envoy: string; module: ModuleFile };
  message_bytes: number;
  rounds: number;
  turn_ms: number;
  /** By the host's own clock. */
  verify_per_s: Record<string, EnvoyRow>;
}

export function evaluateEnvoy(samples: RowSamples<WasmHost>): Record<string, EnvoyRow> {
  return Object.fromEntries(
    [...samples].map(([name, figures]) => {
      const [envoy, node] = [figures.get("envoy") ?? [], figures.get("node") ?? []];
      const row: EnvoyRow = {
        envoy: roundAll(summarise(envoy)),
        node: roundAll(summarise(node)),
        ratio: round(medianRatio(envoy, node)),
      };
      return [name, row];
    }),
  );
}

function askEnvoy(port: number): Ask {
  return async (sample, times) => {
    const headers = { "x-sample": sample, "x-times": String(times) };
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
    return requireNanoseconds("Envoy", response.status, await response.text());
  };
}

async function askSimulator(module: string): Promise<Ask> {
  const host = createHost({
    clock: {
      systemNanoseconds: () => BigInt(Date.now()) * 1_000_000n,
      monotonicNanoseconds: () => process.hrtime.bigint(),
    },
    random: (target) => randomFillSync(target),
  });
  const plugin = host.addPlugin({
    module: await WebAssembly.compile(await readFile(module)),
    configuration: "{}",
    rootId: PLUGIN,
    vmId: PLUGIN,
  });
  const [worker] = plugin.workers;
  if (worker === undefined) throw new Error("the simulator has no worker");
  return (sample, times) => {
    const stream = worker.openStream();
    const request: HeaderList = [
      [":method", "GET"],
      [":path", "/"],
      [":scheme", "http"],
      [":authority", "bench.test"],
      ["x-sample", sample],
      ["x-times", String(times)],
    ];
    const result = stream.requestHeaders(request, true);
    stream.close();
    if (result.kind !== "reply") throw new Error(`the plugin does not answer: ${result.kind}`);
    const { status, body } = result.reply;
    return requireNanoseconds("the simulator", status, Buffer.from(body).toString());
  };
}

function requireNanoseconds(host: string, status: number, body: string): number {
  if (status !== 200) throw new Error(`the plugin in ${host} refuses its sample: ${status}`);
  return Number(body);
}

/** All hosts do as many in a turn: so many that each is busy for the time. */
async function hostRow(
  name: string,
  sample: string,
  hosts: readonly [WasmHost, Ask][],
  turnSeconds: number,
): Promise<Row<WasmHost>> {
  const times = await timesFor(hosts, sample, turnSeconds);
  return {
    name,
    contestants: hosts.map(([who, ask]) => {
      return [who, async () => (times * 1e9) / (await ask(sample, times))];
    }),
  };
}

async function timesFor(
  hosts: readonly [WasmHost, Ask][],
  sample: string,
  turnSeconds: number,
): Promise<number> {
  for (let times = 1; ; times *= 2) {
    let quickest = Infinity;
    for (const [, ask] of hosts) quickest = Math.min(quickest, await ask(sample, times));
    if (quickest >= turnSeconds * 1e9) return times;
  }
}

/** As assembly/probe/crypto_bench.ts reads it, in base64url. */
function encodeSample({ algorithm, parts, message, signature }: Sample, width: number): string {
  const [parameter, a, b] = keyFields(parts);
  const bytes = [a, b, message, signature];
  const kind = KINDS.indexOf(parts.kind);
  const head = [algorithm, width, kind, parameter, ...bytes.map((part) => part.length)];
  const words = Buffer.alloc(4 * head.length);
  head.forEach((word, index) => words.writeUInt32LE(word, 4 * index));
  return Buffer.concat([words, ...bytes]).toString("base64url");
}

/** The curve or the hash, and what else the key is made of. */
function keyFields(parts: KeyParts): [parameter: number, a: Buffer, b: Buffer] {
  const none = Buffer.alloc(0);
  switch (parts.kind) {
    case "rsa":
      return [0, parts.n, parts.e];
    case "ec":
      return [parts.curve, parts.x, parts.y];
    case "okp":
      return [0, parts.x, none];
    case "secret":
      return [parts.hash, parts.k, none];
  }
}
