// Names that no header rule touches: the protocol needs them itself (RFC 9110 §7.6.1, RFC 9112 §6),
// or this module vouches for them.

import { Char, startsWithText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { text } from "../bytes/text";
import { RESERVED_PREFIX } from "../grpc/metadata";
import { findName, hashName, internName, NAME_TABLE_BYTES } from "./names";

const OWN = text("x-sallyport-");

/** A table of names (names.ts): `host`, and what tells where a message ends. */
export const RESERVED_NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);

function reserve(name: string): void {
  internName(RESERVED_NAMES, text(name));
}

reserve("host");
reserve("connection");
reserve("content-length");
reserve("keep-alive");
reserve("proxy-connection");
reserve("te");
reserve("trailer");
reserve("transfer-encoding");
reserve("upgrade");

/** Whether rules pass over a name in lower case; with `sparesGrpc` also gRPC's own ones. */
export function isProtectedName(ptr: usize, len: u32, sparesGrpc: bool): bool {
  if (len == 0 || load<u8>(ptr) == Char.COLON) return true;
  if (startsWithText(ptr, len, OWN)) return true;
  if (sparesGrpc && startsWithText(ptr, len, RESERVED_PREFIX)) return true;
  return findName(RESERVED_NAMES, ptr, len, hashName(ptr, len)) != NONE;
}
