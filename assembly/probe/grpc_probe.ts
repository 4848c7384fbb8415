// Test-only: statuses and messages of gRPC, and bodies of upstream errors, over (pointer, length).

import * as message from "../core/grpc/message";
import * as status from "../core/grpc/status";
import { ErrorForm, writeUpstreamError } from "../core/headers/error_body";
import { copyQuoted } from "../core/json/quote";
import { textLen, textPtr } from "../core/bytes/text";

export function codeNameAt(code: u32): usize {
  return textPtr(status.codeName(code));
}

export function codeNameLen(code: u32): u32 {
  return textLen(status.codeName(code));
}

export function httpStatusOf(code: u32): u32 {
  return status.httpStatusOf(code);
}

export function standardGrpcStatus(httpStatus: u32): u32 {
  return status.standardGrpcStatus(httpStatus);
}

export function preciseGrpcStatus(httpStatus: u32): u32 {
  return status.preciseGrpcStatus(httpStatus);
}

export function parseGrpcStatus(ptr: usize, len: u32): u32 {
  return status.parseGrpcStatus(ptr, len);
}

export function decodeMessage(target: usize, ptr: usize, len: u32): u32 {
  return message.decodeMessage(target, ptr, len);
}

/** Length of the quoted bytes. */
export function quote(target: usize, ptr: usize, len: u32): u32 {
  return <u32>(copyQuoted(target, ptr, len) - target);
}

export function upstreamErrorBody(
  form: u32,
  httpStatus: u32,
  grpcStatus: u32,
  ptr: usize,
  len: u32,
  target: usize,
): u32 {
  return writeUpstreamError(<ErrorForm>form, httpStatus, grpcStatus, ptr, len, target);
}
