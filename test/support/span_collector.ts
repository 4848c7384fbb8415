// Envoy's own tracer, and a collector that takes its spans.

import protobuf from "protobufjs";

import { renderCluster } from "../../envoy/bootstrap.ts";
import type { JsonObject } from "../../envoy/http_filters.ts";
import { startGrpcServer } from "./grpc_server.ts";
import type { EndedSpan } from "./trace_sdk.ts";

const COLLECTOR = "collector";

/** The member `tracing` of a connection manager. */
export const ENVOY_TRACER: JsonObject = {
  provider: {
    name: "envoy.tracers.opentelemetry",
    typed_config: {
      "@type": "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig",
      grpc_service: { envoy_grpc: { cluster_name: COLLECTOR } },
      service_name: "ingress",
    },
  },
};

export const collectorCluster = (port: number): JsonObject =>
  renderCluster({ name: COLLECTOR, host: "127.0.0.1", port, protocol: "http2" });

/** Members of the bootstrap: each span is sent at once. */
export const SPANS_AT_ONCE: JsonObject = {
  layered_runtime: {
    layers: [
      { name: "test", static_layer: { tracing: { opentelemetry: { min_flush_spans: 1 } } } },
    ],
  },
};

// Parts of opentelemetry/proto/collector/trace/v1/trace_service.proto and trace/v1/trace.proto.
const API = `
syntax = "proto3";
message Span {
  bytes trace_id = 1;
  bytes span_id = 2;
  bytes parent_span_id = 4;
  string name = 5;
}
message ScopeSpans { repeated Span spans = 2; }
message ResourceSpans { repeated ScopeSpans scope_spans = 2; }
message Request { repeated ResourceSpans resource_spans = 1; }
`;
const requestType = protobuf.parse(API, { keepCase: true }).root.lookupType("Request");
const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

interface RawSpan {
  trace_id: string;
  span_id: string;
  parent_span_id: string;
  name: string;
}
interface RawRequest {
  resource_spans: { scope_spans: { spans: RawSpan[] }[] }[];
}

export interface SpanCollector {
  port: number;
  /** What came so far, all under the name "envoy". */
  spans(): readonly EndedSpan[];
  close(): void;
}

export async function startSpanCollector(): Promise<SpanCollector> {
  const spans: EndedSpan[] = [];
  const server = await startGrpcServer(EXPORT, (call, done) => {
    spans.push(...decode(call.request));
    done(null, Buffer.alloc(0));
  });
  return { port: server.port, spans: () => spans, close: () => server.close() };
}

function decode(bytes: Uint8Array): EndedSpan[] {
  const decoded = requestType.toObject(requestType.decode(bytes), {
    arrays: true,
    defaults: true,
    bytes: String,
  });
  // Member by member as the API above says.
  const request: RawRequest = JSON.parse(JSON.stringify(decoded));
  const scopes = request.resource_spans.flatMap((each) => each.scope_spans);
  return scopes
    .flatMap((each) => each.spans)
    .map((span) => ({
      name: "envoy",
      traceId: hex(span.trace_id),
      spanId: hex(span.span_id),
      parentId: hex(span.parent_span_id),
    }));
}

const hex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");
