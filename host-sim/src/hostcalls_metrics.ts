// Metric calls. Source: envoy context.cc (defineMetric, incrementMetric, recordMetric, getMetric).

import { MetricType, Status } from "./types.ts";
import type { HostCalls } from "./hostcalls.ts";
import type { Vm } from "./vm.ts";

const TYPES = [MetricType.COUNTER, MetricType.GAUGE, MetricType.HISTOGRAM];

export function metricCalls(vm: Vm): HostCalls {
  const ids = vm.metricIds;
  return {
    proxy_define_metric(type: number, ptr: number, len: number, outId: number) {
      const name = vm.memory.text(ptr, len);
      if (name === null) return Status.INVALID_MEMORY_ACCESS;
      const metricType = TYPES[type >>> 0];
      if (metricType === undefined) return Status.BAD_ARGUMENT;
      const id = ids.define(metricType, name);
      return vm.memory.writeU32(outId, id) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },

    proxy_increment_metric(id: number, offset: bigint) {
      return ids.increment(id >>> 0, offset);
    },

    proxy_record_metric(id: number, value: bigint) {
      return ids.record(id >>> 0, BigInt.asUintN(64, value));
    },

    proxy_get_metric(id: number, out: number) {
      const value = ids.get(id >>> 0);
      if (typeof value === "number") return value;
      return vm.memory.writeU64(out, value) ? Status.OK : Status.INVALID_MEMORY_ACCESS;
    },
  };
}
