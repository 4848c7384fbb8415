// Test-only: lines of the log.

import {
  beginLine,
  endLine,
  LINE,
  LogFormat,
  putName,
  putNumber,
  putWord,
  setLogFormat,
} from "../core/log/line";
import { text } from "../core/bytes/text";
import { LOG_LINE_BYTES_MAX } from "../core/limits";

export const logLineBytesMax: u32 = LOG_LINE_BYTES_MAX;

const MESSAGE = text("refused");
const REASON = text("reason");
const STATUS = text("status");
const PROVIDER = text("provider");
const LIMIT = text("limit");
const HELD_BACK = text("held_back");

/** Length of a line with a word, a name (a Text, as often as `times`) and two numbers. */
export function logLine(
  format: u32,
  wordPtr: usize,
  wordLen: u32,
  name: usize,
  times: u32,
  heldBack: u64,
): u32 {
  setLogFormat(<LogFormat>format);
  beginLine(MESSAGE);
  putWord(REASON, wordPtr, wordLen);
  putNumber(STATUS, 401);
  for (let i: u32 = 0; i < times; i++) putName(i == 0 ? PROVIDER : LIMIT, name);
  putNumber(HELD_BACK, heldBack);
  return endLine();
}

export function logLineAt(): usize {
  return LINE;
}
