// How many members of baggage did not go on. Names and ids are the VM's: several roots count
// together.

import { arenaAllocate } from "../../abi/arena";
import { defineMetric, incrementMetric, metricId } from "../../abi/host";
import { MetricType, Status } from "../../abi/types";
import { copyText, Text, text } from "../../core/bytes/text";
import { excessMembers, malformedMembers, unlistedMembers } from "../../core/trace/baggage";

const BEGIN = text("reason=.=");
const END = text(";.;sallyport_trace_baggage_dropped_total");
/** Room for the longest name of a metric. */
const NAME_BYTES: u32 = 80;

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
    const name = arenaAllocate(NAME_BYTES);
    if (name == 0) return Status.INVALID_MEMORY_ACCESS;
    const end = copyText(copyText(copyText(name, BEGIN), nameOf(defined)), END);
    const status = defineMetric(MetricType.COUNTER, name, <u32>(end - name));
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
