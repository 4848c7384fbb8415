// Header fields at the border between Node and the module: lists of lines, latin1, names in lower
// case. What may not cross a hop is taken out here and nowhere else (RFC 9110 §7.6.1).

import type { HeaderList } from "../src/index.ts";

const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Fields that frame or route the message: a Connection option never takes them away. */
const NEVER_NOMINATED = new Set(["host", "content-length"]);

/** The lines of a `rawHeaders` list in order, repeated names as repeated lines. */
export function fieldsFrom(rawHeaders: readonly string[]): HeaderList {
  const fields: HeaderList = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    fields.push([(rawHeaders[index] ?? "").toLowerCase(), rawHeaders[index + 1] ?? ""]);
  }
  return fields;
}

export function valuesOf(fields: HeaderList, name: string): string[] {
  return fields.filter((field) => field[0] === name).map((field) => field[1]);
}

export function firstValue(fields: HeaderList, name: string): string | undefined {
  return fields.find((field) => field[0] === name)?.[1];
}

/** Without the hop-by-hop fields and those that Connection names (RFC 9110 §7.6.1). */
export function endToEnd(fields: HeaderList): HeaderList {
  const nominated = new Set(
    valuesOf(fields, "connection")
      .flatMap((value) => value.split(","))
      .map((option) => option.trim().toLowerCase()),
  );
  return fields.filter(
    ([name]) => !HOP_BY_HOP.has(name) && (!nominated.has(name) || NEVER_NOMINATED.has(name)),
  );
}

/**
 * The regular fields of a map that came back from the module, as the flat list that Node writes.
 */
export function flatRegular(fields: HeaderList, except: ReadonlySet<string>): string[] {
  return fields.flatMap(([name, value]) =>
    name.startsWith(":") || HOP_BY_HOP.has(name) || except.has(name) ? [] : [name, value],
  );
}
