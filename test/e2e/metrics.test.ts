// The labels that the bootstrap's stats tags cut out of the module's metric names.

import { expect, test } from "vitest";
import { renderBootstrap } from "../../envoy/bootstrap.ts";
import { capabilitiesOf } from "../../envoy/capabilities.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { bearer } from "../cases/jwt_expectations.ts";
import { EC, token } from "../cases/jwt_tokens.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startUpstream } from "../support/upstream.ts";

const PROVIDER = { audiences: ["orders"], keys: { inline: { keys: [EC.jwk] } } };

const CONFIGURATION = {
  markChecked: true,
  normalise: { underscores: "reject" },
  rateLimit: { limits: [{ name: "two", key: [{ text: "all" }], capacity: 2, refill: "0/s" }] },
};

const LIMITS = {
  rateLimit: {
    limits: [
      { name: "tried", key: [{ text: "" }], capacity: 1, refill: "0/s", shadow: true },
      { name: "a|b.c", key: [{ text: "" }], capacity: 3, refill: "0/s" },
    ],
  },
};

const BUSY = {
  rateLimit: { limits: [{ name: "busy", key: [{ text: "" }], capacity: 10_000, refill: "0/s" }] },
};

const TOKENS = {
  jwt: {
    dryRun: true,
    providers: { idp: PROVIDER, "a;.;b": PROVIDER },
    rules: [
      { match: { prefix: "/b" }, require: "a;.;b" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
};

/** Milliseconds: what passes is told once a second. */
const TICK_PATIENCE = 10_000;

/** The module's counters that are not 0, as Prometheus reads them. */
async function counted(envoy: EnvoyProcess): Promise<string[]> {
  const page = await envoy.admin("/stats/prometheus?filter=sallyport");
  return page
    .split("\n")
    .filter((line) => /^sallyport_.* [1-9]\d*$/.test(line))
    .sort();
}

async function countedOfLimits(envoy: EnvoyProcess): Promise<string[]> {
  const lines = await counted(envoy);
  return lines.filter((line) => line.startsWith("sallyport_ratelimit_total"));
}

await describeWithEnvoy("metrics in Envoy", (binary) => {
  function start(configuration: object, upstreamPort: number): Promise<EnvoyProcess> {
    const bootstrap = renderBootstrap({
      configuration,
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstreamPort, protocol: "same" },
    });
    return startEnvoy({ binary, bootstrap });
  }

  test("count no request where nothing is configured: it does not enter the module", async () => {
    requireModule();
    const upstream = await startUpstream();
    const configuration = {};
    const bootstrap = renderBootstrap({
      configuration,
      capabilities: capabilitiesOf(MODULE_PATH, configuration),
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstream.port, protocol: "same" },
    });
    const envoy = await startEnvoy({ binary, bootstrap });
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
      expect((await client.send(request)).status).toBe(200);
      const page = await envoy.admin("/stats/prometheus?filter=sallyport");
      expect(page).toContain('sallyport_decisions_total{filter="chain",outcome="allow"');
      expect(await counted(envoy)).toEqual([]);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("have labels in Prometheus, and details in the access log", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(CONFIGURATION, upstream.port);
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/a?token=secret", authority: "example.test" };
      await client.send({ ...request, headers: [["x_a", "1"]] });
      for (let turn = 0; turn < 3; turn++) await client.send({ ...request, headers: [] });

      const decisions = async (): Promise<string[]> =>
        (await counted(envoy)).filter((line) => line.includes("_decisions_"));
      await expect
        .poll(decisions, { timeout: TICK_PATIENCE })
        .toEqual([
          'sallyport_decisions_total{filter="chain",outcome="allow",reason="ok"} 2',
          'sallyport_decisions_total{filter="normalise",outcome="deny",' +
            'reason="normalise:header_refused"} 1',
          'sallyport_decisions_total{filter="ratelimit",outcome="deny",' +
            'reason="ratelimit:limited"} 1',
        ]);

      const details = (): unknown[] => envoy.accessLog().map((entry) => entry["details"]);
      await expect
        .poll(details)
        .toEqual([
          "sallyport{normalise:header_refused}",
          "via_upstream",
          "via_upstream",
          "sallyport{ratelimit:limited}",
        ]);
      expect(JSON.stringify(envoy.accessLog())).not.toContain("secret");
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("of traces that restart, and of baggage, have the format and the reason", async () => {
    requireModule();
    const upstream = await startUpstream();
    const trace = { extract: ["tracecontext", "b3"], baggage: { keys: ["tenant"] } };
    const envoy = await start({ trace }, upstream.port);
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test" };
      await client.send({ ...request, headers: [["traceparent", "x"]] });
      await client.send({ ...request, headers: [["b3", "0-0"]] });
      await client.send({ ...request, headers: [["b3", "1"]] });
      await client.send({ ...request, headers: [["baggage", "a,user=1,role=2"]] });
      const lines = await counted(envoy);
      expect(lines.filter((line) => line.includes("_trace_restarts_"))).toEqual([
        'sallyport_trace_restarts_total{reason="malformed",format="b3"} 1',
        'sallyport_trace_restarts_total{reason="malformed",format="tracecontext"} 1',
      ]);
      expect(lines.filter((line) => line.includes("_baggage_"))).toEqual([
        'sallyport_trace_baggage_dropped_total{reason="malformed"} 1',
        'sallyport_trace_baggage_dropped_total{reason="unlisted"} 2',
      ]);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("of limits have names and outcomes, told with the next tick", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(LIMITS, upstream.port);
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
      for (let turn = 0; turn < 5; turn++) await client.send(request);

      await expect
        .poll(() => countedOfLimits(envoy), { timeout: 10_000 })
        .toEqual([
          'sallyport_ratelimit_total{filter="ratelimit",outcome="allowed",limit="a_b.c"} 3',
          'sallyport_ratelimit_total{filter="ratelimit",outcome="allowed",limit="tried"} 1',
          'sallyport_ratelimit_total{filter="ratelimit",outcome="limited",limit="a_b.c"} 2',
          'sallyport_ratelimit_total{filter="ratelimit",outcome="shadow",limit="tried"} 4',
        ]);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("of a busy limit tell its leases, which are fewer than its requests", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(BUSY, upstream.port);
    const named = (outcome: string, count: number): string =>
      `sallyport_ratelimit_total{filter="ratelimit",outcome="${outcome}",limit="busy"} ${count}`;
    const request = { method: "GET", path: "/", authority: "example.test", headers: [] };
    let sent = 0;
    let leased = 0;
    /** Whether requests have come as quickly as leases want them; tells of each burst in full. */
    async function hasLeased(): Promise<boolean> {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      for (let turn = 0; turn < 50; turn++) await client.send(request);
      sent += 50;
      const lines = (): Promise<string[]> => countedOfLimits(envoy);
      await expect.poll(lines, { timeout: 10_000 }).toContain(named("allowed", sent));
      const others = (await lines()).filter((line) => line !== named("allowed", sent));
      leased = Number(others[0]?.split(" ").pop() ?? 0);
      expect(others).toEqual(leased === 0 ? [] : [named("leased", leased)]);
      return leased > 0;
    }
    try {
      await expect.poll(hasLeased, { timeout: 30_000 }).toBe(true);
      expect(leased).toBeLessThan(sent);
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });

  test("of tokens have providers and what the cache did", async () => {
    requireModule();
    const upstream = await startUpstream();
    const envoy = await start(TOKENS, upstream.port);
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const good = bearer(await token());
      const bad = bearer(await token({ aud: "billing" }));
      for (const [path, headers] of [
        ["/", good],
        ["/", bad],
        ["/", bad],
        ["/b", []],
      ] as const) {
        await client.send({
          method: "GET",
          path,
          authority: "example.test",
          headers: [...headers],
        });
      }
      await expect
        .poll(() => counted(envoy), { timeout: TICK_PATIENCE })
        .toEqual([
          'sallyport_decisions_total{filter="chain",outcome="allow",reason="ok"} 1',
          'sallyport_decisions_total{filter="jwt",outcome="dry_run",' +
            'reason="jwt:audience_refused"} 2',
          'sallyport_decisions_total{filter="jwt",outcome="dry_run",reason="jwt:missing"} 1',
          'sallyport_jwt_cache_total{filter="jwt",result="miss"} 3',
          'sallyport_jwt_cache_total{filter="jwt",result="refused"} 1',
          'sallyport_jwt_total{filter="jwt",outcome="allow",reason="ok",provider="idp"} 1',
          'sallyport_jwt_total{filter="jwt",outcome="dry_run",reason="jwt:audience_refused",' +
            'provider="idp"} 2',
          'sallyport_jwt_total{filter="jwt",outcome="dry_run",reason="jwt:missing",' +
            'provider="a_._b"} 1',
        ]);
      expect(envoy.log()).toContain("dry run, not refused reason=jwt:audience_refused");
    } finally {
      await envoy.stop();
      await upstream.close();
    }
  });
});
