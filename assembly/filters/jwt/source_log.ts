// What is said of fetches: one line when they begin to fail or fail otherwise, one when they work
// again, one when a document has keys that are no good.

import { log } from "../../abi/host";
import { LogLevel } from "../../abi/types";
import { UNSIGNED_DIGITS_MAX, writeUnsigned } from "../../core/bytes/decimal";
import { copyText, Text, text } from "../../core/bytes/text";
import { METRIC_LABEL_BYTES_MAX } from "../../core/limits";
import { Source, SourceKind } from "./source";

const KEYS_OF = text("jwt: keys of ");
const DENY_LIST_OF = text("jwt: deny-list of ");
const FAILED = text(": the fetch failed with status ");
const WORKS = text(": fetched again");
const DROPPED = text(": keys dropped from the document: ");

const LINE_BYTES: u32 = METRIC_LABEL_BYTES_MAX + UNSIGNED_DIGITS_MAX + 96;
const LINE: usize = memory.data(<i32>LINE_BYTES);

function begin(source: Source, what: Text): usize {
  const begin = source.kind == SourceKind.DENY_LIST ? DENY_LIST_OF : KEYS_OF;
  return copyText(copyText(copyText(LINE, begin), source.name), what);
}

function logTo(level: LogLevel, end: usize): void {
  log(level, LINE, <u32>(end - LINE));
}

/** `status` is the number of a FetchStatus. */
export function logFailure(source: Source, status: u32): void {
  const end = begin(source, FAILED);
  logTo(LogLevel.WARN, end + writeUnsigned(end, status));
}

export function logRecovery(source: Source): void {
  logTo(LogLevel.INFO, begin(source, WORKS));
}

export function logDropped(source: Source, count: u32): void {
  const end = begin(source, DROPPED);
  logTo(LogLevel.WARN, end + writeUnsigned(end, count));
}
