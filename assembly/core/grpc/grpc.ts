// What the module needs to know of gRPC over HTTP/2:
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

import { Char, startsWithText } from "../bytes/ascii";
import { text, textLen } from "../bytes/text";

const APPLICATION_GRPC = text("application/grpc");

/**
 * `application/grpc` alone or with a `+` suffix; not grpc-web. By the bytes, as Envoy decides
 * whether it turns a local reply into a gRPC one (source/common/grpc/common.cc,
 * hasGrpcContentType).
 */
export function isGrpcContentType(ptr: usize, len: u32): bool {
  const base = textLen(APPLICATION_GRPC);
  if (!startsWithText(ptr, len, APPLICATION_GRPC)) return false;
  return len == base || load<u8>(ptr + base) == Char.PLUS;
}
