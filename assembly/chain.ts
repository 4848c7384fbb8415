// What becomes of each callback: a request is walked (walk.ts) and passes, is answered, or waits
// and is walked again.

import { arenaMark, arenaRelease } from "./abi/arena";
import { Handler } from "./abi/handler";
import { monotonicNanoseconds } from "./abi/clock";
import { drawSecret } from "./abi/random";
import { enterPaused, leavePaused, markDone, pauseRequest, resumeRequest } from "./abi/resume";
import { findStream, keepStream, streamData, streamRoot } from "./abi/streams";
import { Action, Status } from "./abi/types";
import { isSecretSet } from "./core/bytes/hash";
import { NONE } from "./core/bytes/none";
import { beginDecision } from "./core/headers/decision";
import { ErrorForm } from "./core/headers/error_body";
import { internFixedNames } from "./core/headers/fixed_names";
import { NAME_TABLE_BYTES } from "./core/headers/names";
import { HeaderPolicy } from "./core/headers/policy";
import { beginReply } from "./core/headers/reply";
import { KEY_WAIT_MILLISECONDS } from "./core/limits";
import { Reason } from "./core/reason";
import { TRACE_AT } from "./core/stream_data";
import { beginTrace, keepTrace } from "./core/trace/in_hand";
import { recordCallDuration } from "./call_durations";
import { noteAllowed, noteDenied } from "./decisions";
import { ChainConfig } from "./document";
import { pendingSet } from "./filters/jwt/fetched_set";
import { refuseToWait } from "./filters/jwt/filter";
import { countWaiter, isAwaited } from "./filters/jwt/source_life";
import { showsLimits, writeLimits } from "./filters/ratelimit/filter";
import { endLimits, isStorePending } from "./filters/ratelimit/life";
import { hasBegunLeases } from "./filters/ratelimit/stores/shared_store";
import { awaited, Awaited, awaitedHandle, beginWaiting } from "./filters/ratelimit/pending";
import { addTraceToReply } from "./filters/trace/answer";
import { passOrphan, passRequestTrailers, passResponseTrailers } from "./other_maps";
import { refuse } from "./refusal";
import {
  endRequest,
  measureRefusal,
  measureRequest,
  noteAnswer,
  noteResponse,
  noteTrailers,
} from "./request_metrics";
import { awaitResponse, passResponse } from "./response";
import {
  abandon,
  choosePeriod,
  configOf,
  configure,
  configureWithoutRoot,
  isReady,
  receive,
  receiveMessage,
  startVm,
  tick,
} from "./setup";
import { beginSnapshot, isGrpc, takeSnapshot } from "./snapshot";
import { recordGrpcCall, recordHttpCall, recordRefusal } from "./spans";
import {
  addWaiter,
  forgetWaiter,
  forgottenHandle,
  forgottenKind,
  removeWaiter,
  waiterAt,
  waiterCount,
} from "./waiting";
import { passOn, walk } from "./walk";

const KEY_WAIT_NANOSECONDS: u64 = 1000000 * <u64>KEY_WAIT_MILLISECONDS;
/** The deadline of a request that has just come, should it wait. */
const FROM_NOW = u64.MAX_VALUE;
/** Names to look for while there is no configuration, and nothing to strip. */
const FIXED_NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);
const NO_POLICY: usize = memory.data(64, 8);

internFixedNames(FIXED_NAMES);

/**
 * Walks a request and acts on the outcome. PAUSE stands for two things: it was refused, or it waits
 * (again), which only a deadline other than 0 allows.
 */
function decide(root: u32, stream: u32, waitedData: usize, deadlineNanoseconds: u64): Action {
  const config = configOf(root);
  if (config.isIdle) return passUnseen();
  if (!isSecretSet) drawSecret();
  let reason = walk(config, stream, waitedData, deadlineNanoseconds != 0);
  if (reason != Reason.OK && isAwaiting()) {
    reason = pause(config, root, stream, deadlineNanoseconds);
    if (reason == Reason.OK) return Action.PAUSE;
    if (reason == Reason.JWT_WAITING_FULL) reason = decideUnawaited(config, stream);
  }
  if (config.rateLimit != 0 && hasBegunLeases()) choosePeriod(root);
  if (reason != Reason.OK) return refuseStream(config, stream, reason, deadlineNanoseconds);
  if (config.rateLimit != 0) {
    endLimits(config.rateLimit, stream);
    if (showsLimits(config.rateLimit)) {
      // Where no more streams can be kept, the response tells nothing.
      const data = keepStream(stream, root);
      if (data != 0) writeLimits(config.rateLimit, data);
    }
  }
  if (!awaitResponse(config, root, stream)) {
    return refuseStream(config, stream, Reason.STREAMS_FULL, deadlineNanoseconds);
  }
  measureRequest(config.requestMetrics, root, stream);
  noteAllowed();
  return Action.CONTINUE;
}

