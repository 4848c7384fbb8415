// `npm run bench:trace`: what a trace costs that goes on, in a real Envoy, beside a module that
// looks at all headers and replaces one. Prints tables, keeps JSON. Options: harness/command.ts.

import { runComparison } from "./harness/comparison.ts";
import { caseFilters, checkCase, measuredCases } from "./trace/cases.ts";
import { evaluate, renderReport } from "./trace/report.ts";

await runComparison({
  name: "trace",
  filters: caseFilters,
  cases: measuredCases,
  check: checkCase,
  evaluate,
  render: renderReport,
});
