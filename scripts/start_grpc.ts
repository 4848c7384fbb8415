// `npm run start:grpc`: the scenario envoy/grpc in a real Envoy, with a gRPC service behind it;
// prints lines to try. `-- --listen host:port` serves elsewhere.

import { SignJWT, exportJWK, generateKeyPair } from "jose";
import { renderGrpcScenario } from "../envoy/grpc/bootstrap.ts";
import { scenarioConfiguration } from "../envoy/grpc/configuration.ts";
import { startOrdersService } from "../envoy/grpc/orders_service.ts";
import { formatHost, parseListenAddress } from "../host-sim/cli/addresses.ts";
import { CommandError } from "../host-sim/cli/command_error.ts";
import { envoyBinary } from "./envoy_bin.ts";
import { buildModule } from "./lib/build_module.ts";
import { startEnvoy } from "./lib/envoy_process.ts";
import { requireFreePort, serveUntilSignal } from "./lib/serve_envoy.ts";
import type { StartOptions } from "./lib/start_command.ts";
import { runStart } from "./lib/start_command.ts";

interface Tokens {
  /** What the module's configuration names as keys. */
  keySet: { keys: object[] };
  reader: string;
  writer: string;
}

async function start(options: StartOptions): Promise<void> {
  const listen = parseListenAddress(options.listen);
  await requireFreePort(listen);
  const binary = await envoyBinary();
  if (binary.path === null) throw new CommandError(binary.reason);
  const modulePath = await buildModule();
  const tokens = await makeTokens();
  const service = await startOrdersService();
  try {
    const bootstrap = await renderGrpcScenario({
      configuration: await scenarioConfiguration(tokens.keySet),
      modulePath,
      listen,
      admin: { host: "127.0.0.1", port: 0 },
      service: { host: "127.0.0.1", port: service.port },
    });
    const envoy = await startEnvoy({ binary: binary.path, bootstrap, toTerminal: true });
    const port = envoy.ports.get("ingress") ?? listen.port;
    process.stdout.write(guide(`http://${formatHost(listen.host)}:${port}`, tokens));
    await serveUntilSignal(envoy);
  } finally {
    service.close();
  }
}

/** By a key that is made anew each time. */
async function makeTokens(): Promise<Tokens> {
  const kid = "scenario";
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const mint = (subject: string, claims: Record<string, string>): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", kid, typ: "JWT" })
      .setSubject(subject)
      .setAudience("orders")
      .setExpirationTime("1h")
      .sign(privateKey);
  return {
    keySet: { keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256", use: "sig" }] },
    reader: await mint("alice", {}),
    writer: await mint("bob", { scope: "orders.write" }),
  };
}

function guide(url: string, { reader, writer }: Tokens): string {
  const order = `-H 'content-type: application/json' -d '{"item":"coffee","quantity":9}'`;
  const grpc = `-H 'content-type: application/grpc' -H 'te: trailers' --http2-prior-knowledge`;
  const lines = [
    ["200, an order", `curl -i ${bearer(reader)} ${url}/v1/orders/1`],
    ["404, a status of the service", `curl -i ${bearer(reader)} ${url}/v1/orders/99`],
    ["400, out of stock, with details", `curl -i ${bearer(writer)} ${order} ${url}/v1/orders`],
    ["403, this token may only read", `curl -i ${bearer(reader)} ${order} ${url}/v1/orders`],
    ["401, no token", `curl -i ${url}/v1/orders/1`],
    ["the same as gRPC: grpc-status 16", `curl -i ${grpc} -X POST ${url}/shop.v1.Orders/GetOrder`],
  ];
  const text = lines.flatMap(([says, command]) => [`  ${says}`, command, ""]);
  return ["", `  Sallyport, envoy/grpc  ${url}`, "", ...text, "  Ctrl-C ends.", ""].join("\n");
}

function bearer(token: string): string {
  return `-H 'authorization: Bearer ${token}'`;
}

process.exitCode = await runStart({
  name: "start:grpc",
  usage: "npm run start:grpc --",
  description: "Serve the scenario envoy/grpc in a real Envoy.",
  ownUpstream: true,
  start,
});
