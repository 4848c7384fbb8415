// `npm run compose:prepare`: fills build/compose, which envoy/docker-compose.yaml mounts: Envoy's
// configuration with this machine's demo keys, the module, and the echo upstream as one file.

import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { renderBootstrap, toYaml } from "../envoy/bootstrap.ts";
import { capabilitiesOf } from "../envoy/capabilities.ts";
import { CommandError } from "../host-sim/cli/command_error.ts";
import { demoGuide, prepareDemo } from "../host-sim/cli/demo.ts";
import { buildModule } from "./lib/build_module.ts";

/** Ports and paths inside the containers; docker-compose.yaml names the same. */
const PORT = 8080;
const ADMIN_PORT = 9901;
const ECHO = { host: "echo", port: 9000 };
const MODULE_IN_CONTAINER = "/etc/sallyport/sallyport.wasm";

const FOLDER = fileURLToPath(new URL("../build/compose/", import.meta.url));
const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** The whole of the echo container's code. */
const ECHO_ENTRY = `
import { startEcho } from "./host-sim/gateway/echo.ts";
const port = Number(process.env["PORT"] ?? ${ECHO.port});
const echo = await startEcho({ host: "0.0.0.0", port });
console.log("echo upstream on port " + echo.port);
process.on("SIGTERM", () => void echo.close());
`;

async function main(): Promise<void> {
  const modulePath = await buildModule();
  const { configuration } = await prepareDemo();
  const anywhere = "0.0.0.0";
  const bootstrap = renderBootstrap({
    configuration,
    modulePath: MODULE_IN_CONTAINER,
    capabilities: capabilitiesOf(modulePath, configuration),
    listen: { host: anywhere, port: PORT },
    admin: { host: anywhere, port: ADMIN_PORT },
    upstream: { ...ECHO, protocol: "http1" },
  });
  await mkdir(FOLDER, { recursive: true });
  const provenance = "Made by `npm run compose:prepare` from envoy/demo/sallyport.yaml.";
  await writeReadable("envoy.yaml", toYaml(bootstrap, provenance));
  await copyFile(modulePath, `${FOLDER}sallyport.wasm`);
  await chmod(`${FOLDER}sallyport.wasm`, 0o644);
  await writeReadable("echo.mjs", await bundleEcho());
  console.log("build/compose is ready: docker compose -f envoy/docker-compose.yaml up");
  const title = "in docker-compose, once it is up,";
  process.stdout.write(await demoGuide({ port: PORT, title }));
}

/** Envoy's container runs as a user of its own. */
async function writeReadable(name: string, text: string): Promise<void> {
  await writeFile(FOLDER + name, text);
  await chmod(FOLDER + name, 0o644);
}

async function bundleEcho(): Promise<string> {
  const result = await build({
    stdin: { contents: ECHO_ENTRY, resolveDir: ROOT, loader: "ts" },
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new CommandError("the echo upstream could not be bundled");
  return output.text;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  console.error(`compose: ${error.message}`);
  process.exitCode = 1;
}
