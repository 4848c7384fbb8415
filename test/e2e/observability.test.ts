// Rules, alerts and the dashboard of envoy/observability, on Prometheus' own promtool and on a
// real Prometheus that scrapes a real Envoy.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { expect, test } from "vitest";
import { parse } from "yaml";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { grpcClient, http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startJwksServer } from "../support/jwks_server.ts";
import {
  describeWithPrometheus,
  promtool,
  queryPrometheus,
  startPrometheus,
} from "../support/prometheus_process.ts";
import { ecKey, mint } from "../support/tokens.ts";
import { startUpstream } from "../support/upstream.ts";

const FOLDER = "envoy/observability";
const RULES = ["recording_rules.yaml", "alerts.yaml"].map((name) => resolve(FOLDER, name));
const ANY_PORT = { host: "127.0.0.1", port: 0 };
const KEY = ecKey("observed");

const LIMIT = { key: [{ text: "" }], capacity: 1000, refill: "1000/s" };

/** Has every metric that a panel shows. */
const CONFIGURATION = {
  trace: { extract: ["tracecontext", "b3"] },
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { remote: { uri: "http://idp.test/keys", cluster: "idp" } },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
  rateLimit: {
    // It answers, but is no Webdis.
    stores: { broken: { redis: { cluster: "idp" } } },
    limits: [
      { name: "all", ...LIMIT },
      { name: "broken", ...LIMIT, store: "broken", onStoreFailure: "allow" },
    ],
  },
  metrics: { requests: { services: [{ hosts: ["example.test"], service: "orders" }] } },
};

interface Dashboard {
  panels: { title: string; type: string; targets?: { expr: string }[] }[];
}

interface Rules {
  groups: { rules: { record?: string; alert?: string }[] }[];
}

async function readRules(file: string): Promise<{ record?: string; alert?: string }[]> {
  const { groups }: Rules = parse(await readFile(file, "utf8"));
  return groups.flatMap(({ rules }) => rules);
}

describeWithPrometheus("rules for Prometheus", () => {
  test("are good by promtool, and pass their unit tests", () => {
    expect(promtool("check", "rules", ...RULES)).toContain("SUCCESS");
    expect(promtool("test", "rules", `${FOLDER}/rules.test.yaml`)).toContain("SUCCESS");
  });

  test("each have a unit test, and each alert a place in the runbook", async () => {
    const tested = await readFile(`${FOLDER}/rules.test.yaml`, "utf8");
    const runbook = await readFile("docs/alerts.md", "utf8");
    for (const { record, alert } of (await Promise.all(RULES.map(readRules))).flat()) {
      expect(tested).toContain(record ?? alert);
      if (alert !== undefined) {
        // It must fire somewhere.
        const fires = new RegExp(`${alert}\\b[^]{0,200}?exp_labels`);
        expect(tested).toMatch(fires);
        expect(runbook).toContain(`\`${alert}\``);
      }
    }
  });
});

await describeWithEnvoy("observability", (binary) => {
  describeWithPrometheus("with a real Prometheus", () => {
    test("each rule and each query of the dashboard has data", async () => {
      requireModule();
      const upstream = await startUpstream();
      const jwks = await startJwksServer();
      jwks.serve(200, { keys: [KEY.jwk] });
      const envoy = await startEnvoy({ binary, bootstrap: bootstrap(upstream.port, jwks.port) });
      const prometheus = await startPrometheus(envoy.adminPort, RULES);
      try {
        const queries = await everyQuery();
        expect(queries.length).toBeGreaterThan(30);
        let left = queries;
        await expect
          .poll(
            async () => {
              await drive(envoy);
              left = await withoutData(prometheus.port, left);
              return left;
            },
            { timeout: 60_000, interval: 500 },
          )
          .toEqual([]);
      } finally {
        await prometheus.stop();
        await envoy.stop();
        await jwks.close();
        await upstream.close();
      }
    }, 90_000);
  });
});

/** The queries of all panels, and the names of all recording rules. */
async function everyQuery(): Promise<string[]> {
  const dashboard: Dashboard = JSON.parse(await readFile(`${FOLDER}/dashboard.json`, "utf8"));
  const panels = dashboard.panels.flatMap(({ targets }) => targets ?? []);
  const rules = await readRules(`${FOLDER}/recording_rules.yaml`);
  return [
    ...panels.map(({ expr }) =>
      expr.replaceAll("$service", ".*").replaceAll("$__rate_interval", "15s"),
    ),
    ...rules.map(({ record }) => record ?? ""),
  ];
}

async function withoutData(port: number, queries: string[]): Promise<string[]> {
  const found = await Promise.all(
    queries.map(async (query) => {
      const values = await queryPrometheus(port, query);
      return values.some((value) => Number.isFinite(value)) ? [] : [query];
    }),
  );
  return found.flat();
}

function bootstrap(upstreamPort: number, jwksPort: number) {
  const filters = sallyportFilters({
    name: "sallyport",
    vmId: "sallyport",
    modulePath: MODULE_PATH,
    configuration: CONFIGURATION,
  });
  return assembleBootstrap({
    admin: ANY_PORT,
    listeners: [renderListener({ name: "ingress", listen: ANY_PORT, filters })],
    clusters: [
      renderCluster({ host: "127.0.0.1", port: upstreamPort, protocol: "same" }),
      renderCluster({ name: "idp", host: "127.0.0.1", port: jwksPort, protocol: "http1" }),
    ],
  });
}

/** Requests that pass and that are refused, over HTTP and gRPC. */
async function drive(envoy: EnvoyProcess): Promise<void> {
  const port = envoy.ports.get("ingress") ?? 0;
  const exp = Math.floor(Date.now() / 1000) + 600;
  const token = await mint(KEY, { sub: "alice", aud: "orders", exp });
  const bearer: [string, string] = ["authorization", `Bearer ${token}`];
  const request = { method: "GET", path: "/", authority: "example.test" };
  const [http, grpc] = [http1Client(port), grpcClient(port)];
  try {
    for (let i = 0; i < 5; i++) {
      await http.send({ ...request, headers: [bearer] });
      await http.send({ ...request, headers: [["b3", "-"]] });
      await grpc.send({ ...request, method: "POST", path: "/a.B/C", headers: [bearer] });
    }
  } finally {
    http.close();
    grpc.close();
  }
}
