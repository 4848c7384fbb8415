// Test-only: memory for a test's bytes.

/** Room for a test's input and output. */
export function allocate(bytes: u32): usize {
  return heap.alloc(bytes);
}
