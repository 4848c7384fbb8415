// The scenario envoy/grpc, called as gRPC by the library of gRPC and as REST by plain clients.
// Whatever REST answers in JSON must be what the OpenAPI document says.

import type { ServiceDefinition } from "@grpc/grpc-js";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { Ajv2020 } from "ajv/dist/2020.js";

import { API_FILE, API_PACKAGE } from "../../envoy/grpc/api_file.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import { ordersDocument } from "../../scripts/generate_openapi.ts";
import { loadApi, servicesOf } from "../../scripts/proto/api.ts";
import type { Message, Method } from "../../scripts/proto/grpc_service.ts";
import { grpcService } from "../../scripts/proto/grpc_service.ts";
import { http1Client, http2Client } from "./clients.ts";

export interface GrpcAnswer {
  messages: Message[];
  /** Name of the status. */
  status: string;
  message: string;
  initial: Metadata;
  trailing: Metadata;
}

export interface RestAnswer {
  status: number;
  headers: Map<string, string>;
  trailers: Map<string, string>;
  /** Parsed if it is JSON. */
  body: object | string;
}

export interface RestRequest {
  method: "GET" | "POST" | "PATCH";
  /** As it goes on the wire. */
  path: string;
  headers?: HeaderList;
  /** Sent as JSON. */
  body?: object;
  http?: 1 | 2;
}

export interface OrdersClients {
  /** `method` is its name in either service. */
  grpc(method: string, request: Message, metadata: Metadata): Promise<GrpcAnswer>;
  rest(request: RestRequest): Promise<RestAnswer>;
  close(): void;
}

export async function ordersClients(port: number): Promise<OrdersClients> {
  const services = servicesOf(await loadApi(API_FILE), API_PACKAGE);
  const methods: ServiceDefinition & Record<string, Method> = Object.assign(
    {},
    ...services.map(grpcService),
  );
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const check = await answerCheck();
  return {
    grpc: (name, request, metadata) => {
      const method = methods[name];
      if (method === undefined) throw new Error(`there is no method ${name}`);
      return callGrpc(client, method, request, metadata);
    },
    rest: async (request) => {
      const answer = await callRest(port, request);
      if (answer.headers.get("content-type") === "application/json") check(request, answer);
      return answer;
    },
    close: () => client.close(),
  };
}

/** A unary answer is read as a stream of one message. */
function callGrpc(
  client: Client,
  method: Method,
  request: Message,
  metadata: Metadata,
): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    const { path, requestSerialize, responseDeserialize } = method;
    const messages: Message[] = [];
    let initial = new Metadata();
    const options = { deadline: Date.now() + 20_000 };
    client
      .makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
      )
      .on("metadata", (received: Metadata) => (initial = received))
      .on("data", (message: Message) => messages.push(message))
      // The status tells the same.
      .on("error", () => undefined)
      .on("status", ({ code, details, metadata: trailing }) => {
        resolve({ messages, status: status[code], message: details, initial, trailing });
      });
  });
}

async function callRest(port: number, request: RestRequest): Promise<RestAnswer> {
  const { method, path, headers = [], body, http = 1 } = request;
  const client = http === 1 ? http1Client(port) : http2Client(port);
  const json: HeaderList = body === undefined ? [] : [["content-type", "application/json"]];
  const answer = await client.send({
    method,
    path,
    authority: "shop.test",
    headers: [...json, ...headers],
    ...(body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }),
  });
  client.close();
  const isJson = answer.headers.some(([name, value]) => `${name}:${value}` === JSON_TYPE);
  const text = answer.body.toString();
  const parsed: object | string = isJson ? JSON.parse(text) : text;
  return {
    status: answer.status,
    headers: new Map(answer.headers),
    trailers: new Map(answer.trailers),
    body: parsed,
  };
}

const JSON_TYPE = "content-type:application/json";

/** Throws for an answer that the OpenAPI document does not describe. */
async function answerCheck(): Promise<(request: RestRequest, answer: RestAnswer) => void> {
  const document = await ordersDocument();
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, "api");
  const templates = Object.keys(document.paths).map((template): [RegExp, string] => [
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/:]+")}$`),
    template,
  ]);
  return ({ method, path }, { status: code, body }) => {
    const [plain = ""] = path.split("?");
    const template = templates.find(([pattern]) => pattern.test(plain))?.[1];
    if (template === undefined) return;
    const place = [template, method.toLowerCase(), "responses", code === 200 ? "200" : "default"];
    const steps = ["paths", ...place, "content", "application/json", "schema"];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll("/", "~1"))).join("/");
    const validate = ajv.getSchema(`api#/${pointer}`);
    if (validate === undefined) throw new Error(`${method} ${template} is not documented`);
    if (validate(body) !== true) {
      const errors = ajv.errorsText(validate.errors);
      throw new Error(`${method} ${template} answers what is not documented: ${errors}`);
    }
  };
}
