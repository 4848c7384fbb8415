// Errors of the upstream in a real Envoy: the cases of test/cases/upstream_errors.ts, and a gRPC
// client and server of their own making.

import { once } from "node:events";
import { connect } from "node:http2";

import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { UPSTREAM_ERROR_CONFIGURATIONS, UPSTREAM_ERROR_RUNS } from "../cases/upstream_errors.ts";
import type { AnsweringUpstream, UpstreamAnswer } from "../support/answering_upstream.ts";
import { startAnswering } from "../support/answering_upstream.ts";
import type { Protocol } from "../support/case.ts";
import type { ClientRequest, ClientResponse } from "../support/clients.ts";
import { grpcClient, http1Client, http2Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { GrpcServer } from "../support/grpc_server.ts";
import { callEcho, startEcho } from "../support/grpc_echo.ts";
import { expectUpstreamError } from "../cases/upstream_error_outcome.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const DETAILS = "x-case-details";
/** Responses pass it after the module. */
const IN_FRONT = "x-in-front";
const TIMEOUT_MILLISECONDS = 10_000;
/** Of tcpmux: nobody listens there. */
const CLOSED_PORT = 1;

const mutation = (name: string, mutations: JsonObject): JsonObject => ({
  name,
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
    mutations,
  },
});

/** As a transcoder in front: the module sees gRPC where Envoy's connection manager sees none. */
const PRETENDS_GRPC = mutation("pretends", {
  request_mutations: [
    {
      append: {
        header: { key: "content-type", value: "application/grpc" },
        append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
      },
    },
  ],
});

function listener(
  name: string,
  configuration: object,
  cluster: string,
  inFront: JsonObject[] = [],
): JsonObject {
  const header = { key: DETAILS, value: "%RESPONSE_CODE_DETAILS%" };
  const anyStatus = {
    status_code_filter: {
      comparison: { op: "GE", value: { default_value: 100, runtime_key: "cases.status" } },
    },
  };
  const addsField = mutation("in.front", {
    response_mutations: [{ append: { header: { key: IN_FRONT, value: "1" } } }],
  });
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [
      addsField,
      ...inFront,
      wasmFilter({ name, vmId: "errors", modulePath: MODULE_PATH, configuration }),
    ],
    routes: [{ match: { prefix: "/" }, route: { cluster } }],
    connectionManager: {
      access_log: [],
      local_reply_config: { mappers: [{ filter: anyStatus, headers_to_add: [{ header }] }] },
    },
  });
}

async function send(
  protocol: Protocol,
  port: number,
  headers: ClientRequest["headers"] = [],
): Promise<ClientResponse> {
  const client = { http1: http1Client, http2: http2Client, grpc: grpcClient }[protocol](port);
  try {
    const request = { method: "POST", path: "/", authority: "example.test", headers };
    const body = Buffer.from("{}");
    return await client.send({ ...request, body });
  } finally {
    client.close();
  }
}

