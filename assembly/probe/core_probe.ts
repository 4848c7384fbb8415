// Test-only entry: `core` over (pointer, length), reached from Node through @assemblyscript/loader.

export * from "./claims_probe";
export * from "./grpc_probe";
export * from "./jwt_probe";
export * from "./keys_probe";
export * from "./log_probe";
export * from "./match_probe";
export * from "./output_probe";
export * from "./rls_probe";
export * from "./sampling_probe";
export * from "./span_probe";
export * from "./trace_probe";
export * from "./value_probe";
export * from "./written_value_probe";

/** Room for a test's input and output. */
export function allocate(bytes: u32): usize {
  return heap.alloc(bytes);
}

export function release(ptr: usize): void {
  heap.free(ptr);
}
