// Spans as an ExportTraceServiceRequest of OTLP in JSON: the JSON mapping of proto3, but ids in
// hexadecimal digits and enumerations as numbers. Attributes by the semantic conventions, or with
// `sallyport.` in front.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding

import { writeUnsigned } from "../bytes/decimal";
import { writeHex } from "../bytes/hex";
import { copyText, Text, text, textLen, textPtr } from "../bytes/text";
import { EXPORT_SERVICE_BYTES_MAX } from "../export_limits";
import { copyQuoted, QUOTED_GROWTH } from "../json/quote";
import { reasonName } from "../reason";
import {
  idsOf,
  nameOf,
  NO_GRPC_STATUS,
  parentIdIn,
  Span,
  spanIdIn,
  SpanKind,
  SpanNamed,
  traceIdIn,
} from "./span";
import { SPAN_ID_BYTES, TRACE_ID_BYTES } from "./span_context";
import { spanAt, spanCount } from "./span_queue";

const HEAD = text(
  '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"',
);
const SCOPE = text('"}}]},"scopeSpans":[{"scope":{"name":"sallyport"},"spans":[');
const TAIL = text("]}]}]}");

const TRACE_ID = text('{"traceId":"');
const SPAN_ID = text('","spanId":"');
const PARENT_ID = text('","parentSpanId":"');
const NAME = text('","name":"');
// opentelemetry/proto/trace/v1/trace.proto, Span.SpanKind.
const INTERNAL = text('","kind":1,"startTimeUnixNano":"');
const CLIENT = text('","kind":3,"startTimeUnixNano":"');
const END_TIME = text('","endTimeUnixNano":"');
const ATTRIBUTES = text('","attributes":[');
const STATUS_UNSET = text('],"status":{}}');
const STATUS_ERROR = text('],"status":{"code":2}}');

const KEY = text('{"key":"');
const STRING = text('","value":{"stringValue":"');
const NUMBER = text('","value":{"intValue":"');
const VALUE_END = text('"}}');
const COMMA = text(",");

const REFUSE = text("sallyport refuse");
const FETCH_KEYS = text("sallyport fetch keys");
const FETCH_DENY_LIST = text("sallyport fetch deny-list");
const REDIS = text("sallyport redis");
const RATE_LIMIT_SERVICE = text("sallyport rate limit service");

const REASON = text("sallyport.reason");
const PROVIDER = text("sallyport.provider");
const LIMIT = text("sallyport.limit");
const HTTP_METHOD = text("http.request.method");
const HTTP_STATUS = text("http.response.status_code");
const GRPC_STATUS = text("rpc.grpc.status_code");
const RPC_SYSTEM = text("rpc.system");
const GET = text("GET");
const POST = text("POST");
const GRPC = text("grpc");

const CLIENT_ERRORS: u32 = 400;

/** Bytes of a request without its spans. */
const AROUND_BYTES_MAX: u32 = 256 + QUOTED_GROWTH * EXPORT_SERVICE_BYTES_MAX;
/** Bytes of a span: constant texts, ids, numbers, and a name with each byte escaped. */
const SPAN_BYTES_MAX: u32 = 1024;

/** Bytes that `writeSpans` needs at most for so many. */
export function spansLenMax(count: u32): u32 {
  return AROUND_BYTES_MAX + count * SPAN_BYTES_MAX;
}

/** Writes a request with the first spans of a collector, `most` at most; returns its length. */
export function writeSpans(target: usize, collector: u64, service: Text, most: u32): u32 {
  let at = copyText(target, HEAD);
  at = copyText(copyQuoted(at, textPtr(service), textLen(service)), SCOPE);
  let written: u32 = 0;
  for (let i: u32 = 0; i < spanCount() && written < most; i++) {
    const span = spanAt(i);
    if (span.collector == collector) at = putSpan(at, span, written++ == 0);
  }
  return <u32>(copyText(at, TAIL) - target);
}

/** Writes a span; returns its end, as all of these do. */
function putSpan(target: usize, span: Span, isFirst: bool): usize {
  const ids = idsOf(span);
  let at = isFirst ? target : copyText(target, COMMA);
  at = putHex(copyText(at, TRACE_ID), traceIdIn(ids), TRACE_ID_BYTES);
  at = putHex(copyText(at, SPAN_ID), spanIdIn(ids), SPAN_ID_BYTES);
  const parentId = parentIdIn(ids);
  if (load<u64>(parentId) != 0) at = putHex(copyText(at, PARENT_ID), parentId, SPAN_ID_BYTES);
  at = copyText(copyText(at, NAME), spanName(span.kind));
  at = copyText(at, span.kind == SpanKind.REFUSAL ? INTERNAL : CLIENT);
  at += writeUnsigned(at, span.startNanoseconds);
  at = copyText(at, END_TIME);
  at += writeUnsigned(at, span.endNanoseconds);
  at = putAttributes(copyText(at, ATTRIBUTES), span);
  return copyText(at, isError(span) ? STATUS_ERROR : STATUS_UNSET);
}

function putAttributes(target: usize, span: Span): usize {
  let at = target;
  if (span.kind == SpanKind.REFUSAL) {
    at = putString(at, REASON, reasonName(span.reason));
  } else if (span.kind == SpanKind.RATE_LIMIT_SERVICE) {
    at = putString(at, RPC_SYSTEM, GRPC);
  } else {
    at = putString(at, HTTP_METHOD, span.kind == SpanKind.REDIS ? POST : GET);
  }
  // The first one is there: a comma may follow.
  if (span.httpStatus != 0) at = putNumber(copyText(at, COMMA), HTTP_STATUS, span.httpStatus);
  if (span.grpcStatus != NO_GRPC_STATUS) {
    at = putNumber(copyText(at, COMMA), GRPC_STATUS, span.grpcStatus);
  }
  if (span.named == SpanNamed.NOBODY) return at;
  at = copyText(copyText(at, COMMA), KEY);
  at = copyText(copyText(at, span.named == SpanNamed.PROVIDER ? PROVIDER : LIMIT), STRING);
  return copyText(copyQuoted(at, nameOf(span), span.nameLen), VALUE_END);
}

function putString(target: usize, key: Text, value: Text): usize {
  const at = copyText(copyText(copyText(target, KEY), key), STRING);
  return copyText(copyText(at, value), VALUE_END);
}

function putNumber(target: usize, key: Text, value: u32): usize {
  const at = copyText(copyText(copyText(target, KEY), key), NUMBER);
  return copyText(at + writeUnsigned(at, value), VALUE_END);
}

function putHex(target: usize, source: usize, byteLen: u32): usize {
  writeHex(target, source, byteLen);
  return target + 2 * byteLen;
}

function spanName(kind: SpanKind): Text {
  if (kind == SpanKind.REFUSAL) return REFUSE;
  if (kind == SpanKind.KEYS) return FETCH_KEYS;
  if (kind == SpanKind.DENY_LIST) return FETCH_DENY_LIST;
  return kind == SpanKind.REDIS ? REDIS : RATE_LIMIT_SERVICE;
}

/** A refusal always; a call that nobody answered, or whose answer is an error. */
function isError(span: Span): bool {
  if (span.kind == SpanKind.REFUSAL) return true;
  if (span.kind == SpanKind.RATE_LIMIT_SERVICE) return span.grpcStatus != 0;
  return span.httpStatus == 0 || span.httpStatus >= CLIENT_ERRORS;
}
