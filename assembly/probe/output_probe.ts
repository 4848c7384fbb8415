// Test-only: what becomes of claims, and bodies of refusals, over (pointer, length).

import { ErrorForm, writeErrorBody } from "../core/headers/error_body";
import { ClaimKind, FIELD_VALUE } from "../core/headers/identity";
import { Scanner, SCANNER_BYTES } from "../core/json/scanner";
import { ArrayForm, markedKind, writeClaimValue } from "../core/jwt/claim_value";
import { ERROR_BODY_BYTES_MAX } from "../core/limits";
import { Reason, reasonGrpcStatus, reasonName, reasonStatus, REASONS } from "../core/reason";
import { textLen, textPtr } from "../core/bytes/text";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));

export const errorBodyBytesMax: u32 = ERROR_BODY_BYTES_MAX;
export const reasonCount: u32 = REASONS;

let valueAt: usize = 0;

/** Length of the value; -1 when there is none. */
export function claimValueForm(kind: u32, form: u32, ptr: usize, len: u32, target: usize): i32 {
  const own = <ClaimKind>kind;
  const isList = own >= ClaimKind.ARRAY;
  valueAt = isList ? target : ptr;
  if (!isList) return (markedKind(own, ptr, len) & FIELD_VALUE) != 0 ? <i32>len : -1;
  const written = writeClaimValue(own, <ArrayForm>form, ptr, len, SCANNER, target);
  return written != 0 ? <i32>written : -1;
}

export function claimValueAt(): usize {
  return valueAt;
}

/** Length of the body of a reason with its own statuses; `traceIdPtr` may be 0. */
export function errorBody(form: u32, reason: u32, traceIdPtr: usize, target: usize): u32 {
  const status = reasonStatus(<Reason>reason);
  const grpcStatus = reasonGrpcStatus(<Reason>reason);
  return writeErrorBody(
    <ErrorForm>form,
    <Reason>reason,
    status,
    grpcStatus,
    0,
    0,
    traceIdPtr,
    target,
  );
}

/** Length of the body of a limit's refusal with a status of its own. */
export function limitErrorBody(
  form: u32,
  status: u32,
  policy: usize,
  retrySeconds: u64,
  traceIdPtr: usize,
  target: usize,
): u32 {
  const reason = Reason.RATE_LIMITED;
  return writeErrorBody(
    <ErrorForm>form,
    reason,
    status,
    reasonGrpcStatus(reason),
    policy,
    retrySeconds,
    traceIdPtr,
    target,
  );
}

export function reasonNameAt(reason: u32): usize {
  return textPtr(reasonName(<Reason>reason));
}

export function reasonNameLen(reason: u32): u32 {
  return textLen(reasonName(<Reason>reason));
}

export function reasonStatusOf(reason: u32): u32 {
  return reasonStatus(<Reason>reason);
}
