// Two hops through a real Envoy between parties that trace with the SDK of OpenTelemetry: one
// connected trace, in every format that the SDK has a propagator for, and from each to each.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { assembleBootstrap, renderCluster, renderListener } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { wasmFilter } from "../../envoy/http_filters.ts";
import type { EnvoyProcess } from "../../scripts/lib/envoy_process.ts";
import { startEnvoy } from "../../scripts/lib/envoy_process.ts";
import { describeWithEnvoy, MODULE_PATH, requireModule } from "../support/envoy.ts";
import type { SpanCollector } from "../support/span_collector.ts";
import {
  collectorCluster,
  ENVOY_TRACER,
  SPANS_AT_ONCE,
  startSpanCollector,
} from "../support/span_collector.ts";
import type { EndedSpan, SdkFormat } from "../support/trace_sdk.ts";
import { ancestry, SDK_FORMATS } from "../support/trace_sdk.ts";
import type { Hop, Journey } from "../support/traced_services.ts";
import { SERVICES, TracedServices } from "../support/traced_services.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0 };
const SAMPLED = 1;
const APPLICATIONS = ["client", "service one", "service one calls", "service two"];

/** Fields of a format, as the SDK and we write it for a trace without state. */
const FIELDS: Record<SdkFormat, readonly string[]> = {
  tracecontext: ["traceparent"],
  b3: ["b3"],
  b3multi: ["x-b3-sampled", "x-b3-spanid", "x-b3-traceid"],
  jaeger: ["uber-trace-id"],
  xray: ["x-amzn-trace-id"],
  cloudtrace: ["x-cloud-trace-context"],
};

const ROUTES: JsonObject[] = SERVICES.map((name) => ({
  match: { path: `/${name}` },
  route: { cluster: name },
}));

interface ListenerOptions {
  name: string;
  vmId: string;
  /** The section. */
  trace: object;
  connectionManager?: JsonObject;
}

function listener({ name, vmId, trace, connectionManager }: ListenerOptions): JsonObject {
  const options = { name, vmId, modulePath: MODULE_PATH };
  return renderListener({
    name,
    listen: ANY_PORT,
    filters: [wasmFilter({ ...options, configuration: { trace } })],
    routes: ROUTES,
    connectionManager: { access_log: [], ...connectionManager },
  });
}

const serviceClusters = (services: TracedServices): JsonObject[] =>
  services.ports.map((port, index) =>
    renderCluster({ name: SERVICES[index] ?? "", host: "127.0.0.1", port, protocol: "http1" }),
  );

const pairs = SDK_FORMATS.flatMap((from) => SDK_FORMATS.map((to) => ({ from, to })));
const pairName = (from: SdkFormat, to: SdkFormat): string => `${from} to ${to}`;

const traceIds = ({ hops, spans }: Journey): Set<string | undefined> =>
  new Set([
    ...hops.flatMap(({ sent, came }) => [sent.traceId, came?.traceId]),
    ...spans.map(({ traceId }) => traceId),
  ]);

/** Flags of both hops, on either side of the gateway. */
const sampledBits = (hops: readonly Hop[]): (number | null)[] =>
  hops.flatMap(({ sent, came }) => [
    sent.traceFlags & SAMPLED,
    came === null ? null : came.traceFlags & SAMPLED,
  ]);

/** Names from the last service's span to the first of the trace. */
function pathBack(spans: readonly EndedSpan[]): string[] {
  const last = spans.find(({ name }) => name === "service two");
  return last === undefined ? [] : ancestry(spans, last);
}

/** The gateway sends no span anywhere; its response says under which id it passed the trace on. */
const toldSpans = (hops: readonly Hop[]): EndedSpan[] =>
  hops.flatMap(({ sent, told }) =>
    told === null
      ? []
      : [
          {
            name: "gateway",
            traceId: told.traceId,
            spanId: told.spanId,
            parentId: sent.spanId,
          },
        ],
  );

