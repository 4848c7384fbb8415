// Spans of applications: the SDK of OpenTelemetry reads, makes and writes them.

import { CloudPropagator } from "@google-cloud/opentelemetry-cloud-trace-propagator";
import type { Context, SpanContext, TextMapPropagator } from "@opentelemetry/api";
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { parseTraceParent, W3CTraceContextPropagator } from "@opentelemetry/core";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { B3InjectEncoding, B3Propagator } from "@opentelemetry/propagator-b3";
import { JaegerPropagator } from "@opentelemetry/propagator-jaeger";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

import type { HeaderList } from "../../host-sim/src/index.ts";

/** Propagators by what the module calls their format. */
const PROPAGATORS = {
  tracecontext: new W3CTraceContextPropagator(),
  b3: new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
  b3multi: new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
  jaeger: new JaegerPropagator(),
  xray: new AWSXRayPropagator(),
  cloudtrace: cloudPropagator(),
} satisfies Record<string, TextMapPropagator>;
export type SdkFormat = keyof typeof PROPAGATORS;
export const SDK_FORMATS = [
  "tracecontext",
  "b3",
  "b3multi",
  "jaeger",
  "xray",
  "cloudtrace",
] as const satisfies SdkFormat[];

/** It warns that its format is an old one, which is why we read that. */
function cloudPropagator(): TextMapPropagator {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  try {
    return new CloudPropagator();
  } finally {
    process.noDeprecation = before ?? false;
  }
}

/** A span that ended, whoever tells of it. */
export interface EndedSpan {
  name: string;
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentId: string;
}

/** One application's tracer. `isSampled` decides on traces that begin here. */
export class Tracing {
  readonly #exporter = new InMemorySpanExporter();
  readonly #provider: BasicTracerProvider;

  constructor(isSampled: boolean) {
    const root = isSampled ? new AlwaysOnSampler() : new AlwaysOffSampler();
    this.#provider = new BasicTracerProvider({
      sampler: new ParentBasedSampler({ root }),
      spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
    });
  }

  /** Does something under a span. */
  async within<Made>(
    name: string,
    parent: Context,
    body: (context: Context, own: SpanContext) => Promise<Made>,
  ): Promise<Made> {
    const span = this.#provider.getTracer("test").startSpan(name, {}, parent);
    try {
      return await body(trace.setSpan(parent, span), span.spanContext());
    } finally {
      span.end();
    }
  }

  /** What was sampled and has ended, in that order. */
  async ended(): Promise<EndedSpan[]> {
    await this.#provider.forceFlush();
    return this.#exporter.getFinishedSpans().map((span) => {
      const { traceId, spanId } = span.spanContext();
      return { name: span.name, traceId, spanId, parentId: span.parentSpanContext?.spanId ?? "" };
    });
  }
}

/** Fields for a request under a span. */
export function injected(format: SdkFormat, context: Context): HeaderList {
  const carrier: Record<string, string> = {};
  PROPAGATORS[format].inject(context, carrier, defaultTextMapSetter);
  return Object.entries(carrier);
}

/** What is read from a request's fields. */
export function extracted(format: SdkFormat, fields: object): Context {
  return PROPAGATORS[format].extract(ROOT_CONTEXT, fields, defaultTextMapGetter);
}

export const spanContextOf = (context: Context): SpanContext | null =>
  trace.getSpanContext(context) ?? null;

/** A `traceparent`, or what has its form. */
export function readTraceparent(value: string): SpanContext | null {
  return parseTraceParent(value);
}

/** Names of the spans from one up to the first of its trace; "unknown" where a parent is not. */
export function ancestry(spans: readonly EndedSpan[], from: EndedSpan): string[] {
  const names = [from.name];
  let { parentId } = from;
  while (parentId !== "" && names.length <= spans.length) {
    const wanted = parentId;
    const parent = spans.find((one) => one.spanId === wanted && one.traceId === from.traceId);
    names.push(parent?.name ?? "unknown");
    parentId = parent?.parentId ?? "";
  }
  return names;
}
