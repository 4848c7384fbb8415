// The members `methods`, `hosts` and `headers` of a match.

import { isToken } from "../bytes/ascii";
import { Text, text, textLen, textPtr } from "../bytes/text";
import { fixedNameId, nameId } from "../config/scalars";
import { Value } from "../config/value";
import { hostLenOf } from "../headers/authority";
import {
  HEADER_CONDITIONS_MAX,
  HEADER_VALUE_BYTES_MAX,
  HOST_BYTES_MAX,
  HOSTS_MAX,
  METHOD_BYTES_MAX,
  METHODS_MAX,
} from "../limits";
import {
  HEADER_CONDITION_BYTES,
  HeaderCondition,
  headerConditionAt,
  HeaderTest,
  REQUEST_CONDITIONS_BYTES,
  RequestConditions,
} from "./conditions";

const METHOD = text(":method");
const AUTHORITY = text(":authority");

const ONE_TEST = "one of exact, prefix, present";

/** Reads them from `match`; returns the address of RequestConditions, 0 when there are none. */
export function readConditions(match: Value, names: usize): usize {
  const methods = match.optional("methods");
  const hosts = match.optional("hosts");
  const headers = match.optional("headers");
  if (methods === null && hosts === null && headers === null) return 0;
  const out = changetype<RequestConditions>(match.block.allocate(REQUEST_CONDITIONS_BYTES));
  if (methods !== null) readMethods(methods, names, out);
  if (hosts !== null) readHosts(hosts, names, out);
  if (headers !== null) readHeaders(headers, names, out);
  return changetype<usize>(out);
}

/** Number of `:method` in the table of names, which few configurations need. */
export function methodNameId(value: Value, names: usize): u32 {
  return fixedNameId(names, value, METHOD);
}

/** The same of `:authority`. */
export function authorityNameId(value: Value, names: usize): u32 {
  return fixedNameId(names, value, AUTHORITY);
}

function readMethods(value: Value, names: usize, out: RequestConditions): void {
  const each = value.items(1, METHODS_MAX);
  out.methodId = methodNameId(value, names);
  out.methods = value.block.allocate(4 * <u32>each.length);
  for (let i = 0; i < each.length; i++) {
    store<u32>(out.methods + 4 * i, <u32>readMethod(each[i]));
    if (value.error.failed) return;
  }
  out.methodCount = <u32>each.length;
}

export function readMethod(value: Value): Text {
  const method = value.text(1, METHOD_BYTES_MAX);
  if (value.error.failed) return method;
  const characters = value.string();
  const isMethod = isToken(textPtr(method), textLen(method));
  if (!isMethod || characters != characters.toUpperCase()) {
    value.refuse("a method in upper case, such as GET");
  }
  return method;
}

function readHosts(value: Value, names: usize, out: RequestConditions): void {
  const each = value.items(1, HOSTS_MAX);
  out.authorityId = authorityNameId(value, names);
  out.hosts = value.block.allocate(4 * <u32>each.length);
  for (let i = 0; i < each.length; i++) {
    store<u32>(out.hosts + 4 * i, <u32>readHost(each[i]));
    if (value.error.failed) return;
  }
  out.hostCount = <u32>each.length;
}

/** A host in lower case; for *.example.org what follows the star. */
export function readHost(value: Value): Text {
  const kept = value.text(1, HOST_BYTES_MAX);
  if (value.error.failed) return kept;
  const characters = value.string().toLowerCase();
  const isBelow = characters.startsWith("*.");
  const host = isBelow ? characters.substring(2) : characters;
  const encoded = String.UTF8.encode(host);
  const len = <u32>encoded.byteLength;
  const isHost = len > 0 && hostLenOf(changetype<usize>(encoded), len) == len;
  if (!isHost || host.startsWith(".") || (isBelow && host.startsWith("["))) {
    value.refuse("a host without port such as example.org, or *.example.org for all below it");
  }
  const pattern = String.UTF8.encode(isBelow ? "." + host : host);
  return value.block.text(changetype<usize>(pattern), <u32>pattern.byteLength);
}

function readHeaders(value: Value, names: usize, out: RequestConditions): void {
  const each = value.items(1, HEADER_CONDITIONS_MAX);
  out.headers = value.block.allocate(<u32>each.length * HEADER_CONDITION_BYTES);
  for (let i = 0; i < each.length; i++) {
    readHeader(each[i], names, headerConditionAt(out, <u32>i));
    if (value.error.failed) return;
  }
  out.headerCount = <u32>each.length;
}

function readHeader(value: Value, names: usize, out: HeaderCondition): void {
  const name = value.required("name");
  const exact = value.optional("exact");
  const prefix = value.optional("prefix");
  const present = value.optional("present");
  value.done();
  out.headerId = nameId(names, name);
  if (value.error.failed) return;
  let tests = exact === null ? 0 : 1;
  if (prefix !== null) tests++;
  if (present !== null) tests++;
  if (tests != 1) value.refuse(ONE_TEST);
  if (exact !== null) {
    out.test = HeaderTest.EXACT;
    out.text = exact.text(0, HEADER_VALUE_BYTES_MAX);
  } else if (prefix !== null) {
    out.test = HeaderTest.PREFIX;
    out.text = prefix.text(1, HEADER_VALUE_BYTES_MAX);
  } else if (present !== null) {
    out.test = present.bool() ? HeaderTest.PRESENT : HeaderTest.ABSENT;
  }
}