await describeWithEnvoy("two hops", (binary) => {
  const services = new TracedServices();
  beforeAll(async () => {
    requireModule();
    await services.start();
  });
  afterAll(() => services.close());

  describe("through an Envoy whose trace is ours", () => {
    let envoy: EnvoyProcess;
    beforeAll(async () => {
      const bootstrap = assembleBootstrap({
        admin: ANY_PORT,
        listeners: pairs.map(({ from, to }) =>
          listener({
            name: pairName(from, to),
            // A VM has room for 16 configurations.
            vmId: from,
            trace: { extract: [from], inject: [to], response: ["traceresponse"] },
          }),
        ),
        clusters: serviceClusters(services),
      });
      envoy = await startEnvoy({ binary, bootstrap });
    });
    afterAll(() => envoy.stop());

    /** There in one format, on in another, and back again. */
    function travel(from: SdkFormat, to: SdkFormat, isSampled: boolean): Promise<Journey> {
      const port = (a: SdkFormat, b: SdkFormat): number => envoy.ports.get(pairName(a, b)) ?? 0;
      const there = { port: port(from, to), writes: from, reads: to };
      const onwards = { port: port(to, from), writes: to, reads: from };
      return services.travel([there, onwards], isSampled);
    }

    test.each(pairs)("are one trace, from $from to $to and back", async ({ from, to }) => {
      const journey = await travel(from, to, true);
      const { hops, spans } = journey;
      expect(spans.map(({ name }) => name).sort()).toEqual(APPLICATIONS);
      expect(traceIds(journey).size).toBe(1);
      expect(sampledBits(hops)).toEqual([1, 1, 1, 1]);
      // Each hop has a span-id of its own between the two parties.
      const ids = [...spans, ...toldSpans(hops)].map(({ spanId }) => spanId);
      expect(new Set(ids).size).toBe(APPLICATIONS.length + hops.length);
      expect(pathBack([...spans, ...toldSpans(hops)])).toEqual([
        "service two",
        "gateway",
        "service one calls",
        "service one",
        "gateway",
        "client",
      ]);
      for (const [index, { fields }] of hops.entries()) {
        const known = Object.values(FIELDS).flat();
        const received = Object.keys(fields).filter((name) => known.includes(name));
        expect(received.sort()).toEqual(FIELDS[index === 0 ? to : from]);
      }
    });

    test.each(pairs)("that are not sampled stay so, from $from to $to", async ({ from, to }) => {
      const journey = await travel(from, to, false);
      expect(journey.spans).toEqual([]);
      expect(traceIds(journey).size).toBe(1);
      expect(sampledBits(journey.hops)).toEqual([0, 0, 0, 0]);
      for (const { sent, told, came } of journey.hops) {
        expect(came?.spanId).toBe(told?.spanId);
        expect(came?.spanId).not.toBe(sent.spanId);
      }
    });
  });

  describe("through an Envoy with a tracer of its own, to which we yield", () => {
    let envoy: EnvoyProcess;
    let collector: SpanCollector;
    beforeAll(async () => {
      collector = await startSpanCollector();
      const yielding = listener({
        name: "yield",
        vmId: "yield",
        trace: { mode: "yield", extract: [...SDK_FORMATS] },
        connectionManager: { tracing: ENVOY_TRACER },
      });
      const bootstrap = assembleBootstrap({
        admin: ANY_PORT,
        listeners: [yielding],
        clusters: [...serviceClusters(services), collectorCluster(collector.port)],
      });
      envoy = await startEnvoy({ binary, bootstrap: { ...bootstrap, ...SPANS_AT_ONCE } });
    });
    afterAll(async () => {
      await envoy.stop();
      collector.close();
    });

    function travel(format: SdkFormat, isSampled: boolean): Promise<Journey> {
      const leg = { port: envoy.ports.get("yield") ?? 0, writes: format, reads: format };
      return services.travel([leg, leg], isSampled);
    }

    test("are one trace, with Envoy's spans between", async () => {
      const journey = await travel("tracecontext", true);
      const { hops, spans } = journey;
      expect(spans.map(({ name }) => name).sort()).toEqual(APPLICATIONS);
      expect(traceIds(journey).size).toBe(1);
      expect(sampledBits(hops)).toEqual([1, 1, 1, 1]);
      // Envoy hands its spans to the collector when it likes.
      await expect
        .poll(() => pathBack([...spans, ...collector.spans()]), { timeout: 20_000 })
        .toEqual(["service two", "envoy", "service one calls", "service one", "envoy", "client"]);
    });

    test("that are not sampled stay so", async () => {
      const journey = await travel("tracecontext", false);
      expect(journey.spans).toEqual([]);
      expect(traceIds(journey).size).toBe(1);
      expect(sampledBits(journey.hops)).toEqual([0, 0, 0, 0]);
      for (const { sent, came } of journey.hops) expect(came?.spanId).not.toBe(sent.spanId);
      const own = new Set(journey.hops.map(({ sent }) => sent.traceId));
      expect(collector.spans().filter(({ traceId }) => own.has(traceId))).toEqual([]);
    });

    test.each(SDK_FORMATS.filter((format) => format !== "tracecontext"))(
      "leave a trace in %s alone, which Envoy does not read",
      async (format) => {
        for (const isSampled of [true, false]) {
          const journey = await travel(format, isSampled);
          const bit = isSampled ? 1 : 0;
          expect(traceIds(journey).size).toBe(1);
          expect(sampledBits(journey.hops)).toEqual([bit, bit, bit, bit]);
          for (const { sent, came } of journey.hops) expect(came?.spanId).toBe(sent.spanId);
          if (!isSampled) continue;
          expect(pathBack(journey.spans)).toEqual([...APPLICATIONS].reverse());
        }
      },
    );
  });
});
