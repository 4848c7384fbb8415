// Which names an object may have had already, as bits of their hashes (B. H. Bloom, "Space/time
// trade-offs in hash coding with allowable errors", 1970): two bits each, chosen by a secret, so
// that nobody who writes documents can make many members cost the square of their number.

import { secretBits } from "../bytes/hash";
import { JSON_MEMBERS_MAX } from "../limits";

/** Bits of a map: eight for each member that an object can have. */
const BITS_LOG2: u32 = 11;
export const MAP_BYTES: u32 = 1 << (BITS_LOG2 - 3);
if (8 * JSON_MEMBERS_MAX != 1 << BITS_LOG2) ERROR("a map has another number of bits");

export function clearMap(map: usize): void {
  memory.fill(map, 0, MAP_BYTES);
}

/** Sets the two bits of a hash in a map; whether both were set. */
export function addToMap(map: usize, hash: u64): bool {
  const numbers = secretBits(hash, 2 * BITS_LOG2);
  const isFirstSet = setBit(map, numbers >> BITS_LOG2);
  return setBit(map, numbers & ((1 << BITS_LOG2) - 1)) && isFirstSet;
}

/** Sets a bit; whether it was set. */
// @ts-ignore: decorator
@inline
function setBit(map: usize, number: u32): bool {
  const at = map + (number >> 3);
  const bit: u32 = 1 << (number & 7);
  const byte = <u32>load<u8>(at);
  store<u8>(at, <u8>(byte | bit));
  return (byte & bit) != 0;
}
