// Every metric of docs/metrics.md in one Envoy, each with exactly the labels of its row, and no
// other.

import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startRecordingServer } from "../support/recording_server.ts";
import { ecKey, mint } from "../support/tokens.ts";

const LOCAL = { host: "127.0.0.1", port: 0 };
const KEY = ecKey("k");
const ISSUER = "http://idp.test";
const LIMIT = { key: [{ text: "" }], capacity: 10, refill: "10/s" };

const configuration = {
  trace: { baggage: { keys: ["tenant"] }, export: { cluster: "http" } },
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { remote: { uri: `${ISSUER}/keys`, cluster: "http" } },
        deny: { remote: { uri: `${ISSUER}/denied`, cluster: "http" } },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
  rateLimit: {
    stores: { redis: { redis: { cluster: "http" } } },
    onStoreFailure: "allow",
    limits: ["shared", "redis"].map((store) => ({ ...LIMIT, name: store, store })),
  },
  metrics: {
    requests: { services: [{ hosts: ["example.test"], service: "orders" }], methods: ["GET"] },
  },
};

/** Names of the labels of each metric of a page. */
function labelsOf(page: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of page.split("\n")) {
    const [, name, labels] =
      /^(sallyport_[a-z_]+?)(?:_bucket|_sum|_count)?\{(.*)\} /.exec(line) ?? [];
    if (name === undefined || labels === undefined) continue;
    const names = [...labels.matchAll(/(\w+)="/g)].map((match) => match[1] ?? "");
    found.set(name, names.filter((each) => each !== "le").sort());
  }
  return found;
}

/** The table of docs/metrics.md. */
async function documented(): Promise<Map<string, string[]>> {
  const manual = await readFile("docs/metrics.md", "utf8");
  const rows = manual.matchAll(/^\| `(sallyport_\w+)` +\| \w+ +\| (.*) \|$/gm);
  return new Map(
    [...rows].map(([, name = "", labels = ""]) => [
      name,
      [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? "").sort(),
    ]),
  );
}

await describeWithEnvoy("the table of metrics", (binary) => {
  test("is what a real Envoy shows", async () => {
    requireModule();
    const server = await startRecordingServer(({ path }) => {
      if (path === "/keys") return { keys: [KEY.jwk] };
      return path === "/denied" ? { jti: ["denied"] } : 200;
    });
    const http = { host: "127.0.0.1", port: server.port, protocol: "http1" } as const;
    const filters = [
      wasmFilter({ name: "all", vmId: "all", modulePath: MODULE_PATH, configuration }),
    ];
    const envoy = await startEnvoy({
      binary,
      bootstrap: assembleBootstrap({
        admin: LOCAL,
        listeners: [renderListener({ name: "all", listen: LOCAL, filters })],
        clusters: [renderCluster(http), { ...renderCluster(http), name: "http" }],
      }),
    });
    try {
      const client = http1Client(envoy.ports.get("all") ?? 0);
      const exp = Math.floor(Date.now() / 1000) + 600;
      const token = await mint(KEY, { aud: "orders", exp, jti: "1" });
      const headers: [string, string][] = [
        ["authorization", `Bearer ${token}`],
        ["traceparent", "x"],
        ["baggage", "a=1"],
      ];
      const request = { method: "GET", path: "/", authority: "example.test" };
      await expect
        .poll(async () => (await client.send({ ...request, headers })).status, { timeout: 15_000 })
        .toBe(200);
      await client.send({ ...request, headers: [] });

      const manual = await documented();
      expect(manual.size).toBeGreaterThan(15);
      const page = async (): Promise<Record<string, string[]>> =>
        Object.fromEntries(labelsOf(await envoy.admin("/stats/prometheus?filter=sallyport")));
      await expect.poll(page, { timeout: 15_000 }).toEqual(Object.fromEntries(manual));
    } finally {
      await envoy.stop();
      await server.close();
    }
  });
});
