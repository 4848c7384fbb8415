// Filters that export spans to a simulated collector.

import type { HeaderList, HttpCall, HttpDispatcher } from "../../host-sim/src/index.ts";
import { latin1 } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { answerCall, settle } from "../support/key_server.ts";
import type { Exported, OtlpSpan } from "../support/otlp.ts";
import { readExport } from "../support/otlp.ts";
import type { SimulatedOptions } from "../support/simulated_filter.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

export const module = await loadShippedModule();

export const COLLECTOR = "otel";
export const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
export const PARENT_ID = "b7ad6b7169203331";
export const traced = (flags: string): HeaderList => [
  ["traceparent", `00-${TRACE_ID}-${PARENT_ID}-${flags}`],
];
export const SAMPLED = traced("01");

/** A section `trace` that exports. */
export const exporting = (changed: object = {}, section: object = {}): object => ({
  ...section,
  export: { cluster: COLLECTOR, ...changed },
});

/** Whoever comes without a key is refused. */
export const REFUSING = {
  rateLimit: {
    limits: [
      {
        name: "by-key",
        key: [{ header: "x-key", onMissing: "deny" }],
        capacity: 1000,
        refill: "1000/s",
      },
    ],
  },
};

export class Collector {
  readonly calls: HttpCall[] = [];
  readonly exports: Exported[] = [];
  answer: Answering = {};
  /** Who answers calls to other clusters. */
  readonly #others: HttpDispatcher;

  constructor(others: HttpDispatcher = (call) => call.reset()) {
    this.#others = others;
  }

  get spans(): OtlpSpan[] {
    return this.exports.flatMap(({ spans }) => spans);
  }

  readonly dispatch: HttpDispatcher = (call) => {
    if (!call.cluster.startsWith(COLLECTOR)) {
      this.#others(call);
      return;
    }
    this.calls.push(call);
    this.exports.push(readExport(latin1(call.body)));
    const { answer } = this;
    if (answer === "refuse") call.reset();
    else queueMicrotask(() => answerCall(call, answer));
  };
}

export interface Exporting {
  filter: Simulated;
  collector: Collector;
}

/** A filter that refuses without `x-key`, and exports. */
export function startExporting(
  trace: object = exporting(),
  options: Partial<SimulatedOptions> = {},
  collector = new Collector(),
): Exporting {
  const filter = new Simulated(module, {
    configuration: { ...REFUSING, trace },
    clusters: [COLLECTOR],
    dispatch: collector.dispatch,
    ...options,
  });
  return { filter, collector };
}

/** Lets ticks, answers and timeouts come. */
export async function pass(filter: Simulated, seconds: number): Promise<void> {
  for (let steps = Math.round(seconds * 2); steps > 0; steps--) {
    filter.advance(0.5);
    filter.host.runTimers();
    await settle();
  }
}

const OUTCOMES = ["exported", "queue_full", "export_failed"] as const;

/** What became of spans: exported, without a place, failed. */
export function outcomes({ host }: Simulated): number[] {
  return OUTCOMES.map((outcome) => {
    const found = host.metrics().get(`outcome=.=${outcome};.;sallyport_trace_spans_total`);
    return found === undefined || found.type === "histogram" ? -1 : Number(found.value);
  });
}

const TRACEPARENT = new RegExp(`^00-${TRACE_ID}-([0-9a-f]{16})-01$`);

/** The span-id that a call was sent. */
export function sentSpanId(headers: HeaderList | undefined): string {
  const found = TRACEPARENT.exec(new Map(headers).get("traceparent") ?? "");
  if (found?.[1] === undefined) throw new Error("the call has no trace");
  return found[1];
}

/** The one span that was exported. */
export function onlySpan({ collector }: Exporting): OtlpSpan {
  const [span, more] = collector.spans;
  if (span === undefined || more !== undefined) {
    throw new Error(`found ${String(collector.spans.length)} spans`);
  }
  return span;
}
