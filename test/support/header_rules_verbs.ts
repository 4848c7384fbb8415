// The verbs of header rules as their reference (header_rules_model.ts) has them: each changes the
// lines of a message.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type {
  DedupeRule,
  MapRule,
  Operation,
  RemoveRule,
  RenameRule,
  RequestFacts,
  RewriteRule,
  ValueTest,
  WriteRule,
} from "./header_rules.ts";
import { latin1Of } from "./header_rules_conditions.ts";
import { JOINT, MEMBERS_MAX, membersOf } from "./header_rules_list.ts";
import { isPattern, namesOf, renamed } from "./header_rules_names.ts";
import type { ValueSources } from "./value_operation_model.ts";
import {
  applyValueOperations,
  expandValueTemplate,
  INVALID_VALUE,
  VALUE_BYTES_MAX,
} from "./value_operation_model.ts";
import { matchValuePattern, meetsValueTest } from "./value_pattern_model.ts";

/** A message in hand. */
export interface Message {
  lines: HeaderList;
  request: RequestFacts;
  isTrailer: boolean;
  /** Whether what refuses or removes a name does so in either spelling. */
  coversTwins: boolean;
  /** What `when` asks about where the message is no request: the lines that its upstream got. */
  requestLines: HeaderList | null;
  /** Whether clients may send a header of this name. */
  maySend: (name: string) => boolean;
}

export class RefusedByRule extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export function refuse(reason: string): never {
  throw new RefusedByRule(reason);
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

export function meetsTest(value: string, wanted: ValueTest): boolean {
  return meetsValueTest(wanted, bytesOf(value));
}

function valuesOf(message: Message, name: string): string[] {
  return message.lines.filter(([each]) => each === name).map(([, value]) => value);
}

function removeAll(message: Message, name: string): void {
  message.lines = message.lines.filter(([each]) => each !== name);
}

/** The header shall have these lines. */
function replaceAll(message: Message, name: string, values: string[]): void {
  removeAll(message, name);
  for (const value of values) message.lines.push([name, value]);
}

function limited(value: string): string {
  return value.length > VALUE_BYTES_MAX ? refuse("headers_too_large") : value;
}

export function rename(rule: RenameRule, message: Message): void {
  const names = namesOf(message.lines, rule.header, message.isTrailer);
  const moving = names.map((name) => ({
    to: renamed(rule.header, rule.to, name),
    values: valuesOf(message, name),
  }));
  for (const name of names) removeAll(message, name);
  for (const { to, values } of moving) {
    if (isPattern(rule.header) && !message.maySend(to)) continue;
    if (valuesOf(message, to).length === 0) replaceAll(message, to, values);
  }
}

export function mapLines(rule: MapRule, message: Message): void {
  const values = valuesOf(message, rule.from);
  if (values.length === 0) return;
  removeAll(message, rule.from);
  if (valuesOf(message, rule.to).length > 0) return;
  const prefix = latin1Of(rule.prefix ?? "");
  const value = values.join(JOINT);
  const hasPrefix = value.toLowerCase().startsWith(prefix.toLowerCase());
  const isSame = hasPrefix && values.length === 1;
  message.lines.push([rule.to, isSame ? value : limited(hasPrefix ? value : prefix + value)]);
}

export function removeLines(rule: RemoveRule, message: Message): void {
  const { lines, isTrailer, coversTwins } = message;
  const names = namesOf(lines, rule.header, isTrailer, coversTwins);
  const wanted = rule.value;
  message.lines = message.lines.filter(([name, value]) => {
    if (!names.includes(name)) return true;
    return wanted !== undefined && !meetsTest(value, wanted);
  });
}

export function setLine(rule: WriteRule, message: Message): void {
  const value = writtenValue(rule, message);
  replaceAll(message, rule.header, value === null ? [] : [value]);
}

export function addLine(rule: WriteRule, message: Message): void {
  if (valuesOf(message, rule.header).length === 0) appendLine(rule, message);
}

export function appendLine(rule: WriteRule, message: Message): void {
  const value = writtenValue(rule, message);
  if (value !== null) message.lines.push([rule.header, value]);
}

/** null is absent. */
function writtenValue(rule: WriteRule, message: Message): string | null {
  const value = finished(expanded(rule.value, message, new Map()), rule.apply);
  if (value !== INVALID) return value;
  return rule.onInvalid === "reject" ? refuse("normalise:header_refused") : null;
}

const INVALID = Symbol("invalid");

/** The value after its operations: null is absent. */
function finished(
  value: string | null,
  operations: Operation[] | undefined,
): string | null | typeof INVALID {
  const applied = applyValueOperations(value, operations ?? []);
  if (applied === INVALID_VALUE) return INVALID;
  if (applied === null) return null;
  return isFieldValue(limited(applied)) ? applied : INVALID;
}

/** RFC 9110 §5.5. */
function isFieldValue(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const byte = value.charCodeAt(i);
    if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) return false;
  }
  return true;
}

type Captures = ReadonlyMap<string, Uint8Array>;

function expanded(template: string, message: Message, captures: Captures): string | null {
  const sources: ValueSources = { ...message.request, headers: message.lines, captures };
  const value = expandValueTemplate(template, sources);
  return value === null ? null : limited(value);
}

export function rewrite(rule: RewriteRule, message: Message): void {
  for (const name of namesOf(message.lines, rule.header, message.isTrailer)) {
    const values = valuesOf(message, name);
    const rewritten = values.flatMap((value) => rewrittenLine(rule, message, value));
    replaceAll(message, name, inLines(rewritten, rule.lines));
  }
}

/** The line that a line becomes, if any. */
function rewrittenLine(rule: RewriteRule, message: Message, line: string): string[] {
  let captures: Captures = new Map();
  if (rule.pattern !== undefined) {
    const found = matchValuePattern(rule.pattern, bytesOf(line));
    if (found === null) return [line];
    captures = found;
  }
  const written = rule.to === undefined ? line : expanded(rule.to, message, captures);
  // What nothing has changed is not written, and has no bound.
  if (rule.to === undefined && isUnchanged(line, rule.apply ?? [])) return [line];
  const value = finished(written, rule.apply);
  if (value === null) return [];
  if (value !== INVALID) return [value];
  if (rule.onInvalid === "reject") return refuse("normalise:header_refused");
  return rule.onInvalid === "keep" ? [line] : [];
}

function isUnchanged(line: string, operations: Operation[]): boolean {
  return operations.every(
    (_, i) => applyValueOperations(line, operations.slice(0, i + 1)) === line,
  );
}

function inLines(values: string[], lines: "split" | "join" | undefined): string[] {
  if (lines === "split") {
    const members = values.flatMap((line) =>
      membersOf(line).map((member) => (member === line ? member : limited(member))),
    );
    if (members.length > MEMBERS_MAX) refuse("headers_too_large");
    return members;
  }
  return lines === "join" && values.length > 1 ? [limited(values.join(JOINT))] : values;
}

export function dedupe(rule: DedupeRule, message: Message): void {
  for (const name of namesOf(message.lines, rule.header, message.isTrailer)) {
    const members = valuesOf(message, name).flatMap(membersOf);
    if (members.length > MEMBERS_MAX) refuse("headers_too_large");
    const kept = keptOf(members, rule.keep ?? "unique");
    if (kept.length < members.length) replaceAll(message, name, [limited(kept.join(JOINT))]);
  }
}

function keptOf(members: string[], keep: "unique" | "first" | "last"): string[] {
  if (keep === "first") return members.slice(0, 1);
  if (keep === "last") return members.slice(-1);
  return members.filter((each, index) => members.indexOf(each) === index);
}
