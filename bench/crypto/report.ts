// What the samples of bench/crypto.ts say.

import type { Host, ModuleFile } from "../harness/machine.ts";
import type { Summary } from "../harness/measure.ts";
import { NOISY_SPREAD, spread, summarise } from "../harness/measure.ts";
import { round, roundAll } from "../harness/round.ts";
import type { ContestantName, Ours, Peer } from "./contestant.ts";
import { OURS } from "./contestant.ts";
import type { RowSamples } from "./rounds.ts";

export interface RowReport {
  /** Per second of CPU; null for who has no such algorithm or could not be built. */
  rates: Record<ContestantName, Summary | null>;
  /** Ours by theirs: the median over the rounds. */
  ratios: Partial<Record<Ours, Record<Peer, number | null>>>;
  /** (max - min) / median of node:crypto. */
  spread: number;
  noisy: boolean;
}

export interface TableReport {
  /** Of one table; the base point and each key have one. */
  bytes: number;
  /** Both tables, milliseconds. */
  build_ms: Summary;
}

/** At least `least` times the rate of the peer. */
export interface Bar {
  row: string;
  ours: Ours;
  peer: Peer;
  least: number;
}

export interface BarReport extends Bar {
  ratio: number | null;
  met: boolean;
}

export interface CryptoReport {
  machine: Host & { module: ModuleFile };
  versions: Record<string, string>;
  message_bytes: number;
  rounds: number;
  turn_ms: number;
  /** Some row is: repeat before quoting. */
  noisy: boolean;
  /** Why there is no RustCrypto. */
  rustcrypto_missing: string | null;
  bars: BarReport[];
  verify_per_s: Record<string, RowReport>;
  hash_mb_per_s: Record<string, RowReport>;
  tables: Record<string, Record<string, TableReport>>;
}

// The width of the tables that the module builds by default is 6. RustCrypto is what cargo builds
// without being told.
export const BARS: readonly Bar[] = [
  { row: "ES256", ours: "table_6", peer: "node", least: 2.5 },
  { row: "ES256", ours: "without_table", peer: "node", least: 0.35 },
  { row: "EdDSA", ours: "table_6", peer: "node", least: 5 },
  { row: "ES384", ours: "table_6", peer: "node", least: 4 },
  { row: "RS256", ours: "without_table", peer: "node", least: 0.6 },
  { row: "PS256", ours: "without_table", peer: "node", least: 0.55 },
  { row: "HS256", ours: "without_table", peer: "rustcrypto", least: 1.5 },
];

/** Of the rows with these names. */
export function evaluateRows(
  samples: RowSamples<ContestantName>,
  names: readonly string[],
): Record<string, RowReport> {
  return Object.fromEntries(
    names.map((name) => [name, evaluateRow(samples.get(name) ?? new Map())]),
  );
}

export function evaluateTables(
  samples: RowSamples<string>,
  bytes: (curve: string, width: number) => number,
): CryptoReport["tables"] {
  return Object.fromEntries(
    [...samples].map(([curve, widths]) => [
      curve,
      Object.fromEntries(
        [...widths].map(([width, figures]) => {
          const report = {
            bytes: bytes(curve, Number(width)),
            build_ms: roundAll(summarise(figures)),
          };
          return [width, report];
        }),
      ),
    ]),
  );
}

/** A bar whose ratio is not known is not met. */
export function evaluateBars(rows: Record<string, RowReport>): BarReport[] {
  return BARS.map((bar) => {
    const ratio = rows[bar.row]?.ratios[bar.ours]?.[bar.peer] ?? null;
    return { ...bar, ratio, met: ratio !== null && ratio >= bar.least };
  });
}

/** Round by round, so that a slow minute weighs on both. */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return summarise(ours.map((figure, round) => figure / (theirs[round] ?? Number.NaN))).median;
}

function evaluateRow(figures: ReadonlyMap<ContestantName, number[]>): RowReport {
  const rate = (name: ContestantName): Summary | null => {
    const all = figures.get(name);
    return all === undefined ? null : roundAll(summarise(all));
  };
  const nodeSpread = round(spread(figures.get("node") ?? []));
  return {
    rates: {
      without_table: rate("without_table"),
      table_6: rate("table_6"),
      table_8: rate("table_8"),
      node: rate("node"),
      noble: rate("noble"),
      rustcrypto: rate("rustcrypto"),
      rustcrypto_simd: rate("rustcrypto_simd"),
    },
    ratios: Object.fromEntries(
      OURS.filter((name) => figures.has(name)).map((name) => [name, ratios(figures, name)]),
    ),
    spread: nodeSpread,
    noisy: nodeSpread > NOISY_SPREAD,
  };
}

function ratios(
  figures: ReadonlyMap<ContestantName, number[]>,
  name: Ours,
): Record<Peer, number | null> {
  const ours = figures.get(name) ?? [];
  const ratio = (peer: Peer): number | null => {
    const theirs = figures.get(peer);
    return theirs === undefined ? null : round(medianRatio(ours, theirs));
  };
  return {
    node: ratio("node"),
    noble: ratio("noble"),
    rustcrypto: ratio("rustcrypto"),
    rustcrypto_simd: ratio("rustcrypto_simd"),
  };
}
