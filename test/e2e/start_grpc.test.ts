// `npm run start:grpc` as a newcomer meets it: each printed line answers as it says.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { describeWithEnvoy } from "../support/envoy.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** With a build of the module. */
const START_MILLISECONDS = 240_000;
const execute = promisify(execFile);

await describeWithEnvoy("npm run start:grpc", (binary) => {
  test(
    "prints lines that answer as they say, and ends on Ctrl-C",
    async () => {
      const args = ["--import", "tsx", "scripts/start_grpc.ts", "--listen", "127.0.0.1:0"];
      const env = { ...process.env, ENVOY_BIN: binary };
      const child = spawn(process.execPath, args, { cwd: ROOT, env });
      const output = { out: "", errors: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (output.out += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (output.errors += text));
      const isOver = (): boolean => output.out.includes("Ctrl-C") || child.exitCode !== null;
      await expect.poll(isOver, { timeout: START_MILLISECONDS }).toBe(true);
      expect(output.out, output.errors).toContain("Ctrl-C");
      const lines = [...output.out.matchAll(/^ {2}(.*)\n(curl .*)$/gm)];
      const [grpc, ...rest] = lines.reverse();
      expect(rest).toHaveLength(5);
      for (const [, says = "", command = ""] of rest) {
        const { stdout } = await execute("bash", ["-c", command]);
        expect(stdout, says).toMatch(new RegExp(`^HTTP/1\\.1 ${says.slice(0, 3)} `));
      }
      const { stdout } = await execute("bash", ["-c", grpc?.[2] ?? ""]);
      expect(stdout).toMatch(/^HTTP\/2 200 [^]*grpc-status: 16\r\n/);
      const closed = once(child, "close");
      child.kill("SIGINT");
      expect(await closed).toEqual([0, null]);
    },
    START_MILLISECONDS + 60_000,
  );
});