/** A request that nothing is configured for. */
function passUnseen(): Action {
  beginDecision();
  noteAllowed();
  return Action.CONTINUE;
}

/** Whether the walk ended because something is on its way that the request may wait for. */
function isAwaiting(): bool {
  return pendingSet != 0 || awaited != Awaited.NOTHING;
}

/** Lets a request wait for what the walk wants; OK, or why it cannot. */
function pause(config: ChainConfig, root: u32, stream: u32, deadlineNanoseconds: u64): Reason {
  const data = keepStream(stream, root);
  if (data == 0) return Reason.JWT_WAITING_FULL;
  if (config.rateLimit != 0) writeLimits(config.rateLimit, data);
  keepTrace(data + TRACE_AT);
  measureRequest(config.requestMetrics, root, stream);
  const isNew = deadlineNanoseconds == FROM_NOW;
  const deadline = isNew ? monotonicNanoseconds() + KEY_WAIT_NANOSECONDS : deadlineNanoseconds;
  const forKeys = pendingSet != 0;
  const handle = forKeys ? pendingSet : awaitedHandle;
  const kind = forKeys ? Awaited.KEYS : awaited;
  if (!addWaiter(stream, handle, kind, deadline)) return Reason.JWT_WAITING_FULL;
  pauseRequest(stream);
  if (forKeys) countWaiter(config.jwt, pendingSet, true);
  choosePeriod(root);
  return Reason.OK;
}

/** What becomes of a request that would wait, but too many do. */
function decideUnawaited(config: ChainConfig, stream: u32): Reason {
  if (pendingSet == 0) {
    const place = findStream(stream);
    return walk(config, stream, place == NONE ? 0 : streamData(place), false);
  }
  const reason = refuseToWait(config.jwt);
  if (reason != Reason.OK) return reason;
  // In a dry run it passes.
  beginWaiting(false);
  return passOn(config);
}

/** Walks the requests again whose keys have come, or that have waited long enough. */
function resumeWaiting(root: u32): void {
  if (waiterCount() == 0) return;
  const now = monotonicNanoseconds();
  // What waits again is added at the end: from the last to the first each is looked at once.
  for (let i: u32 = waiterCount(); i > 0; i--) {
    // Streams that the host ends meanwhile have left the table.
    if (i > waiterCount()) continue;
    const waiter = waiterAt(i - 1);
    const stream = waiter.stream;
    const handle = waiter.handle;
    const kind = waiter.kind;
    const deadlineNanoseconds = waiter.deadlineNanoseconds;
    // A host whose clock fails lets nobody wait.
    const isLate = now == 0 || now >= deadlineNanoseconds;
    if (!isLate && isOnItsWay(kind, handle)) continue;
    const place = findStream(stream);
    // A host that does not go there now is asked again on the next tick.
    if (place != NONE && !enterPaused(stream)) continue;
    removeWaiter(i - 1);
    if (place == NONE) continue;
    noteWaited(streamRoot(place), kind, handle);
    // As if it had a callback of its own: a thousand requests do not fit into one arena.
    const mark = arenaMark();
    resumeOne(place, stream, isLate ? 0 : deadlineNanoseconds);
    arenaRelease(mark);
  }
  leavePaused(root);
}

function isOnItsWay(kind: Awaited, handle: usize): bool {
  return kind == Awaited.KEYS ? isAwaited(handle) : isStorePending(kind, handle);
}

/** Decides about a paused stream that the host calls act on. */
function resumeOne(place: u32, stream: u32, deadlineNanoseconds: u64): void {
  const root = streamRoot(place);
  if (root == NONE || !isReady(root)) {
    refuseUnconfigured(Reason.CONFIG_FAILED);
    return markDone(stream);
  }
  const action = decide(root, stream, streamData(place), deadlineNanoseconds);
  if (action != Action.CONTINUE || resumeRequest(stream) == Status.OK) return;
  refuseStream(configOf(root), stream, Reason.HOST_FAILURE, deadlineNanoseconds);
}

/** A request of the root waits no longer. */
function noteWaited(root: u32, kind: Awaited, handle: usize): void {
  if (root == NONE || kind != Awaited.KEYS) return;
  if (!isReady(root) || configOf(root).jwt == 0) return;
  countWaiter(configOf(root).jwt, handle, false);
}

