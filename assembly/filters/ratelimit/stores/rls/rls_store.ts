// Limits of a service that speaks envoy.service.ratelimit.v3. All limits of a service that one
// group of a request needs are one call; the request waits for the answer and takes from it.
//
// A service counts when it is asked and takes nothing back: what another limit refuses afterwards
// has been counted there.

import { monotonicNanoseconds } from "../../../../abi/clock";
import { callGrpc, calloutsPending } from "../../../../abi/callouts";
import { Status } from "../../../../abi/types";
import { NONE } from "../../../../core/bytes/none";
import { text, textLen, textPtr } from "../../../../core/bytes/text";
import { CALLOUTS_OF_VERDICTS_MAX } from "../../../../core/limits";
import {
  Code,
  DescriptorStatus,
  readResponse,
  unitSeconds,
} from "../../../../core/ratelimit/rls_message";
import { appliedAt, appliedCount, appliedRule } from "../../applied";
import { RateLimitConfig, Store } from "../../model";
import { Awaited, mayWaitForStore, setAwaited } from "../../pending";
import { Outcome, Readiness, Taken } from "../outcome";
import { mayCall, noteFailure, noteSuccess } from "../store_breaker";
import { METADATA_LEN, noteAsked, writeMetadata } from "./rls_metadata";
import { messageLen, writeRequest } from "./rls_request";
import {
  abandonVerdicts,
  addRule,
  askedVerdict,
  findVerdict,
  forgetVerdicts,
  HANDLE_BITS,
  handleOf,
  hasRoom,
  openVerdict,
  statusAt,
  statusesOf,
  statusOf,
  Verdict,
  VerdictState,
} from "./verdicts";

/** Callouts of this store (abi/callouts.ts); below it the handle of the verdict. */
export const PURPOSE_RLS: u32 = 3 << HANDLE_BITS;
const HANDLE_MASK: u32 = (1 << HANDLE_BITS) - 1;

const SERVICE = text("envoy.service.ratelimit.v3.RateLimitService");
const METHOD = text("ShouldRateLimit");
const NANOSECONDS_PER_MILLISECOND: u64 = 1000000;
const GRPC_OK: u32 = 0;

/** The group that `prepareRls` was asked for last, which is the one that is taken next. */
let groupInHand: u32 = 0;

/**
 * Asks the service about all limits of this store that the walk wants to apply (applied.ts), unless
 * it has answered about them for this stream. `group` tells the two groups of a request apart.
 */
export function prepareRls(
  config: RateLimitConfig,
  service: Store,
  stream: u32,
  group: u32,
): Readiness {
  groupInHand = group;
  const found = findVerdict(changetype<usize>(service), stream, group);
  if (found == 0) return ask(config, service, stream, group);
  const verdict = changetype<Verdict>(found);
  if (verdict.state == VerdictState.ASKED) return waitFor(verdict);
  return verdict.state == VerdictState.FAILED ? Readiness.UNAVAILABLE : Readiness.READY;
}

function waitFor(verdict: Verdict): Readiness {
  if (!mayWaitForStore) return Readiness.UNAVAILABLE;
  setAwaited(Awaited.VERDICT, handleOf(verdict));
  return Readiness.WAITS;
}

function ask(config: RateLimitConfig, service: Store, stream: u32, group: u32): Readiness {
  // That too much is on its way says nothing about the service. The breaker comes last: a call that
  // it allows must be made.
  if (!mayWaitForStore || !hasRoom()) return Readiness.UNAVAILABLE;
  if (calloutsPending() >= CALLOUTS_OF_VERDICTS_MAX) return Readiness.UNAVAILABLE;
  if (!mayCall(service, nowMilliseconds())) return Readiness.UNAVAILABLE;
  const room = openVerdict(changetype<usize>(config), changetype<usize>(service), stream, group);
  const verdict = changetype<Verdict>(room);
  for (let i: u32 = 0; i < appliedCount; i++) {
    if (appliedRule(config, i).store != changetype<usize>(service)) continue;
    addRule(verdict, appliedAt(i).rule);
  }
  const message = writeRequest(config, service);
  const metadata = writeMetadata();
  const status = callGrpc(
    config.root,
    0,
    PURPOSE_RLS | handleOf(verdict),
    textPtr(service.cluster),
    textLen(service.cluster),
    textPtr(SERVICE),
    textLen(SERVICE),
    textPtr(METHOD),
    textLen(METHOD),
    metadata,
    metadata == 0 ? 0 : METADATA_LEN,
    message,
    messageLen(message),
    service.timeoutMilliseconds,
  );
  if (status == Status.OK) {
    noteAsked();
    return waitFor(verdict);
  }
  fail(verdict, service);
  return Readiness.UNAVAILABLE;
}

