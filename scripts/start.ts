// `npm start`: the embedded gateway with the demo configuration in front of the built-in echo
// upstream, or of `-- --upstream URL`; `-- --listen host:port` serves elsewhere.

import { Command, CommanderError } from "commander";
import { CommandError } from "../host-sim/cli/command_error.ts";
import { demoGuide, prepareDemo } from "../host-sim/cli/demo.ts";
import { formatHost, parseListenAddress, parseUpstream } from "../host-sim/cli/addresses.ts";
import { loadModule } from "../host-sim/cli/module_file.ts";
import { serveModule } from "../host-sim/cli/serving.ts";
import { untilSignal } from "../host-sim/cli/until_signal.ts";
import { startEcho } from "../host-sim/gateway/echo.ts";
import { buildModule } from "./lib/build_module.ts";

interface StartOptions {
  upstream?: string;
  listen: string;
}

async function main(): Promise<number> {
  try {
    await start(parseOptions());
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`start: ${error.message}\n`);
    return 1;
  }
}

function parseOptions(): StartOptions {
  return new Command("npm start --")
    .description("Serve the demo configuration in the embedded gateway.")
    .option("--upstream <url>", "origin that requests go to, instead of the built-in echo")
    .option("--listen <host:port>", "address to serve on", "127.0.0.1:8080")
    .exitOverride()
    .parse()
    .opts<StartOptions>();
}

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

process.exitCode = await main();
