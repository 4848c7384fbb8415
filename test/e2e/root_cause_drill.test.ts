// From the trace-id in a user's report to the decision, with the commands of docs/operating.md:
// requests are refused in every way, and one search of Envoy's logs tells each of them.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { renderBootstrap } from "../../envoy/bootstrap.ts";
import type { HeaderList } from "../../host-sim/src/index.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { CANARY, findSecrets } from "../../scripts/lib/kept_logs.ts";
import { bearer } from "../cases/jwt_expectations.ts";
import { EC, STRANGER, token } from "../cases/jwt_tokens.ts";
import type { ClientResponse } from "../support/clients.ts";
import { grpcClient, http1Client, http2Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const run = promisify(execFile);

const configurationOf = (log: object): object => ({
  log,
  normalise: { reject: ["x-bad"] },
  trace: {},
  jwt: {
    providers: {
      login: {
        audiences: ["orders"],
        requiredClaims: ["sub"],
        keys: { inline: { keys: [EC.jwk] } },
      },
    },
    rules: [
      { match: { prefix: "/open" }, require: "none" },
      { match: { prefix: "/orders" }, require: "login" },
    ],
  },
  rateLimit: {
    limits: [
      {
        name: "per-client",
        match: { prefix: "/open" },
        key: [{ header: "x-client" }],
        capacity: 0,
        refill: "0/s",
      },
    ],
  },
});

/** What nobody may find in a log, in every place that a request has for it. */
const PRIVATE: HeaderList = [
  ["cookie", `session=${CANARY}-cookie`],
  ["x-client", `${CANARY}-client`],
  ["x-trace-id", `${CANARY}-trace`],
];
const SUBJECT = `${CANARY}-subject`;

interface Refusal {
  reason: string;
  status: number;
  /** The member of the line that says who refused. */
  decider: string | null;
  path: string;
  headers: HeaderList;
}

const REFUSALS: Refusal[] = [
  { reason: "jwt:missing", status: 401, decider: "login", path: "/orders", headers: [] },
  {
    reason: "jwt:audience_refused",
    status: 401,
    decider: "login",
    path: "/orders",
    headers: bearer(await token({ sub: SUBJECT, aud: "others" })),
  },
  {
    reason: "jwt:expired",
    status: 401,
    decider: "login",
    path: "/orders",
    headers: bearer(await token({ sub: SUBJECT, exp: 1, nbf: 0, iat: 0 })),
  },
  {
    reason: "jwt:key_unknown",
    status: 401,
    decider: "login",
    path: "/orders",
    headers: bearer(await token({ sub: SUBJECT }, STRANGER)),
  },
  { reason: "jwt:no_rule", status: 403, decider: null, path: "/elsewhere", headers: [] },
  { reason: "ratelimit:limited", status: 429, decider: "per-client", path: "/open", headers: [] },
  {
    reason: "normalise:header_refused",
    status: 400,
    decider: null,
    path: "/open",
    headers: [["x-bad", `${CANARY}-bad`]],
  },
];

/** The commands of the section, in order. */
async function drillCommands(): Promise<string[]> {
  const page = await readFile(join(ROOT, "docs/operating.md"), "utf8");
  const [, section = ""] = page.split("## From a report to the decision\n");
  const blocks = [...section.matchAll(/```sh\n([^]*?)```/g)].map(([, block = ""]) => block);
  return blocks.flatMap((block) => block.trim().split("\n"));
}

const [SEARCH = "", MEANING = "", COUNT = "", ...REST] = await drillCommands();

test("the drill has three commands", () => expect(REST).toEqual([]));

let traces = 0;
/** A trace-id that no other request of this file has. */
const newTrace = (): string => (++traces).toString(16).padStart(32, "a");

await describeWithEnvoy("the root-cause drill", (binary) => {
  let upstream: Upstream;
  let folder = "";
  const envoys = new Map<string, EnvoyProcess>();

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    folder = await mkdtemp(join(tmpdir(), "sallyport-drill-"));
  });
  afterAll(async () => {
    for (const envoy of envoys.values()) await envoy.stop();
    await upstream.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** One Envoy for each section `log`, with a folder for its logs. */
  async function serve(log: object): Promise<[envoy: EnvoyProcess, logFolder: string]> {
    const name = JSON.stringify(log);
    const known = envoys.get(name);
    const logFolder = join(folder, Buffer.from(name).toString("hex"));
    if (known !== undefined) return [known, logFolder];
    await run("mkdir", ["-p", logFolder]);
    const bootstrap = renderBootstrap({
      configuration: configurationOf(log),
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstream.port, protocol: "same" },
    });
    const envoy = await startEnvoy({ binary, bootstrap, logFolder });
    await run("ln", ["-s", join(ROOT, "docs"), join(logFolder, "docs")]);
    envoys.set(name, envoy);
    return [envoy, logFolder];
  }

  type Open = typeof http1Client;

  async function refuse(
    envoy: EnvoyProcess,
    refusal: Refusal,
    trace: string,
    open: Open = http1Client,
  ): Promise<ClientResponse> {
    const client = open(envoy.ports.get("ingress") ?? 0);
    try {
      return await client.send({
        method: open === grpcClient ? "POST" : "GET",
        path: `${refusal.path}?q=${CANARY}-query`,
        authority: "example.test",
        headers: [
          ["traceparent", `00-${trace}-b7ad6b7169203331-01`],
          ...PRIVATE,
          ...refusal.headers,
        ],
      });
    } finally {
      client.close();
    }
  }

  /** The lines that a command of the page prints. */
  async function printed(
    command: string,
    cwd: string,
    variables: Record<string, string>,
  ): Promise<string[]> {
    const env = { ...process.env, ...variables };
    // That grep finds nothing is no failure here.
    const { stdout } = await run("bash", ["-c", `${command} || true`], { cwd, env });
    return stdout.split("\n").filter((line) => line !== "");
  }

  const traceOf = ({ headers, trailers }: ClientResponse): string =>
    [...headers, ...trailers].find(([name]) => name === "x-trace-id")?.[1] ?? "";

  /** The lines of Envoy's log, and those of its access log, once that is flushed. */
  async function searched(
    cwd: string,
    trace: string,
    requests: number,
  ): Promise<[log: string[], access: string[]]> {
    const isAccess = (line: string): boolean => line.startsWith("{");
    const search = (): Promise<string[]> => printed(SEARCH, cwd, { TRACE: trace });
    await expect.poll(async () => (await search()).filter(isAccess)).toHaveLength(requests);
    const lines = await search();
    return [lines.filter((line) => !isAccess(line)), lines.filter(isAccess)];
  }

  const PROTOCOLS: [string, Open][] = [
    ["http1", http1Client],
    ["http2", http2Client],
    ["grpc", grpcClient],
  ];

  describe.each(["text", "json"])("with lines as %s", (format) => {
    const log = { format, perSecond: 1000 };

    test.each(REFUSALS)("finds $reason from the user's answer alone", async (refusal) => {
      const [envoy, cwd] = await serve(log);
      for (const [, open] of PROTOCOLS) {
        const sent = newTrace();
        const response = await refuse(envoy, refusal, sent, open);
        const trace = traceOf(response);
        expect(trace).toBe(sent);
        if (open !== grpcClient) {
          expect(response.status).toBe(refusal.status);
          expect(JSON.parse(response.body.toString())).toMatchObject({ trace_id: trace });
        }
        const [lines, access] = await searched(cwd, trace, 1);
        expect(lines).toHaveLength(1);
        expect(read(lines[0] ?? "", format)).toEqual({
          msg: "refused",
          reason: refusal.reason,
          status: String(refusal.status),
          trace_id: trace,
          ...(refusal.decider === null
            ? {}
            : { [refusal.status === 429 ? "limit" : "provider"]: refusal.decider }),
        });
        expect(JSON.parse(access[0] ?? "")).toMatchObject({
          details: `sallyport{${refusal.reason}}`,
          trace_id: trace,
        });
      }
    });

    test("tells the requests of one trace apart", async () => {
      const [envoy, cwd] = await serve(log);
      const trace = newTrace();
      for (const refusal of REFUSALS) await refuse(envoy, refusal, trace);
      const [lines] = await searched(cwd, trace, REFUSALS.length);
      for (const { reason } of REFUSALS) {
        expect(lines.filter((line) => read(line, format)["reason"] === reason)).toHaveLength(1);
      }
      expect(lines).toHaveLength(REFUSALS.length);
    });

    test("has nothing private in what it searches", async () => {
      const [envoy, cwd] = await serve(log);
      for (const name of ["envoy.log", "access.log"]) {
        const text = await readFile(join(cwd, name), "utf8");
        expect(text).not.toBe("");
        expect(findSecrets(name, text)).toEqual([]);
      }
      expect(envoy.log()).toContain("refused");
    });
  });

  test("says what a reason means, and how often it was", async () => {
    const [envoy, cwd] = await serve({ format: "text", perSecond: 1000 });
    const ADMIN = `127.0.0.1:${String(envoy.adminPort)}`;
    for (const { reason } of REFUSALS) {
      const variables = { REASON: reason, ADMIN };
      expect(await printed(MEANING, cwd, variables)).toHaveLength(1);
      const counters = await printed(COUNT, cwd, variables);
      const decisions = counters.filter((line) => line.startsWith("sallyport_decisions_total"));
      expect(decisions).toEqual([
        expect.stringMatching(/outcome="deny",reason="[a-z:_]+"\} [1-9]\d*$/),
      ]);
    }
  });

  test("finds what was held back in the access log", async () => {
    const [envoy, cwd] = await serve({ perSecond: 1 });
    const ids = Array.from({ length: 20 }, newTrace);
    const [refusal] = REFUSALS;
    if (refusal === undefined) throw new Error("nothing is refused");
    for (const trace of ids) await refuse(envoy, refusal, trace);
    let written = 0;
    for (const trace of ids) {
      const [lines, access] = await searched(cwd, trace, 1);
      written += lines.length;
      expect(access[0]).toContain("sallyport{jwt:missing}");
    }
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(ids.length);
  });
});

/** The members of a line of the module, as texts. */
function read(line: string, format: string): Record<string, string> {
  const [, message = ""] = /wasm log \S+ \S+ \S+: (.*)$/.exec(line) ?? [];
  if (format === "json") {
    const members: Record<string, unknown> = JSON.parse(message);
    return Object.fromEntries(Object.entries(members).map(([key, value]) => [key, String(value)]));
  }
  const found = [...message.matchAll(/ ([a-z_]+)=("(?:[^"\\]|\\.)*"|\S+)/g)];
  const members: Record<string, string> = { msg: message.split(" ")[0] ?? "" };
  for (const [, key = "", value = ""] of found) members[key] = value.replace(/^"|"$/g, "");
  return members;
}
