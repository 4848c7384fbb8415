// Spans that a real Envoy sends to a collector, from a VM that is granted no more than it needs.

import { readFile } from "node:fs/promises";

import { afterAll, beforeAll, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import { requiredCapabilities } from "../../envoy/capabilities.ts";
import { sallyportFilters } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { http1Client } from "../support/clients.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { JwksServer } from "../support/jwks_server.ts";
import { startJwksServer } from "../support/jwks_server.ts";
import { attributesOf, KIND } from "../support/otlp.ts";
import type { OtlpCollector } from "../support/otlp_collector.ts";
import { startOtlpCollector } from "../support/otlp_collector.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { TestKey } from "../support/tokens.ts";
import type { Upstream } from "../support/upstream.ts";
import { startUpstream } from "../support/upstream.ts";

const KEY = ecKey("known");
const POLL = { timeout: 20_000, interval: 100 };
const PARENT_ID = "b7ad6b7169203331";

const CONFIGURATION = {
  trace: { export: { cluster: "otel", authority: "otel.test:4318", service: "edge" } },
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { remote: { uri: "http://idp.test/keys", cluster: "idp", cooldown: "1s" } },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

let ids = 0;
/** A trace of its own for each request, from a sender that has decided about it. */
function newTrace(flags: "00" | "01"): { traceId: string; traceparent: string } {
  const traceId = (++ids).toString(16).padStart(32, "a");
  return { traceId, traceparent: `00-${traceId}-${PARENT_ID}-${flags}` };
}

await describeWithEnvoy("spans in Envoy", (binary) => {
  let upstream: Upstream;
  let jwks: JwksServer;
  let collector: OtlpCollector;
  let envoy: EnvoyProcess;

  beforeAll(async () => {
    requireModule();
    upstream = await startUpstream();
    jwks = await startJwksServer();
    jwks.serve(200, { keys: [KEY.jwk] });
    collector = await startOtlpCollector();
    const module = await WebAssembly.compile(await readFile(MODULE_PATH));
    const filters = sallyportFilters({
      name: "sallyport",
      vmId: "sallyport",
      modulePath: MODULE_PATH,
      configuration: CONFIGURATION,
      capabilities: requiredCapabilities(module, CONFIGURATION),
    });
    const host = "127.0.0.1";
    const protocol = "http1";
    const bootstrap = assembleBootstrap({
      admin: { host, port: 0 },
      listeners: [renderListener({ name: "ingress", listen: { host, port: 0 }, filters })],
      clusters: [
        renderCluster({ host, port: upstream.port, protocol }),
        renderCluster({ name: "idp", host, port: jwks.port, protocol }),
        renderCluster({ name: "otel", host, port: collector.port, protocol }),
      ],
    });
    envoy = await startEnvoy({ binary, bootstrap });
  });
  afterAll(async () => {
    await envoy.stop();
    await upstream.close();
    await jwks.close();
    await collector.close();
  });

  interface Answer {
    status: number;
    traceId: string;
    /** `x-trace-id` of the answer. */
    told: string | undefined;
    milliseconds: [sent: number, answered: number];
  }

  async function send(key: TestKey | null, flags: "00" | "01"): Promise<Answer> {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const token = key === null ? "none" : await mint(key, { aud: "orders", exp });
    const { traceId, traceparent } = newTrace(flags);
    const sent = Date.now();
    const { status, headers } = await http1Client(envoy.ports.get("ingress") ?? 0).send({
      method: "GET",
      path: "/",
      authority: "example.test",
      headers: [
        ["authorization", `Bearer ${token}`],
        ["traceparent", traceparent],
      ],
    });
    const told = new Map(headers).get("x-trace-id");
    return { status, traceId, told, milliseconds: [sent, Date.now()] };
  }

  async function counted(outcome: string): Promise<number> {
    const page = await envoy.admin("/stats/prometheus?filter=sallyport_trace_spans");
    const found = new RegExp(`^sallyport_trace_spans_total\\{outcome="${outcome}"\\} (\\d+)$`, "m");
    return Number(found.exec(page)?.[1] ?? NaN);
  }

  test("of a refusal have the trace-id of its answer, and the time of day", async () => {
    await expect.poll(async () => (await send(KEY, "01")).status, POLL).toBe(200);
    const { status, traceId, told, milliseconds } = await send(null, "01");
    expect([status, told]).toEqual([401, traceId]);
    await expect.poll(() => collector.spansOf(traceId).length, POLL).toBe(1);
    const [span] = collector.spansOf(traceId);
    if (span === undefined) throw new Error("no span");
    expect(span).toMatchObject({ name: "sallyport refuse", parentSpanId: PARENT_ID });
    expect(attributesOf(span)).toMatchObject({
      "sallyport.reason": "jwt:malformed",
      "http.response.status_code": "401",
    });
    const at = Number(BigInt(span.startTimeUnixNano) / 1_000_000n);
    // The module compares both clocks once a second.
    expect(at).toBeGreaterThanOrEqual(milliseconds[0] - 5);
    expect(at).toBeLessThanOrEqual(milliseconds[1] + 5);
    expect(collector.requests.at(-1)).toMatchObject({
      path: "/v1/traces",
      authority: "otel.test:4318",
      contentType: "application/json",
      service: "edge",
    });
    for (const { fields } of collector.requests) expect(fields).not.toContain("traceparent");
    await expect.poll(() => counted("exported"), POLL).toBeGreaterThan(0);
  });

  test("are not there in a trace that is not sampled", async () => {
    const unsampled = await send(null, "00");
    expect([unsampled.status, unsampled.told]).toEqual([401, unsampled.traceId]);
    const sampled = await send(null, "01");
    await expect.poll(() => collector.spansOf(sampled.traceId).length, POLL).toBe(1);
    expect(collector.spansOf(unsampled.traceId)).toEqual([]);
  });

  test("of a call for keys have the id that the server was sent", async () => {
    await expect.poll(async () => (await send(KEY, "00")).status, POLL).toBe(200);
    // Another one than this request could have asked for keys a moment ago.
    const asked = async (): Promise<string | undefined> => {
      const { traceId } = await send(ecKey("unknown"), "01");
      const found = jwks.requests.find(({ headers }) =>
        String(headers["traceparent"] ?? "").includes(traceId),
      );
      return found === undefined ? undefined : String(found.headers["traceparent"]);
    };
    let traceparent: string | undefined;
    await expect
      .poll(async () => (traceparent = await asked()), POLL)
      .toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const [, traceId = "", spanId] = (traceparent ?? "").split("-");
    await expect.poll(() => collector.spansOf(traceId).length, POLL).toBe(2);
    const call = collector.spansOf(traceId).find(({ kind }) => kind === KIND.CLIENT);
    const refusal = collector.spansOf(traceId).find(({ kind }) => kind === KIND.INTERNAL);
    if (call === undefined) throw new Error("no span of the call");
    expect(call).toMatchObject({
      spanId,
      parentSpanId: refusal?.spanId,
      name: "sallyport fetch keys",
      status: {},
    });
    expect(attributesOf(call)).toMatchObject({ "http.response.status_code": "200" });
    expect(BigInt(call.endTimeUnixNano)).toBeGreaterThan(BigInt(call.startTimeUnixNano));
  });

  test("that a collector does not take are lost and counted", async () => {
    const before = await counted("export_failed");
    collector.answerWith(500);
    const { traceId } = await send(null, "01");
    await expect.poll(() => counted("export_failed"), POLL).toBe(before + 1);
    expect(collector.spansOf(traceId)).toHaveLength(1);
    collector.answerWith(200);
    const good = await counted("exported");
    await send(null, "01");
    await expect.poll(() => counted("exported"), POLL).toBe(good + 1);
    expect(await counted("queue_full")).toBe(0);
  });
});
