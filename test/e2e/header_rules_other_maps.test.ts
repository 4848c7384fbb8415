// Rules for responses and trailers in a real Envoy: the exchanges of
// test/cases/header_rules_exchanges.ts, what becomes of trailers that cannot be changed, and gRPC
// with a client and a server of its own making.

import { once } from "node:events";

import { status as GrpcStatus } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { expectExchange } from "../cases/header_rules_exchange_outcome.ts";
import type { Exchange } from "../cases/header_rules_exchanges.ts";
import { EXCHANGE_CONFIGURATIONS, EXCHANGE_RUNS } from "../cases/header_rules_exchanges.ts";
import type { Protocol } from "../support/case.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { GrpcServer } from "../support/grpc_server.ts";
import { callEcho, startEcho } from "../support/grpc_echo.ts";
import type { Exchanged, ExchangeUpstream } from "../support/http2_exchange.ts";
import { exchange, openExchange, startExchangeUpstream } from "../support/http2_exchange.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const DETAILS = "x-case-details";
const TIMEOUT_MILLISECONDS = 10_000;
/** Of tcpmux: nobody listens there. */
const CLOSED_PORT = 1;

function listener(name: string, configuration: object, cluster: string): JsonObject {
  const header = { key: DETAILS, value: "%RESPONSE_CODE_DETAILS%" };
  const anyStatus = {
    status_code_filter: {
      comparison: { op: "GE", value: { default_value: 100, runtime_key: "cases.status" } },
    },
  };
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [wasmFilter({ name, vmId: "rules", modulePath: MODULE_PATH, configuration })],
    routes: [{ match: { prefix: "/" }, route: { cluster } }],
    connectionManager: {
      access_log: [],
      local_reply_config: { mappers: [{ filter: anyStatus, headers_to_add: [{ header }] }] },
    },
  });
}

/** The exchange as the client that the protocol names sees it. */
async function send(protocol: Protocol, port: number, one: Exchange): Promise<Exchanged> {
  const { path = "/", headers = [], trailers } = one.request ?? {};
  const body = Buffer.from("{}");
  if (protocol === "http1") {
    const request = { method: "POST", path, authority: "example.test", headers, body };
    return { ...(await http1Client(port).send(request)), isReset: false };
  }
  const own: HeaderList =
    protocol === "grpc"
      ? [
          ["content-type", "application/grpc"],
          ["te", "trailers"],
        ]
      : [];
  return exchange(port, { path, headers: [...own, ...headers], body, trailers });
}

