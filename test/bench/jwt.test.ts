import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jwtCases, PROVIDER_COUNTS } from "../../bench/jwt/cases.ts";
import { BARS, evaluate } from "../../bench/jwt/report.ts";
import {
  CACHE_BYTES,
  CACHE_ENTRIES,
  makeSigner,
  mint,
  ROTATION_TOKENS,
  tampered,
} from "../../bench/jwt/samples.ts";
import type { Samples } from "../../bench/harness/measure.ts";

/** Every case adds 10 µs to the 20 µs of Envoy, in each of three rounds, but for those given. */
function samplesOf(figures: Record<string, number[]>, counts: readonly number[]): Samples {
  const samples = jwtCases(counts).map(({ name }) => {
    const usual = name.startsWith("none") ? [20, 20, 20] : [30, 30, 30];
    return [name, figures[name] ?? usual] as const;
  });
  return new Map(samples);
}

describe("the jwt benchmark's report", () => {
  it("takes what a case adds round by round", () => {
    const figures = { none: [20, 90, 20], ours: [24, 94, 24], native: [22, 92, 22] };
    const { cached, noisy } = evaluate(samplesOf(figures, PROVIDER_COUNTS));
    expect(cached).toMatchObject({ ours_us: 4, native_us: 2, ratio: 2 });
    expect(noisy).toBe(true);
  });

  it("takes the empty filter off ours, not off theirs", () => {
    const figures = { empty: [21, 21, 21], ours: [24, 24, 24], native: [22, 22, 22] };
    const { cached } = evaluate(samplesOf(figures, PROVIDER_COUNTS));
    expect(cached).toMatchObject({ empty_us: 1, ratio: 2, ratio_without_empty: 1.5 });
  });

  it("compares misses with Envoy under the same tokens", () => {
    const figures = { "none RS256": [25, 25, 25], "native RS256": [45, 45, 45] };
    const { misses, added_us: addedUs } = evaluate(samplesOf(figures, PROVIDER_COUNTS));
    expect(misses.RS256).toMatchObject({ ours_us: 5, native_us: 20, ratio: 0.25 });
    expect(misses.ES256.ratio).toBe(1);
    expect(addedUs["native RS256"]?.median).toBe(20);
  });

  it("counts refusals by all that Envoy spends", () => {
    const { refusals, added_us: addedUs } = evaluate(
      samplesOf({ "ours expired": [40, 50, 60], "native expired": [20, 20, 20] }, PROVIDER_COUNTS),
    );
    const { ours_per_s: ours, native_per_s: native } = refusals.expired;
    expect([ours, native]).toEqual([20_000, 50_000]);
    expect(addedUs["ours expired"]).toBeUndefined();
  });

  it("holds a bar to be met at its very figure", () => {
    const figures = { ours: [40, 40, 40], "ours ES256": [25, 25, 25], "ours EdDSA": [26, 26, 26] };
    const { bars } = evaluate(samplesOf(figures, PROVIDER_COUNTS));
    const met = Object.fromEntries(bars.map((bar) => [bar.name, [bar.ratio, bar.met]]));
    expect(met).toEqual({
      "cached, by native": [2, true],
      "cached, without the empty filter": [1, true],
      "miss RS256, by native": [1, true],
      "miss ES256, by native": [0.5, true],
      "miss EdDSA, by native": [0.6, false],
      "cached, 100 providers by 1": [0.5, true],
      "cached, 32 keys by 1": [0.5, true],
    });
  });

  it("does not meet a bar that was not measured", () => {
    const { bars } = evaluate(samplesOf({}, PROVIDER_COUNTS.slice(0, 1)));
    const unmet = bars.filter(({ met }) => !met);
    expect(bars).toHaveLength(BARS.length);
    expect(unmet.map(({ name, ratio }) => [name, ratio])).toContainEqual([
      "cached, 100 providers by 1",
      null,
    ]);
  });
});

describe("the jwt benchmark's tokens", () => {
  it("are more than the module's cache holds", () => {
    const limits = readFileSync(new URL("../../assembly/core/limits.ts", import.meta.url), "utf8");
    expect(limits).toContain(`TOKEN_CACHE_ENTRIES: u32 = ${CACHE_ENTRIES};`);
    expect(limits).toContain(`TOKEN_CACHE_BYTES: u32 = ${CACHE_BYTES / 1024} * 1024;`);
    expect(ROTATION_TOKENS).toBeGreaterThan(CACHE_ENTRIES);
  });

  it("keep their form when their signature is spoilt", async () => {
    const token = await mint(await makeSigner("ES256", "bench"), "one");
    const spoilt = tampered(token);
    const [head, payload, signature = ""] = spoilt.split(".");
    expect(token.startsWith(`${head}.${payload}.`)).toBe(true);
    expect(Buffer.from(signature, "base64url").toString("base64url")).toBe(signature);
    expect(spoilt).not.toBe(token);
  });
});
