// Templates and operations of values, as the probe of the core has them.

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readValueTemplate(ptr: number, len: number, hasTokens: boolean, isRequest: boolean): number;
  readValueOperations(ptr: number, len: number): number;
  templateUsesClaims(): number;
  beginTemplateRequest(): void;
  putTemplateHeader(name: number, nameLen: number, value: number, valueLen: number): void;
  putTemplateClaim(id: number, ptr: number, len: number, kind: number): void;
  matchTemplatePattern(ptr: number, len: number): number;
  writeValueTemplate(): number;
  writtenValuePtr(): number;
  writtenValueLen(): number;
  applyValueOperations(isPresent: boolean, ptr: number, len: number): number;
  appliedValuePtr(): number;
  appliedValueLen(): number;
  valueRoomTaken(): number;
  leaveValueRoom(left: number): void;
}

/** As good as all of the arena. */
const ALL = 900_000;
const CLAIM_KINDS = { string: 1, number: 2, boolean: 3, array: 4, object: 5 } as const;

const probe = await loadCore<Exports>();
const { core } = probe;

export interface Result {
  /** The value; ABSENT, INVALID or TOO_LARGE when there is none. */
  value: string;
  /** Bytes of the arena that it took. */
  taken: number;
  /** Whether the value lies where the input does. */
  isView: boolean;
}

function read(json: unknown, reader: (ptr: number, len: number) => number): string | null {
  probe.reset();
  const bytes = Buffer.from(JSON.stringify(json));
  const error = reader(probe.put(bytes), bytes.length);
  if (error === 0) return null;
  return Buffer.from(probe.bytes(error + 4, probe.view().getUint32(error, true))).toString();
}

export interface Scope {
  pattern?: string;
  hasTokens?: boolean;
  isRequest?: boolean;
}

/** Reads a template; the message of the error, null when there is none. */
export const readTemplate = (template: unknown, scope: Scope = {}): string | null => {
  const json = scope.pattern === undefined ? { template } : { template, pattern: scope.pattern };
  return read(json, (ptr, len) =>
    core.readValueTemplate(ptr, len, scope.hasTokens ?? true, scope.isRequest ?? true),
  );
};

/** Whether the template that was read last names a claim. */
export const usesClaims = (): boolean => core.templateUsesClaims() !== 0;

export interface Sources {
  lines?: readonly (readonly [name: string, value: string])[];
  /** Claims by the order in which the template first names them. */
  claims?: readonly (readonly [kind: keyof typeof CLAIM_KINDS, text: string])[];
  /** A value of the template's pattern. */
  matched?: string;
}

/** What the template that was read last becomes, in an arena with so many bytes left. */
export function writeTemplate({ lines, claims, matched }: Sources = {}, left = ALL): Result {
  probe.reset();
  core.beginTemplateRequest();
  const first = probe.room(0);
  for (const [name, value] of lines ?? []) {
    core.putTemplateHeader(probe.put(name), name.length, probe.put(value), value.length);
  }
  for (const [id, [kind, text]] of (claims ?? []).entries()) {
    core.putTemplateClaim(id, probe.put(text), text.length, CLAIM_KINDS[kind]);
  }
  if (
    matched !== undefined &&
    core.matchTemplatePattern(probe.put(matched), matched.length) === 0
  ) {
    throw new Error(`${matched} does not match`);
  }
  const end = probe.room(0);
  core.leaveValueRoom(left);
  const before = core.valueRoomTaken();
  const written = (["OK", "ABSENT", "TOO_LARGE"] as const)[core.writeValueTemplate()];
  const ptr = core.writtenValuePtr();
  return {
    value: written === "OK" ? probe.text(ptr, core.writtenValueLen()) : (written ?? "INVALID"),
    taken: core.valueRoomTaken() - before,
    isView: ptr >= first && ptr < end,
  };
}

/** Reads operations; the message of the error, null when there is none. */
export const readOperations = (operations: unknown): string | null =>
  read(operations, (ptr, len) => core.readValueOperations(ptr, len));

/** What the operations that were read last make of a value, in an arena with so many bytes left. */
export function applyOperations(value: string | null, left = ALL): Result {
  probe.reset();
  const given = value ?? "";
  // A byte before and one behind that belong to no value.
  const input = probe.put(`%${given}=`) + 1;
  core.leaveValueRoom(left);
  const before = core.valueRoomTaken();
  const code = core.applyValueOperations(value !== null, input, given.length);
  const applied = (["OK", "ABSENT", "INVALID", "TOO_LARGE"] as const)[code] ?? "INVALID";
  if (probe.text(input - 1, given.length + 2) !== `%${given}=`)
    throw new Error("input was written");
  const ptr = core.appliedValuePtr();
  return {
    value: applied === "OK" ? probe.text(ptr, core.appliedValueLen()) : applied,
    taken: core.valueRoomTaken() - before,
    isView: ptr >= input && ptr <= input + given.length,
  };
}
