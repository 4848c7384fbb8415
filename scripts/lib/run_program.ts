// Programs of the machine, for scripts that fetch and build others.

import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";

/** What the program wrote; rejects with one line that says why it failed. */
export function run(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const name = `${command} ${args.slice(0, 2).join(" ")}`;
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env: environment });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", () => fail(new Error(`${command} cannot be run`)));
    child.on("close", (code) => {
      if (code === 0) done(output.trim());
      else fail(new Error(`${name} failed: ${errors.trim().split("\n").pop() ?? ""}`));
    });
  });
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
