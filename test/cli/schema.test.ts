import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import schema from "../../docs/schema/sallyport.schema.json" with { type: "json" };
import { prepareDemo } from "../../host-sim/cli/demo.ts";
import { CONFIGURATIONS } from "../cases/tables.ts";
import { TYPES, generateTypes } from "../../scripts/generate_types.ts";
import { schemaFindings } from "../../host-sim/cli/schema_check.ts";
import { formatPath, parsePath, segmentsOfPointer } from "../../host-sim/cli/json_path.ts";

describe("the published schema", () => {
  test("is what host-sim/cli/configuration.ts was generated from", async () => {
    expect(await generateTypes()).toBe(await readFile(TYPES, "utf8"));
  });

  test("has the limits of assembly/core/limits.ts", async () => {
    const source = await readFile(
      new URL("../../assembly/core/limits.ts", import.meta.url),
      "utf8",
    );
    const limit = (name: string): number =>
      Number(new RegExp(`export const ${name}: u32 = (\\d+);`).exec(source)?.[1]);
    const { jwt, provider, keys, forward, normalise, rateLimit, keyPart } = schema.definitions;
    const one = schema.definitions.limit;
    expect({
      providers: jwt.properties.providers.maxProperties,
      audiences: provider.properties.audiences.maxItems,
      subjects: provider.properties.subjects.maxItems,
      rules: jwt.properties.rules.maxItems,
      keys: keys.properties.inline.properties.keys.maxItems,
      claims: forward.properties.claims.maxItems,
      claimsInFilterState: forward.properties.filterState.maxItems,
      limits: rateLimit.properties.limits.maxItems,
      keyParts: one.properties.key.maxItems,
      capacity: one.properties.capacity.maximum,
      mappings: normalise.properties.map.maxItems,
      trustedHops: keyPart.properties.clientAddress.properties.trustedHops.maximum,
    }).toEqual({
      providers: limit("PROVIDERS_MAX"),
      audiences: limit("AUDIENCES_MAX"),
      subjects: limit("SUBJECTS_MAX"),
      rules: limit("RULES_MAX"),
      keys: limit("KEYS_MAX"),
      claims: limit("CLAIMS_MAX"),
      claimsInFilterState: limit("CLAIMS_MAX"),
      limits: limit("RATE_LIMITS_MAX"),
      keyParts: limit("RATE_LIMIT_KEY_PARTS_MAX"),
      capacity: limit("RATE_LIMIT_TOKENS_MAX"),
      mappings: limit("MAPPINGS_MAX"),
      trustedHops: limit("TRUSTED_HOPS_MAX"),
    });
  });

  test("accepts the demo, once its keys are filled in", async () => {
    const { configuration } = await prepareDemo();
    expect(schemaFindings(configuration)).toEqual([]);
  });

  test("accepts every configuration of the cases", () => {
    for (const [name, configuration] of Object.entries(CONFIGURATIONS)) {
      expect(schemaFindings(configuration), name).toEqual([]);
    }
  });

  test("accepts an empty document: every section is optional", () => {
    expect(schemaFindings({})).toEqual([]);
  });
});

describe("JSON paths", () => {
  const document = { jwt: { providers: { "a.b": { keys: [1, { c: 2 }] }, a: { b: 3 } } } };

  test("are printed as the module prints them", () => {
    expect(formatPath(["jwt", "providers", "a.b", "keys", 1, "c"])).toBe(
      "$.jwt.providers.a.b.keys[1].c",
    );
  });

  test("are found again, the longest member first", () => {
    expect(parsePath("$.jwt.providers.a.b.keys[1].c", document)).toEqual({
      segments: ["jwt", "providers", "a.b", "keys", 1, "c"],
      rest: "",
    });
    expect(parsePath("$.jwt.rules[3].match", document)).toEqual({
      segments: ["jwt"],
      rest: ".rules[3].match",
    });
    expect(parsePath("$", document)).toEqual({ segments: [], rest: "" });
  });

  test("come from JSON pointers with their escapes", () => {
    expect(segmentsOfPointer("/a~1b/0/c~0d", { "a/b": [{ "c~d": 1 }] })).toEqual(["a/b", 0, "c~d"]);
  });
});
