// The options of `connection` (RFC 9110 §7.6.1). Envoy removes the headers that they name and the
// field itself, but for an upgrade that it lets through: then the field goes on to the upstream as
// the client wrote it, and the next hop removes what it names.

import { Char, equals, equalsText, findByte, lower, skipOws, trimOwsEnd } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, text, textLen, textPtr } from "../bytes/text";
import { CONNECTION_OPTIONS_MAX, HEADER_NAME_BYTES_MAX } from "../limits";
import { Reason } from "../reason";
import { FixedName } from "./fixed_names";
import { isHostName } from "./host_names";
import { hashName, NAME_OWNED, NAME_WRITTEN } from "./names";
import {
  adoptName,
  findHeader,
  flagsOf,
  headerCount,
  headerLen,
  headerPtr,
  removeHeader,
  requestField,
  requestFieldCount,
  setHeader,
} from "./request";

const UPGRADE = text("upgrade");
const CLOSE = text("close");
const KEEP_ALIVE = text("keep-alive");
const PROXY_CONNECTION = text("proxy-connection");
const HTTP2_SETTINGS = text("http2-settings");
const TE = text("te");
const TRAILER = text("trailer");
const HOST = text("host");
const REQUEST_ID = text("x-request-id");

/** The option in hand, in lower case. */
const OPTION: usize = memory.data(<i32>HEADER_NAME_BYTES_MAX, 16);
/** 0 for an empty one, and for one that is longer than any name of a configuration. */
let optionLen: u32 = 0;
let nextPtr: usize = 0;
let endPtr: usize = 0;

/** Refuses a client that would have the next hop remove what this configuration writes. */
export function checkConnection(): Reason {
  const count = headerCount(FixedName.CONNECTION);
  if (count == 0) return Reason.OK;
  if (count > 1) return Reason.HEADER_REFUSED;
  beginOptions();
  for (let i: u32 = 0; readOption(); i++) {
    if (i >= CONNECTION_OPTIONS_MAX) return Reason.HEADERS_TOO_LARGE;
    const id = isOfConnection() ? NONE : optionId();
    if (id == NONE) continue;
    if ((flagsOf(id) & (NAME_OWNED | NAME_WRITTEN)) != 0) return Reason.HEADER_REFUSED;
  }
  return Reason.OK;
}

/**
 * Removes the headers that `connection` names, and leaves it nothing but an upgrade. What the
 * protocol or the proxy needs stays. After `checkConnection`, which bounds the options.
 */
export function stripNominated(): Reason {
  if (headerCount(FixedName.CONNECTION) == 0) return Reason.OK;
  let upgrades = false;
  let isReduced = false;
  beginOptions();
  for (let i: u32 = 0; i < CONNECTION_OPTIONS_MAX && readOption(); i++) {
    if (isOption(UPGRADE)) {
      upgrades = true;
      continue;
    }
    isReduced = true;
    if (isNeeded()) continue;
    if (!removeNominated()) return Reason.HEADERS_TOO_LARGE;
  }
  if (!upgrades) removeHeader(FixedName.CONNECTION);
  else if (isReduced) setHeader(FixedName.CONNECTION, textPtr(UPGRADE), textLen(UPGRADE));
  return Reason.OK;
}

function beginOptions(): void {
  nextPtr = headerPtr(FixedName.CONNECTION);
  endPtr = nextPtr + headerLen(FixedName.CONNECTION);
}

/** Reads the next option; false behind the last one. */
function readOption(): bool {
  if (nextPtr >= endPtr) return false;
  const comma = findByte(nextPtr, endPtr, Char.COMMA);
  const from = skipOws(nextPtr, comma);
  const len = <u32>(trimOwsEnd(from, comma) - from);
  nextPtr = comma + 1;
  optionLen = len <= HEADER_NAME_BYTES_MAX ? len : 0;
  for (let i: u32 = 0; i < optionLen; i++) store<u8>(OPTION + i, <u8>lower(load<u8>(from + i)));
  return true;
}

function optionId(): u32 {
  return findHeader(OPTION, optionLen, hashName(OPTION, optionLen));
}

function isOption(name: Text): bool {
  return equalsText(OPTION, optionLen, name);
}

/** Names of headers that a client lists because they end here, whatever becomes of them. */
function isOfConnection(): bool {
  return isOption(KEEP_ALIVE) || isOption(PROXY_CONNECTION) || isOption(HTTP2_SETTINGS);
}

/** What stays although an option names it. */
function isNeeded(): bool {
  return (
    optionLen == 0 ||
    load<u8>(OPTION) == Char.COLON ||
    isHostName(OPTION, optionLen) ||
    isOption(CLOSE) ||
    isOption(TE) ||
    isOption(TRAILER) ||
    isOption(HOST) ||
    isOption(REQUEST_ID)
  );
}

/** Removes the header that the option names; false when there is no room for the edit. */
function removeNominated(): bool {
  let id = optionId();
  for (let i: u32 = 0, count = requestFieldCount(); i < count && id == NONE; i++) {
    const field = requestField(i);
    if (field.nameId != NONE || field.nameLen != optionLen) continue;
    if (!equals(field.namePtr, OPTION, optionLen)) continue;
    id = adoptName(field.namePtr, optionLen, hashName(OPTION, optionLen));
    if (id == NONE) return false;
  }
  if (id != NONE && id != FixedName.CONNECTION) removeHeader(id);
  return true;
}
