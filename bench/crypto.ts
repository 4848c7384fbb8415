// `npm run bench:crypto`: signatures verified by our module, by node:crypto, by noble and by
// RustCrypto in wasm, side by side. Prints tables, keeps JSON.
//   --quick  fewer and shorter rounds, kept in build/bench instead of results/
//   --check  a bar that is not met is a failure
//   --envoy  instead: the module inside of a real Envoy beside the same module in Node

import { parseArgs } from "node:util";
import { colorsFor } from "../host-sim/cli/terminal.ts";
import packageJson from "../package.json" with { type: "json" };
import { envoyBinary } from "../scripts/envoy_bin.ts";
import { buildModule } from "../scripts/lib/build_module.ts";
import type { ContestantName } from "./crypto/contestant.ts";
import type { EnvoyReport } from "./crypto/envoy.ts";
import { evaluateEnvoy, measureEnvoy } from "./crypto/envoy.ts";
import type { TableBuilder } from "./crypto/our_module.ts";
import { ourTableBuilder } from "./crypto/our_module.ts";
import type { CryptoReport } from "./crypto/report.ts";
import { evaluateBars, evaluateRows, evaluateTables } from "./crypto/report.ts";
import type { Row } from "./crypto/rounds.ts";
import { measureRows } from "./crypto/rounds.ts";
import type { RustCryptoPeers } from "./crypto/rows.ts";
import { hashRow, hasTables, tableRow, verifyRow } from "./crypto/rows.ts";
import { loadRustCrypto } from "./crypto/rustcrypto.ts";
import { buildRustCrypto, rustCryptoVersions } from "./crypto/rustcrypto_build.ts";
import type { Sample } from "./crypto/samples.ts";
import { HASHES, makeSamples, MESSAGE_BYTES } from "./crypto/samples.ts";
import { renderEnvoy, renderReport } from "./crypto/terminal.ts";
import { describeHost, describeModule, envoyVersion } from "./harness/machine.ts";
import { keepReport } from "./harness/report_file.ts";

interface Pace {
  rounds: number;
  turn_ms: number;
}

const PACE: Pace = { rounds: 31, turn_ms: 100 };
const QUICK: Pace = { rounds: 5, turn_ms: 40 };
const ENVOY_PACE: Pace = { rounds: 11, turn_ms: 60 };
const colors = colorsFor(process.stdout);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      envoy: { type: "boolean", default: false },
    },
  });
  const folder = values.quick ? "build/bench" : "bench/results";
  if (values.envoy) {
    const report = await benchEnvoy(values.quick ? QUICK : ENVOY_PACE);
    console.log(renderEnvoy(report, colors));
    return keep(`${folder}/crypto_envoy.json`, report);
  }
  const report = await benchPeers(values.quick ? QUICK : PACE);
  console.log(renderReport(report, colors));
  await keep(`${folder}/crypto.json`, report);
  if (values.check && report.bars.some(({ met }) => !met)) process.exitCode = 1;
}

async function benchPeers(pace: Pace): Promise<CryptoReport> {
  const module = await buildModule("crypto_probe");
  console.error("building RustCrypto, which takes a minute the first time");
  const built = await buildRustCrypto();
  if (built.reason !== null) console.error(colors.yellow(`no RustCrypto: ${built.reason}`));
  const peers: RustCryptoPeers = {
    rustcrypto: built.plain === null ? null : await loadRustCrypto(built.plain),
    rustcrypto_simd: built.simd === null ? null : await loadRustCrypto(built.simd),
  };
  const samples = makeSamples();
  const rows = await rateRows(samples, peers, pace);
  const rates = await measureRows(rows, pace.rounds, showRound(pace));
  const builders = await tableBuilders(samples);
  const builds = await measureRows(
    [...builders].map(([name, builder]) => tableRow(name, builder)),
    pace.rounds,
    () => {},
  );
  const verifyRows = evaluateRows(
    rates,
    samples.map(({ name }) => name),
  );
  const hashRows = evaluateRows(rates, HASHES);
  return {
    machine: { ...describeHost(), module: describeModule(module) },
    versions: await versions(),
    message_bytes: MESSAGE_BYTES,
    ...pace,
    noisy: [...Object.values(verifyRows), ...Object.values(hashRows)].some(({ noisy }) => noisy),
    rustcrypto_missing: built.reason,
    bars: evaluateBars(verifyRows),
    verify_per_s: verifyRows,
    hash_mb_per_s: hashRows,
    tables: evaluateTables(builds, (name, width) => builders.get(name)?.bytes(width) ?? 0),
  };
}

async function rateRows(
  samples: readonly Sample[],
  peers: RustCryptoPeers,
  pace: Pace,
): Promise<Row<ContestantName>[]> {
  console.error("warming up");
  const seconds = pace.turn_ms / 1000;
  const rows: Row<ContestantName>[] = [];
  for (const sample of samples) rows.push(await verifyRow(sample, peers, seconds));
  for (const hash of HASHES.keys()) rows.push(await hashRow(hash, peers, seconds));
  return rows;
}

async function tableBuilders(samples: readonly Sample[]): Promise<Map<string, TableBuilder>> {
  const builders = new Map<string, TableBuilder>();
  for (const sample of samples.filter(hasTables)) {
    builders.set(sample.name, await ourTableBuilder(sample));
  }
  return builders;
}

async function benchEnvoy(pace: Pace): Promise<EnvoyReport> {
  const binary = await envoyBinary();
  if (binary.path === null) throw new Error(binary.reason);
  const module = await buildModule("crypto_bench");
  console.error("warming up");
  const samples = await measureEnvoy({
    binary: binary.path,
    module,
    samples: makeSamples(),
    rounds: pace.rounds,
    turnSeconds: pace.turn_ms / 1000,
    onRound: showRound(pace),
  });
  return {
    machine: {
      ...describeHost(),
      envoy: envoyVersion(binary.path),
      module: describeModule(module),
    },
    message_bytes: MESSAGE_BYTES,
    ...pace,
    verify_per_s: evaluateEnvoy(samples),
  };
}

async function versions(): Promise<Record<string, string>> {
  const { openssl, v8 } = process.versions;
  const { devDependencies } = packageJson;
  return {
    openssl,
    v8,
    "@noble/curves": devDependencies["@noble/curves"],
    "@noble/hashes": devDependencies["@noble/hashes"],
    ...(await rustCryptoVersions()),
  };
}

function showRound({ rounds }: Pace): (round: number) => void {
  return (round) => console.error(`round ${round} of ${rounds}`);
}

async function keep(path: string, report: object): Promise<void> {
  await keepReport(path, report);
  console.log(`\nkept in ${path}`);
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
