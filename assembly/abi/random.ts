// Random bytes drawn from the host in blocks: one call costs 0.9 µs in Envoy, whatever its size.

import { RANDOM_BLOCK_BYTES } from "../core/limits";
import { random } from "./host";
import { Status } from "./types";

const BLOCK: usize = memory.data(<i32>RANDOM_BLOCK_BYTES, 16);
let used: u32 = RANDOM_BLOCK_BYTES;

/** Address of `len` fresh random bytes (at most RANDOM_BLOCK_BYTES), 0 when the host gives none. */
export function randomBytes(len: u32): usize {
  if (len > RANDOM_BLOCK_BYTES) return 0;
  if (used + len > RANDOM_BLOCK_BYTES) {
    if (random(BLOCK, RANDOM_BLOCK_BYTES) != Status.OK) return 0;
    used = 0;
  }
  const ptr = BLOCK + used;
  used += len;
  return ptr;
}
