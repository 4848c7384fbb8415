// The drill of rotating keys on a real Envoy with two workers.

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { MODULE_PATH } from "./envoy.ts";
import { startJwksServer } from "./jwks_server.ts";
import type { DrillReport } from "./rotation_drill.ts";
import { RotationDrill } from "./rotation_drill.ts";
import { startUpstream } from "./upstream.ts";

const WORKERS = 2;
const CLIENTS = 16;
const ANY_PORT = { host: "127.0.0.1", port: 0 };
const CONFIGURATION = {
  jwt: {
    providers: {
      idp: {
        issuer: "https://idp.test",
        audiences: ["orders"],
        keys: {
          remote: { uri: "http://idp.test/keys", cluster: "idp", cooldown: "1s", timeout: "1s" },
        },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

/** Keys rotate five times in so many seconds, under load. */
export async function drillOnEnvoy(
  binary: string,
  seconds: number,
  seed: number,
): Promise<DrillReport> {
  const upstream = await startUpstream();
  const server = await startJwksServer();
  const exp = Math.floor(Date.now() / 1000) + 10 * seconds;
  const options = { server, seconds, seed, clients: CLIENTS };
  const claims = { iss: "https://idp.test", sub: "alice", aud: "orders", exp };
  const drill = await RotationDrill.prepare(options, claims);
  const filters = sallyportFilters({
    name: "sallyport",
    vmId: "sallyport",
    modulePath: MODULE_PATH,
    configuration: CONFIGURATION,
  });
  const bootstrap = assembleBootstrap({
    admin: ANY_PORT,
    listeners: [renderListener({ name: "ingress", listen: ANY_PORT, filters })],
    clusters: [
      renderCluster({ host: "127.0.0.1", port: upstream.port, protocol: "http1" }),
      renderCluster({ name: "idp", host: "127.0.0.1", port: server.port, protocol: "http1" }),
    ],
  });
  const envoy = await startEnvoy({ binary, bootstrap, concurrency: WORKERS });
  try {
    return await drill.run(envoy.ports.get("ingress") ?? 0);
  } finally {
    await envoy.stop();
    await server.close();
    await upstream.close();
  }
}
