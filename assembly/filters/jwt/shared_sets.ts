// What all workers share of a fetched set, in shared data: a small head that each looks at
// on its tick, and the newest document, which a worker reads when it has another.
//
//   sallyport/keys/ID        format u32 │ status u32 │ fetchedAt │ attemptedAt │ refreshAt │
//                            flightUntil │ flightNonce │ documentHash │ sequence u64 │ failures u32
//   sallyport/keys/ID/body   format u32 │ tag length u32 │ document length u32 │ tag │ document
//
// The head is written by compare-and-swap only: whoever begins a flight that way is the one who
// fetches. Other plugins of the same vm_id can write here too: what is not of this form, or of a
// time that cannot be, counts as absent.

import { arenaAllocate } from "../../abi/arena";
import {
  answerCas,
  answerLen,
  answerPtr,
  CAS_IF_ABSENT,
  getSharedData,
  setSharedData,
} from "../../abi/host";
import { Status } from "../../abi/types";
import { isFieldValue } from "../../core/bytes/ascii";
import { writeHex } from "../../core/bytes/hex";
import { copyText, text, textLen } from "../../core/bytes/text";
import { digest, Hash } from "../../core/crypto/hash";
import {
  ENTITY_TAG_BYTES_MAX,
  FETCH_TIMEOUT_MILLISECONDS_MAX,
  DOCUMENT_BYTES_MAX,
  REFRESH_MILLISECONDS_MAX,
} from "../../core/limits";
import { FetchedSet } from "./fetched_set";
import { SOURCE_ID_BYTES } from "./source";

const HEAD_KEY = text("sallyport/keys/");
const BODY_KEY_END = text("/body");
const KEY: usize = memory.data(96, 8);
const DIGEST: usize = memory.data(32, 8);

/** Changes with the form of the records, so that an old one counts as absent. */
const FORMAT: u32 = 0x314b5953;

// @ts-ignore: decorator
@unmanaged
class Head {
  format: u32;
  status: u32;
  fetchedAt: u64;
  attemptedAt: u64;
  refreshAt: u64;
  flightUntil: u64;
  flightNonce: u64;
  documentHash: u64;
  sequence: u64;
  failures: u32;
  reserved: u32;
}

const HEAD_BYTES: u32 = 72;
if (offsetof<Head>() != HEAD_BYTES) ERROR("Head is not 72 bytes");
const HEAD = changetype<Head>(memory.data(72, 8));

const BODY_HEADER_BYTES: u32 = 12;

/** What another worker wrote during this callback is of a later time than the callback's. */
const CLOCK_TOLERANCE: u64 = 60000;
/** Milliseconds of a flight at most: two requests, each a second longer than its timeout. */
const FLIGHT_MAX: u64 = 2 * (<u64>FETCH_TIMEOUT_MILLISECONDS_MAX + 1000);
/** Compare-and-swap number of the head that was read last. */
let headCas: u32 = CAS_IF_ABSENT;

function writeKey(set: FetchedSet): u32 {
  const id = copyText(KEY, HEAD_KEY);
  writeHex(id, changetype<usize>(set) + offsetof<FetchedSet>("id0"), SOURCE_ID_BYTES);
  return textLen(HEAD_KEY) + 2 * SOURCE_ID_BYTES;
}

/**
 * Takes what the head says into the set. Where there is none, what the set knows stays, and
 * writeHead puts it back.
 */
export function readHead(set: FetchedSet, now: u64): void {
  headCas = CAS_IF_ABSENT;
  if (getSharedData(KEY, writeKey(set)) != Status.OK) return;
  headCas = answerCas;
  if (answerLen != HEAD_BYTES) return;
  memory.copy(changetype<usize>(HEAD), answerPtr, HEAD_BYTES);
  if (!isPlausible(now)) return;
  set.status = HEAD.status;
  set.fetchedAt = HEAD.fetchedAt;
  set.attemptedAt = HEAD.attemptedAt;
  set.refreshAt = HEAD.refreshAt;
  set.flightUntil = HEAD.flightUntil;
  set.flightNonce = HEAD.flightNonce;
  set.sharedHash = HEAD.documentHash;
  set.sequence = HEAD.sequence;
  set.failures = HEAD.failures;
}

function isPlausible(now: u64): bool {
  if (HEAD.format != FORMAT) return false;
  const latest = now + CLOCK_TOLERANCE;
  return (
    HEAD.fetchedAt <= latest &&
    HEAD.attemptedAt <= latest &&
    HEAD.flightUntil <= latest + FLIGHT_MAX &&
    HEAD.refreshAt <= latest + REFRESH_MILLISECONDS_MAX &&
    (HEAD.documentHash != 0) == (HEAD.fetchedAt != 0)
  );
}

