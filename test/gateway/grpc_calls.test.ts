// The gateway with limits of a service: real gRPC calls, to a server of the library's.

import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";

import { startGateway } from "../../host-sim/gateway/gateway.ts";
import type { RlsRequest } from "../support/rls_messages.ts";
import { CODE, decodeRequest, encodeResponse } from "../support/rls_messages.ts";
import { loadShippedModule } from "../support/simulated_filter.ts";
import { upstreamThat } from "./fixtures.ts";

const PATH = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

/** A gRPC server on a free port until the test ends; null has no answer. */
async function serviceThat(answer: (request: RlsRequest) => Uint8Array | null): Promise<number> {
  const server = new Server();
  const bytes = (message: Buffer): Buffer => message;
  const ask = {
    path: PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
  server.addService(
    { ask },
    {
      ask: (
        call: { request: Buffer },
        done: (error: { code: number } | null, message?: Buffer) => void,
      ) => {
        const message = answer(decodeRequest(call.request));
        if (message === null) done({ code: status.INTERNAL });
        else done(null, Buffer.from(message));
      },
    },
  );
  onTestFinished(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

async function gatewayTo(port: number, onStoreFailure = "deny"): Promise<() => Promise<number>> {
  const upstream = await upstreamThat((_request, response) => void response.end());
  const gateway = await startGateway({
    module: await loadShippedModule(),
    configuration: JSON.stringify({
      rateLimit: {
        stores: { s: { rls: { cluster: "limits", domain: "edge", timeout: "5s" } } },
        onStoreFailure,
        limits: [{ name: "one", store: "s" }],
      },
    }),
    upstream,
    host: "127.0.0.1",
    port: 0,
    clusters: { limits: `http://127.0.0.1:${port}` },
  });
  onTestFinished(() => gateway.close());
  return async () => (await fetch(`http://127.0.0.1:${gateway.port}/`)).status;
}

test("a verdict of the service decides", async () => {
  let left = 2;
  const seen: RlsRequest[] = [];
  const port = await serviceThat((request) => {
    seen.push(request);
    const code = left-- > 0 ? CODE.OK : CODE.OVER_LIMIT;
    return encodeResponse(code, [{ code }]);
  });
  const send = await gatewayTo(port);
  expect([await send(), await send(), await send()]).toEqual([200, 200, 429]);
  expect(seen[0]).toEqual({
    domain: "edge",
    descriptors: [{ entries: [["generic_key", "one"]] }],
    hits: 1,
  });
});

test("a service that fails does what is configured", async () => {
  const port = await serviceThat(() => null);
  expect(await (await gatewayTo(port))()).toBe(503);
  expect(await (await gatewayTo(port, "allow"))()).toBe(200);
});

test("a service that is not there does too", async () => {
  // Port 9 is the discard service's, which nobody runs.
  const send = await gatewayTo(9);
  expect(await send()).toBe(503);
});
