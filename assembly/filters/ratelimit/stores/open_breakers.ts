// How many breakers are open, by store: all workers add to one gauge. Rows are the VM's: a store of
// the same name in another configuration has the same row, and names beyond STORE_ROWS_MAX share
// the last one, so that pushes define nothing anew.
//
//   row   0  name: length u32 and bytes
//        68  id u32
//        72  whether it is defined u32

import { incrementMetric, metricId } from "../../../abi/host";
import { defineLabelled, putAnyLabel, putLabel } from "../../../abi/metric_name";
import { MetricType, Status } from "../../../abi/types";
import { equalsText } from "../../../core/bytes/ascii";
import { copyText, Text, text, textLen, textPtr } from "../../../core/bytes/text";
import { RATE_LIMIT_NAME_BYTES_MAX } from "../../../core/limits";
import { STORE_ROWS_MAX } from "../../../core/metric_limits";
import { RateLimitConfig, Store } from "../model";

const ID_AT: u32 = 4 + RATE_LIMIT_NAME_BYTES_MAX;
const DEFINED_AT: u32 = ID_AT + 4;
const ROW_BYTES: u32 = DEFINED_AT + 4;
const ROWS: usize = memory.data(<i32>(STORE_ROWS_MAX * ROW_BYTES), 4);
let rowCount: u32 = 0;

const FILTER = text("filter");
const RATELIMIT = text("ratelimit");
const STORE = text("store");
const NAME = text("sallyport_ratelimit_breakers_open");
const OTHER = text("other");

/** Gives each store its gauge. Anything but OK leaves it to be tried again. */
export function defineOpenBreakers(config: RateLimitConfig): Status {
  for (let at = config.stores; at != 0; at = changetype<Store>(at).next) {
    const row = rowOf(changetype<Store>(at).name);
    const status = define(row);
    if (status != Status.OK) return status;
    changetype<Store>(at).gauge = row;
  }
  return Status.OK;
}

/** The row of a name: its own, a new one, or that of all others. */
function rowOf(name: Text): usize {
  for (let i: u32 = 0; i < rowCount; i++) {
    const row = ROWS + i * ROW_BYTES;
    if (equalsText(textPtr(name), textLen(name), row)) return row;
  }
  const isLast = rowCount >= STORE_ROWS_MAX - 1;
  const row = ROWS + (isLast ? STORE_ROWS_MAX - 1 : rowCount++) * ROW_BYTES;
  const own = isLast ? OTHER : name;
  store<u32>(row, textLen(own));
  copyText(textPtr(row), own);
  return row;
}

function define(row: usize): Status {
  if (load<u32>(row, DEFINED_AT) != 0) return Status.OK;
  putLabel(FILTER, RATELIMIT);
  putAnyLabel(STORE, row);
  const status = defineLabelled(MetricType.GAUGE, NAME);
  if (status != Status.OK) return status;
  store<u32>(row, metricId, ID_AT);
  store<u32>(row, 1, DEFINED_AT);
  return Status.OK;
}

/** A breaker of a store opened (1), or is no longer open (-1). */
export function countOpenBreakers(own: Store, delta: i64): void {
  if (own.gauge != 0) incrementMetric(load<u32>(own.gauge, ID_AT), delta);
}
