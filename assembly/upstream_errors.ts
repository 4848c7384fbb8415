// Errors of the upstream in the language of who asked: a gRPC client gets a status where a proxy or
// a server on the way answered in plain HTTP, an HTTP client gets an HTTP status and a JSON body
// where a gRPC server answered with nothing but a status (trailers-only).
//
// The answer is a local reply in place of the response: that is how Envoy drops a body without a
// callback for every body, and it resets the upstream's stream (filter_manager.cc,
// sendDirectLocalReply). It goes to the client around the filters that are listed before this one.

import { arenaAllocate } from "./abi/arena";
import { answerLen, answerPtr, getHeaderPairs } from "./abi/host";
import { decodePairs, fieldsLen } from "./abi/pairs";
import { MapType, Status } from "./abi/types";
import { equalsText, startsWithText } from "./core/bytes/ascii";
import { parseUnsigned, UNSIGNED_DIGITS_MAX, writeUnsigned } from "./core/bytes/decimal";
import { fieldAt } from "./core/bytes/field";
import { copyText, Text, text, textLen } from "./core/bytes/text";
import { isGrpcContentType } from "./core/grpc/grpc";
import { decodeMessage } from "./core/grpc/message";
import {
  GrpcCode,
  httpStatusOf,
  parseGrpcStatus,
  preciseGrpcStatus,
  standardGrpcStatus,
} from "./core/grpc/status";
import { writeUpstreamError } from "./core/headers/error_body";
import { addReplyField, replyForm } from "./core/headers/reply";
import { QUOTED_GROWTH } from "./core/json/quote";
import { ERROR_BODY_BYTES_MAX, HEADER_VALUE_BYTES_MAX, HEADERS_MAX } from "./core/limits";
import { CLIENT_AT } from "./core/stream_data";
import { sendAnswer } from "./refusal";

/** `errors.mapUpstream` of a configuration. */
export const enum UpstreamMapping {
  OFF,
  /** HTTP statuses become what gRPC clients take them for. */
  STANDARD,
  /** They become the code that says the most. */
  PRECISE,
}

/** Who waits for the response. */
const enum Client {
  /** Somebody whose responses are left alone. */
  OTHER,
  HTTP,
  GRPC,
}

const STATUS = text(":status");
const CONTENT_TYPE = text("content-type");
const GRPC_STATUS = text("grpc-status");
const GRPC_MESSAGE = text("grpc-message");
const APPLICATION_GRPC = text("application/grpc");
const GRPC_WEB = text("application/grpc-web");
/** What the answer keeps of the response: whether and how to come back. */
const RETRY_AFTER = text("retry-after");
const WWW_AUTHENTICATE = text("www-authenticate");
const GRPC_DETAILS = text("grpc-status-details-bin");

const MESSAGE = text("upstream answered with HTTP status ");
const HTTP_DETAIL = text("sallyport{upstream:http:");
const GRPC_DETAIL = text("sallyport{upstream:grpc:");
const DETAIL_END = text("}");

const OK: u32 = 200;
const ERRORS: u32 = 400;
const STATUS_END: u32 = 600;
const BAD_GATEWAY: u32 = 502;

// The error that `findUpstreamError` found: where the response's fields are, what they say.
let fields: usize = 0;
let fieldCount: u32 = 0;
let client: Client = Client.OTHER;
let httpStatus: u32 = 0;
let contentTypePtr: usize = 0;
let contentTypeLen: u32 = 0;
let grpcStatusPtr: usize = 0;
let grpcStatusLen: u32 = 0;
let messagePtr: usize = 0;
let messageLen: u32 = 0;

/** `application/grpc-web` and its variants. */
export function isGrpcWebType(ptr: usize, len: u32): bool {
  return startsWithText(ptr, len, GRPC_WEB);
}

/** Remembers in the stream's data who waits for the response. */
export function writeClient(data: usize, isGrpc: bool): void {
  store<u8>(data, <u8>(isGrpc ? Client.GRPC : Client.HTTP), CLIENT_AT);
}

/** Whether the response in hand is an error in another language than its client's. */
export function findUpstreamError(data: usize, endOfStream: bool): bool {
  client = <Client>load<u8>(data, CLIENT_AT);
  if (client == Client.OTHER || !readResponse()) return false;
  const isGrpcType = startsWithText(contentTypePtr, contentTypeLen, APPLICATION_GRPC);
  if (client == Client.GRPC) {
    if (grpcStatusPtr != 0 || isGrpcType) return false;
    // Nothing says that a 200 without a type is not gRPC.
    return httpStatus != OK || contentTypePtr != 0;
  }
  if (grpcStatusPtr == 0) return false;
  if (parseGrpcStatus(grpcStatusPtr, grpcStatusLen) == GrpcCode.OK) return false;
  // A body of another type is an answer for HTTP clients already.
  return isGrpcType ? isGrpcContentType(contentTypePtr, contentTypeLen) : endOfStream;
}

