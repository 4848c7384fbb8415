// The section `trace`.

import { text } from "../../core/bytes/text";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { addNameFlags, NAME_OWNED, NAME_WRITTEN } from "../../core/headers/names";
import { readTraceResponse } from "./answer_config";

const TRACEPARENT = text("traceparent");
const TRACESTATE = text("tracestate");
const TRACE_ID = text("x-trace-id");

// @ts-ignore: decorator
@unmanaged
export class TraceConfig {
  traceparentId: u32;
  tracestateId: u32;
  /** Of x-trace-id, which clients may not send. */
  traceIdId: u32;
  /** TraceResponse bits. */
  response: u32;
}

/** Reads the section into the block; returns the address of a TraceConfig. */
export function readTrace(value: Value, names: usize): usize {
  const ptr = value.block.allocate(<u32>offsetof<TraceConfig>());
  const config = changetype<TraceConfig>(ptr);
  readFormats(value.optional("extract"));
  readFormats(value.optional("inject"));
  config.response = readTraceResponse(value.optional("response"));
  value.done();
  config.traceparentId = fixedNameId(names, value, TRACEPARENT);
  config.tracestateId = fixedNameId(names, value, TRACESTATE);
  config.traceIdId = fixedNameId(names, value, TRACE_ID);
  if (value.error.failed) return ptr;
  addNameFlags(names, config.traceparentId, NAME_WRITTEN);
  addNameFlags(names, config.tracestateId, NAME_WRITTEN);
  addNameFlags(names, config.traceIdId, NAME_OWNED | NAME_WRITTEN);
  return ptr;
}

/** There is one format, which is the default. */
function readFormats(formats: Value | null): void {
  if (formats === null) return;
  const items = formats.items(1, 1);
  for (let i = 0; i < items.length; i++) items[i].choice(["tracecontext"]);
}
