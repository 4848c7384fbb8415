// The scenario envoy/grpc in a real Envoy: the module, grpc_json_transcoder and a gRPC service.
// Each call is made as gRPC and as REST.

import { Metadata } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { token } from "../cases/jwt_tokens.ts";
import { describeWithEnvoy } from "../support/envoy.ts";
import type { OrdersClients, RestRequest } from "../support/orders_clients.ts";
import { reader, writer } from "./orders_scenario.ts";
import type { OrdersScenario } from "./orders_scenario.ts";
import { startOrdersScenario } from "./orders_scenario.ts";

/** gRPC's statuses, and what Envoy's transcoder makes of them. */
const STATUSES: [number, string, number][] = [
  [1, "CANCELLED", 499],
  [2, "UNKNOWN", 500],
  [3, "INVALID_ARGUMENT", 400],
  [4, "DEADLINE_EXCEEDED", 504],
  [5, "NOT_FOUND", 404],
  [6, "ALREADY_EXISTS", 409],
  [7, "PERMISSION_DENIED", 403],
  [8, "RESOURCE_EXHAUSTED", 429],
  [9, "FAILED_PRECONDITION", 400],
  [10, "ABORTED", 409],
  [11, "OUT_OF_RANGE", 400],
  [12, "UNIMPLEMENTED", 501],
  [13, "INTERNAL", 500],
  [14, "UNAVAILABLE", 503],
  [15, "DATA_LOSS", 500],
  [16, "UNAUTHENTICATED", 401],
];

const TEA = { id: "1", item: "tea", quantity: 2, state: "ORDER_STATE_SHIPPED" };

