import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import schema from "../../docs/schema/sallyport.schema.json" with { type: "json" };
import { prepareDemo } from "../../host-sim/cli/demo.ts";
import { CONFIGURATIONS } from "../cases/tables.ts";
import { TYPES, generateTypes } from "../../scripts/generate_types.ts";
import { schemaFindings } from "../../host-sim/cli/schema_check.ts";
import { formatPath, parsePath, segmentsOfPointer } from "../../host-sim/cli/json_path.ts";

/** Reads the constants of a file of bounds; NaN, which equals nothing in the schema, without. */
async function limitsOf(file: string): Promise<(name: string) => number> {
  const source = await readFile(new URL(`../../assembly/core/${file}`, import.meta.url), "utf8");
  return (name) => Number(new RegExp(`export const ${name}: u32 = (\\d+);`).exec(source)?.[1]);
}

describe("the published schema", () => {
  test("is what host-sim/cli/configuration.ts was generated from", async () => {
    expect(await generateTypes()).toBe(await readFile(TYPES, "utf8"));
  });

  test("has the limits of assembly/core/limits.ts", async () => {
    const limit = await limitsOf("limits.ts");
    const { match } = schema.definitions.rule.properties;
    const { requirement } = schema.definitions;
    const { jwt, provider, keys, forward, rateLimit, keyPart } = schema.definitions;
    const { claimName, conditionValues, denied } = schema.definitions;
    const { keySource, keyDiscovery, denySource } = schema.definitions;
    const one = schema.definitions.limit;
    const { limitMatch } = schema.definitions;
    expect({
      providers: jwt.properties.providers.maxProperties,
      locations: provider.properties.from.maxItems,
      audiences: provider.properties.audiences.maxItems,
      subjects: provider.properties.subjects.maxItems,
      rules: jwt.properties.rules.maxItems,
      requirements: jwt.properties.requirements.maxProperties,
      members: requirement.properties.any.maxItems,
      methods: match.properties.methods.maxItems,
      hosts: match.properties.hosts.maxItems,
      headers: match.properties.headers.maxItems,
      keys: keys.properties.inline.properties.keys.maxItems,
      pem: keys.properties.pem.maxItems,
      uri: keySource.properties.uri.maxLength,
      issuer: keyDiscovery.properties.issuer.maxLength,
      cluster: keySource.properties.cluster.maxLength,
      denyUri: denySource.properties.uri.maxLength,
      denyCluster: denySource.properties.cluster.maxLength,
      claims: forward.properties.claims.maxItems,
      claimPath: claimName.maxItems,
      required: provider.properties.requiredClaims.maxItems,
      conditions: provider.properties.conditions.maxItems,
      conditionValues: conditionValues.maxItems,
      denied: denied.maxItems,
      types: provider.properties.types.maxItems,
      claimsInFilterState: forward.properties.filterState.maxItems,
      limits: rateLimit.properties.limits.maxItems,
      limitMethods: limitMatch.properties.methods.maxItems,
      limitHosts: limitMatch.properties.hosts.maxItems,
      limitHeaders: limitMatch.properties.headers.maxItems,
      limitClaims: limitMatch.properties.claims.maxItems,
      keyParts: one.properties.key.maxItems,
      capacity: one.properties.capacity.maximum,
      trustedHops: keyPart.properties.clientAddress.properties.trustedHops.maximum,
    }).toEqual({
      providers: limit("PROVIDERS_MAX"),
      locations: limit("TOKEN_LOCATIONS_MAX"),
      audiences: limit("AUDIENCES_MAX"),
      subjects: limit("SUBJECTS_MAX"),
      rules: limit("RULES_MAX"),
      requirements: limit("REQUIREMENTS_MAX"),
      members: limit("REQUIREMENT_MEMBERS_MAX"),
      methods: limit("METHODS_MAX"),
      hosts: limit("HOSTS_MAX"),
      headers: limit("HEADER_CONDITIONS_MAX"),
      keys: limit("KEYS_MAX"),
      pem: limit("KEYS_MAX"),
      uri: limit("URI_BYTES_MAX"),
      issuer: limit("URI_BYTES_MAX"),
      cluster: limit("CLUSTER_BYTES_MAX"),
      denyUri: limit("URI_BYTES_MAX"),
      denyCluster: limit("CLUSTER_BYTES_MAX"),
      claims: limit("CLAIMS_MAX"),
      claimPath: limit("CLAIM_PATH_MAX"),
      required: limit("REQUIRED_CLAIMS_MAX"),
      conditions: limit("CONDITIONS_MAX"),
      conditionValues: limit("CONDITION_VALUES_MAX"),
      denied: limit("DENIED_MAX"),
      types: limit("TYPES_MAX"),
      claimsInFilterState: limit("CLAIMS_MAX"),
      limits: limit("RATE_LIMITS_MAX"),
      limitMethods: limit("METHODS_MAX"),
      limitHosts: limit("HOSTS_MAX"),
      limitHeaders: limit("HEADER_CONDITIONS_MAX"),
      limitClaims: limit("CLAIM_CONDITIONS_MAX"),
      keyParts: limit("RATE_LIMIT_KEY_PARTS_MAX"),
      capacity: limit("RATE_LIMIT_TOKENS_MAX"),
      trustedHops: limit("TRUSTED_HOPS_MAX"),
    });
  });

  test("has the limits of assembly/core/rule_limits.ts", async () => {
    const limit = await limitsOf("rule_limits.ts");
    const general = await limitsOf("limits.ts");
    const { definitions } = schema;
    const { reject, filterState } = definitions.normalise.properties;
    const { operation, operations, ruleConditions, valueTest } = definitions;
    const { methods, hosts, headers, claims } = ruleConditions.properties;
    const lists = Object.entries(definitions).filter(([name]) => name.endsWith("Rules"));
    const most = lists.flatMap(([, list]) => ("maxItems" in list ? [list.maxItems] : []));
    expect(most).toEqual(Array.from({ length: 8 }, () => limit("HEADER_RULES_MAX")));
    expect({
      reject: reject.maxItems,
      filterState: filterState.maxItems,
      operations: operations.maxItems,
      pattern: definitions.valuePattern.maxLength,
      template: definitions.valueTemplate.maxLength,
      truncate: operation.properties.truncate.maximum,
      default: operation.properties.default.maxLength,
      exact: valueTest.properties.exact.maxLength,
      contains: valueTest.properties.contains.maxLength,
      methods: methods.maxItems,
      hosts: hosts.maxItems,
      headers: headers.maxItems,
      claims: claims.maxItems,
    }).toEqual({
      reject: limit("HEADER_RULES_MAX"),
      filterState: limit("HEADER_RULES_MAX"),
      operations: limit("OPERATIONS_MAX"),
      pattern: limit("PATTERN_BYTES_MAX"),
      template: general("HEADER_VALUE_BYTES_MAX"),
      truncate: general("HEADER_VALUE_BYTES_MAX"),
      default: general("HEADER_VALUE_BYTES_MAX"),
      exact: general("HEADER_VALUE_BYTES_MAX"),
      contains: general("HEADER_VALUE_BYTES_MAX"),
      methods: general("METHODS_MAX"),
      hosts: general("HOSTS_MAX"),
      headers: general("HEADER_CONDITIONS_MAX"),
      claims: general("CLAIM_CONDITIONS_MAX"),
    });
  });

  test("has the limits of assembly/core/export_limits.ts", async () => {
    const limit = await limitsOf("export_limits.ts");
    const general = await limitsOf("limits.ts");
    const { cluster, path, authority, service } = schema.definitions.spanExport.properties;
    expect([cluster, path, authority, service].map(({ maxLength }) => maxLength)).toEqual([
      general("CLUSTER_BYTES_MAX"),
      general("URI_BYTES_MAX"),
      general("HOST_BYTES_MAX"),
      limit("EXPORT_SERVICE_BYTES_MAX"),
    ]);
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
