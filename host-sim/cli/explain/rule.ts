// Which rule a request falls under, and which providers that rule could ask.

import type { Answer, Ask } from "./ask_module.ts";
import type { JsonRecord } from "./document.ts";
import { isRecord, listOf, memberOf, shownMembers, textOf } from "./document.ts";
import { shown } from "./printable.ts";

/** `require` of a rule that asks for no token. */
export const NO_PROVIDER = "none";

export interface MatchedRule {
  /** Among the rules, from 0. */
  index: number;
  /** Such as `prefix /api`. */
  match: string;
  require: unknown;
}

/** One provider as a requirement names it: alone, or with other audiences. */
export interface Leaf {
  provider: string;
  require: unknown;
}

/** Asks for the section `jwt` with other rules, and in earnest: `dryRun` would pass everything. */
export function askWithRules(ask: Ask, base: JsonRecord, rules: readonly unknown[]): Answer {
  const jwt = memberOf(base, "jwt");
  return ask({ ...base, jwt: { ...(isRecord(jwt) ? jwt : {}), dryRun: undefined, rules } });
}

/**
 * The first rule that matches. The module is asked whether some of the first n rules do, none of
 * which needs a token then.
 */
export function findRule(ask: Ask, base: JsonRecord): MatchedRule | null {
  const rules = listOf(memberOf(base, "jwt", "rules"));
  const open = rules.map((rule) => requiring(rule, NO_PROVIDER));
  const matches = (count: number): boolean =>
    askWithRules(ask, base, open.slice(0, count)).kind === "passed";
  if (!matches(rules.length)) return null;
  let [without, within] = [0, rules.length];
  while (within - without > 1) {
    const middle = (without + within) >> 1;
    if (matches(middle)) within = middle;
    else without = middle;
  }
  const rule = rules[without];
  const match = shownMembers(memberOf(rule, "match"));
  return { index: without, match, require: memberOf(rule, "require") };
}

/** What the module says when this is all that the rules ask for. */
export function askForLeaf(ask: Ask, base: JsonRecord, leaf: Leaf): Answer {
  const rules = listOf(memberOf(base, "jwt", "rules"));
  return askWithRules(
    ask,
    base,
    rules.map((rule) => requiring(rule, leaf.require)),
  );
}

/** The providers of a requirement, each once, whatever they are joined by. */
export function leavesOf(require: unknown, jwt: unknown): Leaf[] {
  const leaves = new Map<string, Leaf>();
  const seen = new Set<unknown>();
  const collect = (part: unknown): void => {
    if (seen.has(part)) return;
    seen.add(part);
    const name = textOf(part) ?? textOf(memberOf(part, "provider"));
    if (name !== undefined && memberOf(jwt, "providers", name) !== undefined) {
      leaves.set(JSON.stringify(part), { provider: name, require: part });
    } else if (name !== undefined) {
      collect(memberOf(jwt, "requirements", name));
    } else if (Array.isArray(part)) {
      part.forEach(collect);
    } else if (isRecord(part)) {
      Object.values(part).forEach(collect);
    }
  };
  collect(require);
  return [...leaves.values()];
}

/** A requirement in words: `any of (idp, optional svc)`. */
export function requirementText(require: unknown): string {
  const name = textOf(require);
  if (name !== undefined) return shown(name);
  const members = isRecord(require) ? Object.entries(require) : [];
  return members
    .map(([form, value]) => {
      if (form === "provider") return shown(value);
      const list = listOf(value);
      if (list.length === 0) return `${form} ${requirementText(value)}`;
      const joined = list.map(requirementText).join(", ");
      return form === "audiences" ? `for ${joined}` : `${form} of (${joined})`;
    })
    .join(" ");
}

function requiring(rule: unknown, require: unknown): JsonRecord {
  return { ...(isRecord(rule) ? rule : {}), require };
}
