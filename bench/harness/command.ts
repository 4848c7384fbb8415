// The command of a benchmark that compares with bars: its options, where its report goes, what it
// prints, and how it ends.
//   --quick  fewer and shorter rounds, kept in build/bench instead of results/
//   --check  a bar that is not met is a failure

import { parseArgs } from "node:util";
import type { Colors } from "../../host-sim/cli/terminal.ts";
import { colorsFor } from "../../host-sim/cli/terminal.ts";
import { keepReport } from "./report_file.ts";

export interface BenchCommand<Pace, Report> {
  /** Of the report's file, without its ending. */
  name: string;
  pace: Pace;
  quick: Pace;
  bench: (pace: Pace) => Promise<Report>;
  render: (report: Report, colors: Colors) => string;
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

async function runOrThrow<Pace, Report extends { bars: readonly { met: boolean }[] }>({
  name,
  pace,
  quick,
  bench,
  render,
}: BenchCommand<Pace, Report>): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  const report = await bench(values.quick ? quick : pace);
  const path = `${values.quick ? "build/bench" : "bench/results"}/${name}.json`;
  await keepReport(path, report);
  console.log(render(report, colorsFor(process.stdout)));
  console.log(`\nkept in ${path}`);
  if (values.check && report.bars.some(({ met }) => !met)) process.exitCode = 1;
}