await describeWithEnvoy("errors of the upstream in Envoy", (binary) => {
  let envoy: EnvoyProcess;
  let upstream: AnsweringUpstream;
  let grpc: GrpcServer;

  beforeAll(async () => {
    requireModule();
    upstream = await startAnswering();
    grpc = await startEcho();
    const cluster = (name: string, port: number): JsonObject =>
      renderCluster({ name, host: "127.0.0.1", port, protocol: "http2" });
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [
        ...Object.entries(UPSTREAM_ERROR_CONFIGURATIONS).map(([name, configuration]) =>
          listener(name, configuration, "answering"),
        ),
        listener("real", UPSTREAM_ERROR_CONFIGURATIONS.precise, "grpc"),
        listener("pretended", UPSTREAM_ERROR_CONFIGURATIONS.precise, "answering", [PRETENDS_GRPC]),
        listener("unreachable", UPSTREAM_ERROR_CONFIGURATIONS.precise, "nobody"),
        listener("pretended unreachable", UPSTREAM_ERROR_CONFIGURATIONS.precise, "nobody", [
          PRETENDS_GRPC,
        ]),
      ],
      clusters: [
        cluster("answering", upstream.port),
        cluster("grpc", grpc.port),
        cluster("nobody", CLOSED_PORT),
      ],
    });
    envoy = await startEnvoy({ binary, bootstrap });
  });

  afterAll(async () => {
    await envoy.stop();
    upstream.close();
    grpc.close();
  });

  const portOf = (name: string): number => envoy.ports.get(name) ?? 0;

  test.each(UPSTREAM_ERROR_RUNS)("%s", async (_name, protocol, one) => {
    upstream.isEndless = false;
    upstream.answer = one.answer;
    const response = await send(protocol, portOf(one.configuration), one.headers);
    const headers = [...response.headers, ...response.trailers];
    const details = headers.find(([name]) => name === DETAILS)?.[1] ?? null;
    expectUpstreamError({ ...response, headers, details }, one);
  });

  const ERROR: UpstreamAnswer = {
    status: 429,
    headers: [["content-type", "text/html"]],
    body: "x".repeat(100_000),
  };

  test("a body without an end is cut off and its stream reset", async () => {
    upstream.isEndless = true;
    upstream.answer = ERROR;
    const before = upstream.cutOff;
    const response = await send("grpc", portOf("precise"));
    expect(response.headers).toContainEqual(["grpc-status", "8"]);
    expect(response.body).toHaveLength(0);
    await expect.poll(() => upstream.cutOff, { timeout: TIMEOUT_MILLISECONDS }).toBe(before + 1);
  });

  test("a mapped error goes around the filters in front, other responses do not", async () => {
    upstream.isEndless = false;
    upstream.answer = ERROR;
    const mapped = await send("grpc", portOf("precise"));
    const plain = await send("http2", portOf("precise"));
    const names = (response: ClientResponse): string[] => response.headers.map(([name]) => name);
    expect(names(mapped)).not.toContain(IN_FRONT);
    expect(names(plain)).toContain(IN_FRONT);
  });

  test("a gRPC client gets the status of a plain error", async () => {
    upstream.isEndless = false;
    upstream.answer = { ...ERROR, status: 504 };
    expect(await callEcho(portOf("precise"), "x")).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: "upstream answered with HTTP status 504",
    });
    const standard = await callEcho(portOf("standard"), "x");
    expect(standard).toMatchObject({ code: status.UNAVAILABLE });
  });

  test("calls of a gRPC server pass as they are, with metadata, good and failed", async () => {
    const good = await callEcho(portOf("real"), "hello");
    expect(good).toMatchObject({ code: status.OK, value: "hello" });
    for (const message of ["fail", "fail at once"]) {
      const failed = await callEcho(portOf("real"), message);
      expect(failed).toMatchObject({ code: status.NOT_FOUND, details: "no order é %" });
      expect(failed.trailing.get("x-old")).toEqual(["trailing"]);
    }
    expect(good.trailing.get("x-old")).toEqual(["trailing"]);
  });

  test("an unknown method is UNIMPLEMENTED for gRPC, and 415 stays 415 for HTTP", async () => {
    const unknown = await send("grpc", portOf("real"));
    expect([...unknown.headers, ...unknown.trailers]).toContainEqual(["grpc-status", "12"]);
    const json = await send("http2", portOf("real"), [["content-type", "application/json"]]);
    expect(json.status).toBe(415);
  });

  test("answers of Envoy itself stay as they are", async () => {
    const known = await send("grpc", portOf("unreachable"));
    expect(known.headers).toContainEqual(["grpc-status", "14"]);
    expect(known.headers).toContainEqual([DETAILS, expect.stringMatching(/^upstream_reset_/)]);
    const plain = await send("http2", portOf("unreachable"));
    expect(plain).toMatchObject({ status: 503 });
  });

  test("where Envoy does not know of gRPC a mapped error is a plain one", async () => {
    upstream.isEndless = false;
    upstream.answer = ERROR;
    const body = Buffer.from("upstream answered with HTTP status 429");
    expect(await send("http2", portOf("pretended"))).toMatchObject({ status: 429, body });
    const local = await send("http2", portOf("pretended unreachable"));
    const told = Buffer.from("upstream answered with HTTP status 503");
    expect(local).toMatchObject({ status: 503, body: told });
    expect(await send("http1", portOf("pretended"))).toMatchObject({ status: 429, body });
  });

  test("an error that comes before the request has ended is mapped", async () => {
    upstream.isEndless = false;
    upstream.answer = ERROR;
    const session = connect(`http://127.0.0.1:${portOf("precise")}`);
    const stream = session.request({
      ":method": "POST",
      ":path": "/",
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => undefined);
    const [headers]: unknown[] = await once(stream, "response");
    expect(headers).toMatchObject({ ":status": 200, "grpc-status": "8" });
    session.destroy();
  });
});
