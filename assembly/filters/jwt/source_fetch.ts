// Fetching keys and deny-lists: of each set one flight at a time in the whole process. Whoever
// begins it says so in the shared head, until when at most; should its worker die, another one
// takes over after that.

import { answerLen, answerPtr, getBuffer } from "../../abi/host";
import { randomBytes } from "../../abi/random";
import { BufferType, Status } from "../../abi/types";
import { textLen, textPtr } from "../../core/bytes/text";
import { UNSAID } from "../../core/headers/freshness";
import { readUri, Uri } from "../../core/headers/uri";
import {
  BACKOFF_MILLISECONDS_MAX,
  BACKOFF_MILLISECONDS_MIN,
  DOCUMENT_BYTES_MAX,
  REFRESH_MILLISECONDS_MAX,
  REFRESH_MILLISECONDS_MIN,
  RETRY_AFTER_MILLISECONDS_MAX,
} from "../../core/limits";
import { keepTrace } from "../../core/trace/in_hand";
import { FetchedSet, FetchStatus, isInFlight, isUsable, nowMilliseconds } from "./fetched_set";
import {
  STAGED,
  stagedDropped,
  stagedHash,
  stagedSequence,
  stageDocument,
} from "./fetched_document";
import { jwksUriLen, jwksUriPtr, readMetadata, refreshHintSeconds } from "./key_document";
import { logDropped, logFailure, logRecovery } from "./source_log";
import { countFetch } from "./source_metrics";
import {
  answerStatus,
  entityTagLen,
  entityTagPtr,
  freshForSeconds,
  readAnswerFields,
  requestUri,
  retryAfterSeconds,
} from "./source_request";
import { Source, SourceKind } from "./source";
import { adoptStaged, placeOf, setAt } from "./fetched_store";
import {
  documentLen,
  documentPtr,
  hashDocument,
  keepEntityTag,
  readBody,
  readHead,
  takeEntityTag,
  writeBody,
  writeHead,
  writeHeadOfFlight,
} from "./shared_sets";

const URI = changetype<Uri>(memory.data(32, 8));
if (offsetof<Uri>() > 32) ERROR("Uri needs more room");

const MILLISECONDS_PER_SECOND: u64 = 1000;
/** Milliseconds that a flight is longer than its requests may take. */
const FLIGHT_MARGIN: u64 = 1000;
/** The doubling ends far above BACKOFF_MILLISECONDS_MAX. */
const DOUBLINGS_MAX: u32 = 10;

const enum Step {
  METADATA,
  DOCUMENT,
}

// A callout's purpose: that it is for a source, number of the request, and place of its set.
const PURPOSE_SOURCE: u32 = 1 << 24;
const PURPOSE_SERIAL_MAX: u32 = 0xffff;
let lastSerial: u32 = 0;

/** Whether a callout with this purpose is one for a source. */
export function isSourcePurpose(purpose: u32): bool {
  return purpose >> 24 == PURPOSE_SOURCE >> 24;
}

/** Takes over what other workers know of the set: its state, and a document not here yet. */
export function observe(set: FetchedSet, source: Source, now: u64): void {
  readHead(set, now);
  if (set.sharedHash == 0) return;
  if (set.sharedHash != set.documentHash) {
    if (!readBody(set)) return;
    if (!stageDocument(source, documentPtr, documentLen)) return;
    takeEntityTag(set);
    takeStaged(set);
  }
  set.goodAt = set.fetchedAt;
}

/** What was just read becomes the content of the set, if it is another one. */
function takeStaged(set: FetchedSet): void {
  if (set.documentHash == 0 || stagedHash != set.contentHash) {
    adoptStaged(set, STAGED, stagedHash);
  }
  set.documentHash = set.sharedHash;
}

/**
 * Begins a flight, unless another worker did; whether one is on its way now. `observe` must have
 * been called in the same callback.
 */
