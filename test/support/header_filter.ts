// The normalise filter on the simulator in each of its modes, and what it lets reach the upstream.

import { expect } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { reasonOf } from "./run_cases.ts";
import { loadShippedModule, Simulated } from "./simulated_filter.ts";

const module = await loadShippedModule();
export const PSEUDO: HeaderList = [
  [":authority", "example.test"],
  [":path", "/"],
  [":method", "GET"],
  [":scheme", "http"],
];
export const MODES = ["keep", "replace", "drop", "reject"] as const;
export type Mode = (typeof MODES)[number];

function filterOf(underscores: Mode): Simulated {
  const normalise = {
    underscores,
    strip: ["x-spiffe-id", "x-jwt-*"],
    map: [{ from: "trace-id", to: "x-trace-id" }],
  };
  return new Simulated(module, { configuration: { markChecked: true, normalise } });
}

const filters = new Map(MODES.map((mode) => [mode, filterOf(mode)]));

/** The filter in a mode; requests leave nothing behind in it. */
export function filterFor(mode: Mode): Simulated {
  const filter = filters.get(mode);
  if (filter === undefined) throw new Error(`no filter ${mode}`);
  return filter;
}

export const MARK: [string, string] = ["x-sallyport-checked", "1"];

/** What reaches the upstream beside pseudo-headers and the mark, or the reason of the refusal. */
export function pass(filter: Simulated, headers: HeaderList): HeaderList | string {
  const stream = filter.open();
  try {
    const result = stream.requestHeaders([...PSEUDO, ...headers], true);
    if (result.kind === "reply") return reasonOf(result.reply.details);
    if (result.kind !== "continue") throw new Error(`found ${result.kind}`);
    expect(result.headers.filter(([name]) => name === MARK[0])).toEqual([MARK]);
    return result.headers.filter(([name]) => !name.startsWith(":") && name !== MARK[0]);
  } finally {
    stream.close();
  }
}
