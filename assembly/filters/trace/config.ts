// The section `trace`.

import { Text, text } from "../../core/bytes/text";
import { charactersOf, fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_OWNED, NAME_WRITTEN } from "../../core/headers/names";
import { readTraceResponse } from "./answer_config";
import { BaggageConfig, BaggageMode } from "./baggage";
import { readBaggage } from "./baggage_config";
import { readSpanExport } from "./export_config";
import { HeaderPolicy, noteFirstByte } from "../../core/headers/policy";
import {
  formatName,
  hasFormat,
  TRACE_FIELDS,
  TRACE_FORMATS,
  TraceConfig,
  TraceFormat,
  TraceMode,
} from "./formats";
import { readSampling } from "./sampling_config";

/** The choices of `extract` and `inject`, in the order of TraceFormat. */
const FORMATS = new Array<string>();
for (let format: u32 = 0; format < TRACE_FORMATS; format++) {
  FORMATS.push(charactersOf(formatName(format)));
}
/** In the order of TraceMode. */
const MODES: string[] = ["own", "yield", "edge"];

/** In the order of TraceField. */
const FIELDS: Text[] = [
  text("traceparent"),
  text("tracestate"),
  text("b3"),
  text("x-b3-traceid"),
  text("x-b3-spanid"),
  text("x-b3-parentspanid"),
  text("x-b3-sampled"),
  text("x-b3-flags"),
  text("uber-trace-id"),
  text("jaeger-debug-id"),
  text("jaeger-baggage"),
  text("x-amzn-trace-id"),
  text("x-cloud-trace-context"),
  text("x-datadog-trace-id"),
  text("x-datadog-parent-id"),
  text("x-datadog-sampling-priority"),
  text("x-datadog-origin"),
  text("x-datadog-tags"),
  text("grpc-trace-bin"),
  text("x-ot-span-context"),
  text("ot-tracer-traceid"),
  text("ot-tracer-spanid"),
  text("ot-tracer-sampled"),
  text("sw8"),
  text("sw8-correlation"),
  text("sw8-x"),
];
const TRACE_ID = text("x-trace-id");
const TRACE_LINK = text("x-trace-link");
const BAGGAGE = text("baggage");
const JAEGER_BAGGAGE_PREFIX = text("uberctx-");

/** Reads the section into the block; returns the address of a TraceConfig. */
export function readTrace(value: Value, names: usize): usize {
  const ptr = value.block.allocate(<u32>offsetof<TraceConfig>());
  const config = changetype<TraceConfig>(ptr);
  const mode = value.optional("mode");
  if (mode !== null) config.mode = <TraceMode>mode.choice(MODES);
  config.extract = readFormats(value, value.optional("extract"));
  config.extractCount = formatsRead;
  const inject = value.optional("inject");
  if (inject !== null && config.mode == TraceMode.YIELD) {
    inject.refuseFound("formats to write", 'none with the mode "yield"');
  }
  config.inject = readFormats(value, inject);
  config.injectCount = formatsRead;
  config.response = readTraceResponse(value.optional("response"));
  const sampling = value.optional("sampling");
  if (sampling !== null) {
    if (config.mode == TraceMode.YIELD) {
      sampling.refuseFound("sampling", 'none with the mode "yield"');
    }
    config.sampling = readSampling(sampling, names);
  }
  const baggageId = writtenId(names, value, BAGGAGE, NAME_WRITTEN);
  config.baggage = readBaggage(value, baggageId, config.mode == TraceMode.EDGE);
  config.spanExport = readSpanExport(value.optional("export"));
  value.done();
  config.fields = value.block.allocate(4 * TRACE_FIELDS);
  for (let i: u32 = 0; i < TRACE_FIELDS; i++) {
    store<u32>(config.fields + (i << 2), writtenId(names, value, FIELDS[i], NAME_WRITTEN));
  }
  config.traceIdId = writtenId(names, value, TRACE_ID, NAME_OWNED | NAME_WRITTEN);
  if (config.mode == TraceMode.EDGE) {
    config.linkId = writtenId(names, value, TRACE_LINK, NAME_OWNED | NAME_WRITTEN);
  }
  return ptr;
}

function writtenId(names: usize, value: Value, name: Text, flags: u16): u32 {
  const id = fixedNameId(names, value, name);
  if (!value.error.failed) addNameFlags(names, id, flags);
  return id;
}

/** How many formats the last `readFormats` read. */
let formatsRead: u32 = 0;

/** Reads a list of formats, in its order; returns the address of a byte for each. */
function readFormats(section: Value, formats: Value | null): usize {
  const ptr = section.block.allocate(TRACE_FORMATS);
  formatsRead = 1;
  // The first of them, which is 0, is the default.
  if (formats === null) return ptr;
  const items = formats.items(1, TRACE_FORMATS);
  let known: u32 = 0;
  for (let i = 0; i < items.length; i++) {
    const format = items[i].choice(FORMATS);
    if ((known & (1 << format)) != 0) {
      items[i].refuseFound("a format that the list has already", "each format once");
    }
    known |= 1 << format;
    store<u8>(ptr + i, <u8>format);
  }
  formatsRead = <u32>items.length;
  return ptr;
}

/**
 * Strips fields of Jaeger's baggage, which have a name each, unless Jaeger's format comes and goes
 * and all baggage passes. Those that the configuration itself uses stay: names with numbers are
 * past prefixes.
 */
export function stripJaegerBaggage(config: usize, value: Value, policy: HeaderPolicy): void {
  const trace = changetype<TraceConfig>(config);
  if (trace.mode == TraceMode.YIELD) return;
  const passes = changetype<BaggageConfig>(trace.baggage).mode == BaggageMode.PASS;
  const isJaeger =
    hasFormat(trace.extract, trace.extractCount, TraceFormat.JAEGER) &&
    hasFormat(trace.inject, trace.injectCount, TraceFormat.JAEGER);
  if (passes && isJaeger) return;
  const own = policy.prefixes;
  const ownCount = policy.prefixCount;
  policy.prefixes = value.block.allocate(4 * (ownCount + 1));
  if (ownCount > 0) memory.copy(policy.prefixes, own, ownCount << 2);
  store<u32>(policy.prefixes + (ownCount << 2), <u32>JAEGER_BAGGAGE_PREFIX);
  noteFirstByte(policy, load<u8>(JAEGER_BAGGAGE_PREFIX + 4));
  policy.prefixCount = ownCount + 1;
}
