// The labels that the bootstrap's stats tags cut out of the module's metric names.

import { expect, test } from "vitest";
import { renderBootstrap } from "../../envoy/bootstrap.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import { startUpstream } from "../support/upstream.ts";

const CONFIGURATION = {
  markChecked: true,
  normalise: { underscores: "reject" },
  rateLimit: { limits: [{ name: "two", key: [{ text: "all" }], capacity: 2, refill: "0/s" }] },
};

await describeWithEnvoy("metrics in Envoy", (binary) => {
  test("have labels in Prometheus, and details in the access log", async () => {
    requireModule();
    const upstream = await startUpstream();
    const bootstrap = renderBootstrap({
      configuration: CONFIGURATION,
      modulePath: MODULE_PATH,
      listen: { host: "127.0.0.1", port: 0 },
      admin: { host: "127.0.0.1", port: 0 },
      upstream: { host: "127.0.0.1", port: upstream.port, protocol: "same" },
    });
    const envoy = await startEnvoy({ binary, bootstrap });
    try {
      const client = http1Client(envoy.ports.get("ingress") ?? 0);
      const request = { method: "GET", path: "/a?token=secret", authority: "example.test" };
      await client.send({ ...request, headers: [["x_a", "1"]] });
      for (let turn = 0; turn < 3; turn++) await client.send({ ...request, headers: [] });

      const page = await envoy.admin("/stats/prometheus?filter=sallyport");
      const counted = page.split("\n").filter((line) => /^sallyport_.* [1-9]\d*$/.test(line));
      expect(counted.sort()).toEqual([
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
});
