// Goal: as many rules, conditions and names as there can be, alone and together, are taken and
// served or refused with one line; none makes on_configure trap. Method: configurations at the
// bounds of rule_limits.ts and limits.ts, each judged by a root that lives on and by one that found
// no place; then seeded mixtures of them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { keyFor } from "../support/tokens.ts";
import { RawGuest } from "./raw_guest.ts";

const SEED = 20_261_127;
const MIXTURES = 120;
const ROOTS_MAX = 16;
const HEADER_RULES_MAX = 2048;
/** NAMES_MAX without those that the module itself looks at. */
const OWN_NAMES_MAX = 2045;
const NAME_BYTES_MAX = 256;
const RATE_LIMITS_MAX = 1024;
const TOKEN_RULES_MAX = 256;
const KEPT_CONDITIONS_MAX = 64;
const REFUSAL =
  /^config: \$[^\x00-\x1f\x7f]*: found [^\x00-\x1f\x7f]+, allowed: [^\x00-\x1f\x7f]+$/;

const list = <T>(count: number, each: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => each(index));
const longName = (index: number): string => `x-${index}-`.padEnd(NAME_BYTES_MAX, "n");
const remove = (count: number, name = (index: number): string => `x-${index}`): object => ({
  remove: list(count, name),
});
const set = (count: number, more: (index: number) => object): object => ({
  set: list(count, (index) => ({ header: "x-a", value: "v", ...more(index) })),
});
const limits = (count: number, more: (index: number) => object): object => ({
  limits: list(count, (index) => ({
    name: `l${index}`,
    key: [{ text: "all" }],
    capacity: 1,
    refill: "1/s",
    ...more(index),
  })),
});
const headerConditions = (count: number): object[] =>
  list(count, (index) => ({ name: `x-c-${index}`, exact: "v" }));

const guest = new RawGuest();
const ROOT = 1;
const ROOT_WITHOUT_PLACE = ROOTS_MAX + 1;
for (let id = ROOT; id <= ROOT_WITHOUT_PLACE; id++) guest.openRoot(id);
const module = await loadShippedModule();

/** What the module says of a configuration: null when it takes it. */
function refusalOf(configuration: object): string | null {
  const bytes = JSON.stringify(configuration);
  const verdict = guest.configure(ROOT, bytes);
  expect(guest.configure(ROOT_WITHOUT_PLACE, bytes)).toEqual(verdict);
  expect(verdict.lines).toHaveLength(verdict.accepted ? 0 : 1);
  for (const line of verdict.lines) expect(line).toMatch(REFUSAL);
  return verdict.lines[0] ?? null;
}

/** Goes through a filter with many headers, whatever becomes of it: the worker lives on. */
function serve(configuration: object): void {
  const filter = new Simulated(module, { configuration });
  filter.send(list(100, (index) => [`x-${index}`, "v"]));
  filter.send([
    ["x-a", "v"],
    [longName(1), "v"],
  ]);
  expect(filter.plugin.workers.map(({ failed, absent }) => failed || absent)).toEqual([false]);
}

const PROVIDER = {
  audiences: ["orders"],
  keys: { inline: { keys: [keyFor("HS256", "k").jwk] } },
};
const ruled = (count: number, more: (index: number) => object): object => ({
  jwt: {
    providers: { p: PROVIDER },
    rules: list(count, (index) => ({
      match: { prefix: `/${index}`, ...more(index) },
      require: "p",
    })),
  },
});
const perPath = (index: number): object => ({ when: { path: `/${index}` } });
const manyHosts = (index: number): object => ({
  when: { hosts: list(32, (host) => `h${index}-${host}.example`) },
});
const keyOf = (parts: number): object => ({
  key: list(parts, (part) => ({ header: `x-${part}` })),
});

