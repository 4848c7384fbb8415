// The shipped module and one constant more: where its heap begins, so that a test can count what
// the allocator has given out and not got back (test/support/live_bytes.ts).

export * from "../index";

export function heapBase(): usize {
  return __heap_base;
}
