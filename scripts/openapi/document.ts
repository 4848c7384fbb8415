// An OpenAPI document of an API, from the `google.api.http` annotations of its proto file: what
// Envoy's transcoder serves with the module in front of it.

import protobuf from "protobufjs";

import type { HttpBinding } from "../proto/api.ts";
import { httpBindings, packageOf, servicesOf } from "../proto/api.ts";
import type { OpenApiDocument, Operation, Parameter, Schema } from "./document_types.ts";
import { jsonName, oneLine, SchemaCollector } from "./schemas.ts";

export interface DocumentOptions {
  packageName: string;
  title: string;
  version: string;
  description: string;
  /** Origin that serves the API. */
  server: string;
}

const RPC_STATUS = "google.rpc.Status";
const REFUSAL = "sallyport.Refusal";

/** Throws on annotations that it cannot express. */
export function openApiDocument(root: protobuf.Root, options: DocumentOptions): OpenApiDocument {
  const { packageName, title, version, description } = options;
  const collector = new SchemaCollector(packageName);
  const paths: OpenApiDocument["paths"] = {};
  const services = servicesOf(root, packageName);
  for (const method of services.flatMap((service) => service.methodsArray)) {
    for (const [index, binding] of httpBindings(method).entries()) {
      const operations = (paths[binding.path] ??= {});
      if (operations[binding.verb] !== undefined) {
        throw new Error(`${method.fullName}: ${binding.verb} ${binding.path} is taken`);
      }
      operations[binding.verb] = operationOf(method, binding, index, collector);
    }
  }
  // Requests stand in parameters; what else there is may come in the details of a failure.
  const requests = new Set(
    services.flatMap((service) => service.methodsArray.map((one) => one.resolvedRequestType)),
  );
  for (const type of packageOf(root, packageName).nestedArray) {
    if (type instanceof protobuf.Type && !requests.has(type)) collector.refer(type);
  }
  return {
    openapi: "3.1.0",
    info: {
      title,
      version,
      description,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: options.server }],
    security: [{ bearer: [] }],
    tags: services.map(({ name, comment }) => ({ name, description: oneLine(comment) })),
    paths,
    components: {
      schemas: { ...collector.schemas, [RPC_STATUS]: rpcStatus(), [REFUSAL]: refusal() },
      securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } },
    },
  };
}

function operationOf(
  method: protobuf.Method,
  binding: HttpBinding,
  index: number,
  collector: SchemaCollector,
): Operation {
  const { resolvedRequestType: request, resolvedResponseType: response } = method;
  if (request === null || response === null) throw new Error(`${method.fullName} is not resolved`);
  const service = method.parent?.name ?? "";
  const inPath = pathParameters(method, binding.path);
  const parameters = request.fieldsArray.flatMap((field): Parameter[] => {
    if (inPath.includes(field.name)) return [parameterOf(field, "path", collector)];
    const isInBody = binding.body === "*" || binding.body === field.name;
    return isInBody ? [] : [parameterOf(field, "query", collector)];
  });
  const body = bodySchema(request, binding, inPath, collector);
  const answer = collector.refer(response);
  return {
    operationId: `${service}_${method.name}${index === 0 ? "" : `_${index + 1}`}`,
    tags: [service],
    description: oneLine(method.comment),
    "x-grpc-method": `/${method.parent?.fullName.slice(1) ?? ""}/${method.name}`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === null ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: {
        description: method.responseStream === true ? "The messages of the stream." : "OK.",
        content: json(method.responseStream === true ? { type: "array", items: answer } : answer),
      },
      default: {
        description: "A failure of the service, or a refusal of Sallyport.",
        content: json({ anyOf: [RPC_STATUS, REFUSAL].map(reference) }),
      },
    },
  };
}

/** Names of the fields in a path; each stands for one segment. */
function pathParameters(method: protobuf.Method, path: string): string[] {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? "");
  const fields = method.resolvedRequestType?.fields ?? {};
  const unknown = names.find((name) => fields[name] === undefined);
  if (unknown !== undefined || /[*]/.test(path)) {
    throw new Error(`${method.fullName}: ${path} is more than segments and fields of the request`);
  }
  return names;
}

function parameterOf(
  field: protobuf.Field,
  place: Parameter["in"],
  collector: SchemaCollector,
): Parameter {
  if (field.map || (field.resolvedType !== null && "fieldsArray" in field.resolvedType)) {
    throw new Error(`${field.fullName}: a message is no ${place} parameter`);
  }
  const description = oneLine(field.comment);
  return {
    name: place === "path" ? field.name : jsonName(field.name),
    in: place,
    ...(description === "" ? {} : { description }),
    ...(place === "path" ? { required: true } : {}),
    schema: collector.field(field),
  };
}

function bodySchema(
  request: protobuf.Type,
  { body }: HttpBinding,
  inPath: readonly string[],
  collector: SchemaCollector,
): Schema | null {
  if (body === null) return null;
  if (body === "*") {
    if (inPath.length > 0)
      throw new Error(`${request.fullName}: body "*" beside fields in the path`);
    return collector.refer(request);
  }
  const field = request.fields[body];
  if (field === undefined) throw new Error(`${request.fullName} has no field ${body}`);
  return collector.field(field);
}

function json(schema: Schema): { "application/json": { schema: Schema } } {
  return { "application/json": { schema } };
}

function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

const DETAILS: Schema = {
  type: "array",
  items: { type: "object", required: ["@type"], properties: { "@type": { type: "string" } } },
};

/** What the transcoder makes of a status of the service. */
function rpcStatus(): Schema {
  return {
    type: "object",
    description: "A failure of the service: its gRPC status.",
    additionalProperties: false,
    required: ["code", "message", "details"],
    properties: {
      code: { type: "integer", format: "int32", description: "Status code of gRPC." },
      message: { type: "string" },
      details: DETAILS,
    },
  };
}

/** What Sallyport answers under `errors: google`. */
function refusal(): Schema {
  const error: Schema = {
    type: "object",
    additionalProperties: false,
    required: ["code", "message", "status", "details"],
    properties: {
      code: { type: "integer", format: "int32", description: "Status of HTTP." },
      message: { type: "string" },
      status: { type: "string", description: "Name of the gRPC status code." },
      details: DETAILS,
    },
  };
  return {
    type: "object",
    description: "A refusal of Sallyport; the reason code is in the ErrorInfo.",
    additionalProperties: false,
    required: ["error"],
    properties: { error },
  };
}