const TAKEN: [what: string, configuration: object][] = [
  ["names", { normalise: remove(OWN_NAMES_MAX) }],
  ["names of the largest size", { normalise: remove(1900, longName) }],
  [
    "beginnings of names of the largest size",
    { normalise: remove(1900, (index) => `${longName(index).slice(0, -1)}*`) },
  ],
  ["rules, each for a path", { normalise: set(HEADER_RULES_MAX, perPath) }],
  ["hosts", { normalise: set(380, manyHosts) }],
  ["conditions", { normalise: set(400, () => ({ when: { headers: headerConditions(8) } })) }],
  [
    "parts of templates",
    { normalise: set(HEADER_RULES_MAX, () => ({ value: "{path:1}-".repeat(8) })) },
  ],
  ["operations", { normalise: set(1000, () => ({ apply: list(8, () => "lower") })) }],
  [
    "rules for every map",
    {
      normalise: Object.assign(
        remove(HEADER_RULES_MAX, () => "x-a"),
        Object.fromEntries(
          ["response", "requestTrailers", "responseTrailers"].map((map) => [
            map,
            remove(HEADER_RULES_MAX, () => "x-a"),
          ]),
        ),
      ),
    },
  ],
  ["kept conditions", { normalise: { response: set(KEPT_CONDITIONS_MAX, perPath) } }],
  [
    "limits, each for a path",
    { rateLimit: limits(RATE_LIMITS_MAX, (index) => ({ match: { path: `/${index}` } })) },
  ],
  ["parts of keys", { rateLimit: limits(600, () => keyOf(8)) }],
  [
    "rules about tokens, with conditions",
    ruled(TOKEN_RULES_MAX, () => ({ headers: headerConditions(8) })),
  ],
  [
    "rules about tokens, with hosts",
    ruled(TOKEN_RULES_MAX, (index) => ({ hosts: list(32, (host) => `h${index}-${host}.example`) })),
  ],
];

describe("as many as can be are taken, and served", () => {
  test.each(TAKEN)("%s", (_what, configuration) => {
    expect(refusalOf(configuration)).toBeNull();
    serve(configuration);
  });
});

const REFUSED: [what: string, configuration: object, line: string][] = [
  [
    "names",
    { normalise: remove(OWN_NAMES_MAX + 1) },
    "$.normalise.remove[2045]: found one header name too many, allowed: 2048 names in all",
  ],
  [
    "rules",
    { normalise: { ...remove(HEADER_RULES_MAX, () => "x-a"), reject: ["x-b"] } },
    "$.normalise: found 2049 rules, allowed: 2048 rules in all",
  ],
  [
    "kept conditions",
    { normalise: { response: set(KEPT_CONDITIONS_MAX + 1, perPath) } },
    "$.normalise.response: found one rule with when too many, " +
      "allowed: 64 for responses and trailers",
  ],
  [
    "limits",
    { rateLimit: limits(RATE_LIMITS_MAX + 1, () => ({})) },
    "$.rateLimit.limits: found 1025 values, allowed: a list of 1 to 1024",
  ],
  [
    "rules about tokens",
    ruled(TOKEN_RULES_MAX + 1, () => ({})),
    "$.jwt.rules: found 257 values, allowed: a list of 1 to 256",
  ],
  [
    "bytes when compiled",
    {
      normalise: set(HEADER_RULES_MAX, () => ({ value: "{host}".repeat(16) })),
      rateLimit: limits(RATE_LIMITS_MAX, () => keyOf(1)),
    },
    "$: found too large a configuration, allowed: 1048576 bytes when compiled",
  ],
];

describe("one more is refused with one line", () => {
  test.each(REFUSED)("%s", (_what, configuration, line) => {
    expect(refusalOf(configuration)).toBe(`config: ${line}`);
  });
});

test("mixtures of them are taken and served, or refused with one line", () => {
  const verdicts = { taken: 0, refused: 0 };
  const upTo = (max: number): fc.Arbitrary<number> =>
    fc.oneof(fc.constantFrom(0, 1, max - 1, max), fc.nat({ max }));
  const mixture = fc.record({
    names: upTo(OWN_NAMES_MAX),
    isLong: fc.boolean(),
    sets: upTo(HEADER_RULES_MAX),
    more: fc.constantFrom(perPath, manyHosts, () => ({ value: "{host}".repeat(16) })),
    limits: upTo(RATE_LIMITS_MAX),
    parts: upTo(8),
  });
  fc.assert(
    fc.property(mixture, ({ names, isLong, sets, more, limits: count, parts }) => {
      const configuration = {
        normalise: {
          ...remove(names, isLong ? longName : undefined),
          response: set(sets, (index) => (more === perPath ? {} : { value: `${index}` })),
          ...(names + sets <= HEADER_RULES_MAX ? set(sets, more) : {}),
        },
        rateLimit: limits(Math.max(1, count), () => keyOf(Math.max(1, parts))),
      };
      const refusal = refusalOf(configuration);
      verdicts[refusal === null ? "taken" : "refused"]++;
      if (refusal === null) serve(configuration);
    }),
    { numRuns: MIXTURES, seed: SEED },
  );
  expect(verdicts.taken).toBeGreaterThan(10);
  expect(verdicts.refused).toBeGreaterThan(10);
});

test("the module judges on after all of them", () => {
  expect(guest.configure(ROOT, "{}")).toEqual({ accepted: true, lines: [] });
});
