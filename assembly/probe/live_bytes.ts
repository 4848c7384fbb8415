// The shipped module and one more export: the bytes that its allocator has given out and not got
// back.

export * from "../index";

// Layout of the heap, from AssemblyScript 0.28.20 std/assembly/rt/tlsf.ts: the allocator's root at
// the aligned heap base, then blocks, each a header (size and two flags) and its payload; a block
// of size 0 ends them.
const ALIGN_MASK: usize = 15;
const ALLOCATOR_ROOT_BYTES: usize = 1572;
const BLOCK_HEADER_BYTES: usize = 4;
const FREE_FLAG: usize = 1;
const FLAGS: usize = 3;

function align(ptr: usize): usize {
  return (ptr + ALIGN_MASK) & ~ALIGN_MASK;
}

/** Sum of the sizes of the blocks in use. */
export function liveBytes(): u32 {
  const end = (<usize>memory.size()) << 16;
  const start = align(__heap_base) + ALLOCATOR_ROOT_BYTES;
  let block = align(start + BLOCK_HEADER_BYTES) - BLOCK_HEADER_BYTES;
  let used: usize = 0;
  // Each step moves on by at least one block header.
  while (block + BLOCK_HEADER_BYTES <= end) {
    const info = load<usize>(block);
    const size = info & ~FLAGS;
    if (size == 0) return <u32>used;
    if ((info & FREE_FLAG) == 0) used += size;
    block += BLOCK_HEADER_BYTES + size;
  }
  return u32.MAX_VALUE;
}

/** Payload that a test plants, to see that `liveBytes` sees it. */
export function plant(bytes: u32): usize {
  return heap.alloc(bytes);
}

export function uproot(ptr: usize): void {
  heap.free(ptr);
}
