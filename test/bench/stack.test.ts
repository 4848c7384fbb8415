import { describe, expect, it } from "vitest";
import type { Samples } from "../../bench/harness/measure.ts";
import { stackCases } from "../../bench/stack/cases.ts";
import { drawChart } from "../../bench/stack/chart.ts";
import { headersOf, tokenHeaders } from "../../bench/stack/growth_samples.ts";
import type { Peer, Peers } from "../../bench/stack/peers.ts";
import { parseMemory } from "../../bench/memory/process_memory.ts";
import { evaluateStack } from "../../bench/stack/report.ts";
import { makeStackSamples } from "../../bench/stack/samples.ts";
import { CHAIN } from "../../bench/stack/work.ts";

const PEER: Peer = { parts: CHAIN, verifies: true, filters: () => [], module: null };
const NO_PEERS: Peers = { found: new Map(), missing: new Map([["rust", "cargo is missing"]]) };
const RUST: Peers = { found: new Map([["rust", PEER]]), missing: new Map() };

/** Every case adds 10 µs to the 20 µs of Envoy, in each of three rounds, but for those given. */
function samplesOf(figures: Record<string, number[]>, peers: Peers): Samples {
  const samples = stackCases(peers).map(({ name }) => {
    const usual = name.startsWith("none") ? [20, 20, 20] : [30, 30, 30];
    return [name, figures[name] ?? usual] as const;
  });
  return new Map(samples);
}

describe("the stack's report", () => {
  it("takes what a case adds round by round", () => {
    const figures = { none: [20, 90, 20], chain: [28, 98, 28], native: [24, 94, 24] };
    const { ratios, noisy } = evaluateStack(samplesOf(figures, RUST));
    expect(ratios.chain_vs_native).toBe(2);
    expect(noisy).toBe(true);
  });

  it("has no ratio and no goal for a peer that is not there", () => {
    const { ratios, bars } = evaluateStack(samplesOf({}, NO_PEERS));
    expect(ratios).toMatchObject({ chain_vs_native: 1, chain_vs_rust: null, chain_vs_solo: null });
    expect(bars.map(({ name }) => name)).not.toContain("chain by rust");
  });

  it("compares requests with many tokens with Envoy under the same load", () => {
    const figures = { "none, turns": [25, 25, 25], "chain, turns": [40, 40, 40] };
    const { added_us: addedUs } = evaluateStack(samplesOf(figures, RUST));
    expect(addedUs["chain, turns"]?.median).toBe(15);
  });

  it("counts refusals by all that Envoy spends", () => {
    const figures = { "chain, no token": [40, 50, 60], "native, no token": [20, 20, 20] };
    const { refusals, added_us: addedUs } = evaluateStack(samplesOf(figures, RUST));
    expect(refusals["no token"]).toMatchObject({ chain: { us: 50, per_s: 20_000 } });
    expect(addedUs["chain, no token"]).toBeUndefined();
  });
});

describe("the stack's chart", () => {
  const machine = {
    date: "2026-11-26T12:00:00.000Z",
    cpu: "Some & CPU",
    cores: 2,
    kernel: "6.18",
    node: "v20.20.2",
    envoy: "1.40.0",
    load: "node:http2",
    module: { bytes: 1, sha256: "" },
  };
  const summary = { median: 6, min: 5, max: 7 };
  const figures = { chain: summary, native: { median: 4, min: -1, max: 40 } };
  const svg = drawChart({ machine, added_us: figures, rounds: 3, quick: true, noisy: false });

  it("stands for itself, with where and when it was measured", () => {
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain("2026-11-26 · Some &amp; CPU, 2 cores · Envoy 1.40.0 · 3 rounds");
    expect(svg).toContain("quick run, not for quoting");
    expect(svg).not.toContain("NaN");
  });

  it("leaves out who was not measured", () => {
    expect(svg).toContain("Envoy's own filters");
    expect(svg).not.toContain("Rust");
    expect(svg).not.toContain("Without the token");
  });
});

describe("the stack's cases", () => {
  it("ask no peer for a signature that it does not verify", () => {
    const lax: Peers = { ...RUST, found: new Map([["solo", { ...PEER, verifies: false }]]) };
    const names = stackCases(lax).map(({ name }) => name);
    expect(names).toContain("solo, no token");
    expect(names).not.toContain("solo, bad signature");
  });
});

describe("what grows", () => {
  it("has as many headers and bytes as it says", async () => {
    const samples = await makeStackSamples();
    const [one = {}] = samples.headers["one token"];
    const pseudoHeaders = 4;
    expect(Object.keys(headersOf(100, one))).toHaveLength(100 - pseudoHeaders);
    const { authorization = "" } = await tokenHeaders(samples, 2048);
    const bytes = authorization.length - "Bearer ".length;
    expect(bytes).toBeLessThanOrEqual(2048);
    expect(bytes).toBeGreaterThan(2040);
  });
});

describe("the memory of a process", () => {
  it("tells the VMs by the guard behind them", () => {
    const smaps = [
      "7f0000000000-7f0000400000 rw-p 00000000 00:00 0 ",
      "Size:               4096 kB",
      "Rss:                 100 kB",
      "7f0000400000-7f0200000000 ---p 00000000 00:00 0 ",
      "Size:            8384512 kB",
      "Rss:                   0 kB",
      "7f0200000000-7f0200100000 rw-p 00000000 00:00 0                          [heap]",
      "Size:               1024 kB",
      "Rss:                  50 kB",
    ].join("\n");
    expect(parseMemory(smaps)).toEqual({ resident_kib: 150, vm_kib: 4096, vm_resident_kib: 100 });
  });
});
