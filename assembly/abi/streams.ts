// Streams. A stream that needs no later callback takes no memory: Envoy calls on_context_create
// right before on_request_headers, so the last one created is remembered and that is all. A stream
// that does is kept in a fixed table by its context id until on_delete.
//
// Open addressing with linear probing; a removal moves later entries of the run back, so no place
// is ever a grave.

import { NONE } from "../core/bytes/none";
import { STREAM_DATA_BYTES, STREAMS_MAX } from "../core/limits";
import { findRoot, rootContextId } from "./roots";

export const enum StreamState {
  RUNNING = 0,
  PAUSED = 1,
  /** Answered or being reset: it must not be continued. */
  DONE = 2,
}

// @ts-ignore: decorator
@unmanaged
class Stream {
  /** 0 is a free place. */
  contextId: u32;
  /** A root's number is used again after it has gone, its context id is not. */
  rootContextId: u32;
  state: u32;
  /** Tells it from a stream that was kept under the same id before. */
  serial: u32;
}

const HEAD: u32 = 16;
if (offsetof<Stream>() != <usize>HEAD) ERROR("Stream is not 16 bytes");
const SIZE: u32 = HEAD + STREAM_DATA_BYTES;
if ((SIZE & 15) != 0) ERROR("a stream is no whole number of 16 bytes");
const PLACES: u32 = STREAMS_MAX * 2;
const MASK: u32 = PLACES - 1;
if ((PLACES & MASK) != 0) ERROR("the table of streams is no power of two");

const TABLE: usize = memory.data(<i32>(PLACES * SIZE), 16);
let kept: u32 = 0;
let serials: u32 = 0;

let createdStream: u32 = 0;
let createdRoot: u32 = NONE;

// @ts-ignore: decorator
@inline
function at(place: u32): Stream {
  return changetype<Stream>(TABLE + place * SIZE);
}

// @ts-ignore: decorator
@inline
function home(contextId: u32): u32 {
  // Fibonacci hashing: context ids count up, and their low bits alone would make long runs.
  return ((contextId * 0x9e3779b1) >> 16) & MASK;
}

/** Remembers the stream that was created last. `root` is NONE for a root without a place. */
// @ts-ignore: decorator
@inline
export function noteCreated(contextId: u32, root: u32): void {
  createdStream = contextId;
  createdRoot = root;
}

/** A context has gone: nothing that was created under it may be taken for its own. */
export function forgetCreated(contextId: u32, root: u32): void {
  if (contextId == createdStream || root == createdRoot) noteCreated(0, NONE);
}

/** Root of a stream whose request headers arrive; NONE when nothing is known of it. */
export function rootOfStream(contextId: u32): u32 {
  if (contextId == createdStream) return createdRoot;
  const place = findStream(contextId);
  return place == NONE ? NONE : streamRoot(place);
}

/** Place of a kept stream, or NONE. */
export function findStream(contextId: u32): u32 {
  if (contextId == 0) return NONE;
  let place = home(contextId);
  for (let step: u32 = 0; step < PLACES; step++) {
    const id = at(place).contextId;
    if (id == contextId) return place;
    if (id == 0) return NONE;
    place = (place + 1) & MASK;
  }
  return NONE;
}

/**
 * Keeps a stream for its later callbacks. Returns its STREAM_DATA_BYTES, zeroed when new; 0 when
 * the table is full.
 */
export function keepStream(contextId: u32, root: u32): usize {
  if (contextId == 0) return 0;
  const known = findStream(contextId);
  if (known != NONE) return streamData(known);
  if (kept >= STREAMS_MAX) return 0;
  let place = home(contextId);
  for (let step: u32 = 0; step < PLACES && at(place).contextId != 0; step++) {
    place = (place + 1) & MASK;
  }
  const stream = TABLE + place * SIZE;
  // memory.fill calls out of the module, which costs more than so few stores.
  for (let i: u32 = 0; i < SIZE; i += 16) v128.store(stream + i, i64x2.splat(0));
  at(place).contextId = contextId;
  at(place).rootContextId = rootContextId(root);
  at(place).serial = ++serials;
  kept++;
  return streamData(place);
}

// @ts-ignore: decorator
@inline
export function streamData(place: u32): usize {
  return TABLE + place * SIZE + HEAD;
}

/** Number of the kept stream's root; NONE when that has gone. */
export function streamRoot(place: u32): u32 {
  return findRoot(at(place).rootContextId);
}

export function streamState(place: u32): StreamState {
  return <StreamState>at(place).state;
}

export function setStreamState(place: u32, state: StreamState): void {
  at(place).state = state;
}

/** A number that no other stream has, whatever their ids. */
export function streamSerial(place: u32): u32 {
  return at(place).serial;
}

/** Frees a kept stream's place. */
export function dropStream(place: u32): void {
  kept--;
  let hole = place;
  let next = (place + 1) & MASK;
  for (let step: u32 = 0; step < PLACES; step++) {
    const id = at(next).contextId;
    if (id == 0) break;
    // An entry may fill the hole unless its home lies cyclically after the hole.
    if (((next - home(id)) & MASK) >= ((next - hole) & MASK)) {
      memory.copy(TABLE + hole * SIZE, TABLE + next * SIZE, SIZE);
      hole = next;
    }
    next = (next + 1) & MASK;
  }
  at(hole).contextId = 0;
}

/** Streams that are kept now. */
export function streamsKept(): u32 {
  return kept;
}
