// Calls to Webdis: a command as the body of a POST, its parts escaped and separated by slashes, and
// what is read of the answer.

import { arenaAllocate } from "../../../../abi/arena";
import { httpCallStatus } from "../../../../abi/call_status";
import { acceptedNote, callOut } from "../../../../abi/callouts";
import { systemNanoseconds } from "../../../../abi/clock";
import { answerLen, answerPtr, getBuffer } from "../../../../abi/host";
import { encodedPairsLen, encodePairs } from "../../../../abi/pairs";
import { randomBytes } from "../../../../abi/random";
import { BufferType, Status } from "../../../../abi/types";
import { Char, isDigit, isLowerLetter, lower } from "../../../../core/bytes/ascii";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../../../core/bytes/decimal";
import { FIELD_BYTES, fieldAt } from "../../../../core/bytes/field";
import { writeHex } from "../../../../core/bytes/hex";
import { copyText, Text, text, textLen, textPtr } from "../../../../core/bytes/text";
import { RATE_LIMIT_NAME_BYTES_MAX } from "../../../../core/limits";
import { readRedisReply, RedisReply } from "../../../../core/ratelimit/redis_reply";
import { hasCalloutSpan, noteCalloutSpan, setCalloutTrace } from "../../../../core/trace/callout";
import { isTraceKept } from "../../../../core/trace/in_hand";
import { SpanKind } from "../../../../core/trace/span";
import { SPAN_ID_BYTES } from "../../../../core/trace/span_context";
import { Rule, storeOf } from "../../model";
import { digitsOf, Flight, traceOf } from "./flights";
import { BUCKET_SCRIPT, BUCKET_SCRIPT_SHA1 } from "./generated/bucket_script";
import { KEY_DIGITS } from "./redis_key";

const METHOD = text(":method");
const SCHEME = text(":scheme");
const AUTHORITY = text(":authority");
const PATH = text(":path");
const POST = text("POST");
const HTTP = text("http");
const WEBDIS = text("webdis");
const ROOT_PATH = text("/");

const EVALSHA = text("EVALSHA/");
const EVAL = text("EVAL/");
const ONE_KEY = text("/1/sallyport%3Arl%3A");
const COLON = text("%3A");

const ESCAPED_BYTES: u32 = 3;
const NUMBERS: u32 = 5;
/** Bytes of a command without its script. */
const COMMAND_BYTES_MAX: u32 =
  64 + ESCAPED_BYTES * RATE_LIMIT_NAME_BYTES_MAX + KEY_DIGITS + NUMBERS * (1 + UNSIGNED_DIGITS_MAX);
/** Bytes of an answer: an error is a sentence. */
const REPLY_BYTES_MAX: u32 = 1024;

const FIELDS_MAX: u32 = 5;
const FIELDS: usize = memory.data(<i32>(FIELDS_MAX * FIELD_BYTES), 8);

/** Sends the command of a flight; the answer comes with `purpose`. */
export function sendCommand(flight: Flight, root: u32, purpose: u32): Status {
  const script = flight.hasScript != 0 ? BUCKET_SCRIPT : BUCKET_SCRIPT_SHA1;
  const body = arenaAllocate(ESCAPED_BYTES * textLen(script) + COMMAND_BYTES_MAX);
  if (body == 0) return Status.INVALID_MEMORY_ACCESS;
  const bodyLen = <u32>(writeCommand(body, flight, script) - body);
  putField(0, METHOD, POST);
  putField(1, SCHEME, HTTP);
  putField(2, AUTHORITY, WEBDIS);
  putField(3, PATH, ROOT_PATH);
  const trace = traceOf(flight);
  const count = isTraceKept(trace) ? FIELDS_MAX : FIELDS_MAX - 1;
  if (isTraceKept(trace)) setCalloutTrace(fieldAt(FIELDS, 4), trace, randomBytes(SPAN_ID_BYTES));
  const headersLen = <u32>encodedPairsLen(FIELDS, count);
  const headers = arenaAllocate(headersLen);
  if (headers == 0) return Status.INVALID_MEMORY_ACCESS;
  encodePairs(FIELDS, count, headers);
  const store = storeOf(changetype<Rule>(flight.rule));
  const status = callOut(
    root,
    0,
    purpose,
    textPtr(store.cluster),
    textLen(store.cluster),
    headers,
    headersLen,
    body,
    bodyLen,
    store.timeoutMilliseconds,
  );
  if (status == Status.OK && hasCalloutSpan(trace)) {
    noteCalloutSpan(acceptedNote, trace, SpanKind.REDIS, systemNanoseconds());
  }
  return status;
}

function putField(place: u32, name: Text, value: Text): void {
  const field = fieldAt(FIELDS, place);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = textPtr(value);
  field.valueLen = textLen(value);
}

/** Writes the command; returns its end. */
function writeCommand(target: usize, flight: Flight, script: Text): usize {
  const rule = changetype<Rule>(flight.rule);
  let at = writeEscaped(copyText(target, flight.hasScript != 0 ? EVAL : EVALSHA), script);
  at = copyText(writeEscaped(copyText(at, ONE_KEY), rule.name), COLON);
  memory.copy(at, digitsOf(flight), KEY_DIGITS);
  at = writeArgument(at + KEY_DIGITS, rule.capacity);
  at = writeArgument(at, rule.refillCount);
  at = writeArgument(at, rule.periodMilliseconds);
  at = writeArgument(at, flight.least);
  return writeArgument(at, flight.most);
}

function writeArgument(target: usize, value: u64): usize {
  store<u8>(target, Char.SLASH);
  return target + 1 + writeUnsigned(target + 1, value);
}

/** Escapes all but letters and digits; returns the end. */
function writeEscaped(target: usize, name: Text): usize {
  let at = target;
  const end = textPtr(name) + textLen(name);
  for (let from = textPtr(name); from < end; from++) {
    const c = <u32>load<u8>(from);
    if (isDigit(c) || isLowerLetter(lower(c))) {
      store<u8>(at, <u8>c);
      at++;
    } else {
      store<u8>(at, Char.PERCENT);
      writeHex(at + 1, from, 1);
      at += ESCAPED_BYTES;
    }
  }
  return at;
}

/** Reads the answer in hand. */
export function readAnswer(headerCount: u32, bodyLen: u32): RedisReply {
  if (headerCount == 0 || bodyLen == 0 || bodyLen > REPLY_BYTES_MAX) return RedisReply.FAILED;
  if (httpCallStatus() != 200) return RedisReply.FAILED;
  const status = getBuffer(BufferType.HTTP_CALL_RESPONSE_BODY, 0, bodyLen);
  if (status != Status.OK || answerLen != bodyLen) return RedisReply.FAILED;
  return readRedisReply(answerPtr, answerLen);
}
