// What services were asked about requests that wait, and what they said. A request is walked again
// when the answer is there; the walk finds it here by the request's stream, and the answer finds
// its place by a handle.
//
// Places are chained by the hash of their stream. The place that has been free for the longest is
// taken next, so that a handle means something else only after all places times SERIALS uses.

import { CALLOUTS_MAX, SERVICE_LIMITS_MAX } from "../../../../core/limits";
import { DESCRIPTOR_STATUS_BYTES, DescriptorStatus } from "../../../../core/ratelimit/rls_message";

export const enum VerdictState {
  FREE,
  /** The call is on its way. */
  ASKED,
  /** There is no verdict, and no other call is made for it. */
  FAILED,
  OK,
  OVER_LIMIT,
}

// @ts-ignore: decorator
@unmanaged
export class Verdict {
  state: VerdictState;
  /** Which use of the place this is. */
  serial: u32;
  stream: u32;
  /** Which of the request's groups of limits. */
  group: u32;
  /** Addresses of the Store and of the RateLimitConfig. */
  service: usize;
  config: usize;
  /** Limits that were asked about. */
  count: u32;
  /** Number of the next place of the chain; NOWHERE at its end. */
  next: u32;
}

const HEAD: u32 = 32;
if (offsetof<Verdict>() != <usize>HEAD) ERROR("Verdict is not 32 bytes");
const RULES_AT: u32 = HEAD;
const STATUSES_AT: u32 = RULES_AT + 4 * SERVICE_LIMITS_MAX;
const SIZE: u32 = STATUSES_AT + DESCRIPTOR_STATUS_BYTES * SERVICE_LIMITS_MAX;

/** Bits of a handle. */
export const HANDLE_BITS: u32 = 24;
/** A verdict needs a call of its own. */
const PLACES: u32 = CALLOUTS_MAX;
const PLACE_BITS: u32 = 10;
const PLACE_MASK: u32 = PLACES - 1;
if (PLACES != 1 << PLACE_BITS) ERROR("the number of a place has other than ten bits");
const SERIAL_MASK: u32 = (1 << (HANDLE_BITS - PLACE_BITS)) - 1;
const NOWHERE: u32 = u32.MAX_VALUE;

const TABLE: usize = memory.data(<i32>(PLACES * SIZE), 16);
/** First place of each chain. */
const CHAINS: usize = memory.data(<i32>(PLACES * 4), 16);
/** Numbers of the free places, in a ring. */
const RING: usize = memory.data(<i32>(PLACES * 4), 16);
let ringStart: u32 = 0;
let used: u32 = 0;

memory.fill(CHAINS, 0xff, PLACES * 4);
for (let i: u32 = 0; i < PLACES; i++) store<u32>(RING + (i << 2), i);

// @ts-ignore: decorator
@inline
function at(place: u32): Verdict {
  return changetype<Verdict>(TABLE + place * SIZE);
}

// @ts-ignore: decorator
@inline
function chainOf(stream: u32): usize {
  // Fibonacci hashing, as for streams.
  return CHAINS + ((((stream * 0x9e3779b1) >> 16) & PLACE_MASK) << 2);
}

/** Whether there is a place for one verdict more. */
// @ts-ignore: decorator
@inline
export function hasRoom(): bool {
  return used < PLACES;
}

/** Address of a new Verdict that is ASKED, where there is room. */
export function openVerdict(config: usize, service: usize, stream: u32, group: u32): usize {
  const place = load<u32>(RING + (ringStart << 2));
  ringStart = (ringStart + 1) & PLACE_MASK;
  used++;
  const verdict = at(place);
  verdict.state = VerdictState.ASKED;
  verdict.serial++;
  verdict.stream = stream;
  verdict.group = group;
  verdict.service = service;
  verdict.config = config;
  verdict.count = 0;
  const chain = chainOf(stream);
  verdict.next = load<u32>(chain);
  store<u32>(chain, place);
  return changetype<usize>(verdict);
}

/** Address of the Verdict of a stream's group by a service; 0 when nothing was asked. */
export function findVerdict(service: usize, stream: u32, group: u32): usize {
  let place = load<u32>(chainOf(stream));
  for (let step: u32 = 0; step < PLACES && place != NOWHERE; step++) {
    const verdict = at(place);
    if (verdict.stream == stream && verdict.group == group && verdict.service == service) {
      return changetype<usize>(verdict);
    }
    place = verdict.next;
  }
  return 0;
}

/** The number that finds a verdict again; HANDLE_BITS wide. */
export function handleOf(verdict: Verdict): u32 {
  const place = <u32>(changetype<usize>(verdict) - TABLE) / SIZE;
  return ((verdict.serial & SERIAL_MASK) << PLACE_BITS) | place;
}

/** Address of the Verdict that is waited for under a handle; 0 when nobody does any more. */
export function askedVerdict(handle: u32): usize {
  const verdict = at(handle & PLACE_MASK);
  if (verdict.state != VerdictState.ASKED || handleOf(verdict) != handle) return 0;
  return changetype<usize>(verdict);
}

/** Address of a DescriptorStatus for each limit that was asked about. */
// @ts-ignore: decorator
@inline
export function statusesOf(verdict: Verdict): usize {
  return changetype<usize>(verdict) + STATUSES_AT;
}

// @ts-ignore: decorator
@inline
export function statusAt(verdict: Verdict, index: u32): DescriptorStatus {
  return changetype<DescriptorStatus>(statusesOf(verdict) + index * DESCRIPTOR_STATUS_BYTES);
}

/** Adds a limit to what is asked; there are no more than SERVICE_LIMITS_MAX of them. */
export function addRule(verdict: Verdict, rule: u32): void {
  if (verdict.count >= SERVICE_LIMITS_MAX) return;
  store<u32>(changetype<usize>(verdict) + RULES_AT + (verdict.count << 2), rule);
  verdict.count++;
}

/** Address of the DescriptorStatus of a limit; 0 when the verdict is not about it. */
export function statusOf(verdict: Verdict, rule: u32): usize {
  const rules = changetype<usize>(verdict) + RULES_AT;
  for (let i: u32 = 0; i < verdict.count; i++) {
    if (load<u32>(rules + (i << 2)) == rule) {
      return statusesOf(verdict) + i * DESCRIPTOR_STATUS_BYTES;
    }
  }
  return 0;
}

/** Frees the places of a stream. */
export function forgetVerdicts(stream: u32): void {
  let link = chainOf(stream);
  for (let step: u32 = 0; step < PLACES; step++) {
    const place = load<u32>(link);
    if (place == NOWHERE) return;
    if (at(place).stream == stream) free(link, place);
    else link = changetype<usize>(at(place)) + offsetof<Verdict>("next");
  }
}

/** Frees the places of a configuration. */
export function abandonVerdicts(config: usize): void {
  for (let place: u32 = 0; place < PLACES && used != 0; place++) {
    const verdict = at(place);
    if (verdict.state != VerdictState.FREE && verdict.config == config) {
      forgetVerdicts(verdict.stream);
    }
  }
}

/** Takes the place that `link` leads to out of its chain. */
function free(link: usize, place: u32): void {
  const verdict = at(place);
  store<u32>(link, verdict.next);
  verdict.state = VerdictState.FREE;
  verdict.stream = 0;
  used--;
  store<u32>(RING + (((ringStart + (PLACES - 1 - used)) & PLACE_MASK) << 2), place);
}
