// JSON values of any shape, read without believing anything about them.

import { shown } from "./printable.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member of an object; undefined when there is none, or no object. */
export function memberOf(value: unknown, ...names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (!isRecord(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list. */
export function textsOf(value: unknown): string[] {
  return listOf(value).filter((each) => typeof each === "string");
}

/** The members of an object on one line: `prefix /api, methods GET POST`. */
export function shownMembers(value: unknown): string {
  if (!isRecord(value)) return shown(value);
  return Object.entries(value)
    .map(
      ([name, member]) =>
        `${name} ${Array.isArray(member) ? member.map(shown).join(" ") : shown(member)}`,
    )
    .join(", ");
}
