// How many members of baggage did not go on. Names and ids are the VM's: several roots count
// together.

import { incrementMetric, metricId } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";
import { excessMembers, malformedMembers, unlistedMembers } from "../../core/trace/baggage";

const REASON = text("reason");
const NAME = text("sallyport_trace_baggage_dropped_total");

const enum Drop {
  MALFORMED = 0,
  EXCESS = 1,
  UNLISTED = 2,
}
const DROPS: u32 = 3;
const MALFORMED = text("malformed");
const EXCESS = text("excess");
const UNLISTED = text("unlisted");

const IDS: usize = memory.data(<i32>(DROPS * 4), 4);
let defined: u32 = 0;

/** Defines the counters, once in the VM. Anything but OK leaves the rest to be tried again. */
export function defineBaggageDrops(): Status {
  while (defined < DROPS) {
    putLabel(REASON, nameOf(defined));
    const status = defineLabelled(MetricType.COUNTER, NAME);
    if (status != Status.OK) return status;
    store<u32>(IDS + (defined << 2), metricId);
    defined++;
  }
  return Status.OK;
}

function nameOf(drop: u32): Text {
  if (drop == Drop.MALFORMED) return MALFORMED;
  return drop == Drop.EXCESS ? EXCESS : UNLISTED;
}

/** Counts the members that the list in hand had to drop. */
export function countDroppedMembers(): void {
  count(Drop.MALFORMED, malformedMembers);
  count(Drop.EXCESS, excessMembers);
  count(Drop.UNLISTED, unlistedMembers);
}

function count(drop: Drop, members: u32): void {
  if (members != 0 && <u32>drop < defined) incrementMetric(load<u32>(IDS + (drop << 2)), members);
}
