// `npm run start:envoy` as a newcomer meets it: each printed line answers as it says.

import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { describeWithEnvoy } from "../support/envoy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** With a build of the module. */
const START_MILLISECONDS = 90_000;
const execute = promisify(execFile);

interface Command {
  child: ChildProcess;
  output: { out: string; errors: string };
}

function start(args: readonly string[], environment: Record<string, string> = {}): Command {
  const command = ["--import", "tsx", "scripts/start_envoy.ts", ...args];
  const env = { ...process.env, NO_COLOR: "1", ...environment };
  const child = spawn(process.execPath, command, { cwd: ROOT, env });
  const output = { out: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.errors += text));
  return { child, output };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "close");
  return child.exitCode;
}

/** Fails at once when the command ends instead. */
async function untilPrinted(command: Command, text: string): Promise<void> {
  const { child, output } = command;
  const isOver = (): boolean => output.out.includes(text) || child.exitCode !== null;
  await expect.poll(isOver, { timeout: START_MILLISECONDS }).toBe(true);
  expect(output.out, output.errors).toContain(text);
}

await describeWithEnvoy("npm run start:envoy", (binary) => {
  let running: Command | null = null;
  afterEach(async () => {
    if (running === null) return;
    running.child.kill("SIGTERM");
    await exitCode(running.child);
    running = null;
  });

  test("prints four curl lines that answer 200, 401, 403 and 429, and ends on Ctrl-C", async () => {
    const command = start(["--listen", "127.0.0.1:0"], { ENVOY_BIN: binary });
    running = command;
    await untilPrinted(command, "Ctrl-C");
    const lines = command.output.out.split("\n").filter((line) => /^(curl|for) /.test(line));
    expect(lines).toHaveLength(4);
    const answers = [];
    for (const line of lines) answers.push((await execute("bash", ["-c", line])).stdout);
    const [ok = "", ...refused] = answers;
    expect(ok).toMatch(/^HTTP\/1\.1 200 OK[^]*"x-spiffe-id", "spiffe:\/\/example\.org\//);
    expect(ok).not.toContain("x-sallyport-checked");
    expect(refused[0]).toMatch(/^HTTP\/1\.1 401 [^]*www-authenticate: Bearer/);
    expect(refused[1]).toMatch(
      /^HTTP\/1\.1 403 [^]*\{"error":"invalid spiffe_id","trace_id":"[0-9a-f]{32}"\}/,
    );
    expect(refused[2]).toMatch(/^(200 )+(429 )+\n$/);
    command.child.kill("SIGINT");
    expect(await exitCode(command.child)).toBe(0);
  }, 120_000);

  test("says in one line that the port is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const command = start(["--listen", `127.0.0.1:${port}`], { ENVOY_BIN: binary });
    expect(await exitCode(command.child)).toBe(1);
    expect(command.output.errors).toMatch(/^start:envoy: 127\.0\.0\.1:\d+ is in use: .*\n$/);
    server.close();
  });

  test("says in one line that there is no Envoy", async () => {
    const command = start(["--listen", "127.0.0.1:0"], { ENVOY_BIN: "/nowhere/envoy" });
    expect(await exitCode(command.child)).toBe(1);
    expect(command.output.errors).toBe(
      "start:envoy: ENVOY_BIN names /nowhere/envoy, which is not an executable file\n",
    );
  });
});
