// The part of an OpenAPI 3.1 document that is generated, read and rendered here.

import type { Verb } from "../proto/api.ts";

export interface Schema {
  $ref?: string;
  description?: string;
  type?: string;
  format?: string;
  pattern?: string;
  contentEncoding?: string;
  minimum?: number;
  enum?: string[];
  items?: Schema;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
}

export interface Content {
  "application/json": { schema: Schema };
}

export interface Parameter {
  name: string;
  in: "path" | "query";
  description?: string;
  required?: true;
  schema: Schema;
}

export interface Operation {
  operationId: string;
  tags: string[];
  description: string;
  /** The same call as gRPC, by its path. */
  "x-grpc-method": string;
  parameters?: Parameter[];
  requestBody?: { required: true; content: Content };
  responses: Record<"200" | "default", { description: string; content: Content }>;
}

export interface OpenApiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string; license: object };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description: string }[];
  paths: Record<string, Partial<Record<Verb, Operation>>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
}
