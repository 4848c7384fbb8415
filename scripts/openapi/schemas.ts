// JSON Schemas of messages in ProtoJSON, as Envoy's transcoder reads and writes it.
// https://protobuf.dev/programming-guides/json/

import protobuf from "protobufjs";

import type { Schema } from "./document_types.ts";

const INTEGER: Schema = { type: "integer", format: "int32" };
const UNSIGNED: Schema = { type: "integer", format: "int64", minimum: 0 };
/** JSON numbers do not hold 64 bits. */
const LONG: Schema = { type: "string", format: "int64", pattern: "^-?[0-9]+$" };
const UNSIGNED_LONG: Schema = { type: "string", format: "uint64", pattern: "^[0-9]+$" };

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  bytes: { type: "string", contentEncoding: "base64" },
  bool: { type: "boolean" },
  float: { type: "number", format: "float" },
  double: { type: "number", format: "double" },
  int32: INTEGER,
  sint32: INTEGER,
  sfixed32: INTEGER,
  uint32: UNSIGNED,
  fixed32: UNSIGNED,
  int64: LONG,
  sint64: LONG,
  sfixed64: LONG,
  uint64: UNSIGNED_LONG,
  fixed64: UNSIGNED_LONG,
};

/** Collects the schemas of all messages and enumerations that are referred to. */
export class SchemaCollector {
  readonly schemas: Record<string, Schema> = {};

  private readonly packageName: string;

  constructor(packageName: string) {
    this.packageName = packageName;
  }

  /** A reference to the schema of a message or enumeration. */
  refer(type: protobuf.Type | protobuf.Enum): Schema {
    const prefix = `.${this.packageName}.`;
    if (!type.fullName.startsWith(prefix)) {
      throw new Error(`${type.fullName}: only types of ${this.packageName} have a schema`);
    }
    const name = type.fullName.slice(prefix.length);
    if (this.schemas[name] === undefined) {
      // Before its members: they may refer to it.
      const schema: Schema = {};
      this.schemas[name] = schema;
      Object.assign(schema, type instanceof protobuf.Enum ? enumeration(type) : this.message(type));
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  field(field: protobuf.Field): Schema {
    const one = this.single(field);
    if (field instanceof protobuf.MapField) return { type: "object", additionalProperties: one };
    return field.repeated ? { type: "array", items: one } : one;
  }

  private message(type: protobuf.Type): Schema {
    const properties = type.fieldsArray.map((field): [string, Schema] => [
      jsonName(field.name),
      withComment(this.field(field), field.comment),
    ]);
    return {
      ...withComment({ type: "object" }, type.comment),
      additionalProperties: false,
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
    };
  }

  private single(field: protobuf.Field): Schema {
    if (field.resolvedType !== null) return this.refer(field.resolvedType);
    const scalar = SCALARS[field.type];
    if (scalar === undefined) throw new Error(`${field.fullName}: ${field.type} has no schema`);
    return { ...scalar };
  }
}

function enumeration(type: protobuf.Enum): Schema {
  return { ...withComment({ type: "string" }, type.comment), enum: Object.keys(type.values) };
}

function withComment(schema: Schema, comment: string | null): Schema {
  return comment === null ? schema : { ...schema, description: oneLine(comment) };
}

export function oneLine(comment: string | null): string {
  return (comment ?? "").replaceAll(/\s+/g, " ").trim();
}

/** `placed_at` is `placedAt` in JSON. */
export function jsonName(name: string): string {
  return name.replaceAll(/_+(.?)/g, (_found, letter: string) => letter.toUpperCase());
}
