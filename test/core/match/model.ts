// What a match says, read plainly; and the ways in which servers read a path.

import type { ClaimKind, MatchedRequest } from "./exports.ts";

export interface ModelMatch {
  prefix?: string;
  path?: string;
  template?: string;
  suffix?: string;
  methods?: string[];
  hosts?: string[];
  headers?: { name: string; exact?: string; prefix?: string; present?: boolean }[];
  claims?: {
    claim: string;
    equals?: string;
    in?: string[];
    prefix?: string;
    present?: boolean;
  }[];
}

export type ModelClaim = readonly [kind: ClaimKind, text: string] | null;

/** Whether a path is one of the match's, all readers seeing the same. */
export function isPathMet(match: ModelMatch, path: string): boolean {
  if (match.path !== undefined) return path === match.path;
  if (match.prefix !== undefined) return `${path}/`.startsWith(match.prefix.replace(/\/?$/, "/"));
  if (match.suffix !== undefined) return path.endsWith(`/${match.suffix}`);
  if (match.template !== undefined) return templatePattern(match.template).test(path);
  return true;
}

function templatePattern(template: string): RegExp {
  const segments = template.split("/").map((segment, i, all) => {
    if (i === all.length - 1 && segment === "**") return "REST";
    return segment === "*" || segment.startsWith("{") ? "[^/]+" : segment;
  });
  return new RegExp(`^${segments.join("/").replace("/REST", "(/.*)?")}$`);
}

/** Whether the conditions besides the path are met. */
export function isRestMet(
  match: ModelMatch,
  headers: MatchedRequest["headers"],
  claims: Readonly<Record<string, ModelClaim>>,
): boolean {
  const valuesOf = (name: string): readonly string[] => headers[name] ?? [];
  const methods = valuesOf(":method");
  const isMethodMet = match.methods?.some(
    (each) => methods.length === 1 && each === methods[0]?.toUpperCase(),
  );
  const areHeadersMet = (match.headers ?? []).every(({ name, exact, prefix, present }) => {
    const values = valuesOf(name);
    if (present === false) return values.length === 0;
    return values.some((value) =>
      exact === undefined ? value.startsWith(prefix ?? "") : value === exact,
    );
  });
  const areClaimsMet = (match.claims ?? []).every((condition) => {
    const claim = claims[condition.claim] ?? null;
    if (condition.present !== undefined) return condition.present === (claim !== null);
    const text = claim === null ? null : scalarText(claim);
    if (text === null) return false;
    if (condition.prefix !== undefined) return text.startsWith(condition.prefix);
    return (condition.in ?? [condition.equals]).includes(text);
  });
  return (
    (isMethodMet ?? true) &&
    areHeadersMet &&
    areClaimsMet &&
    isHostMet(match, valuesOf(":authority"))
  );
}

/** A host that is disputed meets all hosts. */
function isHostMet({ hosts }: ModelMatch, authorities: readonly string[]): boolean {
  if (hosts === undefined) return true;
  const found = /^([\w.-]+?)\.?(:\d*)?$/.exec(authorities[0] ?? "");
  if (authorities.length !== 1 || found?.[1] === undefined) return true;
  const host = found[1].toLowerCase();
  return hosts.some((each) =>
    each.startsWith("*.")
      ? host.endsWith(each.slice(1).toLowerCase()) && host.length >= each.length
      : host === each.toLowerCase(),
  );
}

function scalarText([kind, text]: readonly [ClaimKind, string]): string | null {
  if (kind === "number") return /[.eE]/.test(text) ? null : text;
  return kind === "string" || kind === "boolean" ? text : null;
}

const DECODERS: ((path: string) => string)[] = [
  (path) => decode(path, /%2f/gi),
  (path) => decode(path.replaceAll(/%2f/gi, "/"), /(?!)/g),
  (path) => decode(decode(path, /(?!)/g), /(?!)/g),
];
const CUTTERS: ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replaceAll(/;[^/]*/g, ""),
  (path) => path.replace(/;.*/, ""),
];
const MERGERS: ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replaceAll(/\/+/g, "/"),
  (path) => path.replace(/^\/+/, "/"),
];
const SEPARATORS: ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replaceAll("\\", "/"),
];

/** Decodes once; escapes that match `kept` stay. */
function decode(path: string, kept: RegExp): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (found) =>
    found.search(kept) >= 0 ? found : String.fromCharCode(Number.parseInt(found.slice(1), 16)),
  );
}

/** RFC 3986 §5.2.4; a ".." above the root is dropped. */
function resolve(path: string): string {
  const segments = path.split("/").slice(1);
  const kept: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const isDots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (!isDots) kept.push(segment);
    else if (i === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/** Each path that some server could see in a `:path`. */
export function readingsOf(path: string): Set<string> {
  const raw = path.replace(/[?#].*/, "");
  const readings = new Set<string>();
  for (const decoder of DECODERS) {
    for (const separator of SEPARATORS) {
      for (const cutter of CUTTERS) {
        for (const merger of MERGERS) {
          const read = separator(decoder(raw));
          readings.add(resolve(merger(cutter(read))));
          readings.add(merger(resolve(cutter(read))));
          readings.add(merger(cutter(resolve(read))));
        }
      }
    }
  }
  return readings;
}