/** There will be no verdict: every walk of the request finds that here. */
function fail(verdict: Verdict, service: Store): void {
  verdict.state = VerdictState.FAILED;
  noteFailure(service, nowMilliseconds());
}

function nowMilliseconds(): u64 {
  return monotonicNanoseconds() / NANOSECONDS_PER_MILLISECOND;
}

/** What the service said about the applied limit number `index`. */
export function takeRls(service: Store, stream: u32, index: u32, out: Taken): Outcome {
  out.levelUnits = 0;
  out.remainingTokens = NONE;
  const found = findVerdict(changetype<usize>(service), stream, groupInHand);
  if (found == 0) return Outcome.UNAVAILABLE;
  const verdict = changetype<Verdict>(found);
  const said = statusOf(verdict, appliedAt(index).rule);
  if (said == 0) return Outcome.UNAVAILABLE;
  const status = changetype<DescriptorStatus>(said);
  out.remainingTokens = status.remaining;
  out.untilSeconds = status.untilSeconds;
  out.quota = status.quota;
  out.windowSeconds = unitSeconds(status.unit);
  if (verdict.state == VerdictState.OK) return Outcome.ADMITTED;
  if (verdict.state != VerdictState.OVER_LIMIT) return Outcome.UNAVAILABLE;
  return status.code == <u8>Code.OVER_LIMIT ? Outcome.REFUSED : Outcome.ADMITTED;
}

/** An answer of the service, or that there is none, to the root. */
export function receiveRls(
  config: RateLimitConfig,
  purpose: u32,
  grpcStatus: u32,
  messagePtr: usize,
  messageLen: u32,
): void {
  const found = askedVerdict(purpose & HANDLE_MASK);
  // Nobody waits any more.
  if (found == 0) return;
  const verdict = changetype<Verdict>(found);
  if (verdict.config != changetype<usize>(config)) return;
  const service = changetype<Store>(verdict.service);
  const statuses = statusesOf(verdict);
  const code =
    grpcStatus == GRPC_OK
      ? readResponse(messagePtr, messageLen, statuses, verdict.count)
      : Code.UNKNOWN;
  if (code == Code.UNKNOWN) return fail(verdict, service);
  noteSuccess(service);
  verdict.state = code == Code.OK ? VerdictState.OK : VerdictState.OVER_LIMIT;
  if (code == Code.OVER_LIMIT && !namesLimit(verdict)) {
    changetype<DescriptorStatus>(statuses).code = <u8>Code.OVER_LIMIT;
  }
}

/** Whether the service says which limit is exceeded; else the first one answers for all. */
function namesLimit(verdict: Verdict): bool {
  for (let i: u32 = 0; i < verdict.count; i++) {
    if (statusAt(verdict, i).code == <u8>Code.OVER_LIMIT) return true;
  }
  return false;
}

/** Whether what `setAwaited` was given is still on its way. */
export function isRlsPending(handle: usize): bool {
  return askedVerdict(<u32>handle) != 0;
}

/** The stream has gone, or has been decided: what was asked for it is forgotten. */
export function forgetRls(stream: u32): void {
  forgetVerdicts(stream);
}

/** The root's configuration goes: its answers come to nobody. */
export function abandonRls(config: RateLimitConfig): void {
  abandonVerdicts(changetype<usize>(config));
}
