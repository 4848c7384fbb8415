// The member `sampling` of the section `trace`.

import { text } from "../../core/bytes/text";
import { fixedNameId, nameId, rate, ratePeriodMicroseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { Kind } from "../../core/json/tree";
import { Limit, LIMIT_SIZE, periodOf, setLimit } from "../../core/ratelimit/bucket";
import { NEVER_SAMPLED, NO_NUMBER, thresholdOf } from "../../core/trace/sampling";
import { RootSampling, SamplingConfig } from "./sampling";

const ENVOY_INTERNAL = text("x-envoy-internal");
/** `root` where it is a word. */
const WORDS: string[] = ["defer", "always", "never"];
const ALWAYS = 1;

/** Reads the member into the block; returns the address of a SamplingConfig. */
export function readSampling(value: Value, names: usize): usize {
  const ptr = value.block.allocate(<u32>offsetof<SamplingConfig>());
  const config = changetype<SamplingConfig>(ptr);
  const root = value.optional("root");
  if (root !== null) readRoot(root, config);
  const force = value.optional("force");
  if (force !== null) {
    config.forces = 1;
    config.forceId = nameId(names, force);
    config.internalId = fixedNameId(names, force, ENVOY_INTERNAL);
  }
  value.done();
  return ptr;
}

function readRoot(root: Value, config: SamplingConfig): void {
  if (!root.isObject) {
    const word = root.isString ? WORDS.indexOf(root.string()) : -1;
    if (word < 0) root.refuse("defer, always, never, { ratio }, { rate }");
    if (word <= 0) return;
    config.root = RootSampling.THRESHOLD;
    config.threshold = word == ALWAYS ? 0 : NEVER_SAMPLED;
    return;
  }
  const ratio = root.optional("ratio");
  const perPeriod = root.optional("rate");
  if ((ratio === null) == (perPeriod === null)) root.refuseFound("not one of them", "ratio, rate");
  if (ratio !== null) readRatio(ratio, config);
  else if (perPeriod !== null) readRate(perPeriod, config);
  root.done();
}

function readRatio(ratio: Value, config: SamplingConfig): void {
  const json = ratio.json;
  const isScalar = json.kind == Kind.NUMBER || (json.kind == Kind.STRING && !json.hasEscapes);
  const threshold = isScalar ? thresholdOf(json.ptr, json.len) : NO_NUMBER;
  if (threshold == NO_NUMBER) ratio.refuse('decimals from 0 to 1 such as 0.25, or "0.00001"');
  config.root = RootSampling.THRESHOLD;
  config.threshold = threshold;
}

function readRate(value: Value, config: SamplingConfig): void {
  config.root = RootSampling.RATE;
  config.bucket = value.block.allocate(LIMIT_SIZE);
  const count = rate(value);
  if (value.error.failed) return;
  const bucket = changetype<Limit>(config.bucket);
  setLimit(bucket, count, count, periodOf(ratePeriodMicroseconds));
  config.levelUnits = bucket.capacityUnits;
}
