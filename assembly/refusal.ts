// A refusal is one value: a reason. Here it becomes the answer: HTTP gets a body in the form of the
// configuration, gRPC gets its status in trailers-only, which the host makes of the number and the
// plain message given here.

import { arenaAllocateReserved } from "./abi/arena";
import { sendLocalResponse } from "./abi/host";
import { encodedPairsLen, encodePairs, fieldsLen } from "./abi/pairs";
import { Action, Status } from "./abi/types";
import { fieldAt } from "./core/bytes/field";
import { Text, text, textLen, textPtr } from "./core/bytes/text";
import { errorContentType, ERROR_TRACE_ID_LEN, writeErrorBody } from "./core/headers/error_body";
import {
  replyFieldCount,
  replyFields,
  replyForm,
  replyGrpcStatus,
  replyPolicy,
  replyRetrySeconds,
  replyStatus,
} from "./core/headers/reply";
import { ERROR_BODY_BYTES_MAX } from "./core/limits";
import { Reason, reasonMessage, reasonName } from "./core/reason";
import { traceIdPtr } from "./core/trace/in_hand";
import { TRACE_ID_LEN } from "./core/trace/span_context";

const CONTENT_TYPE = text("content-type");
const DETAIL_BEGIN = text("sallyport{");
const DETAIL_END = text("}");
if (ERROR_TRACE_ID_LEN != TRACE_ID_LEN) ERROR("bodies have trace-ids of another length");

let joinedPtr: usize = 0;
let joinedLen: u32 = 0;

/**
 * Puts three texts together in the arena. Were even its reserve full, the answer would lose the
 * text, not its status.
 */
function join(first: Text, second: Text, third: Text): void {
  const len = textLen(first) + textLen(second) + textLen(third);
  joinedPtr = arenaAllocateReserved(len);
  joinedLen = joinedPtr == 0 ? 0 : len;
  if (joinedPtr == 0) return;
  memory.copy(joinedPtr, textPtr(first), textLen(first));
  memory.copy(joinedPtr + textLen(first), textPtr(second), textLen(second));
  memory.copy(joinedPtr + len - textLen(third), textPtr(third), textLen(third));
}

/** Statuses of the last answer. To gRPC the host sends the second, with the HTTP status 200. */
export let answeredStatus: u32 = 0;
export let answeredGrpcStatus: u32 = 0;

/** Whether the host took the last answer of `refuse`. */
export let isAnswered: bool = false;

/** Answers the request of the stream in effect. The stream stops whatever the host makes of it. */
export function refuse(reason: Reason, isGrpc: bool): Action {
  const message = reasonMessage(reason);
  join(DETAIL_BEGIN, reasonName(reason), DETAIL_END);
  const detailPtr = joinedPtr;
  const detailLen = joinedLen;
  let bodyPtr = textPtr(message);
  let bodyLen = textLen(message);
  const status = replyStatus(reason);
  const grpcStatus = <i32>replyGrpcStatus(reason);
  if (!isGrpc) {
    bodyPtr = arenaAllocateReserved(ERROR_BODY_BYTES_MAX);
    bodyLen = 0;
    if (bodyPtr != 0) {
      bodyLen = writeErrorBody(
        replyForm(),
        reason,
        status,
        <u32>grpcStatus,
        replyPolicy(),
        replyRetrySeconds(),
        traceIdPtr,
        bodyPtr,
      );
    }
  }
  isAnswered = sendAnswer(status, grpcStatus, isGrpc, detailPtr, detailLen, bodyPtr, bodyLen);
  if (!isAnswered) {
    isAnswered = sendLocalResponse(status, 0, 0, 0, 0, 0, 0, grpcStatus) == Status.OK;
  }
  return Action.PAUSE;
}

/**
 * Sends an answer with the fields of core/headers/reply.ts, and the type of its body unless that is
 * the message of a gRPC status. false when the host does not take it.
 */
export function sendAnswer(
  status: u32,
  grpcStatus: i32,
  isGrpc: bool,
  detailPtr: usize,
  detailLen: u32,
  bodyPtr: usize,
  bodyLen: u32,
): bool {
  answeredStatus = status;
  answeredGrpcStatus = <u32>grpcStatus;
  encodeFields(isGrpc);
  const sent = sendLocalResponse(
    status,
    detailPtr,
    detailLen,
    bodyPtr,
    bodyLen,
    joinedPtr,
    joinedLen,
    grpcStatus,
  );
  return sent == Status.OK;
}

/** Leaves the answer's fields, serialized, in `joinedPtr` and `joinedLen`. */
function encodeFields(isGrpc: bool): void {
  const added = replyFieldCount();
  const count = isGrpc ? added : added + 1;
  const fields = arenaAllocateReserved(fieldsLen(added + 1));
  joinedPtr = 0;
  joinedLen = 0;
  if (fields == 0) return;
  memory.copy(fields, replyFields(), fieldsLen(added));
  const last = fieldAt(fields, added);
  last.namePtr = textPtr(CONTENT_TYPE);
  last.nameLen = textLen(CONTENT_TYPE);
  const contentType = errorContentType(replyForm());
  last.valuePtr = textPtr(contentType);
  last.valueLen = textLen(contentType);
  const len = <u32>encodedPairsLen(fields, count);
  joinedPtr = arenaAllocateReserved(len);
  if (joinedPtr == 0) return;
  joinedLen = len;
  encodePairs(fields, count, joinedPtr);
}
