// Matches and their index, as the probe of the core has them.

import { loadCore } from "../../support/core_probe.ts";

interface Exports {
  readMatches(ptr: number, len: number, split: number, hasTokens: number): number;
  beginMatchRequest(): void;
  putMatchHeader(name: number, nameLen: number, value: number, valueLen: number): void;
  putMatchClaim(id: number, ptr: number, len: number, kind: number): void;
  findMatches(which: number, path: number, pathLen: number): number;
  foundMatches(): number;
  longestChain(ofHosts: number): number;
}

const KINDS = { string: 1, number: 2, boolean: 3, array: 4, object: 5 } as const;
export type ClaimKind = keyof typeof KINDS;

export interface MatchedRequest {
  path: string;
  /** Values of each header; several are several lines. */
  headers: Readonly<Record<string, readonly string[]>>;
  /** Claims by the order in which the configuration first names them. */
  claims?: readonly (readonly [kind: ClaimKind, text: string] | null)[];
}

const probe = await loadCore<Exports>();
const { core } = probe;

/** Reads matches and makes their indexes; the message of the error, null when there is none. */
export function readMatches(
  matches: readonly unknown[],
  split = matches.length,
  hasTokens = true,
): string | null {
  probe.reset();
  const json = Buffer.from(JSON.stringify(matches));
  const error = core.readMatches(probe.put(json), json.length, split, hasTokens ? 1 : 0);
  if (error === 0) return null;
  return Buffer.from(probe.bytes(error + 4, probe.view().getUint32(error, true))).toString();
}

/** Numbers of the matches that the request meets: in the first index, and in the second. */
export function findMatches(request: MatchedRequest): [number[], number[]] {
  probe.reset();
  core.beginMatchRequest();
  for (const [name, values] of Object.entries(request.headers)) {
    for (const value of values) {
      const [at, from] = [probe.put(name), probe.put(value)];
      core.putMatchHeader(at, name.length, from, value.length);
    }
  }
  for (const [id, claim] of (request.claims ?? []).entries()) {
    if (claim === null) continue;
    const bytes = Buffer.from(claim[1]);
    core.putMatchClaim(id, probe.put(bytes), bytes.length, KINDS[claim[0]]);
  }
  const path = probe.put(request.path);
  return [findIn(0, path, request.path.length), findIn(1, path, request.path.length)];
}

function findIn(which: number, path: number, pathLen: number): number[] {
  const count = core.findMatches(which, path, pathLen);
  const at = core.foundMatches();
  const view = probe.view();
  return Array.from({ length: count }, (_, i) => view.getUint32(at + 4 * i, true));
}

export const longestChain = (of: "paths" | "hosts"): number =>
  core.longestChain(of === "hosts" ? 1 : 0);
