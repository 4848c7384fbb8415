// Requests that wait at their headers for keys that are on their way. A request holds one place,
// from the callback that paused it to the one that lets it go on, answers it or sees it gone.

import { WAITERS_MAX } from "./core/limits";

// @ts-ignore: decorator
@unmanaged
export class Waiter {
  /** Monotonic clock; when it has passed, the request is answered whatever keys there are. */
  deadlineNanoseconds: u64;
  stream: u32;
  /** What it waits for (filters/jwt/key_set.ts). */
  keySet: usize;
}

const SIZE: u32 = 16;
if (offsetof<Waiter>() != <usize>SIZE) ERROR("Waiter is not 16 bytes");
const TABLE: usize = memory.data(<i32>(WAITERS_MAX * SIZE), 16);
let count: u32 = 0;

export function waiterCount(): u32 {
  return count;
}

// @ts-ignore: decorator
@inline
export function waiterAt(index: u32): Waiter {
  return changetype<Waiter>(TABLE + index * SIZE);
}

/** Notes that a stream waits; false when WAITERS_MAX do. */
export function addWaiter(stream: u32, keySet: usize, deadlineNanoseconds: u64): bool {
  if (count >= WAITERS_MAX) return false;
  const waiter = waiterAt(count++);
  waiter.deadlineNanoseconds = deadlineNanoseconds;
  waiter.stream = stream;
  waiter.keySet = keySet;
  return true;
}

/** Takes a waiter out; the last one gets its place. */
export function removeWaiter(index: u32): void {
  count--;
  if (index != count) memory.copy(TABLE + index * SIZE, TABLE + count * SIZE, SIZE);
}

/** The stream has gone: what it waited for, 0 when it did not wait. */
export function forgetWaiter(stream: u32): usize {
  for (let i: u32 = 0; i < count; i++) {
    if (waiterAt(i).stream != stream) continue;
    const keySet = waiterAt(i).keySet;
    removeWaiter(i);
    return keySet;
  }
  return 0;
}
