// Claims that were verified are no labels: a flood of signed tokens, no two with the same claims,
// adds no series to those that the first few requests made.

import { expect, test } from "vitest";

import { assembleBootstrap, renderListener } from "../../envoy/bootstrap.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { flood } from "../support/flood.ts";
import { countsInEnvoy } from "../support/request_counts.ts";
import { flipBit, forge, keyFor } from "../support/tokens.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const KEY = keyFor("HS256", "shared");
const METHODS = ["GET", "POST", "PURGE", "MKCOL"];
/** Every combination of kind of token, method and host: what there are series for. */
const FIRST = 4 * METHODS.length * 2;
const FLOOD = 3200 * FIRST;
const CLAIM = "claim-of-";

const CONFIGURATION = {
  trace: {},
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        algorithms: ["HS256"],
        keys: { inline: { keys: [KEY.jwk] } },
        forward: { claims: [{ claim: "sub", header: "x-user" }] },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
  rateLimit: {
    limits: [{ name: "a", key: [{ claim: "sub" }], capacity: 10, refill: "0/s", maxKeys: 100_000 }],
  },
  metrics: {
    requests: {
      services: [{ hosts: ["*.orders.test"], service: "orders" }],
      methods: ["GET", "POST"],
    },
  },
};

/** A token with claims of its own: half of them are good, a quarter late, a quarter forged. */
function tokenOf(index: number, nowSeconds: number): string {
  const own = `${CLAIM}${index}`;
  const isLate = index % 4 === 2;
  const token = forge(
    KEY,
    { alg: "HS256", kid: "shared" },
    {
      iss: `https://${own}.test`,
      sub: own,
      jti: own,
      aud: ["orders", own],
      exp: isLate ? nowSeconds - 3600 : nowSeconds + 3600,
      email: `${own}@example.test`,
      [own]: own,
    },
  );
  return index % 4 === 3 ? flipBit(token, 2, 5) : token;
}

function fieldsOf(index: number, nowSeconds: number): Record<string, string> {
  const isOrders = Math.floor(index / 16) % 2 === 0;
  return {
    ":method": METHODS[Math.floor(index / 4) % METHODS.length] ?? "",
    ":path": `/${CLAIM}${index}?q=${index}`,
    ":authority": `${CLAIM}${index}.${isOrders ? "orders" : "elsewhere"}.test`,
    authorization: `Bearer ${tokenOf(index, nowSeconds)}`,
  };
}

/** Counts when each of the combinations came `times` times. */
function expected(times: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of ["200", "401"]) {
    for (const service of ["orders", "other"]) {
      const [known, others] = [2 * times, 4 * times];
      counts[`${code} - ${service} http GET`] = known;
      counts[`${code} - ${service} http POST`] = known;
      counts[`${code} - ${service} http other`] = others;
    }
  }
  return counts;
}

/** All that the module made, without values. */
async function seriesOf(envoy: EnvoyProcess): Promise<string[]> {
  const page = await envoy.admin("/stats/prometheus?filter=wasmcustom");
  const lines = page.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return lines.map((line) => line.slice(0, line.lastIndexOf(" "))).sort();
}

await describeWithEnvoy("metrics of requests with tokens", (binary) => {
  test("have no series for claims, however many there are", async () => {
    requireModule();
    const name = "sallyport";
    const filter = { name, vmId: name, modulePath: MODULE_PATH, configuration: CONFIGURATION };
    const bootstrap = assembleBootstrap({
      admin: ANY_PORT,
      listeners: [
        renderListener({
          name,
          listen: ANY_PORT,
          filters: [wasmFilter(filter)],
          routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
          connectionManager: { access_log: [] },
        }),
      ],
      clusters: [],
    });
    const envoy = await startEnvoy({ binary, bootstrap });
    const port = envoy.ports.get(name) ?? 0;
    const nowSeconds = Math.floor(Date.now() / 1000);
    try {
      await flood(port, FIRST, (i) => fieldsOf(i, nowSeconds));
      await expect.poll(() => countsInEnvoy(envoy)).toEqual(expected(1));
      // Envoy shows histograms when it has flushed them.
      const histograms = async (): Promise<string[]> =>
        (await seriesOf(envoy)).filter((each) => each.includes("milliseconds_count"));
      await expect.poll(histograms, { timeout: 15_000 }).toHaveLength(2);
      const before = await seriesOf(envoy);

      await flood(port, FLOOD, (i) => fieldsOf(FIRST + i, nowSeconds));
      await expect
        .poll(() => countsInEnvoy(envoy), { timeout: 15_000 })
        .toEqual(expected(1 + FLOOD / FIRST));
      expect(await seriesOf(envoy)).toEqual(before);
      expect(await envoy.admin("/stats/prometheus")).not.toContain(CLAIM);
    } finally {
      await envoy.stop();
    }
  }, 240_000);
});
