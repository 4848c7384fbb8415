// Programs that build peers.

import { spawn } from "node:child_process";

/** Rejects with one line: the first that the program called an error, else the last. */
export function runTool(
  command: string,
  args: readonly string[],
  folder: string,
  environment: Record<string, string> = {},
): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.on("error", fail);
    child.on("close", (code) => {
      const lines = errors.trim().split("\n");
      const told = lines.find((line) => /^(error|ERROR|npm error)\b/.test(line)) ?? lines.at(-1);
      if (code === 0) done();
      else fail(new Error(`${command} ${args[0] ?? ""} failed: ${told ?? ""}`));
    });
  });
}
