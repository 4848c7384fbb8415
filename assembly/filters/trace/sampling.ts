// Whether a trace is sampled. Who began it decides, and everybody behind follows; where nobody has
// decided yet, the section `sampling` does.

import { monotonicNanoseconds } from "../../abi/clock";
import { secretHash } from "../../core/bytes/hash";
import { NONE } from "../../core/bytes/none";
import { equalsText } from "../../core/bytes/ascii";
import { copyText, text } from "../../core/bytes/text";
import {
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  setHeader,
} from "../../core/headers/request";
import { costUnits, levelAt, Limit } from "../../core/ratelimit/bucket";
import {
  beginOt,
  OT_VALUE_BYTES_MAX,
  otRandomness,
  otThreshold,
  readOt,
  writeOt,
} from "../../core/trace/ot_member";
import { NEVER_SAMPLED, NO_NUMBER, randomnessOfTraceId, reaches } from "../../core/trace/sampling";
import {
  flagsOfTrace,
  setTraceFlags,
  SpanContext,
  TRACE_ID_LEN,
  TraceFlags,
  traceIdOf,
} from "../../core/trace/span_context";
import { findMember, foundLen, foundPtr, replaceMember } from "../../core/trace/tracestate";

export const enum RootSampling {
  /** It stays undecided. */
  DEFER = 0,
  /** By the randomness of the trace. */
  THRESHOLD = 1,
  /** By a bucket of this worker. */
  RATE = 2,
}

// @ts-ignore: decorator
@unmanaged
export class SamplingConfig {
  /** What a trace is sampled by that reaches it (core/trace/sampling.ts). */
  threshold: u64;
  /** What the bucket of a RATE held at `updatedAt`: the only things here that change. */
  levelUnits: u64;
  updatedAtMicroseconds: u64;
  /** Its Limit. */
  bucket: usize;
  root: RootSampling;
  /** 1: a header can ask for a trace to be sampled. */
  forces: u32;
  forceId: u32;
  /** Of x-envoy-internal. */
  internalId: u32;
}

const TRUE = text("true");
const ONE = text("1");
const NANOSECONDS_PER_MICROSECOND: u64 = 1000;

/** What is known of a trace that is to be sampled. */
export const enum Sampling {
  /** A parent has decided. */
  DECIDED,
  UNDECIDED,
  /** The same, and nobody says that its id is random. */
  UNDECIDED_ID,
}

/** What `sample` has to tell the next hop; NO_NUMBER for nothing. */
let ownThreshold: u64 = NO_NUMBER;
let ownRandomness: u64 = NO_NUMBER;

/**
 * Decides about a trace by the section, where no parent has; about any by the header that forces
 * it. Whether there is something for `writeOwnState`. `isKept`: the flags of the context are those
 * of an earlier walk of this request.
 */
export function sample(
  config: SamplingConfig,
  context: SpanContext,
  known: Sampling,
  isKept: bool,
): bool {
  ownThreshold = NO_NUMBER;
  ownRandomness = NO_NUMBER;
  if (config.forces != 0 && takeForce(config)) {
    setSampled(context, true);
    return false;
  }
  if (known == Sampling.DECIDED || config.root == RootSampling.DEFER) return false;
  if (config.root == RootSampling.RATE) {
    if (!isKept) setSampled(context, takeToken(config));
    return false;
  }
  const traceId = traceIdOf(context);
  // Whoever chose the id must not choose what it is sampled by, nor a second walk another.
  if (known == Sampling.UNDECIDED_ID) {
    ownRandomness = secretHash(traceId, TRACE_ID_LEN) & (NEVER_SAMPLED - 1);
  }
  const randomness = ownRandomness == NO_NUMBER ? randomnessOfTraceId(traceId) : ownRandomness;
  const isSampled = reaches(randomness, config.threshold);
  setSampled(context, isSampled);
  if (isSampled) ownThreshold = config.threshold;
  return isSampled || ownRandomness != NO_NUMBER;
}

/** Removes the header that forces; whether it does, of somebody whom Envoy says to be internal. */
function takeForce(config: SamplingConfig): bool {
  const forces = hasValue(config.forceId, ONE) || hasValue(config.forceId, TRUE);
  removeHeader(config.forceId);
  return forces && hasValue(config.internalId, TRUE);
}

function hasValue(id: u32, value: usize): bool {
  return headerCount(id) == 1 && equalsText(headerPtr(id), headerLen(id), value);
}

function setSampled(context: SpanContext, isSampled: bool): void {
  const others = flagsOfTrace(context) & ~(TraceFlags.DEFERRED | TraceFlags.SAMPLED);
  setTraceFlags(context, others | (isSampled ? <u32>TraceFlags.SAMPLED : 0));
}

/** Takes one token; false as well when the host has no clock. */
function takeToken(config: SamplingConfig): bool {
  const now = monotonicNanoseconds() / NANOSECONDS_PER_MICROSECOND;
  if (now == 0) return false;
  const bucket = changetype<Limit>(config.bucket);
  const level = levelAt(bucket, config.levelUnits, config.updatedAtMicroseconds, now);
  const cost = costUnits(bucket, 1);
  const isEnough = level >= cost;
  config.levelUnits = isEnough ? level - cost : level;
  config.updatedAtMicroseconds = max(now, config.updatedAtMicroseconds);
  return isEnough;
}

const OT = text("ot");
const HEAD = text("ot=");
const HEAD_LEN: u32 = 3;
const MEMBER: usize = memory.data(<i32>(HEAD_LEN + OT_VALUE_BYTES_MAX), 8);

/** The tracestate of a trace that was decided about here. */
export function writeOwnState(id: u32): void {
  beginOt();
  setHeader(id, MEMBER, writeMember(ownThreshold, ownRandomness));
}

/**
 * Takes the threshold out of the list in hand where it says another thing than the flags do: hops
 * that count by it would count wrongly.
 */
export function reconcileThreshold(context: SpanContext): void {
  const index = findMember(OT);
  if (index == NONE) return;
  readOt(foundPtr, foundLen);
  if (otThreshold == NO_NUMBER) return;
  const isSampled = (flagsOfTrace(context) & TraceFlags.SAMPLED) != 0;
  const own = randomnessOfTraceId(traceIdOf(context));
  const randomness = otRandomness == NO_NUMBER ? own : otRandomness;
  if (reaches(randomness, otThreshold) == isSampled) return;
  replaceMember(index, MEMBER, writeMember(NO_NUMBER, otRandomness));
}

/** Writes the member with what else was read; returns its length, 0 for none. */
function writeMember(threshold: u64, randomness: u64): u32 {
  const len = writeOt(copyText(MEMBER, HEAD), threshold, randomness);
  return len == 0 ? 0 : HEAD_LEN + len;
}
