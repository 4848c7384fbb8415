// Letting a paused stream go on, or answering it, from a callback that belongs to another context.
// Envoy has crashed on a second continue and on a continue after a reply: only a paused stream goes
// on, once.

import { NONE } from "../core/bytes/none";
import { continueStream, setEffectiveContext } from "./host";
import { rootContextId } from "./roots";
import { findStream, setStreamState, streamState, StreamState } from "./streams";
import { Status, StreamType } from "./types";

/**
 * Marks a kept stream as paused; its callback must then return PAUSE. false when it is not kept or
 * done.
 */
export function pauseRequest(stream: u32): bool {
  const place = findStream(stream);
  if (place == NONE || streamState(place) != StreamState.RUNNING) return false;
  setStreamState(place, StreamState.PAUSED);
  return true;
}

/** Makes the stream the one that host calls act on. false when it is gone or not paused. */
export function enterPaused(stream: u32): bool {
  const place = findStream(stream);
  if (place == NONE || streamState(place) != StreamState.PAUSED) return false;
  return setEffectiveContext(stream) == Status.OK;
}

/** After `enterPaused`, host calls act on the root again. */
export function leavePaused(root: u32): void {
  setEffectiveContext(rootContextId(root));
}

/** Continues a paused request after `enterPaused`. */
export function resumeRequest(stream: u32): Status {
  const place = findStream(stream);
  if (place == NONE || streamState(place) != StreamState.PAUSED) return Status.BAD_ARGUMENT;
  setStreamState(place, StreamState.RUNNING);
  return continueStream(StreamType.REQUEST);
}

/** The stream is answered: nothing may continue it any more. */
export function markDone(stream: u32): void {
  const place = findStream(stream);
  if (place != NONE) setStreamState(place, StreamState.DONE);
}
