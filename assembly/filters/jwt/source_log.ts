// What is said of fetches: one line when they begin to fail or fail otherwise, one when they work
// again, one when a document has keys that are no good.

import { log } from "../../abi/host";
import { LogLevel } from "../../abi/types";
import { Text, text } from "../../core/bytes/text";
import { beginLine, endLine, LINE, putName, putNumber } from "../../core/log/line";
import { Source, SourceKind } from "./source";

const KEYS_FAILED = text("keys not fetched");
const LIST_FAILED = text("deny-list not fetched");
const KEYS_WORK = text("keys fetched again");
const LIST_WORKS = text("deny-list fetched again");
const DROPPED = text("keys dropped from the document");
const PROVIDER = text("provider");
const STATUS = text("status");
const COUNT = text("count");

function begin(source: Source, ofKeys: Text, ofList: Text): void {
  beginLine(source.kind == SourceKind.DENY_LIST ? ofList : ofKeys);
  putName(PROVIDER, source.name);
}

/** `status` is the number of a FetchStatus. */
export function logFailure(source: Source, status: u32): void {
  begin(source, KEYS_FAILED, LIST_FAILED);
  putNumber(STATUS, status);
  log(LogLevel.WARN, LINE, endLine());
}

export function logRecovery(source: Source): void {
  begin(source, KEYS_WORK, LIST_WORKS);
  log(LogLevel.INFO, LINE, endLine());
}

export function logDropped(source: Source, count: u32): void {
  begin(source, DROPPED, DROPPED);
  putNumber(COUNT, count);
  log(LogLevel.WARN, LINE, endLine());
}
