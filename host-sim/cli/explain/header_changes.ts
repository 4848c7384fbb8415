// What becomes of a request's headers.

import type { HeaderList } from "../../src/index.ts";

export interface HeaderChange {
  kind: "added" | "changed" | "removed";
  name: string;
  /** Values of fields of one name are joined as RFC 9110 §5.3 has it. */
  before?: string;
  after?: string;
}

/** In the order of the names, with what was added first. */
export function headerChanges(before: HeaderList, after: HeaderList): HeaderChange[] {
  const [old, fresh] = [valuesOf(before), valuesOf(after)];
  const changes: HeaderChange[] = [];
  for (const [name, value] of fresh) {
    const had = old.get(name);
    if (had === undefined) changes.push({ kind: "added", name, after: value });
    else if (had !== value) changes.push({ kind: "changed", name, before: had, after: value });
  }
  for (const [name, value] of old) {
    if (!fresh.has(name)) changes.push({ kind: "removed", name, before: value });
  }
  return changes;
}

export function valuesOf(headers: HeaderList): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const first = values.get(name);
    values.set(name, first === undefined ? value : `${first}, ${value}`);
  }
  return values;
}
