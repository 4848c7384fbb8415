// Header rules that name a claim: the module carries them out behind jwt, in a pass of their own.
// Without a section jwt it takes none of them.

import { isRecord, listOf, memberOf, textOf } from "./document.ts";

/** The sections of `normalise` that are about other header maps than the request's. */
const OTHER_MAPS = ["response", "requestTrailers", "responseTrailers"];
/** Members whose rules write a value of their own. */
const WRITERS = ["set", "add", "append"];

export interface SplitRules {
  /** The section without the rules that name a claim, and the headers that they write stripped. */
  early: unknown;
  /** Whether there are such rules about the request. */
  hasLate: boolean;
}

export function splitRules(normalise: unknown): SplitRules {
  if (!isRecord(normalise)) return { early: normalise, hasLate: false };
  let hasLate = false;
  const owned: unknown[] = [];
  const early = Object.entries(normalise).map(([name, member]): [string, unknown] => {
    if (OTHER_MAPS.includes(name)) return [name, withoutClaims(member)];
    if (!Array.isArray(member)) return [name, member];
    const rules = member.filter((rule) => !namesClaim(rule));
    hasLate ||= rules.length < member.length;
    if (WRITERS.includes(name)) owned.push(...writtenBy(member));
    return [name, rules];
  });
  const strip = [...listOf(memberOf(normalise, "strip")), ...owned];
  return { early: { ...Object.fromEntries(early), strip }, hasLate };
}

/** Headers that rules with claims write: clients may not send them. */
function writtenBy(rules: readonly unknown[]): unknown[] {
  return rules.filter(namesClaim).map((rule) => memberOf(rule, "header"));
}

function namesClaim(rule: unknown): boolean {
  if (memberOf(rule, "when", "claims") !== undefined) return true;
  return ["value", "to"].some((name) => {
    const template = textOf(memberOf(rule, name)) ?? "";
    // An escaped brace begins no part.
    return template.replace(/\\./g, "").includes("{claim:");
  });
}

/** Rules of another map, which can name claims only in their conditions. */
function withoutClaims(section: unknown): unknown {
  if (!isRecord(section)) return section;
  const kept = Object.entries(section).map(([name, rules]): [string, unknown] => [
    name,
    listOf(rules).filter((rule) => !namesClaim(rule)),
  ]);
  return Object.fromEntries(kept);
}
