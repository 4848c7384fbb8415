// The answer to a request that is refused, beyond its reason: the form of its body, another status
// than the reason's, which limit it was and for how long, and fields that a filter fills in before
// it returns its reason. Views that live until the callback returns.

import { FIELD_BYTES, fieldAt } from "../bytes/field";
import { Text, textLen, textPtr } from "../bytes/text";
import { REPLY_FIELDS_MAX } from "../limits";
import { Reason, reasonGrpcStatus, reasonStatus } from "../reason";
import { ErrorForm } from "./error_body";

const FIELDS: usize = memory.data(<i32>(REPLY_FIELDS_MAX * FIELD_BYTES), 8);
let count: u32 = 0;
let form: ErrorForm = ErrorForm.JSON;
/** 0: those of the reason. */
let otherStatus: u32 = 0;
let otherGrpcStatus: u32 = 0;
/** 0: no limit refuses. */
let violatedPolicy: Text = 0;
let retrySeconds: u64 = 0;

export function beginReply(errorForm: ErrorForm): void {
  count = 0;
  form = errorForm;
  otherStatus = 0;
  violatedPolicy = 0;
  retrySeconds = 0;
}

/** The body gets the form that the filter which refuses asks for. */
export function setReplyForm(errorForm: ErrorForm): void {
  form = errorForm;
}

/** The body tells the policy that was violated, and when to come back: 0 is not told. */
export function setReplyPolicy(name: Text, seconds: u64): void {
  violatedPolicy = name;
  retrySeconds = seconds;
}

/** Name of the policy that was violated; 0 when none was. */
// @ts-ignore: decorator
@inline
export function replyPolicy(): Text {
  return violatedPolicy;
}

// @ts-ignore: decorator
@inline
export function replyRetrySeconds(): u64 {
  return retrySeconds;
}

/** Answers with other statuses than the reason's. */
export function setReplyStatus(status: u32, grpcStatus: u32): void {
  otherStatus = status;
  otherGrpcStatus = grpcStatus;
}

/** HTTP status of the answer. */
export function replyStatus(reason: Reason): u32 {
  return otherStatus == 0 ? reasonStatus(reason) : otherStatus;
}

/** gRPC status of the answer. */
export function replyGrpcStatus(reason: Reason): u32 {
  return otherStatus == 0 ? reasonGrpcStatus(reason) : otherGrpcStatus;
}

// @ts-ignore: decorator
@inline
export function replyForm(): ErrorForm {
  return form;
}

/** Adds a field to the answer; more than REPLY_FIELDS_MAX are left out. */
export function addReplyField(name: Text, valuePtr: usize, valueLen: u32): void {
  if (count >= REPLY_FIELDS_MAX) return;
  const field = fieldAt(FIELDS, count++);
  field.namePtr = textPtr(name);
  field.nameLen = textLen(name);
  field.valuePtr = valuePtr;
  field.valueLen = valueLen;
}

// @ts-ignore: decorator
@inline
export function replyFields(): usize {
  return FIELDS;
}

// @ts-ignore: decorator
@inline
export function replyFieldCount(): u32 {
  return count;
}