/** Writes what the set knows, unless another worker wrote since readHead: CAS_MISMATCH. */
export function writeHead(set: FetchedSet): Status {
  HEAD.format = FORMAT;
  HEAD.status = set.status;
  HEAD.fetchedAt = set.fetchedAt;
  HEAD.attemptedAt = set.attemptedAt;
  HEAD.refreshAt = set.refreshAt;
  HEAD.flightUntil = set.flightUntil;
  HEAD.flightNonce = set.flightNonce;
  HEAD.documentHash = set.sharedHash;
  HEAD.sequence = set.sequence;
  HEAD.failures = set.failures;
  HEAD.reserved = 0;
  return setSharedData(KEY, writeKey(set), changetype<usize>(HEAD), HEAD_BYTES, headCas);
}

/**
 * The same for whoever has the flight, though the head was written since readHead: CAS_MISMATCH
 * when somebody else has it by now.
 */
export function writeHeadOfFlight(set: FetchedSet, now: u64): Status {
  headCas = CAS_IF_ABSENT;
  if (getSharedData(KEY, writeKey(set)) == Status.OK) {
    headCas = answerCas;
    if (answerLen == HEAD_BYTES) {
      memory.copy(changetype<usize>(HEAD), answerPtr, HEAD_BYTES);
      if (isPlausible(now) && HEAD.flightNonce != set.flightNonce) return Status.CAS_MISMATCH;
    }
  }
  return writeHead(set);
}

function writeBodyKey(set: FetchedSet): u32 {
  const len = writeKey(set);
  copyText(KEY + len, BODY_KEY_END);
  return len + textLen(BODY_KEY_END);
}

export let documentPtr: usize = 0;
export let documentLen: u32 = 0;
let tagPtr: usize = 0;
let tagLen: u32 = 0;

/**
 * Finds the newest document; its bytes are a view until the callback returns. false when it is not
 * there, or not the one that the head means.
 */
export function readBody(set: FetchedSet): bool {
  if (getSharedData(KEY, writeBodyKey(set)) != Status.OK) return false;
  if (answerLen < BODY_HEADER_BYTES || load<u32>(answerPtr) != FORMAT) return false;
  tagLen = load<u32>(answerPtr, 4);
  documentLen = load<u32>(answerPtr, 8);
  if (tagLen > ENTITY_TAG_BYTES_MAX || documentLen > DOCUMENT_BYTES_MAX) return false;
  if (answerLen != BODY_HEADER_BYTES + tagLen + documentLen) return false;
  tagPtr = answerPtr + BODY_HEADER_BYTES;
  documentPtr = tagPtr + tagLen;
  return hashDocument(documentPtr, documentLen) == set.sharedHash;
}

/** Keeps the entity tag of the document that readBody found. */
export function takeEntityTag(set: FetchedSet): void {
  keepEntityTag(set, tagPtr, tagLen);
}

/** Keeps the entity tag of the set's document; one that cannot be sent back is forgotten. */
export function keepEntityTag(set: FetchedSet, ptr: usize, len: u32): void {
  set.entityTagLen = len <= ENTITY_TAG_BYTES_MAX && isFieldValue(ptr, len) ? len : 0;
  memory.copy(set.entityTag, ptr, set.entityTagLen);
}

/** Writes a document with the entity tag of the set. */
export function writeBody(set: FetchedSet, ptr: usize, len: u32): Status {
  const bodyLen = BODY_HEADER_BYTES + set.entityTagLen + len;
  const body = arenaAllocate(bodyLen);
  if (body == 0) return Status.INVALID_MEMORY_ACCESS;
  store<u32>(body, FORMAT);
  store<u32>(body, set.entityTagLen, 4);
  store<u32>(body, len, 8);
  memory.copy(body + BODY_HEADER_BYTES, set.entityTag, set.entityTagLen);
  memory.copy(body + BODY_HEADER_BYTES + set.entityTagLen, ptr, len);
  return setSharedData(KEY, writeBodyKey(set), body, bodyLen, 0);
}

/** First bytes of a document's SHA-256, never 0. */
export function hashDocument(ptr: usize, len: u32): u64 {
  digest(Hash.SHA256, ptr, len, DIGEST);
  return max<u64>(load<u64>(DIGEST), 1);
}