export function beginFlight(root: u32, source: Source, now: u64): bool {
  const set = changetype<FetchedSet>(source.set);
  const requests: u64 = source.kind == SourceKind.DISCOVERY ? 2 : 1;
  set.attemptedAt = now;
  set.flightUntil = now + requests * (<u64>source.timeoutMilliseconds + FLIGHT_MARGIN);
  set.flightNonce = drawNonce(now);
  if (writeHead(set) == Status.CAS_MISMATCH) {
    set.flightUntil = 0;
    observe(set, source, now);
    return isInFlight(set, now);
  }
  // Without shared data each worker fetches for itself.
  set.flightRoot = root;
  keepTrace(set.trace);
  URI.scheme = source.scheme;
  URI.authorityPtr = textPtr(source.authority);
  URI.authorityLen = textLen(source.authority);
  URI.pathPtr = textPtr(source.path);
  URI.pathLen = textLen(source.path);
  const step = source.kind == SourceKind.DISCOVERY ? Step.METADATA : Step.DOCUMENT;
  return send(source, set, step, now);
}

function drawNonce(now: u64): u64 {
  const random = randomBytes(8);
  return random == 0 ? now : load<u64>(random);
}

/** Sends the request to URI; whether it is on its way. */
function send(source: Source, set: FetchedSet, step: Step, now: u64): bool {
  lastSerial = lastSerial == PURPOSE_SERIAL_MAX ? 1 : lastSerial + 1;
  // The entity tag is that of one address; metadata may name another one.
  const isConditional =
    source.kind != SourceKind.DISCOVERY &&
    set.entityTagLen != 0 &&
    set.documentHash != 0 &&
    set.documentHash == set.sharedHash;
  const purpose = PURPOSE_SOURCE | (lastSerial << 8) | placeOf(set);
  const conditional = isConditional ? set : null;
  const status = requestUri(set.flightRoot, purpose, source, URI, conditional, set.trace);
  if (status != Status.OK) {
    set.flightSerial = 0;
    const isUnknown = status == Status.BAD_ARGUMENT;
    fail(source, set, isUnknown ? FetchStatus.NO_CLUSTER : FetchStatus.NOT_SENT, now);
    return false;
  }
  set.flightSerial = lastSerial;
  set.flightStep = step;
  set.isConditional = u32(isConditional);
  return true;
}

/**
 * Takes an answer. `sources` are those of the root that asked. Answers that nobody waits for any
 * more, because the configuration or the flight is another one by now, are let go.
 */
export function receive(
  root: u32,
  sources: usize,
  purpose: u32,
  headerCount: u32,
  bodyLen: u32,
): void {
  const now = nowMilliseconds();
  let source = changetype<Source>(sources);
  while (changetype<usize>(source) != 0) {
    const set = changetype<FetchedSet>(source.set);
    if (changetype<usize>(set) != 0 && isAwaitedAnswer(root, set, purpose)) {
      set.flightSerial = 0;
      return takeAnswer(source, set, headerCount, bodyLen, now);
    }
    source = changetype<Source>(source.next);
  }
}

function isAwaitedAnswer(root: u32, set: FetchedSet, purpose: u32): bool {
  const serial = (purpose >> 8) & PURPOSE_SERIAL_MAX;
  if (set.flightSerial == 0 || set.flightSerial != serial || set.flightRoot != root) return false;
  return setAt(purpose & 0xff) == set;
}

function takeAnswer(
  source: Source,
  set: FetchedSet,
  headerCount: u32,
  bodyLen: u32,
  now: u64,
): void {
  const nonce = set.flightNonce;
  observe(set, source, now);
  if (set.flightNonce != nonce) return;
  if (headerCount == 0) return fail(source, set, FetchStatus.RESET, now);
  readAnswerFields();
  const status = answerStatus;
  if (status == 304 && set.flightStep == <u32>Step.DOCUMENT && set.isConditional != 0) {
    return succeed(source, set, status, now);
  }
  if (status != 200) return fail(source, set, max(status, <u32>FetchStatus.BAD_DOCUMENT), now);
  if (bodyLen == 0 || bodyLen > DOCUMENT_BYTES_MAX) {
    return fail(source, set, FetchStatus.BAD_DOCUMENT, now);
  }
  const read = getBuffer(BufferType.HTTP_CALL_RESPONSE_BODY, 0, bodyLen);
  if (read != Status.OK || answerLen != bodyLen) {
    return fail(source, set, FetchStatus.BAD_DOCUMENT, now);
  }
  if (set.flightStep == <u32>Step.METADATA) takeMetadata(source, set, now);
  else takeDocument(source, set, answerPtr, answerLen, now);
}

