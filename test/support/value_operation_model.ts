// Templates and operations of header rules as their documentation has them
// (assembly/filters/normalise/README.md), byte by byte: values are latin1 texts, one character for
// each byte.

import { createHash } from "node:crypto";

import type { HeaderList } from "../../host-sim/src/index.ts";

export const VALUE_BYTES_MAX = 8192;
const CLAIM_BYTES_MAX = 2048;

/** What a template can name. */
export interface ValueSources {
  headers: HeaderList;
  captures: ReadonlyMap<string, Uint8Array>;
  method: string;
  path: string;
  authority: string;
  /** Of a verified token. */
  claims: Readonly<Record<string, unknown>> | null;
}

/** No value: a header cannot have it. */
export const INVALID_VALUE = "\0invalid";

export type ValueOperation = string | { truncate: number } | { default: string };

const bytesOf = (text: string): string => Buffer.from(text).toString("latin1");

/** The value of a template: null is absent, a value that is too long ends at the part that is. */
export function expandValueTemplate(template: string, sources: ValueSources): string | null {
  let value = "";
  for (const [piece] of template.matchAll(/\{[^}]*\}|\\?./gsu)) {
    if (piece.startsWith("{")) {
      const part = partOf(piece.slice(1, -1), sources);
      if (part === null) return null;
      value += part;
    } else value += bytesOf(piece.replace(/^\\/, ""));
    if (value.length > VALUE_BYTES_MAX) break;
  }
  return value;
}

function partOf(name: string, sources: ValueSources): string | null {
  const capture = sources.captures.get(name);
  if (capture !== undefined) return Buffer.from(capture).toString("latin1");
  const [, kind = "", operand = ""] = /^([^:]*):?(.*)$/s.exec(name) ?? [];
  const [target = ""] = sources.path.split("#");
  const [path = ""] = target.split("?");
  switch (kind) {
    case "header": {
      const of = operand.toLowerCase();
      const lines = sources.headers.filter(([each]) => each === of).map(([, line]) => line);
      return lines.length === 0 ? null : lines.join(", ");
    }
    case "claim": {
      const claim = sources.claims?.[operand];
      const isScalar = ["string", "boolean"].includes(typeof claim) || Number.isInteger(claim);
      const text = bytesOf(String(claim));
      return isScalar && text.length <= CLAIM_BYTES_MAX ? text : null;
    }
    case "path":
      return segmentsOf(path)?.[Number(operand) - 1] || null;
    case "query":
      return parameterOf(target.slice(path.length + 1), operand);
    case "host":
      return hostOf(sources.authority);
    default:
      return sources.method;
  }
}

function percentDecodedLoosely(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Segments of a path that begins with "/"; null when readers could see others. */
function segmentsOf(path: string): string[] | null {
  const segments: string[] = [];
  const written = path.split("/").slice(1);
  for (const [index, each] of written.entries()) {
    const segment = percentDecodedLoosely(each);
    const isLast = index === written.length - 1;
    if (/%(?![0-9a-f]{2})/i.test(each) || /[\0-\x1f\x7f/\\;]/.test(segment)) return null;
    if (/%(00|2e|2f|5c)/i.test(segment) || (segment === "" && !isLast)) return null;
    if (segment === "..") {
      if (segments.pop() === undefined) return null;
    } else if (segment !== ".") segments.push(segment);
  }
  return segments;
}

function parameterOf(query: string, name: string): string | null {
  for (const pair of query.split("&")) {
    const [written = ""] = pair.split("=");
    if (percentDecodedLoosely(written) !== name) continue;
    return percentDecodedLoosely(pair.slice(written.length + 1));
  }
  return null;
}

/** Without port and the dot at its end; null when readers could see another. */
function hostOf(authority: string): string | null {
  const [, host = ""] = /^(\[[\w.:-]*\]|[\w.-]+)(?::\d*)?$/.exec(authority) ?? [];
  return host.replace(/\.$/, "").toLowerCase() || null;
}

/** What the operations make of a value: null is absent, INVALID_VALUE what they do not take. */
export function applyValueOperations(
  value: string | null,
  operations: readonly ValueOperation[],
): string | null {
  let made = value;
  for (const operation of operations) {
    if (made !== null) made = applied(made, operation);
    else if (typeof operation === "object" && "default" in operation) {
      made = bytesOf(operation.default);
    }
    if (made === INVALID_VALUE) return made;
    // What grows is too long at once, whatever would be left of it.
    const isGrown = operation === "base64Encode" || operation === "base64urlEncode";
    if (isGrown && made !== null && made.length > VALUE_BYTES_MAX) return made;
  }
  return made;
}

function applied(value: string, operation: ValueOperation): string {
  if (typeof operation === "object") {
    return "truncate" in operation ? truncated(value, operation.truncate) : value;
  }
  const bytes = Buffer.from(value, "latin1");
  switch (operation) {
    case "trim":
      return value.replace(/^[ \t]+|[ \t]+$/g, "");
    case "collapse":
      return value.replace(/[ \t]+/g, " ");
    case "lower":
      return value.replace(/[A-Z]/g, (c) => c.toLowerCase());
    case "upper":
      return value.replace(/[a-z]/g, (c) => c.toUpperCase());
    case "percentDecode":
      return percentDecoded(value);
    case "base64Decode":
      return base64Decoded(value, "base64");
    case "base64urlDecode":
      return base64Decoded(value, "base64url");
    case "base64Encode":
      return bytes.toString("base64");
    case "base64urlEncode":
      return bytes.toString("base64url");
    case "sha256":
      return createHash("sha256").update(bytes).digest("hex");
    default:
      throw new Error(`no operation ${operation}`);
  }
}

function percentDecoded(value: string): string {
  if (/%(?![0-9a-f]{2})/i.test(value)) return INVALID_VALUE;
  const decoded = value.replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  const bytes = Buffer.from(decoded, "latin1");
  const isText = Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
  return isText && isFieldValue(decoded) ? decoded : INVALID_VALUE;
}

/** Node reads more than base64: only what it would write the same was canonical. */
function base64Decoded(value: string, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.from(value, encoding);
  const data = bytes.toString(encoding).replace(/=+$/, "");
  const padded = data.padEnd(4 * Math.ceil(data.length / 4), "=");
  if (value !== data && value !== padded) return INVALID_VALUE;
  const decoded = bytes.toString("latin1");
  return isFieldValue(decoded) ? decoded : INVALID_VALUE;
}

/** RFC 9110 §5.5. */
function isFieldValue(value: string): boolean {
  return [...value].every((c) => c === "\t" || (c >= " " && c !== "\x7f"));
}

/** Not in the middle of a character of UTF-8. */
function truncated(value: string, most: number): string {
  let len = Math.min(most, value.length);
  while (len > 0 && len < value.length && (value.charCodeAt(len) & 0xc0) === 0x80) len--;
  return value.slice(0, len);
}
