// The memory of one callback: a stack that every export marks on entry and releases on exit.
// The host's answers are placed in it too, so nothing of them needs to be freed.

import { ARENA_BYTES, ARENA_RESERVE_BYTES } from "../core/limits";

const BASE: usize = memory.data(<i32>ARENA_BYTES, 16);
const COMMON_BYTES: u32 = ARENA_BYTES - ARENA_RESERVE_BYTES;
let used: u32 = 0;

/** Bytes in use now, to be given to `arenaRelease`. */
// @ts-ignore: decorator
@inline
export function arenaMark(): u32 {
  return used;
}

// @ts-ignore: decorator
@inline
export function arenaRelease(mark: u32): void {
  used = mark;
}

/** Bytes that the host and `arenaAllocate` can still take. */
// @ts-ignore: decorator
@inline
export function arenaFree(): u32 {
  return used < COMMON_BYTES ? COMMON_BYTES - used : 0;
}

/** Address of `size` bytes aligned to 16 until the callback returns; 0 when they do not fit. */
export function arenaAllocate(size: u32): usize {
  return allocateBelow(COMMON_BYTES, size);
}

/** The same from the reserve as well, for what must be said even when all else is taken. */
export function arenaAllocateReserved(size: u32): usize {
  return allocateBelow(ARENA_BYTES, size);
}

function allocateBelow(limit: u32, size: u32): usize {
  // 64 bits: the host's size can be anything up to 2^32 - 1.
  const end = (<u64>used + <u64>size + 15) & ~15;
  if (end > <u64>limit) return 0;
  const ptr = BASE + used;
  used = <u32>end;
  return ptr;
}

/** The host asks for room for an answer. 0 makes that host call return InvalidMemoryAccess. */
export function proxy_on_memory_allocate(size: u32): usize {
  return arenaAllocate(size);
}
