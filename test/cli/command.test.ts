import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer } from "node:net";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { sallyport, start, temporaryFile } from "./run_command.ts";

const UPSTREAM = ["--upstream", "http://127.0.0.1:9"];

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

describe("every failure is one clear line and an exit code", () => {
  const FAILURES: { name: string; args: string[]; code: number; stderr: RegExp }[] = [
    {
      name: "an unknown command",
      args: ["servee"],
      code: 2,
      stderr: /^error: unknown command 'servee'\n\(Did you mean serve\?\)\n$/,
    },
    {
      name: "an unknown option",
      args: ["token", "--subject", "x"],
      code: 2,
      stderr: /^error: unknown option '--subject'\n/,
    },
    {
      name: "a missing option",
      args: ["serve", "x.yaml"],
      code: 2,
      stderr: /^error: required option '-u, --upstream <url>' not specified\n$/,
    },
    {
      name: "a missing argument",
      args: ["validate"],
      code: 2,
      stderr: /^error: missing required argument 'file'\n$/,
    },
    {
      name: "a missing file",
      args: ["validate", "/nowhere/x.yaml"],
      code: 1,
      stderr: /^error: \/nowhere\/x\.yaml: no such file\n$/,
    },
    {
      name: "a folder",
      args: ["validate", "/tmp"],
      code: 1,
      stderr: /^error: \/tmp: is a folder, not a file\n$/,
    },
    {
      name: "an upstream with a path",
      args: ["serve", "x.yaml", "--upstream", "http://a/b"],
      code: 1,
      stderr: /^error: --upstream: found http:\/\/a\/b, allowed an origin such as http:\/\/\S+\n$/,
    },
    {
      name: "an address without a port",
      args: ["serve", "x.yaml", ...UPSTREAM, "--listen", "localhost"],
      code: 1,
      stderr: /^error: --listen: found localhost, allowed host:port such as 127\.0\.0\.1:8080\n$/,
    },
    {
      name: "a cluster without an origin",
      args: ["serve", "x.yaml", ...UPSTREAM, "--cluster", "idp"],
      code: 1,
      stderr: /^error: --cluster: found idp, allowed name=http:\/\/host:port\n$/,
    },
    {
      name: "a cluster with a path",
      args: ["serve", "x.yaml", ...UPSTREAM, "--cluster", "idp=http://a/b"],
      code: 1,
      stderr: /^error: --cluster: found http:\/\/a\/b, allowed an origin: http:\/\/\S+\n$/,
    },
    {
      name: "a cluster twice",
      args: ["serve", "x.yaml", ...UPSTREAM, "-c", "idp=http://a", "idp=http://b"],
      code: 1,
      stderr: /^error: --cluster: found idp twice, allowed once\n$/,
    },
    {
      name: "an algorithm that the demo has no key for",
      args: ["token", "--alg", "none"],
      code: 1,
      stderr: /^error: --alg: found none, allowed ES256, RS256\n$/,
    },
    {
      name: "a lifetime that is no duration",
      args: ["token", "--ttl", "soon"],
      code: 1,
      stderr: /^error: --ttl: found soon, allowed a duration such as 30s, 5m, 1h\n$/,
    },
  ];

  for (const { name, args, code, stderr } of FAILURES) {
    test(name, async () => {
      const outcome = await sallyport(...args);
      expect(outcome.stderr).toMatch(stderr);
      expect(outcome).toMatchObject({ code, stdout: "" });
    });
  }

  test("a file that is not UTF-8", async () => {
    const file = await temporaryFile("x.yaml", "");
    const { writeFile } = await import("node:fs/promises");
    await writeFile(file, Buffer.from([0x61, 0xff]));
    const outcome = await sallyport("validate", file);
    expect(outcome).toEqual({ code: 1, stdout: "", stderr: `error: ${file}: not UTF-8\n` });
  });

  test.skipIf(process.getuid?.() === 0)("a file that may not be read", async () => {
    const file = await temporaryFile("x.yaml", "");
    await chmod(file, 0);
    const outcome = await sallyport("validate", file);
    expect(outcome.stderr).toBe(`error: ${file}: permission denied\n`);
  });

  test("a port in use", async () => {
    const port = await takenPort();
    const file = await temporaryFile("x.yaml", "{}");
    const outcome = await sallyport("serve", file, ...UPSTREAM, "-l", `127.0.0.1:${port}`);
    const reason = `127.0.0.1:${port} is in use: end what listens there, or choose another`;
    expect(outcome).toEqual({ code: 1, stdout: "", stderr: `error: ${reason} with --listen\n` });
  });

  test("a refused configuration, with its place", async () => {
    const file = await temporaryFile("x.yaml", "trace:\n  mode: none\n");
    const found = `${file}:2:9: $.trace.mode: found "none", allowed: own, yield, edge`;
    const stderr = `${found}\n  2 |   mode: none\n    |         ^^^^\n`;
    const expected = { code: 1, stdout: "", stderr };
    expect(await sallyport("validate", file)).toEqual(expected);
    expect(await sallyport("serve", file, ...UPSTREAM)).toEqual(expected);
  });
});

describe("what goes well", () => {
  test("validate says so in one line", async () => {
    const file = await temporaryFile("x.yaml", "trace: {}\n");
    const outcome = await sallyport("validate", file);
    expect(outcome).toEqual({ code: 0, stdout: `valid ${file}\n`, stderr: "" });
  });

  test("JSON is accepted as well", async () => {
    const file = await temporaryFile("x.json", '{\n\t"trace": {}\n}\n');
    expect(await sallyport("validate", file)).toMatchObject({ code: 0, stderr: "" });
  });

  test("--version and --help", async () => {
    const version = await sallyport("--version");
    expect(version).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: "" });
    const help = await sallyport("--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toMatch(/Usage: sallyport[^]*serve[^]*token[^]*validate/);
  });

  test("token mints what it is asked for", async () => {
    const args = ["--sub", "alice", "--aud", "a", "b", "--ttl", "5m", "--alg", "RS256"];
    const outcome = await sallyport("token", ...args);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    const claims = decodeJwt(outcome.stdout.trim());
    expect(claims).toMatchObject({ sub: "alice", aud: ["a", "b"] });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
    expect(decodeProtectedHeader(outcome.stdout.trim()).alg).toBe("RS256");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`serve answers until ${signal}, then ends with 0`, async () => {
      const file = await temporaryFile("x.yaml", "trace: {}\n");
      const running = start(
        "host-sim/cli/main.ts",
        "serve",
        file,
        ...UPSTREAM,
        "-l",
        "127.0.0.1:0",
      );
      const printed = await running.printed(/upstream .*\n/);
      const url = /on (http:\S+),/.exec(printed)?.[1] ?? "";
      expect((await fetch(url)).status).toBe(502);
      running.child.kill(signal);
      const outcome = await running.ended;
      expect(outcome.code).toBe(0);
      expect(outcome.stderr).toMatch(/^error gateway: upstream: connect ECONNREFUSED [\d.:]+\n$/);
    });
  }
});
