// How often tokens were known. Names and ids are the VM's: several roots count together.
//
// A host call costs as much as a tenth of a request with a token that is known, so hits are only
// counted here, as are evictions, which come with each of many new tokens, and told to the host on
// tick. Everything rarer is told at once.

import { incrementMetric, metricId } from "../../abi/host";
import { defineLabelled, putLabel } from "../../abi/metric_name";
import { MetricType, Status } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";

const FILTER = text("filter");
const JWT = text("jwt");
const RESULT = text("result");
const NAME = text("sallyport_jwt_cache_total");

const enum Result {
  HIT,
  MISS,
  EVICTED,
  REFUSED,
}
const RESULTS: u32 = 4;
const IDS: usize = memory.data(<i32>(RESULTS * 4), 4);
let defined = false;
let hits: u32 = 0;
let evictions: u32 = 0;

/** Defines the counters of this VM, once. Anything but OK leaves them to be tried again. */
export function defineTokenCounters(): Status {
  if (defined) return Status.OK;
  let status = define(Result.HIT, HIT);
  if (status == Status.OK) status = define(Result.MISS, MISS);
  if (status == Status.OK) status = define(Result.EVICTED, EVICTED);
  if (status == Status.OK) status = define(Result.REFUSED, REFUSED);
  defined = status == Status.OK;
  return status;
}

const HIT = text("hit");
const MISS = text("miss");
const EVICTED = text("evicted");
const REFUSED = text("refused");

function define(result: Result, label: Text): Status {
  putLabel(FILTER, JWT);
  putLabel(RESULT, label);
  const status = defineLabelled(MetricType.COUNTER, NAME);
  if (status == Status.OK) store<u32>(IDS + ((<usize>result) << 2), metricId);
  return status;
}

/** Whether verdicts count: not when the request in hand was counted in an earlier walk. */
export let countsVerdicts: bool = true;

export function setCountsVerdicts(counts: bool): void {
  countsVerdicts = counts;
}

/** A token was found among those that were verified. */
// @ts-ignore: decorator
@inline
export function noteHit(): void {
  if (countsVerdicts) hits++;
}

/** It was not. */
export function noteMiss(): void {
  if (countsVerdicts) tell(Result.MISS, 1);
}

/** A token took the place of another one. */
export function noteEviction(): void {
  evictions++;
}

/** A token was found among those that were refused a moment ago. */
export function noteRefusedAgain(): void {
  if (countsVerdicts) tell(Result.REFUSED, 1);
}

/** Tells the host what was only counted here. */
export function flushTokenCounters(): void {
  if (hits != 0) tell(Result.HIT, hits);
  if (evictions != 0) tell(Result.EVICTED, evictions);
  hits = 0;
  evictions = 0;
}

function tell(result: Result, count: u32): void {
  if (defined) incrementMetric(load<u32>(IDS + ((<usize>result) << 2)), count);
}
