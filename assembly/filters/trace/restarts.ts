// How many traces of others did not go on, by format and by what was wrong. Names and ids are the
// VM's: several roots count together.

import { incrementMetric, metricId } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";
import { Extracted } from "../../core/trace/span_context";
import {
  formatName,
  hasFormat,
  TRACE_FORMATS,
  TraceConfig,
  TraceFormat,
  TraceMode,
} from "./formats";

const FORMAT = text("format");
const REASON = text("reason");
const NAME = text("sallyport_trace_restarts_total");

const DUPLICATE = text("duplicate");
const MALFORMED = text("malformed");
const ZERO_ID = text("zero_id");
const FORBIDDEN_VERSION = text("forbidden_version");
const UNTRUSTED = text("untrusted");

const FIRST = <u32>Extracted.DUPLICATE;
const REASONS: u32 = <u32>Extracted.UNTRUSTED - <u32>Extracted.DUPLICATE + 1;
const IDS: usize = memory.data(<i32>(TRACE_FORMATS * REASONS * 4), 4);
/** A byte for each format: a bit for each reason that is defined. */
const DEFINED: usize = memory.data(<i32>TRACE_FORMATS, 4);

/**
 * Defines the counters that a configuration can need, each once in the VM. Anything but OK leaves
 * the rest to be tried again.
 */
export function defineRestarts(config: usize): Status {
  const own = changetype<TraceConfig>(config);
  for (let format: u32 = 0; format < TRACE_FORMATS; format++) {
    if (!isRead(own, format)) continue;
    for (let i: u32 = 0; i < REASONS; i++) {
      const bit: u32 = 1 << i;
      const known = <u32>load<u8>(DEFINED + format);
      if ((known & bit) != 0 || !canBe(own, format, <Extracted>(FIRST + i))) continue;
      const status = define(format, <Extracted>(FIRST + i));
      if (status != Status.OK) return status;
      store<u32>(idAt(format, i), metricId);
      store<u8>(DEFINED + format, <u8>(known | bit));
    }
  }
  return Status.OK;
}

function isRead(config: TraceConfig, format: u32): bool {
  if (config.mode == TraceMode.YIELD) return true;
  return hasFormat(config.extract, config.extractCount, format);
}

function canBe(config: TraceConfig, format: u32, reason: Extracted): bool {
  if (reason == Extracted.FORBIDDEN_VERSION) return format == TraceFormat.TRACECONTEXT;
  if (reason == Extracted.UNTRUSTED) return config.mode == TraceMode.EDGE;
  const isB3 = format == TraceFormat.B3 || format == TraceFormat.B3_MULTI;
  return !isB3 || reason != Extracted.DUPLICATE;
}

function define(format: u32, reason: Extracted): Status {
  putLabel(FORMAT, formatName(format));
  putLabel(REASON, reasonName(reason));
  return defineLabelled(MetricType.COUNTER, NAME);
}

// @ts-ignore: decorator
@inline
function idAt(format: u32, reason: u32): usize {
  return IDS + ((format * REASONS + reason) << 2);
}

/** Counts that fields of a format were not followed. */
export function countRestart(format: u32, reason: Extracted): void {
  const i = <u32>reason - FIRST;
  if (i >= REASONS || ((load<u8>(DEFINED + format) >> (<u8>i)) & 1) == 0) return;
  incrementMetric(load<u32>(idAt(format, i)), 1);
}

function reasonName(reason: Extracted): Text {
  if (reason == Extracted.DUPLICATE) return DUPLICATE;
  if (reason == Extracted.MALFORMED) return MALFORMED;
  if (reason == Extracted.ZERO_ID) return ZERO_ID;
  return reason == Extracted.UNTRUSTED ? UNTRUSTED : FORBIDDEN_VERSION;
}
