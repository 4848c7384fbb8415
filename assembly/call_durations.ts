// How long the calls of the module take, from the callback that makes one to the one that has its
// answer, or that there is none. Ids are the VM's: several roots count together.

import { takenSentAtNanoseconds } from "./abi/callouts";
import { monotonicNanoseconds } from "./abi/clock";
import { metricId, recordMetric } from "./abi/host";
import { defineLabelled, putLabel } from "./abi/metric_name";
import { MetricType, Status } from "./abi/types";
import { Text, text } from "./core/bytes/text";
import { ChainConfig } from "./document";
import { isSourcePurpose } from "./filters/jwt/source_fetch";
import { fetchesKeys } from "./filters/jwt/source_life";
import { hasStores } from "./filters/ratelimit/life";
import { isExportPurpose } from "./filters/trace/export";
import { spanExportOf } from "./filters/trace/export_model";

const enum Caller {
  JWT,
  RATELIMIT,
  TRACE,
}
const CALLERS: u32 = 3;

const FILTER = text("filter");
const JWT = text("jwt");
const RATELIMIT = text("ratelimit");
const TRACE = text("trace");
const NAME = text("sallyport_call_duration_milliseconds");
const NANOSECONDS_PER_MILLISECOND: u64 = 1000000;

const IDS: usize = memory.data(<i32>(CALLERS * 4), 4);
/** A bit for each caller. */
let defined: u32 = 0;

/** Whether a configuration makes calls at all. */
export function makesCalls(config: ChainConfig): bool {
  for (let caller: u32 = 0; caller < CALLERS; caller++) {
    if (doesCall(config, <Caller>caller)) return true;
  }
  return false;
}

function doesCall(config: ChainConfig, caller: Caller): bool {
  if (caller == Caller.JWT) return config.jwt != 0 && fetchesKeys(config.jwt);
  if (caller == Caller.RATELIMIT) return config.rateLimit != 0 && hasStores(config.rateLimit);
  return spanExportOf(config.trace) != 0;
}

/**
 * Defines the histograms of those who call under a configuration, each once in the VM. Anything but
 * OK leaves the rest to be tried again.
 */
export function defineCallDurations(config: ChainConfig): Status {
  for (let caller: u32 = 0; caller < CALLERS; caller++) {
    const bit: u32 = 1 << caller;
    if ((defined & bit) != 0 || !doesCall(config, <Caller>caller)) continue;
    putLabel(FILTER, nameOf(<Caller>caller));
    const status = defineLabelled(MetricType.HISTOGRAM, NAME);
    if (status != Status.OK) return status;
    store<u32>(IDS + (caller << 2), metricId);
    defined |= bit;
  }
  return Status.OK;
}

function nameOf(caller: Caller): Text {
  if (caller == Caller.JWT) return JWT;
  return caller == Caller.RATELIMIT ? RATELIMIT : TRACE;
}

/** Records the call that has just ended. A clock that fails records nothing. */
export function recordCallDuration(purpose: u32): void {
  const caller = callerOf(purpose);
  if (takenSentAtNanoseconds == 0 || (defined & (1 << (<u32>caller))) == 0) return;
  const now = monotonicNanoseconds();
  if (now < takenSentAtNanoseconds) return;
  const duration = (now - takenSentAtNanoseconds) / NANOSECONDS_PER_MILLISECOND;
  recordMetric(load<u32>(IDS + ((<u32>caller) << 2)), duration);
}

function callerOf(purpose: u32): Caller {
  if (isSourcePurpose(purpose)) return Caller.JWT;
  return isExportPurpose(purpose) ? Caller.TRACE : Caller.RATELIMIT;
}
