// The published JSON Schema as a check: every deviation as a path, what was found and what is
// allowed, in the words that the module itself uses.

import { Ajv } from "ajv";
import type { ErrorObject } from "ajv";
import schema from "../../docs/schema/sallyport.schema.json" with { type: "json" };
import type { Configuration } from "./configuration.ts";
import { segmentsOfPointer } from "./json_path.ts";
import type { Segment } from "./json_path.ts";

export interface SchemaFinding {
  path: Segment[];
  /** Whether the member's name is at fault or its value. */
  at: "name" | "value";
  message: string;
}

const SHOWN_CHARACTERS = 64;

const validate = new Ajv({ allErrors: true, verbose: true, strict: false }).compile<Configuration>(
  schema,
);

/** At most one finding for each place; empty when the value is a Configuration. */
export function schemaFindings(value: unknown): SchemaFinding[] {
  if (validate(value)) return [];
  const findings = new Map<string, SchemaFinding>();
  for (const error of validate.errors ?? []) {
    if (error.keyword === "if") continue;
    const finding = findingOf(error, value);
    const place = JSON.stringify([finding.path, finding.message.startsWith("found no member")]);
    if (!findings.has(place)) findings.set(place, finding);
  }
  return [...findings.values()];
}

export function isConfiguration(value: unknown): value is Configuration {
  return validate(value);
}

function findingOf(error: ErrorObject, root: unknown): SchemaFinding {
  const path = segmentsOfPointer(error.instancePath, root);
  const params: Record<string, unknown> = error.params;
  if (error.keyword === "additionalProperties") {
    const known = Object.keys(memberOf(error.parentSchema, "properties") ?? {}).join(", ");
    const member = String(params["additionalProperty"]);
    const message = `found an unknown member, allowed: ${known}`;
    return { path: [...path, member], at: "name", message };
  }
  if (error.keyword === "required") {
    const missing = String(params["missingProperty"]);
    return { path, at: "value", message: `found no member "${missing}", allowed: "${missing}"` };
  }
  return { path, at: "value", message: `found ${shown(error.data)}, allowed: ${allowed(error)}` };
}

function allowed(error: ErrorObject): string {
  const parent = error.parentSchema;
  const choices = memberOf(parent, "enum");
  if (Array.isArray(choices)) return choices.join(", ");
  const hasForm = ["pattern", "minimum", "const", "not"].some((name) => hasMember(parent, name));
  const hasOneOfMembers = [1, 2].includes(Number(memberOf(parent, "maxProperties")));
  const hasKinds = Array.isArray(memberOf(parent, "type"));
  if (hasForm || hasOneOfMembers || hasKinds) return phrase(memberOf(parent, "description"));
  switch (memberOf(parent, "type")) {
    case "array":
      return error.keyword === "uniqueItems"
        ? "each value once"
        : `a list${bounds(parent, "minItems", "maxItems")}`;
    case "boolean":
      return "true, false";
    case "string":
      return "a text that is not empty";
    default:
      return `an object${memberBounds(parent)}`;
  }
}

function memberBounds(parent: unknown): string {
  const text = bounds(parent, "minProperties", "maxProperties");
  return text === "" ? "" : `${text} members`;
}

/** " of 1 to 32", " of at least 1" or nothing. */
function bounds(parent: unknown, leastName: string, mostName: string): string {
  const least = memberOf(parent, leastName);
  const most = memberOf(parent, mostName);
  if (typeof most === "number") return ` of ${typeof least === "number" ? least : 0} to ${most}`;
  return typeof least === "number" ? ` of at least ${least}` : "";
}

/** "A duration: such as 30s." becomes "a duration: such as 30s". */
function phrase(description: unknown): string {
  const text = typeof description === "string" ? description : "";
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, "")}`;
}

function shown(data: unknown): string {
  if (Array.isArray(data)) return data.length === 0 ? "an empty list" : `a list of ${data.length}`;
  if (typeof data === "object" && data !== null) {
    return Object.keys(data).length === 0 ? "an empty object" : "an object";
  }
  const text = typeof data === "string" ? data : String(data);
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  return typeof data === "string" ? JSON.stringify(cut) : cut;
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}
