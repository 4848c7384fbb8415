// `npm run start:envoy`: what `npm start` does, in a real Envoy: the demo configuration in front of
// the built-in echo upstream, or of `-- --upstream URL`; `-- --listen host:port` serves elsewhere.

import { renderBootstrap } from "../envoy/bootstrap.ts";
import type { Address } from "../envoy/bootstrap.ts";
import { capabilitiesOf } from "../envoy/capabilities.ts";
import { formatHost, parseListenAddress, parseUpstream } from "../host-sim/cli/addresses.ts";
import { CommandError } from "../host-sim/cli/command_error.ts";
import { demoGuide, prepareDemo } from "../host-sim/cli/demo.ts";
import { startEcho } from "../host-sim/gateway/echo.ts";
import { envoyBinary } from "./envoy_bin.ts";
import { buildModule } from "./lib/build_module.ts";
import type { EnvoyProcess } from "./lib/envoy_process.ts";
import { startEnvoy } from "./lib/envoy_process.ts";
import { requireFreePort, serveUntilSignal } from "./lib/serve_envoy.ts";
import type { StartOptions } from "./lib/start_command.ts";
import { runStart } from "./lib/start_command.ts";

const WORKERS = 2;

async function start(options: StartOptions): Promise<void> {
  const listen = parseListenAddress(options.listen);
  const named = options.upstream === undefined ? null : upstreamAddress(options.upstream);
  await requireFreePort(listen);
  const binary = await envoyBinary();
  if (binary.path === null) throw new CommandError(binary.reason);
  const modulePath = await buildModule();
  const { configuration } = await prepareDemo();
  const echo = named === null ? await startEcho({ port: 0 }) : null;
  try {
    const upstream = named ?? { host: "127.0.0.1", port: echo?.port ?? 0 };
    const bootstrap = renderBootstrap({
      configuration,
      modulePath,
      capabilities: capabilitiesOf(modulePath, configuration),
      listen,
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { ...upstream, protocol: "http1" },
    });
    const envoy = await startEnvoy({
      binary: binary.path,
      bootstrap,
      concurrency: WORKERS,
      toTerminal: true,
    });
    await serve(envoy, listen, options.upstream ?? "the built-in echo upstream");
  } finally {
    await echo?.close();
  }
}

async function serve(envoy: EnvoyProcess, listen: Address, behind: string): Promise<void> {
  const title = `in Envoy, in front of ${behind}, admin on http://127.0.0.1:${envoy.adminPort},`;
  const port = envoy.ports.get("ingress") ?? listen.port;
  process.stdout.write(await demoGuide({ host: formatHost(listen.host), port, title }));
  await serveUntilSignal(envoy);
}

function upstreamAddress(text: string): Address {
  const url = new URL(parseUpstream(text));
  if (url.protocol !== "http:") {
    throw new CommandError(`--upstream: found ${text}, allowed http://host:port`);
  }
  return { host: url.hostname, port: Number(url.port === "" ? 80 : url.port) };
}

process.exitCode = await runStart({
  name: "start:envoy",
  usage: "npm run start:envoy --",
  description: "Serve the demo configuration in a real Envoy.",
  start,
});
