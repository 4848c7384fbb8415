// What a request may cost on the simulator: the member `simulator` of bench/budgets.json. Counts
// have no noise, so calls and memory are held to what was measured; code moves a little with each
// change, so instructions have some room, and not so much that it hides anything.

import { readFile, writeFile } from "node:fs/promises";

import type { SimCost, SimCosts } from "./measure.ts";

/** By how much instructions may grow before somebody has to say why. */
const ROOM = 1.05;
/** A budget that is further above what is measured says nothing. */
const SLACK = 1.15;

interface LedgerEntry {
  date: string;
  /** Of all budgets together. */
  instructions: number;
  hostCalls: number;
  why: string;
}

export interface SimBudgets {
  costs: SimCosts;
  ledger: LedgerEntry[];
}

const METRICS = ["hostCalls", "instructions", "arenaBytes", "heapBytes"] as const;

export async function readBudgets(path: string): Promise<SimBudgets> {
  const { simulator }: { simulator: SimBudgets } = JSON.parse(await readFile(path, "utf8"));
  return simulator;
}

/**
 * What is wrong, a line each: costs above their budgets, budgets far above, a ledger that is old.
 */
export function findFaults({ costs, ledger }: SimBudgets, measured: SimCosts): string[] {
  const names = new Set([...Object.keys(costs), ...Object.keys(measured)]);
  const faults = [...names].flatMap((name) => {
    const budget = costs[name];
    const cost = measured[name];
    if (budget === undefined) return [`${name}: there is no budget`];
    if (cost === undefined) return [`${name}: there is no such case`];
    return faultsOf(name, budget, cost);
  });
  const last = ledger.at(-1);
  const total = totalOf(costs);
  const isTold = last?.instructions === total.instructions && last.hostCalls === total.hostCalls;
  return isTold ? faults : [...faults, "the last entry of the ledger is about other budgets"];
}

function faultsOf(name: string, budget: SimCost, cost: SimCost): string[] {
  return METRICS.flatMap((metric) => {
    const [is, mayBe] = [cost[metric], budget[metric]];
    const told = `${name}: ${String(is)} ${metric}, the budget is ${String(mayBe)}`;
    if (is > mayBe) return [told];
    return mayBe > (metric === "instructions" ? is * SLACK : is) ? [`${told}: lower it`] : [];
  });
}

/** Makes what was measured the budgets, and notes why. */
export async function acceptCosts(path: string, measured: SimCosts, why: string): Promise<void> {
  const document: { simulator?: SimBudgets } = JSON.parse(await readFile(path, "utf8"));
  const costs: SimCosts = {};
  for (const [name, cost] of Object.entries(measured)) {
    costs[name] = { ...cost, instructions: Math.ceil(cost.instructions * ROOM) };
  }
  const date = new Date().toISOString().slice(0, 10);
  const ledger = [...(document.simulator?.ledger ?? []), { date, ...totalOf(costs), why }];
  document.simulator = { costs, ledger };
  await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
}

function totalOf(costs: SimCosts): Pick<LedgerEntry, "instructions" | "hostCalls"> {
  const all = Object.values(costs);
  const sum = (metric: "instructions" | "hostCalls"): number =>
    all.reduce((total, cost) => total + cost[metric], 0);
  return { instructions: sum("instructions"), hostCalls: Number(sum("hostCalls").toFixed(2)) };
}