/** Answers a request; a kept stream must not go on any more. The deadline is that of `decide`. */
function refuseStream(
  config: ChainConfig,
  stream: u32,
  reason: Reason,
  deadlineNanoseconds: u64,
): Action {
  if (config.rateLimit != 0) endLimits(config.rateLimit, stream);
  markDone(stream);
  addTraceToReply(config.trace);
  const action = refuseAndNote(reason);
  measureRefusal(config.requestMetrics, stream);
  recordRefusal(config.trace, reason, isGrpc, waitedNanoseconds(deadlineNanoseconds));
  return action;
}

/** How long a request with this deadline has waited. */
function waitedNanoseconds(deadlineNanoseconds: u64): u64 {
  if (deadlineNanoseconds == FROM_NOW) return 0;
  if (deadlineNanoseconds == 0) return KEY_WAIT_NANOSECONDS;
  const left = deadlineNanoseconds - monotonicNanoseconds();
  return KEY_WAIT_NANOSECONDS - min(left, KEY_WAIT_NANOSECONDS);
}

function refuseAndNote(reason: Reason): Action {
  noteDenied(reason);
  return refuse(reason, isGrpc);
}

/** Refuses without a configuration; the headers are looked at only to tell gRPC from HTTP. */
function refuseUnconfigured(reason: Reason): Action {
  beginReply(ErrorForm.JSON);
  beginDecision();
  beginTrace();
  beginSnapshot();
  takeSnapshot(FIXED_NAMES, changetype<HeaderPolicy>(NO_POLICY));
  return refuseAndNote(reason);
}

/** The section `trace` of a root; 0 when it has none. */
function sectionOf(root: u32): usize {
  return isReady(root) ? configOf(root).trace : 0;
}

export class Chain extends Handler {
  onVmStart(root: u32, vmConfigurationLen: u32): bool {
    return startVm(vmConfigurationLen);
  }

  onConfigure(root: u32, configurationLen: u32): bool {
    return configure(root, configurationLen);
  }

  onConfigureWithoutRoot(configurationLen: u32): bool {
    return configureWithoutRoot(configurationLen);
  }

  onTick(root: u32): void {
    beginTrace();
    tick(root);
    resumeWaiting(root);
  }

  onStreamDelete(root: u32, stream: u32, data: usize): void {
    endRequest(data);
    if (forgetWaiter(stream)) noteWaited(root, forgottenKind, forgottenHandle);
    if (isReady(root) && configOf(root).rateLimit != 0) endLimits(configOf(root).rateLimit, stream);
  }

  onRootDelete(root: u32): void {
    abandon(root);
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    if (!isReady(root)) return refuseUnconfigured(Reason.CONFIG_FAILED);
    return decide(root, stream, 0, FROM_NOW);
  }

  onCalloutResponse(
    root: u32,
    stream: u32,
    purpose: u32,
    headerCount: u32,
    bodyLen: u32,
    trailerCount: u32,
  ): void {
    beginTrace();
    recordCallDuration(purpose);
    recordHttpCall(sectionOf(root), headerCount);
    receive(root, purpose, headerCount, bodyLen);
    resumeWaiting(root);
  }

  onGrpcAnswer(
    root: u32,
    stream: u32,
    purpose: u32,
    grpcStatus: u32,
    messagePtr: usize,
    messageLen: u32,
  ): void {
    beginTrace();
    recordCallDuration(purpose);
    recordGrpcCall(sectionOf(root), grpcStatus);
    receiveMessage(root, purpose, grpcStatus, messagePtr, messageLen);
    resumeWaiting(root);
  }

  onUnknownStream(stream: u32): Action {
    return refuseUnconfigured(Reason.UNKNOWN_CONTEXT);
  }

  onResponseHeaders(
    root: u32,
    stream: u32,
    data: usize,
    headerCount: u32,
    endOfStream: bool,
  ): Action {
    const action = passResponse(configOf(root), stream, data, headerCount, endOfStream);
    if (action == Action.CONTINUE) noteResponse(data, endOfStream);
    else noteAnswer(data);
    return action;
  }

  onRequestTrailers(root: u32, stream: u32, data: usize, trailerCount: u32): Action {
    const action = passRequestTrailers(configOf(root), trailerCount, stream, data);
    if (action != Action.CONTINUE) noteAnswer(data);
    return action;
  }

  onResponseTrailers(root: u32, stream: u32, data: usize, trailerCount: u32): Action {
    const action = passResponseTrailers(configOf(root), trailerCount, stream, data);
    if (action == Action.CONTINUE) noteTrailers(data);
    return action;
  }

  onOrphan(stream: u32, data: usize): Action {
    return passOrphan(stream, data);
  }
}
