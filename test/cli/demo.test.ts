import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoLines, prepareDemo } from "../../host-sim/cli/demo.ts";
import type { GuideLine } from "../../host-sim/cli/demo.ts";
import { inRepository, loadModule } from "../../host-sim/cli/module_file.ts";
import { startEcho } from "../../host-sim/gateway/echo.ts";
import type { Echo } from "../../host-sim/gateway/echo.ts";
import { startGateway } from "../../host-sim/gateway/gateway.ts";
import type { Proxy } from "../../host-sim/gateway/proxy.ts";
import { start } from "./run_command.ts";

const run = promisify(execFile);

/** The statuses that a line of the guide prints, run as printed. */
async function statusesOf(command: string): Promise<number[]> {
  const { stdout } = await run("sh", ["-c", command]);
  const heads = stdout.match(/^HTTP\/1\.1 \d{3}/gm);
  return (heads ?? stdout.trim().split(" ")).map((text) => Number(text.slice(-3)));
}

describe("the lines of the guide answer as printed", () => {
  let echo: Echo;
  let gateway: Proxy;
  let lines: GuideLine[];

  beforeAll(async () => {
    const demo = await prepareDemo();
    echo = await startEcho({ port: 0 });
    gateway = await startGateway({
      module: await loadModule(),
      configuration: demo.configurationText,
      upstream: `http://127.0.0.1:${echo.port}`,
      host: "127.0.0.1",
      port: 0,
    });
    lines = demoLines(demo, `http://127.0.0.1:${gateway.port}`);
  });

  afterAll(async () => {
    await gateway.close();
    await echo.close();
  });

  function commandFor(status: number): string {
    return lines.find((line) => line.status === status)?.command ?? "";
  }

  test("200, 401 and 403, in any order and again", async () => {
    for (const status of [403, 200, 401, 200, 403, 200]) {
      expect(await statusesOf(commandFor(status))).toEqual([status]);
    }
  });

  test("429 ends the burst, also when it is run again, and the 200 line stays 200", async () => {
    const first = await statusesOf(commandFor(429));
    expect(first.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(first.at(-1)).toBe(429);
    const second = await statusesOf(commandFor(429));
    expect(second.at(-1)).toBe(429);
    expect(await statusesOf(commandFor(200))).toEqual([200]);
  });

  test("the echo shows what the upstream received", async () => {
    const { stdout } = await run("sh", ["-c", commandFor(200)]);
    const body: unknown = JSON.parse(stdout.slice(stdout.indexOf("{")));
    expect(body).toMatchObject({ method: "GET", path: "/", body: "", bodyBytes: 0 });
    const headers = JSON.stringify(body);
    expect(headers).toContain('["x-spiffe-id","spiffe://example.org/ns/demo/sa/client"]');
    expect(headers).toContain('["x-sallyport-checked","1"]');
    expect(headers).toMatch(/\["traceparent","00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-9a-f]"\]/);
    expect(headers).not.toContain("authorization");
  });

  test("/healthz needs no token", async () => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/healthz`);
    expect(response.status).toBe(200);
  });
});

describe("the demo's keys", () => {
  test("are for their owner's eyes only, and are used again", async () => {
    const first = await prepareDemo();
    const second = await prepareDemo();
    expect(second.configuration).toEqual(first.configuration);
    for (const name of ["demo_es256.jwk.json", "demo_rs256.jwk.json"]) {
      const { mode } = await stat(inRepository(`.keys/${name}`));
      expect(mode & 0o777).toBe(0o600);
    }
    expect((await stat(inRepository(".keys"))).mode & 0o777).toBe(0o700);
  });

  test("have no private member in the configuration", async () => {
    const { configuration, configurationText } = await prepareDemo();
    const keys = configuration.jwt?.providers["demo"]?.keys.inline?.keys ?? [];
    expect(keys.map((key) => key["alg"])).toEqual(["ES256", "RS256"]);
    expect(configurationText).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });
});

describe("npm start", () => {
  test("prints the guide, serves, and ends with 0 on Ctrl-C", async () => {
    const running = start("scripts/start.ts", "--listen", "127.0.0.1:0");
    const printed = await running.printed(/Ctrl-C ends/);
    expect(printed.match(/^ {2}(200|401|403|429) {2}/gm)).toHaveLength(4);
    const command = /^curl -i -H .*$/m.exec(printed)?.[0] ?? "";
    expect(await statusesOf(command)).toEqual([200]);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("a second Ctrl-C ends at once", async () => {
    const upstream = createServer(() => undefined).listen(0, "127.0.0.1");
    const address = await new Promise<string>((resolve) => {
      upstream.on("listening", () => {
        const at = upstream.address();
        resolve(`http://127.0.0.1:${typeof at === "object" ? (at?.port ?? 0) : 0}`);
      });
    });
    const args = ["--listen", "127.0.0.1:0", "--upstream", address];
    const running = start("scripts/start.ts", ...args);
    const printed = await running.printed(/Ctrl-C ends/);
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? "";
    const hanging = fetch(`${url}/healthz`).catch(() => undefined);
    await new Promise((resolve) => upstream.once("request", resolve));
    running.child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130, stderr: "" });
    await hanging;
    upstream.closeAllConnections();
    upstream.close();
  });

  test("an unusable --upstream is one line", async () => {
    const outcome = await start("scripts/start.ts", "--upstream", "nowhere").ended;
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^start: --upstream: found nowhere, allowed an origin .*\n$/);
  });
});
