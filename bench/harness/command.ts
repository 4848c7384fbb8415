// The command of a benchmark that compares with bars: its options, where its report goes, what it
// prints, and how it ends.
//   --quick  fewer and shorter rounds, kept in build/bench instead of results/
//   --check  a bar that is not met is a failure

import { parseArgs } from "node:util";
import type { Colors } from "../../host-sim/cli/terminal.ts";
import { colorsFor } from "../../host-sim/cli/terminal.ts";
import { keepText, keepReport } from "./report_file.ts";

export interface BenchCommand<Pace, Report> {
  /** Of the report's file, without its ending. */
  name: string;
  pace: Pace;
  quick: Pace;
  /** Options of this benchmark alone, each with a whole number that changes the pace. */
  numbers?: Record<string, (pace: Pace, value: number) => Pace>;
  /** A quick run's figures go where those of a whole run go; the report tells them apart. */
  keepsQuick?: boolean;
  bench: (pace: Pace) => Promise<Report>;
  render: (report: Report, colors: Colors) => string;
  /** An SVG that is kept beside the figures. */
  draw?: (report: Report) => string;
}

export async function runBench<Pace, Report extends { bars: readonly { met: boolean }[] }>(
  command: BenchCommand<Pace, Report>,
): Promise<void> {
  try {
    await runOrThrow(command);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function runOrThrow<Pace, Report extends { bars: readonly { met: boolean }[] }>(
  command: BenchCommand<Pace, Report>,
): Promise<void> {
  const { pace, isQuick, isHeld } = readOptions(command);
  const report = await command.bench(pace);
  const folder = isQuick && command.keepsQuick !== true ? "build/bench" : "bench/results";
  const path = `${folder}/${command.name}`;
  await keepReport(`${path}.json`, report);
  if (command.draw !== undefined) await keepText(`${path}.svg`, command.draw(report));
  console.log(command.render(report, colorsFor(process.stdout)));
  console.log(`\nkept in ${path}.json${command.draw === undefined ? "" : ` and ${path}.svg`}`);
  if (isHeld && report.bars.some(({ met }) => !met)) process.exitCode = 1;
}

function readOptions<Pace, Report>({
  pace,
  quick,
  numbers = {},
}: BenchCommand<Pace, Report>): {
  pace: Pace;
  isQuick: boolean;
  isHeld: boolean;
} {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      ...Object.fromEntries(
        Object.keys(numbers).map((name) => [name, { type: "string" }] as const),
      ),
    },
  });
  const given = new Map<string, unknown>(Object.entries(values));
  let chosen = values.quick ? quick : pace;
  for (const [name, change] of Object.entries(numbers)) {
    const text = given.get(name);
    if (text === undefined) continue;
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} wants a number`);
    chosen = change(chosen, value);
  }
  return { pace: chosen, isQuick: values.quick, isHeld: values.check };
}
