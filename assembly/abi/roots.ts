// Root contexts: one per plugin configuration. Several plugins, and during a push old and new,
// share one VM. Each root has a block of fixed size, so that what is accepted never depends on what
// else is alive. One block more than there are roots is always free: a configuration is read into
// it, and only when it is good does the root take it and give its old one back.

import { NONE } from "../core/bytes/none";
import { ROOT_BYTES, ROOTS_MAX } from "../core/limits";

// @ts-ignore: decorator
@unmanaged
class Root {
  /** 0 is a free place. */
  contextId: u32;
  /** What its handler last said of it; meaningless to this file. */
  state: u32;
  block: usize;
}

const PLACES: u32 = ROOTS_MAX - 1;
const ROOT_SIZE: u32 = 12;
if (offsetof<Root>() != <usize>ROOT_SIZE) ERROR("Root is not 12 bytes");

const TABLE: usize = memory.data(<i32>(PLACES * ROOT_SIZE), 16);
const BLOCKS: usize = memory.data(<i32>(ROOTS_MAX * ROOT_BYTES), 16);
let stagingBlock: usize = BLOCKS;
/** Roots alive. */
let alive: u32 = 0;

for (let i: u32 = 0; i < PLACES; i++) rootAt(i).block = BLOCKS + (i + 1) * ROOT_BYTES;

// @ts-ignore: decorator
@inline
function rootAt(root: u32): Root {
  return changetype<Root>(TABLE + root * ROOT_SIZE);
}

/** Number of the root with this context id, or NONE. */
export function findRoot(contextId: u32): u32 {
  if (contextId == 0) return NONE;
  // Streams ask too, when they end: as many are looked at as are alive, mostly one.
  let left = alive;
  for (let i: u32 = 0; i < PLACES; i++) {
    const id = rootAt(i).contextId;
    if (id == contextId) return i;
    if (id != 0 && --left == 0) break;
  }
  return NONE;
}

function findFree(): u32 {
  for (let i: u32 = 0; i < PLACES; i++) if (rootAt(i).contextId == 0) return i;
  return NONE;
}

/** Gives a new root a place; NONE when all are taken. A root that has one keeps it. */
export function openRoot(contextId: u32): u32 {
  if (contextId == 0) return NONE;
  const known = findRoot(contextId);
  if (known != NONE) return known;
  const free = findFree();
  if (free == NONE) return NONE;
  rootAt(free).contextId = contextId;
  rootAt(free).state = 0;
  alive++;
  return free;
}

export function closeRoot(root: u32): void {
  rootAt(root).contextId = 0;
  rootAt(root).state = 0;
  alive--;
}

export function rootsAlive(): u32 {
  return alive;
}

// @ts-ignore: decorator
@inline
export function rootContextId(root: u32): u32 {
  return rootAt(root).contextId;
}

// @ts-ignore: decorator
@inline
export function rootState(root: u32): u32 {
  return rootAt(root).state;
}

export function setRootState(root: u32, state: u32): void {
  rootAt(root).state = state;
}

/** Address of the root's ROOT_BYTES. */
// @ts-ignore: decorator
@inline
export function rootBlock(root: u32): usize {
  return rootAt(root).block;
}

/** Address of the ROOT_BYTES that belong to no root yet. */
export function staging(): usize {
  return stagingBlock;
}

/** The root takes what was staged; its old block becomes the next staging block. */
export function adoptStaging(root: u32): void {
  const old = rootAt(root).block;
  rootAt(root).block = stagingBlock;
  stagingBlock = old;
}
