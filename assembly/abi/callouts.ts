// Calls that the module itself has on their way. The host knows them by a token and answers to the
// root; this table leads from the token to the stream that waits. A stream that has gone is known
// by its serial, so that nothing here needs to be told; its answer still comes.
//
// Open addressing with linear probing; a removal moves later entries of the run back.

import { NONE } from "../core/bytes/none";
import { CALLOUT_NOTE_BYTES } from "../core/export_limits";
import { CALLOUTS_MAX, CLUSTER_BYTES_MAX, GRPC_MESSAGE_BYTES_MAX } from "../core/limits";
import { putBytes, putHead, putUnsigned } from "../core/protobuf/writer";
import { monotonicNanoseconds } from "./clock";
import { callToken, grpcCall, httpCall } from "./host";
import { findStream, streamSerial } from "./streams";
import { Status } from "./types";

export const enum CalloutKind {
  HTTP,
  GRPC,
}

// @ts-ignore: decorator
@unmanaged
class Callout {
  /** 0 is a free place: Envoy's tokens start at 4. */
  token: u32;
  kind: CalloutKind;
  root: u32;
  /** 0 when no stream waits. */
  stream: u32;
  streamSerial: u32;
  /** The caller's own number for what it asked. */
  purpose: u32;
  /** Of the monotonic clock; 0 when the host had none. */
  sentAtNanoseconds: u64;
}

const NOTE_AT: u32 = 32;
if (offsetof<Callout>() != <usize>NOTE_AT) ERROR("Callout is not 32 bytes");
const SIZE: u32 = NOTE_AT + CALLOUT_NOTE_BYTES;
const PLACES: u32 = CALLOUTS_MAX * 2;
const MASK: u32 = PLACES - 1;
if ((PLACES & MASK) != 0) ERROR("the table of callouts is no power of two");
const TABLE: usize = memory.data(<i32>(PLACES * SIZE), 16);
let pending: u32 = 0;

/**
 * CALLOUT_NOTE_BYTES of the call that was accepted last, zeroed: its caller's own, which come back
 * with the answer as `takenNote`. Valid in the callback that made the call.
 */
export let acceptedNote: usize = 0;

// @ts-ignore: decorator
@inline
function at(place: u32): Callout {
  return changetype<Callout>(TABLE + place * SIZE);
}

// @ts-ignore: decorator
@inline
function home(token: u32): u32 {
  // Fibonacci hashing, as for streams: tokens count up in steps of four.
  return ((token * 0x9e3779b1) >> 16) & MASK;
}

function find(kind: CalloutKind, token: u32): u32 {
  let place = home(token);
  for (let step: u32 = 0; step < PLACES; step++) {
    const found = at(place).token;
    if (found == 0) return NONE;
    if (found == token && at(place).kind == kind) return place;
    place = (place + 1) & MASK;
  }
  return NONE;
}

function add(kind: CalloutKind, token: u32, root: u32, stream: u32, purpose: u32): void {
  let place = home(token);
  for (let step: u32 = 0; step < PLACES && at(place).token != 0; step++) {
    place = (place + 1) & MASK;
  }
  const callout = at(place);
  callout.token = token;
  callout.kind = kind;
  callout.root = root;
  callout.stream = stream;
  callout.streamSerial = stream == 0 ? 0 : streamSerial(findStream(stream));
  callout.purpose = purpose;
  callout.sentAtNanoseconds = monotonicNanoseconds();
  acceptedNote = changetype<usize>(callout) + NOTE_AT;
  memory.fill(acceptedNote, 0, CALLOUT_NOTE_BYTES);
  pending++;
}

function remove(place: u32): void {
  pending--;
  let hole = place;
  let next = (place + 1) & MASK;
  for (let step: u32 = 0; step < PLACES; step++) {
    const token = at(next).token;
    if (token == 0) break;
    // An entry may fill the hole unless its home lies cyclically after the hole.
    if (((next - home(token)) & MASK) >= ((next - hole) & MASK)) {
      memory.copy(TABLE + hole * SIZE, TABLE + next * SIZE, SIZE);
      hole = next;
    }
    next = (next + 1) & MASK;
  }
  at(hole).token = 0;
}

/** Whether one call more, for this stream, can be kept track of. */
function mayCall(stream: u32, timeoutMilliseconds: u32): Status {
  if (timeoutMilliseconds == 0) return Status.BAD_ARGUMENT;
  if (pending >= CALLOUTS_MAX) return Status.INTERNAL_FAILURE;
  return stream != 0 && findStream(stream) == NONE ? Status.BAD_ARGUMENT : Status.OK;
}

/** Keeps track of the call that the host has just accepted. */
function keep(kind: CalloutKind, root: u32, stream: u32, purpose: u32): Status {
  if (callToken == 0) return Status.INTERNAL_FAILURE;
  add(kind, callToken, root, stream, purpose);
  return Status.OK;
}

/**
 * Sends a request for a root, and for a stream of it unless `stream` is 0 (it must be a kept one).
 * INTERNAL_FAILURE also when CALLOUTS_MAX are on their way. `timeoutMilliseconds` 0 is refused: to
 * Envoy it means "for ever".
 */
