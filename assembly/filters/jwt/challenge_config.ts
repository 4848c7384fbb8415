// The members of the section about refusals.

import { Char, startsWithText } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { readErrorForm } from "../../core/config/error_form";
import { Value } from "../../core/config/value";
import { REALM_BYTES_MAX, RESOURCE_METADATA_BYTES_MAX } from "../../core/limits";
import { Challenges } from "./challenge";

const DEFAULT_REALM = text("sallyport");
const BEGIN = text('Bearer realm="');
const METADATA_BEGIN = text(', resource_metadata="');
const QUOTE = text('"');
const NOTHING = text("");
const HTTPS = text("https://");
const UNAUTHORIZED: u32 = 401;
const FORBIDDEN: u32 = 403;

/** Reads them from the section's object into the block. */
export function readChallenges(value: Value): Challenges {
  const block = value.block;
  const out = changetype<Challenges>(block.allocate(<u32>offsetof<Challenges>()));
  const realm = readRealm(value.optional("realm"));
  out.begin = block.join(block.join(BEGIN, realm), QUOTE);
  out.errors = readErrorForm(value.optional("errors"));
  out.audienceStatus = readAudienceStatus(value.optional("audienceStatus"));
  const metadata = value.optional("resourceMetadata");
  out.end = NOTHING;
  if (metadata !== null) {
    out.end = block.join(block.join(METADATA_BEGIN, readResourceMetadata(metadata)), QUOTE);
  }
  return out;
}

function readRealm(value: Value | null): Text {
  if (value === null) return DEFAULT_REALM;
  const realm = value.text(1, REALM_BYTES_MAX);
  if (!value.error.failed && !isQuotable(realm)) value.refuse('printable ASCII without " and \\');
  return realm;
}

function readAudienceStatus(value: Value | null): u32 {
  if (value === null) return UNAUTHORIZED;
  const status = value.integer(UNAUTHORIZED, FORBIDDEN);
  if (status != UNAUTHORIZED && status != FORBIDDEN) value.refuse("401, 403");
  return status;
}

/** Where the resource's metadata are (RFC 9728 §3: https, without a fragment). */
function readResourceMetadata(value: Value): Text {
  const url = value.text(1, RESOURCE_METADATA_BYTES_MAX);
  if (value.error.failed) return url;
  const ptr = textPtr(url);
  const len = textLen(url);
  const isUrl = len > textLen(HTTPS) && startsWithText(ptr, len, HTTPS) && isQuotable(url);
  if (!isUrl || holds(url, Char.SPACE) || holds(url, Char.HASH)) {
    value.refuse('a URL that begins with https://, in printable ASCII without space, ", # and \\');
  }
  return url;
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

function holds(characters: Text, wanted: u32): bool {
  const end = textPtr(characters) + textLen(characters);
  for (let at = textPtr(characters); at < end; at++) if (load<u8>(at) == wanted) return true;
  return false;
}
