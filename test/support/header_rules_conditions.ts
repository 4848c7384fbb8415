// `when` of header rules, as their reference (header_rules_model.ts) reads it: a condition holds
// when some reader of the request could say so (assembly/core/match/match.ts). Paths are those that
// all readers read alike, hosts are names.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { ClaimCondition, HeaderCondition, RequestFacts, When } from "./header_rules.ts";

export const latin1Of = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

export function isMet(when: When | undefined, lines: HeaderList, request: RequestFacts): boolean {
  if (when === undefined) return true;
  if (!meetsPath(when, request.path)) return false;
  if (when.methods !== undefined && !when.methods.includes(request.method.toUpperCase())) {
    return false;
  }
  if (when.hosts !== undefined && !when.hosts.some((host) => meetsHost(host, request.authority))) {
    return false;
  }
  for (const condition of when.headers ?? []) if (!meetsHeader(condition, lines)) return false;
  for (const condition of when.claims ?? []) if (!meetsClaim(condition, request)) return false;
  return when.grpc === undefined || when.grpc === request.isGrpc;
}

/** The path as rules see it, for paths without escapes, dot segments, `//` and `;`. */
export function pathOf(path: string): string {
  const [plain = ""] = path.split("?");
  return plain;
}

function meetsPath(when: When, withQuery: string): boolean {
  const path = pathOf(withQuery);
  if (when.path !== undefined) return path === when.path;
  if (when.suffix !== undefined) return path.endsWith(`/${when.suffix}`);
  if (when.prefix !== undefined) {
    const prefix = when.prefix.endsWith("/") ? when.prefix.slice(0, -1) : when.prefix;
    return path === prefix || path.startsWith(`${prefix}/`);
  }
  return when.template === undefined || meetsTemplate(when.template, path);
}

/** Templates whose marks are `{name}`. */
function meetsTemplate(template: string, path: string): boolean {
  const wanted = template.split("/");
  const found = path.split("/");
  if (wanted.length !== found.length) return false;
  for (const [index, segment] of wanted.entries()) {
    const isMark = segment.startsWith("{");
    if (isMark ? found[index] === "" : found[index] !== segment) return false;
  }
  return true;
}

function meetsHost(wanted: string, authority: string): boolean {
  const [withCase = ""] = authority.split(":");
  const host = withCase.toLowerCase();
  if (!wanted.startsWith("*.")) return host === wanted;
  const below = wanted.slice(1);
  return host.endsWith(below) && host.length > below.length;
}

function meetsHeader(condition: HeaderCondition, lines: HeaderList): boolean {
  const values = lines.filter(([name]) => name === condition.name).map(([, value]) => value);
  const { exact, prefix, present } = condition;
  if (present !== undefined) return present === values.length > 0;
  if (exact !== undefined) return values.includes(latin1Of(exact));
  return values.some((value) => value.startsWith(latin1Of(prefix ?? "")));
}

function meetsClaim(condition: ClaimCondition, request: RequestFacts): boolean {
  const claim = request.claims?.[condition.claim];
  if (condition.present !== undefined) return condition.present === (claim !== undefined);
  if (claim === undefined || typeof claim === "object") return false;
  const text = `${claim}`;
  if (condition.equals !== undefined) return text === condition.equals;
  if (condition.in !== undefined) return condition.in.includes(text);
  return text.startsWith(condition.prefix ?? "");
}