export function callOut(
  root: u32,
  stream: u32,
  purpose: u32,
  clusterPtr: usize,
  clusterLen: u32,
  headersPtr: usize,
  headersLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
  timeoutMilliseconds: u32,
): Status {
  let status = mayCall(stream, timeoutMilliseconds);
  if (status != Status.OK) return status;
  status = httpCall(
    clusterPtr,
    clusterLen,
    headersPtr,
    headersLen,
    bodyPtr,
    bodyLen,
    timeoutMilliseconds,
  );
  return status == Status.OK ? keep(CalloutKind.HTTP, root, stream, purpose) : status;
}

// GrpcService{1 envoy_grpc{1 cluster_name, 4 max_receive_message_length{1 value}}}
// (envoy.config.core.v3.GrpcService).
const ENVOY_GRPC: u32 = 1;
const CLUSTER_NAME: u32 = 1;
const MAX_RECEIVE_MESSAGE_LENGTH: u32 = 4;
const VALUE: u32 = 1;
const UPSTREAM_BYTES: u32 = CLUSTER_BYTES_MAX + 32;
const UPSTREAM: usize = memory.data(<i32>UPSTREAM_BYTES, 8);

/** Writes the GrpcService of a cluster in front of `end`; returns where it begins. */
function putUpstream(end: usize, clusterPtr: usize, clusterLen: u32): usize {
  const limit = putUnsigned(end, VALUE, GRPC_MESSAGE_BYTES_MAX);
  let at = putHead(limit, MAX_RECEIVE_MESSAGE_LENGTH, <u32>(end - limit));
  at = putBytes(at, CLUSTER_NAME, clusterPtr, clusterLen);
  return putHead(at, ENVOY_GRPC, <u32>(end - at));
}

/**
 * Makes a unary gRPC call, for a root and a stream as `callOut` does, with its statuses. The
 * cluster is given as a GrpcService: Envoy takes a bare name that happens to be one for it, and a
 * GrpcService of nothing ends the process. `cluster` has CLUSTER_BYTES_MAX at most.
 */
export function callGrpc(
  root: u32,
  stream: u32,
  purpose: u32,
  clusterPtr: usize,
  clusterLen: u32,
  servicePtr: usize,
  serviceLen: u32,
  methodPtr: usize,
  methodLen: u32,
  metadataPtr: usize,
  metadataLen: u32,
  messagePtr: usize,
  messageLen: u32,
  timeoutMilliseconds: u32,
): Status {
  if (clusterLen > CLUSTER_BYTES_MAX) return Status.BAD_ARGUMENT;
  let status = mayCall(stream, timeoutMilliseconds);
  if (status != Status.OK) return status;
  const end = UPSTREAM + UPSTREAM_BYTES;
  const upstream = putUpstream(end, clusterPtr, clusterLen);
  status = grpcCall(
    upstream,
    <u32>(end - upstream),
    servicePtr,
    serviceLen,
    methodPtr,
    methodLen,
    metadataPtr,
    metadataLen,
    messagePtr,
    messageLen,
    timeoutMilliseconds,
  );
  return status == Status.OK ? keep(CalloutKind.GRPC, root, stream, purpose) : status;
}

export let takenRoot: u32 = 0;
export let takenStream: u32 = 0;
export let takenPurpose: u32 = 0;
/** When it was sent, by the monotonic clock; 0 when the host had none. */
export let takenSentAtNanoseconds: u64 = 0;
/** Its CALLOUT_NOTE_BYTES. */
export const takenNote: usize = memory.data(<i32>CALLOUT_NOTE_BYTES, 8);

/**
 * Takes the callout with this token out of the table into the `taken…`; false when there is
 * none of this kind.
 */
export function takeCallout(kind: CalloutKind, token: u32): bool {
  if (token == 0) return false;
  const place = find(kind, token);
  if (place == NONE) return false;
  const callout = at(place);
  takenRoot = callout.root;
  takenStream = callout.stream;
  takenPurpose = callout.purpose;
  takenSentAtNanoseconds = callout.sentAtNanoseconds;
  memory.copy(takenNote, changetype<usize>(callout) + NOTE_AT, CALLOUT_NOTE_BYTES);
  const streamPlace = findStream(takenStream);
  if (streamPlace == NONE || streamSerial(streamPlace) != callout.streamSerial) takenStream = 0;
  remove(place);
  return true;
}

/** The root has gone: the host answers none of its callouts. */
export function forgetRoot(root: u32): void {
  if (pending == 0) return;
  // What a removal moves back lies behind the hole, so each place is looked at again after one.
  for (let place: u32 = 0; place < PLACES; place++) {
    for (let step: u32 = 0; step < PLACES && isOfRoot(place, root); step++) remove(place);
  }
}

function isOfRoot(place: u32, root: u32): bool {
  return at(place).token != 0 && at(place).root == root;
}

/** Callouts on their way now. */
export function calloutsPending(): u32 {
  return pending;
}
