// The formats of trace context, read and written by the core.

import { loadCore } from "./core_probe.ts";

type Read = (ptr: number, len: number, out: number) => number;
type Write = (target: number, context: number) => number;

interface Exports {
  readTraceparent: Read;
  writeTraceparent(target: number, traceId: number, spanId: number, flags: number): void;
  readB3: Read;
  writeB3: Write;
  readB3Sampled(ptr: number, len: number): number;
  b3SampledFlags(): number;
  readJaeger: Read;
  writeJaeger: Write;
  readXray: Read;
  writeXray: Write;
  readCloudTrace: Read;
  writeCloudTrace: Write;
  readDatadogIds(trace: number, traceLen: number, span: number, len: number, out: number): number;
  readDatadogPriority: Read;
  readDatadogTags: Read;
  writeDatadogTraceId: Write;
  writeDatadogParentId: Write;
  writeDatadogTags: Write;
}

/** As in core/trace/span_context.ts. */
export const EXTRACTED = [
  "absent",
  "valid",
  "decision",
  "duplicate",
  "malformed",
  "zero_id",
  "forbidden_version",
] as const;
export type ExtractedName = (typeof EXTRACTED)[number];
export const SAMPLED = 1;
export const RANDOM = 2;
export const DEBUG = 4;
export const DEFERRED = 8;
export const SHORT = 16;

export interface SpanContext {
  traceId: string;
  spanId: string;
  flags: number;
}

const CONTEXT_BYTES = 56;
const FLAGS_AT = 48;
/** More than any format writes. */
const ROOM = 256;

export const probe = await loadCore<Exports>();
const { core } = probe;

export interface Outcome {
  result: ExtractedName;
  /** For "valid"; of a "decision" only the flags mean something. */
  context: SpanContext;
}

function outcome(result: number, out: number): Outcome {
  const name = EXTRACTED[result];
  if (name === undefined) throw new Error(`no outcome has the number ${String(result)}`);
  const flags = probe.view().getUint32(out + FLAGS_AT, true);
  const context = { traceId: probe.text(out, 32), spanId: probe.text(out + 32, 16), flags };
  return { result: name, context };
}

function putContext({ traceId, spanId, flags }: SpanContext): number {
  const bytes = Buffer.alloc(CONTEXT_BYTES);
  bytes.write(traceId + spanId, "latin1");
  bytes.writeUInt32LE(flags, FLAGS_AT);
  return probe.put(bytes);
}

/** One field: how a value is read, and what is written for a context. */
export interface FieldFormat {
  read(value: string): Outcome;
  write(context: SpanContext): string;
}

function field(read: Read, write: Write): FieldFormat {
  return {
    read(value) {
      probe.reset();
      const out = probe.room(CONTEXT_BYTES);
      return outcome(read(probe.put(value), value.length, out), out);
    },
    write(context) {
      probe.reset();
      const target = probe.room(ROOM);
      return probe.text(target, write(target, putContext(context)));
    },
  };
}

const TRACEPARENT_LEN = 55;

export const tracecontext = field(core.readTraceparent, (target, context) => {
  const flags = probe.view().getUint32(context + FLAGS_AT, true);
  core.writeTraceparent(target, context, context + 32, flags);
  return TRACEPARENT_LEN;
});
export const b3 = field(core.readB3, core.writeB3);
export const jaeger = field(core.readJaeger, core.writeJaeger);
export const xray = field(core.readXray, core.writeXray);
export const cloudTrace = field(core.readCloudTrace, core.writeCloudTrace);

export interface DatadogFields {
  traceId: string;
  parentId: string;
  /** Absent: empty. */
  priority: string;
  tags: string;
}

export function readDatadog(fields: DatadogFields): Outcome {
  probe.reset();
  const out = probe.room(CONTEXT_BYTES);
  const put = (value: string): [number, number] => [probe.put(value), value.length];
  const ids = core.readDatadogIds(...put(fields.traceId), ...put(fields.parentId), out);
  const read = outcome(ids, out);
  if (read.result !== "valid") return read;
  const isGood =
    (fields.priority === "" || core.readDatadogPriority(...put(fields.priority), out) !== 0) &&
    core.readDatadogTags(...put(fields.tags), out) !== 0;
  return isGood ? outcome(ids, out) : { ...read, result: "malformed" };
}

export function writeDatadog(context: SpanContext): DatadogFields {
  probe.reset();
  const ptr = putContext(context);
  const text = (write: Write): string => {
    const target = probe.room(ROOM);
    return probe.text(target, write(target, ptr));
  };
  return {
    traceId: text(core.writeDatadogTraceId),
    parentId: text(core.writeDatadogParentId),
    priority: (context.flags & DEFERRED) !== 0 ? "" : String(context.flags & SAMPLED),
    tags: text(core.writeDatadogTags),
  };
}

/** Flags of an x-b3-sampled, null when it is malformed. */
export function readB3Sampled(value: string): number | null {
  probe.reset();
  return core.readB3Sampled(probe.put(value), value.length) === 0 ? null : core.b3SampledFlags();
}