await describeWithEnvoy("rules for responses and trailers in Envoy", (binary) => {
  let envoy: EnvoyProcess;
  let upstream: ExchangeUpstream;
  let echo: GrpcServer;

  beforeAll(async () => {
    requireModule();
    upstream = await startExchangeUpstream();
    echo = await startEcho();
    const cluster = (name: string, port: number): JsonObject =>
      renderCluster({ name, host: "127.0.0.1", port, protocol: "http2" });
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [
        ...Object.entries(EXCHANGE_CONFIGURATIONS).map(([name, configuration]) =>
          listener(name, configuration, "answering"),
        ),
        listener("echo", EXCHANGE_CONFIGURATIONS.changes, "echo"),
        listener("unreachable", EXCHANGE_CONFIGURATIONS.changes, "nobody"),
      ],
      clusters: [
        cluster("answering", upstream.port),
        cluster("echo", echo.port),
        cluster("nobody", CLOSED_PORT),
      ],
    });
    envoy = await startEnvoy({ binary, bootstrap });
  });

  afterAll(async () => {
    await envoy.stop();
    upstream.close();
    echo.close();
  });

  const portOf = (name: string): number => envoy.ports.get(name) ?? 0;

  test.each(EXCHANGE_RUNS)("%s", async (_name, protocol, one) => {
    upstream.begin(one.answer);
    const found = await send(protocol, portOf(one.configuration), one);
    const details = found.headers.find(([name]) => name === DETAILS)?.[1] ?? null;
    expectExchange({ ...found, details, upstreamTrailers: upstream.trailers }, one);
  });

  test("a response whose trailers cannot be changed is cut off before them", async () => {
    upstream.begin({ body: "all of it", trailers: [["x-a", "?"]] });
    const found = await exchange(portOf("refuses"), { path: "/", headers: [] });
    expect(found).toMatchObject({ status: 200, trailers: [], isReset: true });
  });

  test("over HTTP/1.1, which has no trailers, it ends with the connection as well", async () => {
    upstream.begin({ body: "all of it", trailers: [["x-a", "?"]] });
    const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
    const sent = http1Client(portOf("refuses")).send(request);
    await expect(sent).rejects.toThrow("the connection closed inside the response");
  });

  test("a gRPC call whose trailers cannot be changed does not end well", async () => {
    upstream.begin({
      body: "x",
      trailers: [
        ["grpc-status", "0"],
        ["x-a", "?"],
      ],
    });
    const headers: HeaderList = [
      ["content-type", "application/grpc"],
      ["te", "trailers"],
    ];
    const found = await exchange(portOf("refuses"), { path: "/", headers });
    expect(found).toMatchObject({ status: 200, trailers: [], isReset: true });
  });

  test("a request whose trailers cannot be changed ends before them at the upstream", async () => {
    upstream.begin({});
    const before = upstream.cutOff;
    const trailers: HeaderList = [["x-a", "?"]];
    const found = await exchange(portOf("refuses"), { path: "/", headers: [], trailers });
    expect(found.status).toBe(400);
    await expect.poll(() => upstream.cutOff, { timeout: TIMEOUT_MILLISECONDS }).toBe(before + 1);
    expect(upstream.trailers).toBeNull();
  });

  test("one that is being answered already is cut off", async () => {
    upstream.begin({ body: "begun" }, "early");
    const before = upstream.cutOff;
    const { stream, ended } = openExchange(portOf("refuses"), {
      path: "/",
      headers: [],
      trailers: [["x-a", "?"]],
    });
    stream.write("{}");
    await once(stream, "data");
    stream.end();
    const found = await ended;
    expect(found).toMatchObject({ status: 200, isReset: true });
    expect(found.body.toString()).toBe("begun");
    await expect.poll(() => upstream.cutOff, { timeout: TIMEOUT_MILLISECONDS }).toBe(before + 1);
    expect(upstream.trailers).toBeNull();
  });

  test("one that is being answered already has its trailers changed", async () => {
    upstream.begin({ body: "begun" }, "early");
    const trailers: HeaderList = [["x-old", "1"]];
    const { stream, ended } = openExchange(portOf("changes"), { path: "/", headers: [], trailers });
    stream.write("{}");
    await once(stream, "data");
    stream.end();
    await expect.poll(() => upstream.trailers, { timeout: TIMEOUT_MILLISECONDS }).not.toBeNull();
    expect(upstream.trailers).toContainEqual(["x-new", "1"]);
    upstream.finish();
    expect(await ended).toMatchObject({ status: 200, isReset: false });
  });

  test("answers of Envoy itself to a request that passed are responses", async () => {
    const found = await exchange(portOf("unreachable"), { path: "/private", headers: [] });
    expect(found.status).toBe(503);
    expect(found.headers).toContainEqual(["x-frame-options", "DENY"]);
    expect(found.headers).toContainEqual(["cache-control", "no-store"]);
  });

  test("a gRPC call has its metadata changed both ways, good and failed", async () => {
    const good = await callEcho(portOf("echo"), "hello");
    expect(good).toMatchObject({ code: GrpcStatus.OK, value: "hello" });
    expect(good.initial.get("x-new")).toEqual(["initial"]);
    expect(good.initial.get("x-internal-host")).toEqual([]);
    expect(good.trailing.get("x-new")).toEqual(["trailing"]);
    expect(good.trailing.get("x-internal-host")).toEqual([]);
    expect(good.trailing.get("x-grpc")).toEqual(["1"]);
    const failed = await callEcho(portOf("echo"), "fail");
    expect(failed).toMatchObject({ code: GrpcStatus.NOT_FOUND, details: "no order é %" });
    expect(failed.trailing.get("x-internal-host")).toEqual([]);
    expect(failed.trailing.get("x-new")).toEqual(["trailing"]);
  });

  test("a gRPC call that fails before its first message has the rules of a response", async () => {
    const failed = await callEcho(portOf("echo"), "fail at once");
    expect(failed).toMatchObject({ code: GrpcStatus.NOT_FOUND, details: "no order é %" });
    expect(failed.trailing.get("x-new")).toEqual(["trailing"]);
    expect(failed.trailing.get("x-via")).toEqual(["sallyport"]);
    expect(failed.trailing.get("x-grpc")).toEqual([]);
  });
});
