// Texts of the configuration that stand in header fields.

import { isFieldValue } from "../../core/bytes/ascii";
import { Text, textLen, textPtr } from "../../core/bytes/text";
import { Value } from "../../core/config/value";
import { HEADER_NAME_BYTES_MAX } from "../../core/limits";

/** A text of at least `least` bytes that can stand in a header field (RFC 9110 §5.5). */
export function fieldText(value: Value, least: u32): Text {
  const kept = value.text(least, HEADER_NAME_BYTES_MAX);
  if (!value.error.failed && !isFieldValue(textPtr(kept), textLen(kept))) {
    value.refuse("a text without control characters");
  }
  return kept;
}
