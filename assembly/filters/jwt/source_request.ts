// The requests that fetch documents, and what is looked at in the fields of their answers.

import { arenaAllocate } from "../../abi/arena";
import { acceptedNote, callOut } from "../../abi/callouts";
import { systemNanoseconds } from "../../abi/clock";
import { answerLen, answerPtr, getHeaderPairs } from "../../abi/host";
import { decodePairs, encodedPairsLen, encodePairs, fieldsLen } from "../../abi/pairs";
import { randomBytes } from "../../abi/random";
import { MapType, Status } from "../../abi/types";
import { equalsLowerText } from "../../core/bytes/ascii";
import { parseUnsigned } from "../../core/bytes/decimal";
import { FIELD_BYTES, fieldAt } from "../../core/bytes/field";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { maxAgeSeconds, UNSAID, wholeSeconds } from "../../core/headers/freshness";
import { Uri } from "../../core/headers/uri";
import { ANSWER_FIELDS_MAX } from "../../core/limits";
import { hasCalloutSpan, noteCalloutSpan, setCalloutTrace } from "../../core/trace/callout";
import { isTraceKept } from "../../core/trace/in_hand";
import { SpanKind } from "../../core/trace/span";
import { SPAN_ID_BYTES } from "../../core/trace/span_context";
import { FetchedSet } from "./fetched_set";
import { Source, SourceKind } from "./source";

const METHOD = text(":method");
const SCHEME = text(":scheme");
const AUTHORITY = text(":authority");
const PATH = text(":path");
const STATUS = text(":status");
const ACCEPT = text("accept");
const IF_NONE_MATCH = text("if-none-match");
const CACHE_CONTROL = text("cache-control");
const AGE = text("age");
const RETRY_AFTER = text("retry-after");
const ETAG = text("etag");
const GET = text("GET");
const KEYS = text("application/jwk-set+json, application/json");
const JSON = text("application/json");

const REQUEST_FIELDS_MAX: u32 = 7;
const FIELDS: usize = memory.data(<i32>(REQUEST_FIELDS_MAX * FIELD_BYTES), 8);
let fieldCount: u32 = 0;

function put(name: Text, ptr: usize, len: u32): void {
  const field = fieldAt(FIELDS, fieldCount);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = ptr;
  field.valueLen = len;
  fieldCount++;
}

/**
 * Asks the source's cluster for a URI; with the entity tag of the set's document when `conditional`
 * is a set, and the trace of whoever asked (keepTrace). The answer comes with `purpose`.
 */
export function requestUri(
  root: u32,
  purpose: u32,
  source: Source,
  uri: Uri,
  conditional: FetchedSet | null,
  trace: usize,
): Status {
  fieldCount = 0;
  put(METHOD, textPtr(GET), textLen(GET));
  put(SCHEME, textPtr(uri.scheme), textLen(uri.scheme));
  put(AUTHORITY, uri.authorityPtr, uri.authorityLen);
  put(PATH, uri.pathPtr, uri.pathLen);
  const accept = source.kind == SourceKind.DENY_LIST ? JSON : KEYS;
  put(ACCEPT, textPtr(accept), textLen(accept));
  if (conditional !== null) put(IF_NONE_MATCH, conditional.entityTag, conditional.entityTagLen);
  if (isTraceKept(trace)) {
    setCalloutTrace(fieldAt(FIELDS, fieldCount++), trace, randomBytes(SPAN_ID_BYTES));
  }
  const len = encodedPairsLen(FIELDS, fieldCount);
  const headers = arenaAllocate(<u32>len);
  if (headers == 0) return Status.INVALID_MEMORY_ACCESS;
  encodePairs(FIELDS, fieldCount, headers);
  const cluster = source.cluster;
  const status = callOut(
    root,
    0,
    purpose,
    textPtr(cluster),
    textLen(cluster),
    headers,
    <u32>len,
    0,
    0,
    source.timeoutMilliseconds,
  );
  if (status == Status.OK && hasCalloutSpan(trace)) {
    const kind = source.kind == SourceKind.DENY_LIST ? SpanKind.DENY_LIST : SpanKind.KEYS;
    noteCalloutSpan(acceptedNote, trace, kind, systemNanoseconds());
  }
  return status;
}

/** Status of the answer in hand; 0 when it has none that can be read. */
export let answerStatus: u32 = 0;
/** Seconds that the answer is fresh; UNSAID when it does not say. */
export let freshForSeconds: i64 = UNSAID;
/** Seconds of Retry-After; UNSAID without one. */
export let retryAfterSeconds: i64 = UNSAID;
/** View of its entity tag. */
export let entityTagPtr: usize = 0;
export let entityTagLen: u32 = 0;

/** Reads the fields of the answer in hand. */
export function readAnswerFields(): void {
  answerStatus = 0;
  freshForSeconds = UNSAID;
  retryAfterSeconds = UNSAID;
  entityTagLen = 0;
  const fields = arenaAllocate(fieldsLen(ANSWER_FIELDS_MAX));
  if (fields == 0) return;
  if (getHeaderPairs(MapType.HTTP_CALL_RESPONSE_HEADERS) != Status.OK) return;
  const count = decodePairs(answerPtr, answerLen, fields, ANSWER_FIELDS_MAX);
  let age: i64 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const field = fieldAt(fields, <u32>i);
    const ptr = field.valuePtr;
    const len = field.valueLen;
    if (isNamed(field.namePtr, field.nameLen, STATUS)) {
      answerStatus = <u32>max<i64>(parseUnsigned(ptr, min<u32>(len, 4)), 0);
    } else if (isNamed(field.namePtr, field.nameLen, CACHE_CONTROL)) {
      freshForSeconds = maxAgeSeconds(ptr, len);
    } else if (isNamed(field.namePtr, field.nameLen, AGE)) {
      age = max<i64>(wholeSeconds(ptr, len), 0);
    } else if (isNamed(field.namePtr, field.nameLen, RETRY_AFTER)) {
      retryAfterSeconds = wholeSeconds(ptr, len);
    } else if (isNamed(field.namePtr, field.nameLen, ETAG)) {
      entityTagPtr = ptr;
      entityTagLen = len;
    }
  }
  // RFC 9111 §4.2: what a cache on the way has kept it for is used up.
  if (freshForSeconds != UNSAID) freshForSeconds = max<i64>(freshForSeconds - age, 0);
}

function isNamed(ptr: usize, len: u32, name: Text): bool {
  return equalsLowerText(ptr, len, name);
}
