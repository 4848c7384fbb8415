// The baggage of a request: what of it goes on, whoever continues the trace.

import { NONE } from "../../core/bytes/none";
import {
  headerCount,
  nextField,
  removeHeader,
  requestField,
  setHeader,
} from "../../core/headers/request";
import { BAGGAGE_BYTES_MAX, HEADERS_MAX } from "../../core/limits";
import {
  addBaggageLine,
  Baggage,
  baggageLen,
  beginBaggage,
  writeBaggage,
} from "../../core/trace/baggage";
import { countDroppedMembers } from "./baggage_drops";

export const enum BaggageMode {
  /** All that is valid and fits. */
  PASS = 0,
  STRIP = 1,
  /** Members with the keys that are listed. */
  KEYS = 2,
}

// @ts-ignore: decorator
@unmanaged
export class BaggageConfig {
  mode: BaggageMode;
  /** Of the header. */
  id: u32;
  /** Texts, u32 each. */
  keys: usize;
  keyCount: u32;
}

const VALUE: usize = memory.data(<i32>BAGGAGE_BYTES_MAX, 16);

/** Applies the member `baggage`. `isAgain`: the request has waited, and was counted before. */
export function applyBaggage(config: BaggageConfig, isAgain: bool): void {
  const id = config.id;
  if (headerCount(id) == 0) return;
  if (config.mode == BaggageMode.STRIP) return removeHeader(id);
  beginBaggage(config.keys, config.keyCount);
  let at = nextField(id, 0);
  for (let i: u32 = 0; i < HEADERS_MAX && at != NONE; i++) {
    const field = requestField(at);
    addBaggageLine(field.valuePtr, field.valueLen);
    at = nextField(id, at + 1);
  }
  const result = writeBaggage(VALUE);
  if (result == Baggage.EMPTY) removeHeader(id);
  else if (result == Baggage.WRITTEN) setHeader(id, VALUE, baggageLen);
  if (!isAgain) countDroppedMembers();
}
