// What the module refuses in the scenario envoy/grpc, in a real Envoy: the same reason as gRPC and
// as REST, each in the form of its protocol.

import { afterAll, beforeAll, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { token } from "../cases/jwt_tokens.ts";
import type { ClientResponse } from "../support/clients.ts";
import { grpcClient } from "../support/clients.ts";
import { describeWithEnvoy } from "../support/envoy.ts";
import type { OrdersClients, RestRequest } from "../support/orders_clients.ts";
import { reader, writer } from "./orders_scenario.ts";
import type { OrdersScenario } from "./orders_scenario.ts";
import { startOrdersScenario } from "./orders_scenario.ts";

await describeWithEnvoy("the module in the scenario envoy/grpc refuses", (binary) => {
  let scenario: OrdersScenario;
  let clients: OrdersClients;

  beforeAll(async () => {
    scenario = await startOrdersScenario(binary);
    clients = scenario.clients;
  });
  afterAll(() => scenario.stop());

  interface Refusal {
    reason: string;
    grpc: [code: string, message: string];
    http: [status: number, name: string];
  }
  const MISSING: Refusal = {
    reason: "jwt:missing",
    grpc: ["16", "invalid token"],
    http: [401, "UNAUTHENTICATED"],
  };
  const NO_SCOPE: Refusal = {
    reason: "jwt:claim_refused",
    grpc: ["7", "forbidden"],
    http: [403, "PERMISSION_DENIED"],
  };
  const UNDERSCORE: Refusal = {
    reason: "normalise:header_refused",
    grpc: ["3", "bad header"],
    http: [400, "INVALID_ARGUMENT"],
  };
  const LIMITED: Refusal = {
    reason: "ratelimit:limited",
    grpc: ["8", "rate limit exceeded"],
    http: [429, "RESOURCE_EXHAUSTED"],
  };

  async function wire(path: string, headers: HeaderList): Promise<ClientResponse> {
    const client = grpcClient(scenario.port);
    const answer = await client.send({ method: "POST", path, authority: "shop.test", headers });
    client.close();
    return answer;
  }

  /** Trailers-only: one block of headers that says it all, as gRPC's protocol has it. */
  function expectTrailersOnly(answer: ClientResponse, { grpc: [code, message] }: Refusal): void {
    const headers = new Map(answer.headers);
    expect(answer.status).toBe(200);
    expect(headers.get("content-type")).toBe("application/grpc");
    expect(headers.get("grpc-status")).toBe(code);
    expect(headers.get("grpc-message")).toBe(message);
    expect(answer.trailers).toEqual([]);
    expect(answer.body).toHaveLength(0);
  }

  function expectJson(answer: { status: number; body: unknown }, refusal: Refusal): void {
    const [status, name] = refusal.http;
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error: {
        code: status,
        message: refusal.grpc[1],
        status: name,
        details: expect.arrayContaining([
          expect.objectContaining({
            metadata: expect.objectContaining({ reason: refusal.reason }),
          }),
        ]),
      },
    });
  }

  /** Lines of the access log that say so. */
  function logged({ reason }: Refusal): number {
    const lines = scenario.envoy.accessLog();
    return lines.filter(({ details }) => details === `sallyport{${reason}}`).length;
  }

  async function expectBoth(
    refusal: Refusal,
    path: string,
    headers: HeaderList,
    request: RestRequest,
  ): Promise<void> {
    const before = logged(refusal);
    expectTrailersOnly(await wire(path, headers), refusal);
    expectJson(await clients.rest({ ...request, headers }), refusal);
    await expect.poll(() => logged(refusal)).toBe(before + 2);
  }

  const bearer = async (text: Promise<string>): Promise<[string, string]> => [
    "authorization",
    `Bearer ${await text}`,
  ];
  const GET_ORDER = "/shop.v1.Orders/GetOrder";
  const GET: RestRequest = { method: "GET", path: "/v1/orders/1" };

  test("calls without a token", async () => {
    await expectBoth(MISSING, GET_ORDER, [], GET);
  });

  test("calls that the token is no good for, on every path of the method", async () => {
    const headers = [await bearer(reader())];
    const body = { quantity: 1 };
    const place = "/shop.v1.Orders/PlaceOrder";
    const post: RestRequest = { method: "POST", path: "/v1/orders", body };
    await expectBoth(NO_SCOPE, place, headers, post);
    const change = "/shop.v1.Orders/ChangeOrder";
    const patch: RestRequest = { method: "PATCH", path: "/v1/orders/1", body };
    await expectBoth(NO_SCOPE, change, headers, patch);
    await expectBoth(NO_SCOPE, change, headers, { ...post, path: "/v1/orders/1:change" });
  });

  test("readers' calls that no rule names", async () => {
    const headers = [await bearer(reader())];
    const request: RestRequest = { method: "GET", path: "/v1/stock" };
    await expectBoth(NO_SCOPE, "/shop.v1.Stock/GetStock", headers, request);
  });

  test("names with an underscore", async () => {
    const headers: HeaderList = [await bearer(reader()), ["order_id", "1"]];
    await expectBoth(UNDERSCORE, GET_ORDER, headers, GET);
  });

  test("one user's calls beyond the limit, however they are made", async () => {
    const headers = [await bearer(token({ sub: "busy" }))];
    let passed = 0;
    // Twice the bucket: more than are refilled meanwhile.
    while (passed < 40 && (await clients.rest({ ...GET, headers })).status === 200) passed++;
    expect(passed).toBeGreaterThanOrEqual(20);
    expect(passed).toBeLessThan(40);
    await expect.poll(() => logged(LIMITED)).toBe(1);
    await expectBoth(LIMITED, GET_ORDER, headers, GET);
  });

  test("nothing by a way around it", async () => {
    // No method is called by its gRPC path with JSON.
    const headers = [await bearer(reader())];
    const direct: RestRequest = { method: "POST", path: GET_ORDER, headers, body: { id: "1" } };
    expect((await clients.rest(direct)).status).toBe(404);
    const place = "/shop.v1.Orders/PlaceOrder";
    expect((await clients.rest({ ...direct, path: place })).status).toBe(403);
    // A REST path is no method of gRPC.
    const asGrpc = await wire("/v1/orders", [await bearer(writer())]);
    expect(new Map(asGrpc.headers).get("grpc-status")).toBe("12");
  });
});