await describeWithEnvoy("the scenario envoy/grpc", (binary) => {
  let scenario: OrdersScenario;
  let clients: OrdersClients;

  beforeAll(async () => {
    scenario = await startOrdersScenario(binary);
    clients = scenario.clients;
  });
  afterAll(() => scenario.stop());

  function metadataOf(values: Record<string, string | Buffer>): Metadata {
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(values)) metadata.set(key, value);
    return metadata;
  }
  async function grpc(method: string, request: object, bearer: Promise<string> = reader()) {
    const metadata = metadataOf({ authorization: `Bearer ${await bearer}` });
    return clients.grpc(method, { ...request }, metadata);
  }
  async function rest(request: RestRequest, bearer: Promise<string> = reader()) {
    const headers: HeaderList = [["authorization", `Bearer ${await bearer}`]];
    return clients.rest({ ...request, headers: [...headers, ...(request.headers ?? [])] });
  }
  const get = (path: string, http: 1 | 2 = 1) => rest({ method: "GET", path, http });

  describe("passes calls", () => {
    test("of one message, in the form that each client speaks", async () => {
      const asGrpc = await grpc("GetOrder", { id: "1" });
      expect(asGrpc).toMatchObject({ status: "OK", messages: [TEA] });
      const asRest = await get("/v1/orders/1");
      expect(asRest).toMatchObject({ status: 200, body: TEA });
      expect(asRest.body).toHaveProperty("placedAtMilliseconds", "1790000000000");
    });

    test("of a stream, with its trailers", async () => {
      const asGrpc = await grpc("ListOrders", { item: "tea" });
      expect(asGrpc.messages.map(({ item }) => item)).toEqual(["tea", "tea"]);
      expect(asGrpc.status).toBe("OK");
      expect(asGrpc.trailing.get("order-count")).toEqual(["2"]);
      const asRest = await get("/v1/orders?item=tea", 2);
      expect(asRest).toMatchObject({ status: 200, body: [{ item: "tea" }, { item: "tea" }] });
      expect(asRest.trailers.get("order-count")).toBe("2");
      expect(asRest.trailers.get("grpc-status")).toBe("0");
      // Envoy sends no trailers over HTTP/1.1.
      expect((await get("/v1/orders?item=tea")).body).toEqual(asRest.body);
    });

    test("with fields of the query", async () => {
      const states = ["ORDER_STATE_OPEN", "ORDER_STATE_UNSPECIFIED"];
      const asGrpc = await grpc("ListOrders", { item: "tea", states });
      expect(asGrpc.messages).toMatchObject([{ id: "3" }]);
      const query = states.map((state) => `states=${state}`).join("&");
      expect((await get(`/v1/orders?item=tea&${query}`)).body).toMatchObject([{ id: "3" }]);
    });

    test("with a body, by each binding of the method", async () => {
      const order = { item: "tea", quantity: 7 };
      const placed = await rest({ method: "POST", path: "/v1/orders", body: order }, writer());
      expect(placed).toMatchObject({ status: 200, body: { ...order, state: "ORDER_STATE_OPEN" } });
      expect((await grpc("PlaceOrder", order, writer())).messages).toMatchObject([order]);
      const change = { id: "2", change: { quantity: 3 } };
      expect((await grpc("ChangeOrder", change, writer())).messages).toMatchObject([
        { id: "2", quantity: 3 },
      ]);
      const patch = { method: "PATCH", path: "/v1/orders/2", body: { quantity: 4 } } as const;
      expect((await rest(patch, writer())).body).toMatchObject({ id: "2", quantity: 4 });
      const post = { ...patch, method: "POST", path: "/v1/orders/2:change" } as const;
      expect((await rest(post, writer())).body).toMatchObject({ id: "2", quantity: 4 });
    });
  });

  describe("passes failures of the service", () => {
    test.each(STATUSES)("%i, %s, as %i", async (code, name, httpStatus) => {
      const message = "50 % déjà vu";
      const asGrpc = await grpc("Fail", { code, message });
      expect(asGrpc).toMatchObject({ status: name, message, messages: [] });
      expect(asGrpc.trailing.get("failed-by")).toEqual(["orders"]);
      for (const http of [1, 2] as const) {
        const path = `/v1/failures/${code}?message=${encodeURIComponent(message)}`;
        const asRest = await get(path, http);
        expect(asRest).toMatchObject({ status: httpStatus, body: { code, message, details: [] } });
        // There is no body before it: trailers become headers.
        expect(asRest.headers.get("failed-by")).toBe("orders");
      }
    });

    test("with their details", async () => {
      const order = { item: "coffee", quantity: 9 };
      const asGrpc = await grpc("PlaceOrder", order, writer());
      expect(asGrpc).toMatchObject({ status: "FAILED_PRECONDITION", message: "out of stock" });
      expect(asGrpc.trailing.get("grpc-status-details-bin").toString()).toContain("OutOfStock");
      const asRest = await rest({ method: "POST", path: "/v1/orders", body: order }, writer());
      const detail = { "@type": "type.googleapis.com/shop.v1.OutOfStock", item: "coffee" };
      expect(asRest).toMatchObject({
        status: 400,
        body: { code: 9, message: "out of stock", details: [{ ...detail, available: 3 }] },
      });
    });

    test("that come after the first message, to HTTP/2 in the trailers", async () => {
      const asGrpc = await grpc("FailLate", { code: 15, message: "lost" });
      expect(asGrpc).toMatchObject({ status: "DATA_LOSS", message: "lost", messages: [TEA] });
      const asRest = await get("/v1/failures/15/late?message=lost", 2);
      expect(asRest).toMatchObject({ status: 200, body: [TEA] });
      expect(asRest.trailers.get("grpc-status")).toBe("15");
      expect(asRest.trailers.get("grpc-message")).toBe("lost");
      expect(asRest.trailers.get("failed-by")).toBe("orders");
    });

    test("that come after the first message, to HTTP/1.1 not at all", async () => {
      const asRest = await get("/v1/failures/15/late?message=lost");
      expect(asRest).toMatchObject({ status: 200, body: [TEA] });
      expect([...asRest.headers.keys()]).not.toContain("grpc-status");
    });
  });

  describe("passes metadata", () => {
    const FORGED = { "x-user": "mallory", "x-sallyport-checked": "1", "trace-id": "abc" };

    interface Received {
      entries?: { key: string; value: string }[];
    }
    function received(body: object): Record<string, string> {
      const { entries = [] }: Received = body;
      return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
    }

    function expectJudged(metadata: Record<string, string>): void {
      expect(metadata).toMatchObject({ "x-user": "alice", "echo-text": "hello" });
      expect(metadata["echo-bin"]).toBe("AQL/");
      expect(metadata["traceparent"]).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
      const names = Object.keys(metadata);
      for (const name of ["authorization", "auth-token", "trace-id", "x-sallyport-checked"]) {
        expect(names).not.toContain(name);
      }
    }

    test("of gRPC calls both ways", async () => {
      const metadata = metadataOf({
        ...FORGED,
        "auth-token": await token({ sub: "alice" }),
        "echo-text": "hello",
        "echo-bin": Buffer.from([1, 2, 255]),
        "x-envoy-original-path": "/v1/orders/1",
        "x-envoy-original-method": "GET",
      });
      const answer = await clients.grpc("ShowMetadata", {}, metadata);
      expect(answer.status).toBe("OK");
      const seen = received(answer.messages[0] ?? {});
      expectJudged(seen);
      expect(seen["user-agent"]).toMatch(/^grpc-node-js/);
      expect(seen).not.toHaveProperty("x-envoy-original-path");
      expect(seen).not.toHaveProperty("x-envoy-original-method");
      expect(answer.initial.get("echo-text")).toEqual(["hello"]);
      expect(answer.initial.get("echo-bin")).toEqual([Buffer.from([1, 2, 255])]);
      expect(answer.trailing.get("trailer-text")).toEqual(["hello"]);
      expect(answer.trailing.get("trailer-bin")).toEqual([Buffer.from([1, 2, 255])]);
    });

    test("of REST calls both ways, trailers to HTTP/2", async () => {
      const headers: HeaderList = [
        ...Object.entries(FORGED),
        ["auth-token", await token({ sub: "alice" })],
        ["echo-text", "hello"],
        ["echo-bin", "AQL/"],
      ];
      const answer = await clients.rest({ method: "GET", path: "/v1/metadata", headers, http: 2 });
      expect(answer.status).toBe(200);
      const seen = received(typeof answer.body === "string" ? {} : answer.body);
      expectJudged(seen);
      expect(seen["x-envoy-original-path"]).toBe("/v1/metadata");
      expect(answer.headers.get("echo-text")).toBe("hello");
      expect(answer.headers.get("echo-bin")).toBe("AQL/");
      expect(answer.trailers.get("trailer-text")).toBe("hello");
      expect(answer.trailers.get("trailer-bin")).toBe("AQL/");
    });
  });

  test("refuses in the transcoder what no annotation names", async () => {
    const nothing = { method: "GET", path: "/v1/nothing" } as const;
    expect(await rest(nothing, writer())).toMatchObject({ status: 404 });
    expect(await get("/v1/orders?colour=red")).toMatchObject({ status: 400 });
    const body = { item: "tea", quantity: "many" };
    const answer = await rest({ method: "POST", path: "/v1/orders", body }, writer());
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining("quantity") });
  });
});
