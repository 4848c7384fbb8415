// Names that no header rule touches: the protocol needs them itself (RFC 9110 §7.6.1, RFC 9112 §6),
// or this module vouches for them.

import { Char, startsWithText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { text } from "../bytes/text";
import { RESERVED_PREFIX } from "../grpc/metadata";
import { findName, hashName, internName, NAME_TABLE_BYTES } from "./names";

/** `host` and what tells where a message ends. */
export const RESERVED_NAMES: string[] = [
  "host",
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
const OWN = text("x-sallyport-");

/** The same as a table (names.ts). */
const TABLE: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);
for (let i = 0; i < RESERVED_NAMES.length; i++) internName(TABLE, text(RESERVED_NAMES[i]));

/** Whether rules pass over a name in lower case; with `sparesGrpc` also gRPC's own ones. */
export function isProtectedName(ptr: usize, len: u32, sparesGrpc: bool): bool {
  if (len == 0 || load<u8>(ptr) == Char.COLON) return true;
  if (startsWithText(ptr, len, OWN)) return true;
  if (sparesGrpc && startsWithText(ptr, len, RESERVED_PREFIX)) return true;
  return findName(TABLE, ptr, len, hashName(ptr, len)) != NONE;
}
