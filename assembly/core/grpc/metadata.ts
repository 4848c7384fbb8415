// Names of metadata (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).

import { Char, equals, equalsText, isDigit, isLowerLetter, startsWithText } from "../bytes/ascii";
import { text, textLen, textPtr } from "../bytes/text";

export const RESERVED_PREFIX = text("grpc-");
const BINARY_SUFFIX = text("-bin");
const TIMEOUT = text("grpc-timeout");
const ENCODING = text("grpc-encoding");
const ACCEPT_ENCODING = text("grpc-accept-encoding");
const MESSAGE_TYPE = text("grpc-message-type");
const TRACE = text("grpc-trace-bin");
const TAGS = text("grpc-tags-bin");
// https://github.com/grpc/proposal/blob/master/A6-client-retries.md#exposed-retry-metadata
const PREVIOUS_ATTEMPTS = text("grpc-previous-rpc-attempts");

/** Whether a name can be one of metadata: one or more of `0-9 a-z _ - .`. */
export function isMetadataName(ptr: usize, len: u32): bool {
  for (let at = ptr, end = ptr + len; at < end; at++) {
    const c = <u32>load<u8>(at);
    const isMark = c == Char.MINUS || c == Char.DOT || c == Char.UNDERSCORE;
    if (!isLowerLetter(c) && !isDigit(c) && !isMark) return false;
  }
  return len > 0;
}

/** Whether the values of a name are base64. */
export function isBinaryName(ptr: usize, len: u32): bool {
  const suffix = textLen(BINARY_SUFFIX);
  return len >= suffix && equals(ptr + len - suffix, textPtr(BINARY_SUFFIX), suffix);
}

/** Whether gRPC keeps a name for itself, and none of its requests has it. */
export function isReservedName(ptr: usize, len: u32): bool {
  if (!startsWithText(ptr, len, RESERVED_PREFIX)) return false;
  return !(
    equalsText(ptr, len, TIMEOUT) ||
    equalsText(ptr, len, ENCODING) ||
    equalsText(ptr, len, ACCEPT_ENCODING) ||
    equalsText(ptr, len, MESSAGE_TYPE) ||
    equalsText(ptr, len, TRACE) ||
    equalsText(ptr, len, TAGS) ||
    equalsText(ptr, len, PREVIOUS_ATTEMPTS)
  );
}
