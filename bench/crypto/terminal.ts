// The reports for a terminal.

import type { Colors } from "../../host-sim/cli/terminal.ts";
import type { Summary } from "../harness/measure.ts";
import { formatTable, title, underHead } from "../harness/table.ts";
import type { EnvoyReport } from "./envoy.ts";
import type { BarReport, CryptoReport, RowReport, TableReport } from "./report.ts";

type Cells = readonly string[];

const ABSENT = "-";
const NOISY = "~";
const PEER_TITLES = {
  node: "node:crypto",
  noble: "noble",
  rustcrypto: "RustCrypto",
  rustcrypto_simd: "+simd128",
} as const;
const RATE_HEAD = [
  ...["", "cold", "table w6", "table w8", ...Object.values(PEER_TITLES)],
  ...["x node", "cold x node", "x RustCrypto", "x +simd128"],
];

export function renderReport(report: CryptoReport, colors: Colors): string {
  const { machine, versions, rounds, turn_ms: turn, message_bytes: bytes } = report;
  const openssl = `OpenSSL ${versions["openssl"] ?? ""}`;
  return [
    `${machine.cpu}, Node ${machine.node.slice(1)}, ${openssl}, ${rounds} rounds of ${turn} ms`,
    title(`verifications per second of CPU, ${bytes}-byte message, medians`, colors),
    rateTable(report.verify_per_s, colors),
    title("hashing 64 KiB, MB per second of CPU, medians", colors),
    rateTable(report.hash_mb_per_s, colors),
    title("one table in KB, and ms of CPU to build the base point's and the key's", colors),
    tableTable(report.tables, colors),
    title("bars", colors),
    barTable(report, colors),
    ...notes(report, colors),
  ].join("\n");
}

export function renderEnvoy(report: EnvoyReport, colors: Colors): string {
  const { machine, rounds, turn_ms: turn, message_bytes: bytes } = report;
  const head = ["", "Envoy", "min", "max", "Node", "min", "max", "Envoy / Node"];
  const body = Object.entries(report.verify_per_s).map(([name, { envoy, node, ratio }]) => [
    name,
    ...[envoy, node].flatMap(({ median, min, max }) => [median, min, max].map(figureCell)),
    ratio.toFixed(2),
  ]);
  const versions = `Envoy ${machine.envoy}, Node ${machine.node.slice(1)}`;
  return [
    `${machine.cpu}, ${versions}, ${rounds} rounds of ${turn} ms or more`,
    title(`verifications per second, ${bytes}-byte message, medians`, colors),
    underHead([head, ...body], colors),
  ].join("\n");
}

/** `x`: the module by that peer, with tables of width 6 where there are any. */
function rateTable(rows: Record<string, RowReport>, colors: Colors): string {
  const body = Object.entries(rows).map(([name, { rates, ratios, noisy }]) => {
    const best = ratios.table_6 ?? ratios.without_table;
    return [
      noisy ? `${name} ${NOISY}` : name,
      ...[rates.without_table, rates.table_6, rates.table_8].map(rateCell),
      ...[rates.node, rates.noble, rates.rustcrypto, rates.rustcrypto_simd].map(rateCell),
      ratioCell(best?.node),
      ratioCell(ratios.table_6 && ratios.without_table?.node),
      ratioCell(best?.rustcrypto),
      ratioCell(best?.rustcrypto_simd),
    ];
  });
  return underHead(withoutEmptyColumns([RATE_HEAD, ...body]), colors);
}

function tableTable(tables: CryptoReport["tables"], colors: Colors): string {
  const widths = Object.keys(Object.values(tables)[0] ?? {});
  const head = ["", ...widths.flatMap((width) => [`w${width} KB`, "ms"])];
  const cells = ({ bytes, build_ms: build }: TableReport): string[] => [
    (bytes / 1024).toFixed(0),
    build.median.toFixed(2),
  ];
  const body = Object.entries(tables).map(([algorithm, reports]) => [
    algorithm,
    ...Object.values(reports).flatMap(cells),
  ]);
  return underHead([head, ...body], colors);
}

function barTable({ bars, verify_per_s: rows }: CryptoReport, colors: Colors): string {
  const mode = ({ row, ours }: BarReport): string => {
    if (ours !== "without_table") return `, table w${ours.slice(-1)}`;
    return rows[row]?.ratios.table_6 === undefined ? "" : ", cold";
  };
  const lines = formatTable(
    bars.map((bar) => [
      `${bar.row}${mode(bar)}`,
      bar.ratio === null ? ABSENT : `${bar.ratio.toFixed(2)} x ${PEER_TITLES[bar.peer]}`,
      `at least ${bar.least.toFixed(2)}`,
      bar.met ? "met" : "not met",
    ]),
  ).split("\n");
  return lines
    .map((line, index) => (bars[index]?.met === true ? colors.green(line) : colors.red(line)))
    .join("\n");
}

function notes({ rustcrypto_missing: missing, noisy }: CryptoReport, colors: Colors): Cells {
  const busy = `\n${NOISY} node:crypto spread by more than 15 % there: repeat before quoting`;
  return [
    ...(noisy ? [colors.yellow(busy)] : []),
    ...(missing === null ? [] : [colors.yellow(`\nno RustCrypto: ${missing}`)]),
  ];
}

function withoutEmptyColumns([head = [], ...body]: readonly Cells[]): Cells[] {
  const isKept = (_: string, column: number): boolean => body.some((row) => row[column] !== ABSENT);
  return [head, ...body].map((row) => row.filter(isKept));
}

function rateCell(rate: Summary | null): string {
  return rate === null ? ABSENT : figureCell(rate.median);
}

function figureCell(figure: number): string {
  return figure.toLocaleString("en-US", { maximumFractionDigits: figure < 100 ? 1 : 0 });
}

function ratioCell(ratio: number | null | undefined): string {
  if (ratio === null || ratio === undefined) return ABSENT;
  return ratio.toFixed(ratio < 10 ? 2 : 1);
}
