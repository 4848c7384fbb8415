// The scenario envoy/grpc, running: the gRPC service, and a real Envoy in front of it.

import { renderGrpcScenario } from "../../envoy/grpc/bootstrap.ts";
import { scenarioConfiguration } from "../../envoy/grpc/configuration.ts";
import { startOrdersService } from "../../envoy/grpc/orders_service.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { EC, token } from "../cases/jwt_tokens.ts";
import { MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { OrdersClients } from "../support/orders_clients.ts";
import { ordersClients } from "../support/orders_clients.ts";

export interface OrdersScenario {
  envoy: EnvoyProcess;
  port: number;
  clients: OrdersClients;
  stop(): Promise<void>;
}

const LOCAL = { host: "127.0.0.1", port: 0 };

export async function startOrdersScenario(binary: string): Promise<OrdersScenario> {
  requireModule();
  const service = await startOrdersService();
  const bootstrap = await renderGrpcScenario({
    configuration: await scenarioConfiguration({ keys: [EC.jwk] }),
    modulePath: MODULE_PATH,
    listen: LOCAL,
    admin: LOCAL,
    service: { host: "127.0.0.1", port: service.port },
  });
  const envoy = await startEnvoy({ binary, bootstrap });
  const port = envoy.ports.get("ingress") ?? 0;
  const clients = await ordersClients(port);
  const stop = async (): Promise<void> => {
    clients.close();
    await envoy.stop();
    service.close();
  };
  return { envoy, port, clients, stop };
}

let users = 0;

/** A token that may read, of a user of its own, so that no limit is met by chance. */
export function reader(): Promise<string> {
  return token({ sub: `reader-${users++}` });
}

/** The same for one that may write as well. */
export function writer(): Promise<string> {
  return token({ sub: `writer-${users++}`, scope: "orders.write" });
}
