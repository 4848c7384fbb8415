// Spans on their way to a collector: on each tick of a root one call with the next of them, unless
// the one before has no answer yet. What a call does not bring there is lost, and counted.

import { arenaAllocate } from "../../abi/arena";
import { httpCallStatus } from "../../abi/call_status";
import { callOut } from "../../abi/callouts";
import { monotonicNanoseconds } from "../../abi/clock";
import { encodedPairsLen, encodePairs } from "../../abi/pairs";
import { Status } from "../../abi/types";
import { FIELD_BYTES, fieldAt } from "../../core/bytes/field";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import {
  EXPORT_TIMEOUT_MILLISECONDS,
  SPANS_EXPORTED_MAX,
  SPANS_MAX,
} from "../../core/export_limits";
import { ROOTS_MAX } from "../../core/limits";
import { spansLenMax, writeSpans } from "../../core/trace/otlp";
import { countSpans, removeSpans } from "../../core/trace/span_queue";
import { countSpanOutcome, SpanOutcome } from "./export_metrics";
import { SpanExport } from "./export_model";

const METHOD = text(":method");
const SCHEME = text(":scheme");
const AUTHORITY = text(":authority");
const PATH = text(":path");
const CONTENT_TYPE = text("content-type");
const POST = text("POST");
const HTTP = text("http");
const JSON = text("application/json");

const FIELDS_COUNT: u32 = 5;
const FIELDS: usize = memory.data(<i32>(FIELDS_COUNT * FIELD_BYTES), 8);

// @ts-ignore: decorator
@unmanaged
class Flight {
  /** Monotonic clock: no answer is expected any more. */
  deadlineNanoseconds: u64;
  /** Number of the call; 0 when none is on its way. */
  serial: u32;
  spans: u32;
}

const FLIGHT_BYTES: u32 = 16;
if (offsetof<Flight>() != <usize>FLIGHT_BYTES) ERROR("Flight is not 16 bytes");
/** One for each root. */
const FLIGHTS: usize = memory.data(<i32>(ROOTS_MAX * FLIGHT_BYTES), 8);

// A callout's purpose: that it is an export, and the number of the call.
const PURPOSE_SHIFT: u32 = 24;
const PURPOSE_EXPORT: u32 = 4 << PURPOSE_SHIFT;
const SERIAL_MAX: u32 = (1 << PURPOSE_SHIFT) - 1;
let lastSerial: u32 = 0;

/** Nanoseconds after a call began: the host answers by then, or never. */
const ANSWERED_NANOSECONDS: u64 = 1000000 * (<u64>EXPORT_TIMEOUT_MILLISECONDS + 1000);

const OK_FIRST: u32 = 200;
const OK_LAST: u32 = 299;

// @ts-ignore: decorator
@inline
function flightOf(root: u32): Flight {
  return changetype<Flight>(FLIGHTS + root * FLIGHT_BYTES);
}

/** Whether a callout with this purpose is an export. */
export function isExportPurpose(purpose: u32): bool {
  return purpose >> PURPOSE_SHIFT == PURPOSE_EXPORT >> PURPOSE_SHIFT;
}

/** Sends what waits for the collector of a root whose tick it is. */
export function tickExport(config: usize, root: u32): void {
  const flight = flightOf(root);
  if (flight.serial != 0) {
    // Without a clock there is no deadline, and the answer is waited for.
    if (monotonicNanoseconds() < flight.deadlineNanoseconds) return;
    abandonExport(root);
  }
  const own = changetype<SpanExport>(config);
  const count = countSpans(own.collector, SPANS_EXPORTED_MAX);
  if (count == 0) return;
  const body = arenaAllocate(spansLenMax(count));
  if (body == 0) return;
  const bodyLen = writeSpans(body, own.collector, own.service, count);
  removeSpans(own.collector, count);
  lastSerial = lastSerial == SERIAL_MAX ? 1 : lastSerial + 1;
  if (send(own, root, body, bodyLen) != Status.OK) {
    return countSpanOutcome(SpanOutcome.EXPORT_FAILED, count);
  }
  flight.serial = lastSerial;
  flight.spans = count;
  flight.deadlineNanoseconds = monotonicNanoseconds() + ANSWERED_NANOSECONDS;
}

function send(config: SpanExport, root: u32, body: usize, bodyLen: u32): Status {
  putField(0, METHOD, POST);
  putField(1, SCHEME, HTTP);
  putField(2, AUTHORITY, config.authority);
  putField(3, PATH, config.path);
  putField(4, CONTENT_TYPE, JSON);
  const headersLen = <u32>encodedPairsLen(FIELDS, FIELDS_COUNT);
  const headers = arenaAllocate(headersLen);
  if (headers == 0) return Status.INVALID_MEMORY_ACCESS;
  encodePairs(FIELDS, FIELDS_COUNT, headers);
  return callOut(
    root,
    0,
    PURPOSE_EXPORT | lastSerial,
    textPtr(config.cluster),
    textLen(config.cluster),
    headers,
    headersLen,
    body,
    bodyLen,
    EXPORT_TIMEOUT_MILLISECONDS,
  );
}

function putField(place: u32, name: Text, value: Text): void {
  const field = fieldAt(FIELDS, place);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = textPtr(value);
  field.valueLen = textLen(value);
}

/** The answer to an export of a root, or that there is none. */
export function receiveExport(root: u32, purpose: u32, headerCount: u32): void {
  const flight = flightOf(root);
  if (flight.serial == 0 || flight.serial != (purpose & SERIAL_MAX)) return;
  const status: u32 = headerCount == 0 ? 0 : httpCallStatus();
  if (status < OK_FIRST || status > OK_LAST) return abandonExport(root);
  flight.serial = 0;
  countSpanOutcome(SpanOutcome.EXPORTED, flight.spans);
}

/** No answer to an export of a root is expected any more. */
export function abandonExport(root: u32): void {
  const flight = flightOf(root);
  if (flight.serial == 0) return;
  flight.serial = 0;
  countSpanOutcome(SpanOutcome.EXPORT_FAILED, flight.spans);
}

/** Nobody exports to a collector any more. */
export function abandonSpans(collector: u64): void {
  countSpanOutcome(SpanOutcome.EXPORT_FAILED, removeSpans(collector, SPANS_MAX));
}
