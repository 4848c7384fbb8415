// One line of the log at a time, written piece by piece: a message, then what it is about. Values
// are words of the program, digits and names of the configuration: nothing of a request.
//
//   TEXT   refused reason=jwt:expired status=401 provider="idp"
//   JSON   {"msg":"refused","reason":"jwt:expired","status":401,"provider":"idp"}   RFC 8259

import { Char } from "../bytes/ascii";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../bytes/decimal";
import { copyText, Text, text, textLen, textPtr } from "../bytes/text";
import { copyQuoted, QUOTED_GROWTH } from "../json/quote";
import { LOG_LINE_BYTES_MAX } from "../limits";

/** `log.format` of a configuration. */
export const enum LogFormat {
  TEXT,
  JSON,
}

const MESSAGE = text('{"msg":"');

/** Where the line is, valid until the next one begins. */
export const LINE: usize = memory.data(<i32>LOG_LINE_BYTES_MAX);
/** Bytes that a member needs beside its key and its value: `,"` `":"` `"`, and the last `}`. */
const AROUND: u32 = 7;

let format: LogFormat = LogFormat.TEXT;
let end: usize = LINE;

/** The form of all lines from now on. */
// @ts-ignore: decorator
@inline
export function setLogFormat(logFormat: LogFormat): void {
  format = logFormat;
}

/** Begins a line with a message, which is ASCII without control characters, `"` and `\`. */
export function beginLine(message: Text): void {
  end = LINE;
  if (format == LogFormat.JSON) end = copyText(end, MESSAGE);
  end = copyText(end, message);
  if (format == LogFormat.JSON) putByte(Char.QUOTE);
}

/** Adds a word: letters, digits, `:`, `_`, `-`. What finds no room is left out, here as below. */
export function putWord(key: Text, ptr: usize, len: u32): void {
  if (!beginMember(key, len)) return;
  if (format == LogFormat.JSON) putByte(Char.QUOTE);
  memory.copy(end, ptr, len);
  end += len;
  if (format == LogFormat.JSON) putByte(Char.QUOTE);
}

/** Adds a name of the configuration, any bytes: in both forms a string of JSON. */
export function putName(key: Text, name: Text): void {
  if (!beginMember(key, QUOTED_GROWTH * textLen(name))) return;
  putByte(Char.QUOTE);
  end = copyQuoted(end, textPtr(name), textLen(name));
  putByte(Char.QUOTE);
}

/** Adds a number. */
export function putNumber(key: Text, value: u64): void {
  if (!beginMember(key, UNSIGNED_DIGITS_MAX)) return;
  end += writeUnsigned(end, value);
}

/** Ends the line; returns its length. */
export function endLine(): u32 {
  if (format == LogFormat.JSON) putByte(Char.BRACE_CLOSE);
  return <u32>(end - LINE);
}

/** Writes what stands before a value of at most `valueLen` bytes; false when there is no room. */
function beginMember(key: Text, valueLen: u32): bool {
  if (end + textLen(key) + valueLen + AROUND > LINE + LOG_LINE_BYTES_MAX) return false;
  if (format == LogFormat.JSON) {
    putByte(Char.COMMA);
    putByte(Char.QUOTE);
    end = copyText(end, key);
    putByte(Char.QUOTE);
    putByte(Char.COLON);
  } else {
    putByte(Char.SPACE);
    end = copyText(end, key);
    putByte(Char.EQUALS);
  }
  return true;
}

// @ts-ignore: decorator
@inline
function putByte(c: u32): void {
  store<u8>(end++, <u8>c);
}
