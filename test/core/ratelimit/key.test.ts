import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { loadCore } from "../../support/core_probe.ts";
import { newText, u64, type RateLimitExports } from "./exports.ts";

const probe = await loadCore<RateLimitExports>();
const { core } = probe;

const CLAIM = 2;
const HEADER = 3;
/** Kinds of parts are numbers from 1. */
const KINDS = 10;

type Part = [place: number, kind: number, value: string | null];

beforeEach(() => {
  probe.reset();
});

function newSeed(k0: bigint, k1: bigint): number {
  const seed = probe.room(16);
  probe.view().setBigUint64(seed, k0, true);
  probe.view().setBigUint64(seed + 8, k1, true);
  return seed;
}

function keyOf(parts: Part[], seed = newSeed(1n, 2n)): bigint {
  let key = 0n;
  for (const [place, kind, value] of parts) {
    key =
      value === null
        ? core.addAbsentPart(key, place, kind, seed)
        : core.addPart(key, place, kind, probe.put(value), value.length, seed);
  }
  return u64(key);
}

describe("a key", () => {
  test("is the same for the same parts and seed, another for another seed", () => {
    const parts: Part[] = [[0, CLAIM, "sub"]];
    expect(keyOf(parts)).toBe(keyOf(parts));
    expect(keyOf(parts, newSeed(1n, 3n))).not.toBe(keyOf(parts));
    expect(keyOf(parts, newSeed(2n, 2n))).not.toBe(keyOf(parts));
  });

  test("tells apart the ends, the kind, the place and the presence of parts", () => {
    const different: Part[][] = [
      [],
      [[0, CLAIM, ""]],
      [[0, CLAIM, null]],
      [[0, HEADER, ""]],
      [[0, CLAIM, "abc"]],
      [[0, HEADER, "abc"]],
      [[1, CLAIM, "abc"]],
      [
        [0, CLAIM, "a"],
        [1, CLAIM, "bc"],
      ],
      [
        [0, CLAIM, "ab"],
        [1, CLAIM, "c"],
      ],
      [
        [0, CLAIM, "abc"],
        [1, CLAIM, ""],
      ],
      [
        [0, CLAIM, "abc"],
        [1, CLAIM, null],
      ],
      [
        [0, CLAIM, ""],
        [1, CLAIM, "abc"],
      ],
      [
        [0, HEADER, "a"],
        [0, HEADER, "b"],
        [1, HEADER, null],
      ],
      [
        [0, HEADER, "a"],
        [1, HEADER, "b"],
      ],
      [
        [0, HEADER, "a"],
        [0, HEADER, "b"],
        [1, HEADER, "c"],
      ],
      [
        [0, HEADER, "a"],
        [1, HEADER, "b"],
        [1, HEADER, "c"],
      ],
      [[0, HEADER, "a, b"]],
      [[0, CLAIM, "a".repeat(4096)]],
      [[0, CLAIM, "a".repeat(4097)]],
    ];
    expect(new Set(different.map((parts) => keyOf(parts))).size).toBe(different.length);
  });

  test("tells every kind of part and every limit apart", () => {
    const seed = newSeed(1n, 2n);
    const keys = new Set<bigint>();
    for (const nameHash of [1n, 2n, 3n]) {
      const start = core.startKey(nameHash);
      for (let kind = 1; kind <= KINDS; kind++) {
        keys.add(core.addPart(start, 0, kind, probe.put("a"), 1, seed));
        keys.add(core.addAbsentPart(start, 0, kind, seed));
      }
    }
    expect(keys.size).toBe(3 * KINDS * 2);
  });

  test("tells all parts apart, however bytes are divided among them", () => {
    const keys = new Map<bigint, string>();
    const piece = fc.string({ unit: fc.constantFrom("a", "b", "\0"), maxLength: 3 });
    const part = fc.tuple(fc.constantFrom(CLAIM, HEADER), fc.option(piece));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), (parts) => {
        probe.reset();
        const placed = parts.map(([kind, value], place): Part => [place, kind, value]);
        const key = keyOf(placed);
        const written = JSON.stringify(placed);
        expect(keys.get(key) ?? written).toBe(written);
        keys.set(key, written);
      }),
      { numRuns: 20_000 },
    );
    expect(keys.size).toBeGreaterThan(2000);
  });

  test("is never 0, which marks a free bucket", () => {
    for (let i = 0; i < 5000; i++) {
      probe.reset();
      expect(keyOf([[0, CLAIM, String(i)]])).not.toBe(0n);
    }
    expect(core.startKey(0n)).toBe(1n);
  });
});

describe("the name of a page", () => {
  const NAME_MAX = Number(core.RATE_LIMIT_NAME_BYTES_MAX.value);
  const PAGE_NAME_MAX = Number(core.PAGE_NAME_BYTES_MAX.value);

  function nameOf(name: string, key: bigint, pages: number): string {
    const target = probe.room(PAGE_NAME_MAX + 1);
    const length = core.writePageName(target, newText(probe, name));
    core.setPageOf(target, length, key, pages);
    expect(probe.bytes(target + PAGE_NAME_MAX, 1)[0]).toBe(0);
    return probe.text(target, length);
  }

  test("has the limit's name and the top bits of the key", () => {
    const key = 0xabcd000000000001n;
    expect(nameOf("per-workload", key, 65536)).toBe("sallyport/rl2/per-workload/abcd");
    expect(nameOf("per-workload", key, 1024)).toBe("sallyport/rl2/per-workload/03cd");
    expect(nameOf("x", key, 1)).toBe("sallyport/rl2/x/0000");
    expect(nameOf("x", (1n << 64n) - 1n, 65536)).toBe("sallyport/rl2/x/ffff");
  });

  test("of the longest limit's name fills its room", () => {
    expect(nameOf("n".repeat(NAME_MAX), 0n, 1)).toHaveLength(PAGE_NAME_MAX);
  });

  test.each([
    [1, 1],
    [16, 1],
    [17, 2],
    [10_000, 1024],
    [1_000_000, 65_536],
    [2 ** 32 - 1, 65_536],
  ])("%i keys have %i pages", (keys, pages) => {
    expect(core.pagesFor(keys)).toBe(pages);
  });

  test("spreads keys over all pages", () => {
    const pages = new Set<bigint>();
    for (let i = 0; i < 5000; i++) {
      probe.reset();
      pages.add((keyOf([[0, CLAIM, String(i)]]) >> 48n) & 255n);
    }
    expect(pages.size).toBe(256);
  });
});
