// Requests that the module itself has on their way. The host knows them by a token and answers to
// the root; this table leads from the token to the stream that waits. A stream that has gone is
// forgotten here, its answer still comes.

import { NONE } from "../core/bytes/none";
import { CALLOUTS_MAX } from "../core/limits";
import { callToken, httpCall } from "./host";
import { countCallout, findStream } from "./streams";
import { Status } from "./types";

// @ts-ignore: decorator
@unmanaged
class Callout {
  /** 0 is a free place: Envoy's tokens start at 4. */
  token: u32;
  root: u32;
  /** 0 when no stream waits. */
  stream: u32;
  /** The caller's own number for what it asked. */
  purpose: u32;
}

const SIZE: u32 = 16;
if (offsetof<Callout>() != <usize>SIZE) ERROR("Callout is not 16 bytes");
const TABLE: usize = memory.data(<i32>(CALLOUTS_MAX * SIZE), 16);

// @ts-ignore: decorator
@inline
function at(place: u32): Callout {
  return changetype<Callout>(TABLE + place * SIZE);
}

function find(token: u32): u32 {
  for (let i: u32 = 0; i < CALLOUTS_MAX; i++) if (at(i).token == token) return i;
  return NONE;
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
  if (timeoutMilliseconds == 0) return Status.BAD_ARGUMENT;
  const place = find(0);
  if (place == NONE) return Status.INTERNAL_FAILURE;
  const streamPlace = findStream(stream);
  if (stream != 0 && streamPlace == NONE) return Status.BAD_ARGUMENT;
  const status = httpCall(
    clusterPtr,
    clusterLen,
    headersPtr,
    headersLen,
    bodyPtr,
    bodyLen,
    timeoutMilliseconds,
  );
  if (status != Status.OK) return status;
  const callout = at(place);
  callout.token = callToken;
  callout.root = root;
  callout.stream = stream;
  callout.purpose = purpose;
  if (streamPlace != NONE) countCallout(streamPlace, 1);
  return Status.OK;
}

export let takenRoot: u32 = 0;
export let takenStream: u32 = 0;
export let takenPurpose: u32 = 0;

/**
 * Takes the callout with this token out of the table into the three `taken…`; false when there is
 * none.
 */
export function takeCallout(token: u32): bool {
  if (token == 0) return false;
  const place = find(token);
  if (place == NONE) return false;
  const callout = at(place);
  takenRoot = callout.root;
  takenStream = callout.stream;
  takenPurpose = callout.purpose;
  callout.token = 0;
  const streamPlace = findStream(takenStream);
  if (streamPlace != NONE) countCallout(streamPlace, -1);
  return true;
}

/** The stream has gone: its callouts belong to nobody. */
export function forgetStream(contextId: u32): void {
  for (let i: u32 = 0; i < CALLOUTS_MAX; i++) {
    if (at(i).stream == contextId) at(i).stream = 0;
  }
}

/** The root has gone: the host answers none of its callouts. */
export function forgetRoot(root: u32): void {
  for (let i: u32 = 0; i < CALLOUTS_MAX; i++) if (at(i).root == root) at(i).token = 0;
}

/** Callouts on their way now. */
export function calloutsPending(): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < CALLOUTS_MAX; i++) if (at(i).token != 0) count++;
  return count;
}
