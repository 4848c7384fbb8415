// The member `types` of a provider.

import { isToken } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { TypeList } from "../../core/jwt/header";
import { TYPE_BYTES_MAX, TYPES_MAX } from "../../core/limits";

/** What types leave out (RFC 7515 §4.1.9). */
const PREFIX = "application/";

/** Reads the media types that tokens must have, in lower case and without "application/". */
export function readTypes(value: Value, types: TypeList): void {
  const items = value.items(1, TYPES_MAX);
  types.types = value.block.allocate(4 * <u32>items.length);
  for (let i = 0; i < items.length; i++) {
    if (value.error.failed) return;
    store<u32>(types.types + 4 * i, <u32>readType(items[i]));
  }
  types.count = <u32>items.length;
}

function readType(value: Value): Text {
  const written = value.string().toLowerCase();
  const name = written.startsWith(PREFIX) ? written.substring(PREFIX.length) : written;
  const encoded = String.UTF8.encode(name);
  const kept = value.block.text(changetype<usize>(encoded), <u32>encoded.byteLength);
  if (textLen(kept) > TYPE_BYTES_MAX || !isType(kept)) {
    value.refuse("a media type such as at+jwt, with or without application/");
  }
  return kept;
}

/** One or two names (RFC 6838 §4.2, within the characters of RFC 9110 §5.6.2). */
function isType(type: Text): bool {
  const characters = String.UTF8.decodeUnsafe(textPtr(type), textLen(type));
  const parts = characters.split("/");
  if (parts.length > 2) return false;
  for (let i = 0; i < parts.length; i++) {
    const encoded = String.UTF8.encode(parts[i]);
    if (!isToken(changetype<usize>(encoded), <u32>encoded.byteLength)) return false;
  }
  return true;
}
