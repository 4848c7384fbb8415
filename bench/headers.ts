// `npm run bench:headers`: what header rules cost in a real Envoy, four edits beside Envoy's own
// header_mutation, and a thousand rules beside four. Prints tables, keeps JSON.
// Options: harness/command.ts.

import { runComparison } from "./harness/comparison.ts";
import { caseFilters, checkCase, measuredCases } from "./headers/cases.ts";
import { evaluate, renderReport } from "./headers/report.ts";

await runComparison({
  name: "headers",
  filters: caseFilters,
  cases: measuredCases,
  check: checkCase,
  evaluate,
  render: renderReport,
});
