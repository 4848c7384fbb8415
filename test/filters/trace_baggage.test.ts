// The counters of members of baggage that did not go on.

import { describe, expect, test } from "vitest";

import { Status } from "../../host-sim/src/index.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();

function counted(filter: Simulated): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [name, value] of filter.host.metrics()) {
    const match = /^reason=\.=(.*);\.;sallyport_trace_baggage_dropped_total$/.exec(name);
    if (match !== null && value.type !== "histogram") found[match[1] ?? ""] = Number(value.value);
  }
  return found;
}

const carrying = (...lines: string[]): HeaderList => lines.map((line) => ["baggage", line]);

describe("members of baggage that are dropped", () => {
  test("are counted by reason", () => {
    const trace = { baggage: { keys: ["a", "b"] } };
    const filter = new Simulated(module, { configuration: { trace } });
    expect(counted(filter)).toEqual({ malformed: 0, excess: 0, unlisted: 0 });
    filter.send(carrying("a=1,x=2", "b=2,y,z"));
    expect(counted(filter)).toEqual({ malformed: 2, excess: 0, unlisted: 1 });
    const many = Array.from({ length: 70 }, () => "a=1").join(",");
    filter.send(carrying(many, "b"));
    expect(counted(filter)).toEqual({ malformed: 3, excess: 6, unlisted: 1 });
  });

  test("are not where all of it is stripped", () => {
    const filter = new Simulated(module, { configuration: { trace: { baggage: "strip" } } });
    expect(filter.send(carrying("a=1,b")).headers.has("baggage")).toBe(false);
    expect(counted(filter)).toEqual({ malformed: 0, excess: 0, unlisted: 0 });
  });

  test("go all the same on a host that does not count", () => {
    const faults = ({ name }: { name: string }): Status | undefined =>
      name === "proxy_increment_metric" ? Status.INTERNAL_FAILURE : undefined;
    const filter = new Simulated(module, { configuration: { trace: {} }, faults });
    const sent = filter.send(carrying("a=1,b"));
    expect(sent.reason).toBeNull();
    expect(sent.headers.get("baggage")).toBe("a=1");
  });
});
