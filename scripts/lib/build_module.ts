// A module for a command that needs it: built when its sources are newer, else nothing happens.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CommandError } from "../../host-sim/cli/command_error.ts";
import { inRepository } from "../../host-sim/cli/module_file.ts";

/** Path of the module of a target of build.ts. Throws CommandError when it does not build. */
export async function buildModule(target = "sallyport"): Promise<string> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/build.ts", target], {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new CommandError("the module could not be built");
  return inRepository(`build/${target}.wasm`);
}
