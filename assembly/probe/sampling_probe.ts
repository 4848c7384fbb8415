// Test-only: sampling, the member `ot` of a tracestate, and baggage.

import { otRandomness, otThreshold } from "../core/trace/ot_member";

export {
  addBaggageLine,
  baggageLen,
  beginBaggage,
  excessMembers,
  malformedMembers,
  unlistedMembers,
  writeBaggage,
} from "../core/trace/baggage";
export { beginOt, readOt, writeOt } from "../core/trace/ot_member";
export {
  reaches,
  readRandomness,
  readThreshold,
  thresholdOf,
  writeRandomness,
  writeThreshold,
} from "../core/trace/sampling";

// A binding that changes cannot be exported as it is.

export function foundThreshold(): u64 {
  return otThreshold;
}

export function foundRandomness(): u64 {
  return otRandomness;
}