/** Reads the response's fields; false when the host does not hand them out. */
function readResponse(): bool {
  httpStatus = 0;
  contentTypePtr = 0;
  contentTypeLen = 0;
  grpcStatusPtr = 0;
  messagePtr = 0;
  messageLen = 0;
  if (getHeaderPairs(MapType.RESPONSE_HEADERS) != Status.OK) return false;
  fields = arenaAllocate(fieldsLen(HEADERS_MAX));
  if (fields == 0) return false;
  const count = decodePairs(answerPtr, answerLen, fields, HEADERS_MAX);
  if (count <= 0) return false;
  fieldCount = <u32>count;
  for (let i: u32 = 0; i < fieldCount; i++) readField(i);
  return true;
}

function readField(index: u32): void {
  const field = fieldAt(fields, index);
  const ptr = field.namePtr;
  const len = field.nameLen;
  if (equalsText(ptr, len, STATUS)) {
    const status = parseUnsigned(field.valuePtr, field.valueLen);
    httpStatus = status < <i64>OK || status >= <i64>STATUS_END ? BAD_GATEWAY : <u32>status;
  } else if (equalsText(ptr, len, CONTENT_TYPE)) {
    contentTypePtr = field.valuePtr;
    contentTypeLen = field.valueLen;
  } else if (equalsText(ptr, len, GRPC_STATUS)) {
    grpcStatusPtr = field.valuePtr;
    grpcStatusLen = field.valueLen;
  } else if (equalsText(ptr, len, GRPC_MESSAGE)) {
    messagePtr = field.valuePtr;
    messageLen = field.valueLen;
  }
}

/**
 * Answers in place of the response with what `findUpstreamError` found; false when the host does
 * not take the answer. `mapping` is not OFF.
 */
export function answerUpstreamError(mapping: UpstreamMapping): bool {
  keep(RETRY_AFTER);
  keep(WWW_AUTHENTICATE);
  if (client == Client.HTTP) {
    keep(GRPC_DETAILS);
    return answerHttp();
  }
  return answerGrpc(mapping);
}

/** Fields of that name are in the answer as well. */
function keep(name: Text): void {
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = fieldAt(fields, i);
    if (!equalsText(field.namePtr, field.nameLen, name)) continue;
    addReplyField(name, field.valuePtr, field.valueLen);
  }
}

/** Envoy makes it trailers-only, and the status 200. Nothing of the response's body is told. */
function answerGrpc(mapping: UpstreamMapping): bool {
  const message = arenaAllocate(textLen(MESSAGE) + UNSIGNED_DIGITS_MAX);
  if (message == 0) return false;
  let end = copyText(message, MESSAGE);
  end += writeUnsigned(end, httpStatus);
  let code = standardGrpcStatus(httpStatus);
  if (mapping == UpstreamMapping.PRECISE) code = preciseGrpcStatus(httpStatus);
  const status = httpStatus < ERRORS ? BAD_GATEWAY : httpStatus;
  const detail = detailOf(HTTP_DETAIL, httpStatus);
  return sendAnswer(status, code, true, detail, detailLen, message, <u32>(end - message));
}

/** Its status is that of the table, unless the response has one of an error already. */
function answerHttp(): bool {
  const code = parseGrpcStatus(grpcStatusPtr, grpcStatusLen);
  const status = httpStatus < ERRORS ? httpStatusOf(code) : httpStatus;
  if (messageLen > HEADER_VALUE_BYTES_MAX) messageLen = 0;
  const message = arenaAllocate(messageLen);
  const body = arenaAllocate(ERROR_BODY_BYTES_MAX + QUOTED_GROWTH * messageLen);
  if (message == 0 || body == 0) return false;
  const len = decodeMessage(message, messagePtr, messageLen);
  const bodyLen = writeUpstreamError(replyForm(), status, code, message, len, body);
  const detail = detailOf(GRPC_DETAIL, code);
  return sendAnswer(status, code, false, detail, detailLen, body, bodyLen);
}

let detailLen: u32 = 0;

/** What the access log says of the response that was replaced; 0 when there is no room. */
function detailOf(begin: Text, status: u32): usize {
  const detail = arenaAllocate(textLen(begin) + UNSIGNED_DIGITS_MAX + textLen(DETAIL_END));
  detailLen = 0;
  if (detail == 0) return 0;
  let end = copyText(detail, begin);
  end += writeUnsigned(end, status);
  end = copyText(end, DETAIL_END);
  detailLen = <u32>(end - detail);
  return detail;
}
