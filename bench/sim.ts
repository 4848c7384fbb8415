// `npm run bench:sim`: what a request costs on the simulator, in counts that are the same on every
// machine, beside the budgets that they are held to.
//   --accept "why"   makes what was measured the budgets

import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import type { Colors } from "../host-sim/cli/terminal.ts";
import { colorsFor } from "../host-sim/cli/terminal.ts";
import { underHead } from "./harness/table.ts";
import { acceptCosts, findFaults, readBudgets } from "./sim/budgets.ts";
import type { SimCosts } from "./sim/measure.ts";
import { measureSim } from "./sim/measure.ts";

const MODULE = fileURLToPath(new URL("../build/sallyport.wasm", import.meta.url));
const BUDGETS = fileURLToPath(new URL("budgets.json", import.meta.url));

function render(costs: SimCosts, colors: Colors): string {
  const rows = Object.entries(costs).map(([name, cost]) => [
    name,
    cost.hostCalls.toFixed(2),
    cost.instructions.toLocaleString("en"),
    cost.arenaBytes.toLocaleString("en"),
    String(cost.heapBytes),
  ]);
  const head = ["one request", "host calls", "instructions", "arena bytes", "heap bytes"];
  return underHead([head, ...rows], colors);
}

const { values } = parseArgs({ options: { accept: { type: "string" } } });
const costs = await measureSim(MODULE);
console.log(render(costs, colorsFor(process.stdout)));
if (values.accept !== undefined) {
  if (values.accept.trim() === "") throw new Error('--accept wants a reason, such as "baggage"');
  await acceptCosts(BUDGETS, costs, values.accept);
  console.log("\nkept in bench/budgets.json");
} else {
  const faults = findFaults(await readBudgets(BUDGETS), costs);
  console.log(faults.length === 0 ? "\nwithin bench/budgets.json" : `\n${faults.join("\n")}`);
  if (faults.length > 0) process.exitCode = 1;
}
