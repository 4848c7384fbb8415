// Custom metrics: the values belong to the process, the ids to one VM.
// Source: envoy source/extensions/common/wasm/context.cc (defineMetric … getMetric).

import { MetricType, Status } from "./types.ts";

export type MetricValue =
  | { type: "counter"; value: bigint }
  | { type: "gauge"; value: bigint }
  | { type: "histogram"; count: bigint; sum: bigint };

const U64_MASK = (1n << 64n) - 1n;
const TYPE_MASK = 3;
const ID_INCREMENT = 4;

/** Values by name; Envoy keys its stats by name and type. */
export class MetricStore {
  readonly #values = new Map<string, MetricValue>();

  obtain(type: MetricType, name: string): MetricValue {
    const key = `${type}${name}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = newMetric(type);
    this.#values.set(key, value);
    return value;
  }

  increment(name: string): void {
    const metric = this.obtain(MetricType.COUNTER, name);
    if (metric.type === "counter") metric.value++;
  }

  snapshot(): Map<string, MetricValue> {
    const copy = new Map<string, MetricValue>();
    for (const [key, metric] of this.#values) copy.set(key.slice(1), { ...metric });
    return copy;
  }
}

function newMetric(type: MetricType): MetricValue {
  if (type === MetricType.COUNTER) return { type: "counter", value: 0n };
  if (type === MetricType.GAUGE) return { type: "gauge", value: 0n };
  return { type: "histogram", count: 0n, sum: 0n };
}

/** The ids of one VM: counters 4, 8, …; gauges 5, 9, …; histograms 6, 10, …. */
export class MetricIds {
  readonly #store: MetricStore;
  readonly #metrics = new Map<number, MetricValue>();
  readonly #lastId: [number, number, number] = [0, 1, 2];

  constructor(store: MetricStore) {
    this.#store = store;
  }

  /** A new id, also for a name that was defined before. */
  define(type: MetricType, name: string): number {
    const id = this.#lastId[type] + ID_INCREMENT;
    this.#lastId[type] = id;
    this.#metrics.set(id, this.#store.obtain(type, name));
    return id;
  }

  increment(id: number, offset: bigint): Status {
    const type = id & TYPE_MASK;
    if (type !== MetricType.COUNTER && type !== MetricType.GAUGE) return Status.BAD_ARGUMENT;
    const metric = this.#metrics.get(id);
    if (metric === undefined || metric.type === "histogram") return Status.NOT_FOUND;
    if (metric.type === "counter" && offset <= 0n) return Status.BAD_ARGUMENT;
    metric.value = (metric.value + offset) & U64_MASK;
    return Status.OK;
  }

  /** A counter adds the value, a gauge takes it, a histogram records it. */
  record(id: number, value: bigint): Status {
    const metric = this.#metrics.get(id);
    if (metric === undefined) return Status.NOT_FOUND;
    if (metric.type === "counter") metric.value = (metric.value + value) & U64_MASK;
    else if (metric.type === "gauge") metric.value = value;
    else {
      metric.count++;
      metric.sum += value;
    }
    return Status.OK;
  }

  get(id: number): bigint | Status {
    const type = id & TYPE_MASK;
    if (type !== MetricType.COUNTER && type !== MetricType.GAUGE) return Status.BAD_ARGUMENT;
    const metric = this.#metrics.get(id);
    if (metric === undefined || metric.type === "histogram") return Status.NOT_FOUND;
    return metric.value;
  }
}
