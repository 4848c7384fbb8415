// `npm start`: the embedded gateway with the demo configuration in front of the built-in echo
// upstream, or of `-- --upstream URL`; `-- --listen host:port` serves elsewhere.

import { demoGuide, prepareDemo } from "../host-sim/cli/demo.ts";
import { formatHost, parseListenAddress, parseUpstream } from "../host-sim/cli/addresses.ts";
import { loadModule } from "../host-sim/cli/module_file.ts";
import { serveModule } from "../host-sim/cli/serving.ts";
import { untilSignal } from "../host-sim/cli/until_signal.ts";
import { startEcho } from "../host-sim/gateway/echo.ts";
import { buildModule } from "./lib/build_module.ts";
import type { StartOptions } from "./lib/start_command.ts";
import { runStart } from "./lib/start_command.ts";

async function start(options: StartOptions): Promise<void> {
  const address = parseListenAddress(options.listen);
  const named = options.upstream === undefined ? null : parseUpstream(options.upstream);
  await buildModule();
  const demo = await prepareDemo();
  const echo = named === null ? await startEcho({ port: 0 }) : null;
  const upstream = named ?? `http://127.0.0.1:${echo?.port ?? 0}`;
  try {
    const gateway = await serveModule({
      ...address,
      module: await loadModule(),
      configuration: demo.configurationText,
      upstream,
    });
    const behind = named === null ? "the built-in echo upstream" : named;
    const title = `embedded gateway, in front of ${behind}`;
    const host = formatHost(address.host);
    process.stdout.write(await demoGuide({ host, port: gateway.port, title }));
    await untilSignal(() => gateway.close());
  } finally {
    await echo?.close();
  }
}

process.exitCode = await runStart({
  name: "start",
  usage: "npm start --",
  description: "Serve the demo configuration in the embedded gateway.",
  start,
});
