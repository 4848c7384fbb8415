// Names of headers as the reference of header rules (header_rules_model.ts) reads them.

import type { HeaderList } from "../../host-sim/src/index.ts";

const RESERVED = [
  "host",
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

export const dashed = (name: string): string => name.replaceAll("_", "-");

/** Names that no rule touches. */
export function isUntouchable(name: string, isTrailer: boolean): boolean {
  if (name.startsWith(":")) return true;
  if (RESERVED.includes(name)) return true;
  if (name.startsWith("x-sallyport-")) return true;
  return isTrailer && name.startsWith("grpc-");
}

/** Names that the proxy acts on: assembly/core/headers/host_names.ts. */
export function isHostName(name: string): boolean {
  return name.startsWith("x-envoy-") || name.startsWith("x-forwarded-");
}

export function isPattern(name: string): boolean {
  return name.startsWith("*") || name.endsWith("*");
}

/** Whether a name is one of `begin*`, `*end`, or just this one. */
export function matchesName(pattern: string, name: string): boolean {
  if (pattern.endsWith("*")) return name.startsWith(pattern.slice(0, -1));
  if (pattern.startsWith("*")) return name.endsWith(pattern.slice(1));
  return name === pattern;
}

/** A name with what `*` of its pattern stands for in the place of `*` in another pattern. */
export function renamed(pattern: string, to: string, name: string): string {
  const literalLength = pattern.length - 1;
  if (pattern.endsWith("*")) return to.slice(0, -1) + name.slice(literalLength);
  if (pattern.startsWith("*")) return name.slice(0, name.length - literalLength) + to.slice(1);
  return to;
}

/**
 * The names of the lines that the pattern means, each once, in the order of their first lines.
 * Where `coversTwins` a name with `_` is as good as the one with `-`.
 */
export function namesOf(
  lines: HeaderList,
  pattern: string,
  isTrailer: boolean,
  coversTwins = false,
): string[] {
  const found: string[] = [];
  for (const [name] of lines) {
    if (!matchesName(pattern, coversTwins ? dashed(name) : name)) continue;
    if (isPattern(pattern) && isUntouchable(name, isTrailer)) continue;
    if (!found.includes(name)) found.push(name);
  }
  return found;
}
