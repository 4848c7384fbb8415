// Requests that wait at their headers for keys, or for a store of a limit, that are on their way. A
// request holds one place, from the callback that paused it to the one that lets it go on, answers
// it or sees it gone.

import { WAITERS_MAX } from "./core/limits";
import { Awaited } from "./filters/ratelimit/pending";

// @ts-ignore: decorator
@unmanaged
export class Waiter {
  /** Monotonic clock; when it has passed, the request is answered whatever keys there are. */
  deadlineNanoseconds: u64;
  stream: u32;
  kind: Awaited;
  /** What it waits for: filters/jwt/fetched_set.ts, filters/ratelimit/pending.ts. */
  handle: usize;
}

const SIZE: u32 = 24;
if (offsetof<Waiter>() > <usize>SIZE) ERROR("Waiter has more than 24 bytes");
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
export function addWaiter(
  stream: u32,
  handle: usize,
  kind: Awaited,
  deadlineNanoseconds: u64,
): bool {
  if (count >= WAITERS_MAX) return false;
  const waiter = waiterAt(count++);
  waiter.deadlineNanoseconds = deadlineNanoseconds;
  waiter.stream = stream;
  waiter.kind = kind;
  waiter.handle = handle;
  return true;
}

/** Takes a waiter out; the last one gets its place. */
export function removeWaiter(index: u32): void {
  count--;
  if (index != count) memory.copy(TABLE + index * SIZE, TABLE + count * SIZE, SIZE);
}

/** What the waiter was for that `forgetWaiter` took out. */
export let forgottenKind: Awaited = Awaited.NOTHING;
export let forgottenHandle: usize = 0;

/** The stream has gone: whether it waited. */
export function forgetWaiter(stream: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    if (waiterAt(i).stream != stream) continue;
    forgottenKind = waiterAt(i).kind;
    forgottenHandle = waiterAt(i).handle;
    removeWaiter(i);
    return true;
  }
  return false;
}
