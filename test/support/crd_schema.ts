// Validators for Kubernetes objects from their CustomResourceDefinitions, as an API server with
// strict field validation has them. CEL rules (x-kubernetes-validations) are not evaluated.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/

import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv } from "ajv";
import { parseAllDocuments } from "yaml";
import type { JsonObject, JsonValue } from "../../envoy/http_filters.ts";

interface CustomResourceDefinition {
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: JsonObject } }[];
  };
}

/** Validator by `apiVersion kind`, such as "extensions.istio.io/v1alpha1 WasmPlugin". */
export function crdValidators(path: string): Map<string, ValidateFunction> {
  const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
  ajv.addVocabulary([
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
  ]);
  ajv.addFormat("int32", { type: "number", validate: isInt32 });
  ajv.addFormat("double", { type: "number", validate: Number.isFinite });
  ajv.addFormat("byte", /^[A-Za-z0-9+/]*={0,2}$/);
  ajv.addFormat("date-time", (text: string) => !Number.isNaN(Date.parse(text)));
  const validators = new Map<string, ValidateFunction>();
  for (const document of parseAllDocuments(readFileSync(path, "utf8"))) {
    const definition: CustomResourceDefinition | null = document.toJS();
    if (definition === null) continue;
    const { group, names, versions } = definition.spec;
    for (const { name, schema } of versions) {
      const identity = { apiVersion: `${group}/${name}`, kind: names.kind };
      const closed = objectSchema(identity, schema.openAPIV3Schema);
      validators.set(`${identity.apiVersion} ${identity.kind}`, ajv.compile(closed));
    }
  }
  return validators;
}

/** The parts that the API server adds to every custom resource: identity and metadata. */
function objectSchema(identity: Record<string, string>, schema: JsonObject): JsonObject {
  const text = { type: "string" };
  const texts = { type: "object", additionalProperties: text };
  const metadata = {
    type: "object",
    properties: { name: text, namespace: text, labels: texts, annotations: texts },
    required: ["name"],
  };
  const constants = Object.entries(identity).map(([name, value]) => [name, { const: value }]);
  const properties = { ...asObject(schema["properties"]), ...Object.fromEntries(constants) };
  const required = [...asList(schema["required"]), "apiVersion", "kind", "metadata"];
  return close({ ...schema, properties: { ...properties, metadata }, required });
}

/**
 * Unknown fields become errors wherever the schema names fields and does not preserve others.
 * Structural schemas name fields outside oneOf, anyOf and not; those stay as they are.
 */
function close(schema: JsonObject): JsonObject {
  const closed = { ...schema };
  const properties = schema["properties"];
  if (properties !== undefined) {
    const entries = Object.entries(asObject(properties));
    closed["properties"] = Object.fromEntries(
      entries.map(([name, value]) => [name, close(asObject(value))]),
    );
    const isOpen = schema["x-kubernetes-preserve-unknown-fields"] === true;
    closed["additionalProperties"] ??= isOpen;
  }
  if (isObject(schema["items"])) closed["items"] = close(schema["items"]);
  const additional = schema["additionalProperties"];
  if (isObject(additional)) closed["additionalProperties"] = close(additional);
  return closed;
}

function isInt32(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function asList(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
