// W3C Trace Context: `00-TRACE_ID-PARENT_ID-FLAGS`.

import { random_get } from "bindings/wasi_unstable";

const DIGITS = "0123456789abcdef";
const TRACE_ID_BYTES = 16;
const PARENT_ID_BYTES = 8;

export class Span {
  constructor(
    public traceId: string,
    private parentId: string,
    private flags: string,
  ) {}

  /** The span of this hop: of the client's trace, or of one of its own. */
  static continued(traceparent: string): Span {
    const parts = traceparent.split("-");
    const parentId = randomId(PARENT_ID_BYTES);
    const isValid =
      parts.length == 4 &&
      parts[0] == "00" &&
      isId(parts[1], 2 * TRACE_ID_BYTES) &&
      isId(parts[2], 2 * PARENT_ID_BYTES) &&
      isHexadecimal(parts[3], 2);
    if (isValid) return new Span(parts[1], parentId, parts[3]);
    return new Span(randomId(TRACE_ID_BYTES), parentId, "02");
  }

  toString(): string {
    return "00-" + this.traceId + "-" + this.parentId + "-" + this.flags;
  }
}

function randomId(bytes: i32): string {
  const random = new Uint8Array(bytes);
  random_get(random.dataStart, bytes);
  let text = "";
  for (let i = 0; i < bytes; i++) {
    const byte = random[i];
    text += DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15);
  }
  return text;
}

function isId(text: string, length: i32): bool {
  if (!isHexadecimal(text, length)) return false;
  for (let i = 0; i < length; i++) {
    if (text.charCodeAt(i) != 0x30) return true;
  }
  return false;
}

function isHexadecimal(text: string, length: i32): bool {
  if (text.length != length) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    const isDigit = code >= 0x30 && code <= 0x39;
    const isLetter = code >= 0x61 && code <= 0x66;
    if (!isDigit && !isLetter) return false;
  }
  return true;
}
