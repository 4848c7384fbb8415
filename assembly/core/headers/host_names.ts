// Names that the proxy or the protocol acts on. Envoy removes a client's `x-envoy-…` and sanitises
// `x-forwarded-…` before any filter runs, by the spelling with `-` alone: what came as
// `x_envoy_retry_on` must not become the real thing behind its back. Nor may a name with `_` turn
// into one that tells where a message ends (RFC 9112 §6).

import { equalsText, startsWithText } from "../bytes/ascii";
import { text } from "../bytes/text";

const ENVOY = text("x-envoy-");
const FORWARDED = text("x-forwarded-");
const CONTENT_LENGTH = text("content-length");
const TRANSFER_ENCODING = text("transfer-encoding");
const KEEP_ALIVE = text("keep-alive");
const PROXY_CONNECTION = text("proxy-connection");

/** Whether a name, written with `-`, is one of them. */
export function isHostName(ptr: usize, len: u32): bool {
  return (
    startsWithText(ptr, len, ENVOY) ||
    startsWithText(ptr, len, FORWARDED) ||
    equalsText(ptr, len, CONTENT_LENGTH) ||
    equalsText(ptr, len, TRANSFER_ENCODING) ||
    equalsText(ptr, len, KEEP_ALIVE) ||
    equalsText(ptr, len, PROXY_CONNECTION)
  );
}
