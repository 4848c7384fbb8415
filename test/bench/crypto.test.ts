import { describe, expect, it } from "vitest";
import type { ContestantName } from "../../bench/crypto/contestant.ts";
import { verifyWork } from "../../bench/crypto/contestant.ts";
import { nodeVerifier } from "../../bench/crypto/node_crypto.ts";
import { BARS, evaluateBars, evaluateRows, medianRatio } from "../../bench/crypto/report.ts";
import { measureRows, rotate } from "../../bench/crypto/rounds.ts";
import { makeSamples } from "../../bench/crypto/samples.ts";

type Figures = [ContestantName, number[]][];

describe("the crypto benchmark's report", () => {
  it("compares round by round", () => {
    // A slow second round that hits both changes nothing.
    expect(medianRatio([30, 3, 33], [10, 1, 11])).toBe(3);
  });

  it("knows no ratio to a peer that is not there", () => {
    const figures: Figures = [
      ["without_table", [5, 5, 5]],
      ["node", [10, 10, 10]],
    ];
    const { RS256: row } = evaluateRows(new Map([["RS256", new Map(figures)]]), ["RS256"]);
    expect(row?.ratios.without_table).toEqual({
      node: 0.5,
      noble: null,
      rustcrypto: null,
      rustcrypto_simd: null,
    });
    expect(row?.rates.rustcrypto).toBeNull();
    expect(row?.ratios.table_6).toBeUndefined();
    expect(row?.noisy).toBe(false);
  });

  it("calls a row noisy when node:crypto spread", () => {
    const figures: Figures = [["node", [8, 10, 10]]];
    const { ES256: row } = evaluateRows(new Map([["ES256", new Map(figures)]]), ["ES256"]);
    expect(row).toMatchObject({ spread: 0.2, noisy: true });
  });

  it("holds a bar to be met at its very figure, and not without one", () => {
    const figures: Figures = [
      ["table_6", [25]],
      ["node", [10]],
    ];
    const rows = evaluateRows(new Map([["ES256", new Map(figures)]]), ["ES256"]);
    const bars = evaluateBars(rows);
    expect(bars).toHaveLength(BARS.length);
    expect(bars.filter(({ met }) => met)).toEqual([
      { row: "ES256", ours: "table_6", peer: "node", least: 2.5, ratio: 2.5, met: true },
    ]);
  });
});

describe("the crypto benchmark's rounds", () => {
  it("begin with another contestant each", async () => {
    const turns: string[] = [];
    const turn = (name: string): [string, () => number] => [name, () => turns.push(name)];
    const row = { name: "row", contestants: [turn("a"), turn("b"), turn("c")] };
    const samples = await measureRows([row], 3, () => {});
    expect(turns.join("")).toBe("abcbcacab");
    expect(samples.get("row")?.get("b")).toEqual([2, 4, 9]);
  });

  it("turn no empty list", () => {
    expect(rotate([], 3)).toEqual([]);
  });
});

describe("the crypto benchmark's samples", () => {
  const samples = makeSamples();

  it.each(samples.map((sample) => [sample.name, sample] as const))(
    "of %s are signed as node:crypto verifies",
    (_, sample) => {
      expect(() => verifyWork("node", sample, nodeVerifier(sample))(2)).not.toThrow();
    },
  );

  it("are not given to one who accepts everything", () => {
    const [sample] = samples;
    if (sample === undefined) throw new Error("no samples");
    const lax = { verify: () => true, verifyMany: (times: number) => times };
    expect(() => verifyWork("lax", sample, lax)).toThrow("lax accepts a tampered signature");
  });
});
