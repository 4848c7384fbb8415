// The members of the section about refusals.

import { Char } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { Value } from "../../core/config/value";
import { REALM_BYTES_MAX } from "../../core/limits";
import { Challenges } from "./challenge";

const DEFAULT_REALM = text("sallyport");
const CHALLENGE_BEGIN = text('Bearer realm="');
const CHALLENGE_END = text('"');
const INVALID_REQUEST_END = text('", error="invalid_request"');
const INVALID_TOKEN_END = text('", error="invalid_token"');
const INSUFFICIENT_SCOPE_END = text('", error="insufficient_scope"');

/** Reads them from the section's object into the block. */
export function readChallenges(value: Value): Challenges {
  const block = value.block;
  const out = changetype<Challenges>(block.allocate(<u32>offsetof<Challenges>()));
  const realm = readRealm(value.optional("realm"));
  out.plain = challenge(block, realm, CHALLENGE_END);
  out.invalidRequest = challenge(block, realm, INVALID_REQUEST_END);
  out.invalidToken = challenge(block, realm, INVALID_TOKEN_END);
  out.insufficientScope = challenge(block, realm, INSUFFICIENT_SCOPE_END);
  return out;
}

function readRealm(value: Value | null): Text {
  if (value === null) return DEFAULT_REALM;
  const realm = value.text(1, REALM_BYTES_MAX);
  if (!value.error.failed && !isQuotable(realm)) value.refuse('printable ASCII without " and \\');
  return realm;
}

function challenge(block: Block, realm: Text, end: Text): Text {
  return block.join(block.join(CHALLENGE_BEGIN, realm), end);
}

/** Whether a text can stand between quotation marks as it is (RFC 9110 §5.6.4). */
function isQuotable(characters: Text): bool {
  const end = textPtr(characters) + textLen(characters);
  for (let at = textPtr(characters); at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c < <u32>Char.SPACE || c > <u32>Char.TILDE) return false;
    if (c == Char.QUOTE || c == Char.BACKSLASH) return false;
  }
  return true;
}
