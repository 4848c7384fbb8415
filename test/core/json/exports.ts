// The scanner from a test's side: a document as the values that its tokens make.

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  newScanner(): number;
  jsonBegin(scanner: number, ptr: number, len: number): void;
  jsonNext(scanner: number): number;
  jsonSkipValue(scanner: number): number;
  jsonNameIs(scanner: number, text: number): number;
  jsonUnescape(scanner: number, target: number, capacity: number): number;
  jsonValuePtr(scanner: number): number;
  jsonValueLen(scanner: number): number;
  jsonHasEscapes(scanner: number): number;
  jsonOffset(scanner: number): number;
  jsonDepth(scanner: number): number;
  jsonError(scanner: number): number;
}

export const Token = {
  ERROR: 0,
  OBJECT_BEGIN: 1,
  OBJECT_END: 2,
  ARRAY_BEGIN: 3,
  ARRAY_END: 4,
  NAME: 5,
  STRING: 6,
  NUMBER: 7,
  TRUE: 8,
  FALSE: 9,
  NULL: 10,
  END: 11,
} as const;

export const JsonError = {
  NONE: 0,
  INCOMPLETE: 1,
  SYNTAX: 2,
  ENCODING: 3,
  CONTROL_CHARACTER: 4,
  ESCAPE: 5,
  NUMBER: 6,
  TOO_DEEP: 7,
  TOO_MANY_MEMBERS: 8,
  DUPLICATE_NAME: 9,
} as const;

export const probe = await loadCore<Exports>();
export const { core } = probe;
export const scanner = core.newScanner();

export class Refused extends Error {
  readonly code: number;
  readonly offset: number;

  constructor(code: number, offset: number) {
    super(`error ${String(code)} at byte ${String(offset)}`);
    this.code = code;
    this.offset = offset;
  }
}

export function begin(document: string | Uint8Array, at = scanner): void {
  const bytes = typeof document === "string" ? Buffer.from(document) : document;
  core.jsonBegin(at, probe.put(bytes), bytes.length);
}

/** A text (length, bytes) to compare with. */
export function putText(characters: string): number {
  const bytes = Buffer.from(characters);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return probe.put(Buffer.concat([length, bytes]));
}

/** The last name or string. */
export function characters(at = scanner): string {
  const rawLen = core.jsonValueLen(at);
  const target = probe.room(rawLen);
  const length = core.jsonUnescape(at, target, rawLen);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
    probe.bytes(target, length),
  );
}

/** The document as JSON.parse would give it; throws Refused. */
export function read(document: string | Uint8Array): unknown {
  probe.reset();
  begin(document);
  const value = readValue(core.jsonNext(scanner));
  expectEnd(core.jsonNext(scanner));
  return value;
}

function expectEnd(token: number): void {
  if (token !== Token.END) throw refusal();
}

function refusal(): Refused {
  return new Refused(core.jsonError(scanner), core.jsonOffset(scanner));
}

function readValue(token: number): unknown {
  switch (token) {
    case Token.STRING:
      return characters();
    case Token.NUMBER:
      return Number(probe.text(core.jsonValuePtr(scanner), core.jsonValueLen(scanner)));
    case Token.TRUE:
      return true;
    case Token.FALSE:
      return false;
    case Token.NULL:
      return null;
    case Token.ARRAY_BEGIN:
      return readArray();
    case Token.OBJECT_BEGIN:
      return readObject();
    default:
      throw refusal();
  }
}

function readArray(): unknown[] {
  const items: unknown[] = [];
  for (;;) {
    const token = core.jsonNext(scanner);
    if (token === Token.ARRAY_END) return items;
    items.push(readValue(token));
  }
}

function readObject(): Record<string, unknown> {
  const members: [string, unknown][] = [];
  for (;;) {
    const token = core.jsonNext(scanner);
    if (token === Token.OBJECT_END) return Object.fromEntries(members);
    if (token !== Token.NAME) throw refusal();
    members.push([characters(), readValue(core.jsonNext(scanner))]);
  }
}

/** Error code of a document, 0 when it is accepted. */
export function errorOf(document: string | Uint8Array): number {
  try {
    read(document);
    return JsonError.NONE;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}