function takeMetadata(source: Source, set: FetchedSet, now: u64): void {
  const isGood =
    readMetadata(answerPtr, answerLen, source.issuer) &&
    readUri(jwksUriPtr, jwksUriLen, URI) &&
    URI.pathLen != 0;
  if (!isGood) return fail(source, set, FetchStatus.BAD_DOCUMENT, now);
  send(source, set, Step.DOCUMENT, now);
}

function takeDocument(source: Source, set: FetchedSet, ptr: usize, len: u32, now: u64): void {
  if (!stageDocument(source, ptr, len)) {
    return fail(source, set, FetchStatus.BAD_DOCUMENT, now);
  }
  // Once the keys are stale, nothing is known of the bundle any more.
  if (stagedSequence < set.sequence && stagedSequence != 0 && isUsable(set, source, now)) {
    return fail(source, set, FetchStatus.OLD_SEQUENCE, now);
  }
  if (stagedSequence != 0) set.sequence = stagedSequence;
  keepEntityTag(set, entityTagPtr, entityTagLen);
  const hash = hashDocument(ptr, len);
  // The document is there before the head that means it.
  if (hash != set.sharedHash) writeBody(set, ptr, len);
  set.sharedHash = hash;
  if (stagedDropped != 0 && stagedHash != set.contentHash) logDropped(source, stagedDropped);
  takeStaged(set);
  succeed(source, set, answerStatus, now);
  countFetch(source, true, stagedDropped);
}

function succeed(source: Source, set: FetchedSet, status: u32, now: u64): void {
  set.fetchedAt = now;
  set.goodAt = now;
  if (set.failures != 0) logRecovery(source);
  set.failures = 0;
  set.refreshAt = now + refreshAfter(source);
  if (status == 304) countFetch(source, true, 0);
  end(set, status, now);
}

/** Milliseconds until the refresh: what the answer says within bounds, else the configuration. */
function refreshAfter(source: Source): u64 {
  let seconds = freshForSeconds;
  if (source.kind == SourceKind.BUNDLE && answerStatus == 200 && refreshHintSeconds > 0) {
    seconds = refreshHintSeconds;
  }
  let refresh = source.refreshMilliseconds;
  if (seconds != UNSAID) {
    const most = <u64>REFRESH_MILLISECONDS_MAX / MILLISECONDS_PER_SECOND;
    refresh = min<u64>(<u64>seconds, most) * MILLISECONDS_PER_SECOND;
  }
  // Nothing must become stale before it is asked for again.
  refresh = min<u64>(refresh, source.staleForMilliseconds >> 1);
  return max<u64>(jitter(refresh), REFRESH_MILLISECONDS_MIN);
}

function fail(source: Source, set: FetchedSet, status: u32, now: u64): void {
  if (set.failures == 0 || status != set.status) logFailure(source, status);
  const doublings = min<u32>(set.failures, DOUBLINGS_MAX);
  set.failures++;
  let backoff = (<u64>BACKOFF_MILLISECONDS_MIN) << doublings;
  backoff = jitter(min<u64>(backoff, BACKOFF_MILLISECONDS_MAX));
  if (status >= 100 && retryAfterSeconds > 0) {
    const most = <u64>RETRY_AFTER_MILLISECONDS_MAX / MILLISECONDS_PER_SECOND;
    const asked = min<u64>(<u64>retryAfterSeconds, most) * MILLISECONDS_PER_SECOND;
    backoff = max<u64>(backoff, asked);
  }
  set.refreshAt = now + backoff;
  countFetch(source, false, 0);
  end(set, status, now);
}

/** The root that began the set's flight goes, and the answer with it: others may fetch now. */
export function abandonFlight(set: FetchedSet, root: u32, now: u64): void {
  if (set.flightSerial == 0 || set.flightRoot != root) return;
  set.flightSerial = 0;
  end(set, set.status, now);
}

/** The flight is over. What a worker finds out that took it over meanwhile counts. */
function end(set: FetchedSet, status: u32, now: u64): void {
  set.status = status;
  set.flightUntil = 0;
  writeHeadOfFlight(set, now);
}

/** Up to a tenth less, so that many proxies do not ask at once. */
function jitter(milliseconds: u64): u64 {
  const random = randomBytes(4);
  if (random == 0) return milliseconds;
  return milliseconds - (((milliseconds / 10) * <u64>load<u32>(random)) >> 32);
}
