// The callbacks that the host knows, each alike: mark the arena, find the context, forward,
// release. proxy_on_done, proxy_on_log and the body callbacks are not exported: each costs about
// 0.1 µs per request, and an absent one counts as Continue.

import "./abort";

import { NONE } from "../core/bytes/none";
import { GRPC_MESSAGE_BYTES_MAX } from "../core/limits";
import { arenaMark, arenaRelease } from "./arena";
import { beginTime, noteTick } from "./clock";
import {
  CalloutKind,
  forgetRoot,
  takeCallout,
  takenPurpose,
  takenRoot,
  takenStream,
} from "./callouts";
import { handler } from "./handler";
import { answerLen, answerPtr, getBuffer } from "./host";
import { closeRoot, findRoot, openRoot } from "./roots";
import {
  dropStream,
  findStream,
  forgetCreated,
  noteCreated,
  rootOfStream,
  streamData,
  streamRoot,
  streamsKept,
  streamState,
  StreamState,
} from "./streams";
import { Action, BufferType, GrpcStatus, Status } from "./types";

export { proxy_on_memory_allocate } from "./arena";

/** Begins a callback; returns the mark that its end releases. */
// @ts-ignore: decorator
@inline
function begin(): u32 {
  beginTime();
  return arenaMark();
}

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_context_create(contextId: u32, rootContextId: u32): void {
  if (rootContextId == 0) {
    openRoot(contextId);
  } else {
    noteCreated(contextId, findRoot(rootContextId));
  }
}

export function proxy_on_vm_start(rootContextId: u32, vmConfigurationLen: u32): bool {
  const mark = begin();
  const started = handler().onVmStart(openRoot(rootContextId), vmConfigurationLen);
  arenaRelease(mark);
  return started;
}

export function proxy_on_configure(rootContextId: u32, configurationLen: u32): bool {
  const mark = begin();
  const root = openRoot(rootContextId);
  const accepted =
    root == NONE
      ? handler().onConfigureWithoutRoot(configurationLen)
      : handler().onConfigure(root, configurationLen);
  arenaRelease(mark);
  __collect();
  return accepted;
}

export function proxy_on_tick(rootContextId: u32): void {
  const mark = begin();
  noteTick();
  const root = findRoot(rootContextId);
  if (root != NONE) handler().onTick(root);
  arenaRelease(mark);
  __collect();
}

export function proxy_on_request_headers(
  contextId: u32,
  headerCount: u32,
  endOfStream: bool,
): Action {
  const mark = begin();
  const root = rootOfStream(contextId);
  const action =
    root == NONE
      ? handler().onUnknownStream(contextId)
      : handler().onRequestHeaders(root, contextId, headerCount, endOfStream);
  arenaRelease(mark);
  return action;
}

export function proxy_on_response_headers(
  contextId: u32,
  headerCount: u32,
  endOfStream: bool,
): Action {
  const place = runningStream(contextId);
  if (place == NONE) return Action.CONTINUE;
  const mark = begin();
  const root = streamRoot(place);
  const data = streamData(place);
  const action =
    root == NONE
      ? handler().onOrphan(contextId, data)
      : handler().onResponseHeaders(root, contextId, data, headerCount, endOfStream);
  arenaRelease(mark);
  return action;
}

export function proxy_on_request_trailers(contextId: u32, trailerCount: u32): Action {
  const place = runningStream(contextId);
  if (place == NONE) return Action.CONTINUE;
  const mark = begin();
  const root = streamRoot(place);
  const data = streamData(place);
  const action =
    root == NONE
      ? handler().onOrphan(contextId, data)
      : handler().onRequestTrailers(root, contextId, data, trailerCount);
  arenaRelease(mark);
  return action;
}

export function proxy_on_response_trailers(contextId: u32, trailerCount: u32): Action {
  const place = runningStream(contextId);
  if (place == NONE) return Action.CONTINUE;
  const mark = begin();
  const root = streamRoot(place);
  const data = streamData(place);
  const action =
    root == NONE
      ? handler().onOrphan(contextId, data)
      : handler().onResponseTrailers(root, contextId, data, trailerCount);
  arenaRelease(mark);
  return action;
}

/** Place of a kept stream that goes on and that nobody has answered; NONE otherwise. */
function runningStream(contextId: u32): u32 {
  const place = findStream(contextId);
  return place != NONE && streamState(place) == StreamState.RUNNING ? place : NONE;
}

export function proxy_on_http_call_response(
  rootContextId: u32,
  token: u32,
  headerCount: u32,
  bodyLen: u32,
  trailerCount: u32,
): void {
  if (!takeCallout(CalloutKind.HTTP, token)) return;
  const mark = begin();
  handler().onCalloutResponse(
    takenRoot,
    takenStream,
    takenPurpose,
    headerCount,
    bodyLen,
    trailerCount,
  );
  arenaRelease(mark);
}

/**
 * The answer to a call. Envoy sends it after the call has ended well, and nothing after it
 * (context.cc, onGrpcReceiveWrapper).
 */
export function proxy_on_grpc_receive(rootContextId: u32, token: u32, messageLen: u32): void {
  if (!takeCallout(CalloutKind.GRPC, token)) return;
  const mark = begin();
  if (messageLen == 0) {
    endGrpcCall(GrpcStatus.OK, 0, 0);
  } else if (messageLen > GRPC_MESSAGE_BYTES_MAX) {
    endGrpcCall(GrpcStatus.RESOURCE_EXHAUSTED, 0, 0);
  } else {
    const status = getBuffer(BufferType.GRPC_RECEIVE_BUFFER, 0, messageLen);
    const isWhole = status == Status.OK && answerLen == messageLen;
    if (isWhole) endGrpcCall(GrpcStatus.OK, answerPtr, answerLen);
    else endGrpcCall(GrpcStatus.INTERNAL, 0, 0);
  }
  arenaRelease(mark);
}

/** The end of a call without an answer. */
export function proxy_on_grpc_close(rootContextId: u32, token: u32, grpcStatus: u32): void {
  if (!takeCallout(CalloutKind.GRPC, token)) return;
  const mark = begin();
  endGrpcCall(grpcStatus == GrpcStatus.OK ? GrpcStatus.INTERNAL : grpcStatus, 0, 0);
  arenaRelease(mark);
}

function endGrpcCall(grpcStatus: u32, messagePtr: usize, messageLen: u32): void {
  handler().onGrpcAnswer(takenRoot, takenStream, takenPurpose, grpcStatus, messagePtr, messageLen);
}

export function proxy_on_delete(contextId: u32): void {
  const root = findRoot(contextId);
  forgetCreated(contextId, root);
  const place = streamsKept() == 0 ? NONE : findStream(contextId);
  if (place != NONE) {
    const streamRootNumber = streamRoot(place);
    if (streamRootNumber != NONE) {
      const mark = begin();
      handler().onStreamDelete(streamRootNumber, contextId, streamData(place));
      arenaRelease(mark);
    }
    dropStream(place);
  } else if (root != NONE && contextId != 0) {
    handler().onRootDelete(root);
    forgetRoot(root);
    closeRoot(root);
  }
}
