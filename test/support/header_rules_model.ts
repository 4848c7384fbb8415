// What header rules make of a message, read off their documentation byte by byte
// (assembly/filters/normalise/README.md): the reference that the module is compared with.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { NormaliseRules, RequestFacts, RuleLists, When } from "./header_rules.ts";
import { isMet } from "./header_rules_conditions.ts";
import { dashed, isHostName, isUntouchable, matchesName, namesOf } from "./header_rules_names.ts";
import type { Message } from "./header_rules_verbs.ts";
import {
  addLine,
  appendLine,
  dedupe,
  mapLines,
  meetsTest,
  refuse,
  RefusedByRule,
  removeLines,
  rename,
  rewrite,
  setLine,
} from "./header_rules_verbs.ts";

export type Outcome = { refused: string } | { lines: HeaderList };

/** What goes on of a request's header lines (lower-case names, latin1 values). */
export function requestOutcome(
  section: NormaliseRules,
  sent: HeaderList,
  request: RequestFacts,
): Outcome {
  return outcomeOf(() => {
    const stripped = stripFrom(section, sent);
    const message = {
      lines: stripped,
      request,
      isTrailer: false,
      coversTwins: section.underscores === "keep",
      requestLines: null,
      maySend: maySend(section),
    };
    reject(section, message, "before jwt");
    applyLists(section, message, "before jwt");
    reject(section, message, "after jwt");
    applyLists(section, message, "after jwt");
    return message.lines;
  });
}

/**
 * What goes on of a response's header lines, or of the trailer lines of either side, where the
 * upstream got `requestLines`.
 */
export function otherOutcome(
  lists: RuleLists,
  sent: HeaderList,
  request: RequestFacts,
  requestLines: HeaderList,
  isTrailer: boolean,
): Outcome {
  return outcomeOf(() => {
    const lines = [...sent];
    const rest = { coversTwins: false, requestLines, maySend: maySend({}) };
    const message = { lines, request, isTrailer, ...rest };
    applyLists(lists, message, "at once");
    return message.lines;
  });
}

function outcomeOf(run: () => HeaderList): Outcome {
  try {
    return { lines: run() };
  } catch (error) {
    if (error instanceof RefusedByRule) return { refused: error.reason };
    throw error;
  }
}

/** Names of headers that are set, added or appended from claims: no client may send them. */
function ownedNames(section: RuleLists): string[] {
  const written = [...(section.set ?? []), ...(section.add ?? []), ...(section.append ?? [])];
  return written.filter(namesClaim).map(({ header }) => header);
}

function isStripped(section: NormaliseRules, name: string): boolean {
  const plain = dashed(name);
  if (ownedNames(section).includes(plain)) return true;
  return (section.strip ?? []).some((pattern) => matchesName(pattern, plain));
}

function maySend(section: NormaliseRules): (name: string) => boolean {
  return (name) =>
    !isStripped(section, name) && !isUntouchable(dashed(name), false) && !isHostName(dashed(name));
}

function stripFrom(section: NormaliseRules, sent: HeaderList): HeaderList {
  const mode = section.underscores ?? "replace";
  const plainNames = sent.map(([name]) => name).filter((name) => !name.includes("_"));
  const kept: HeaderList = [];
  for (const [name, value] of sent) {
    if (isStripped(section, name)) continue;
    if (!name.includes("_") || mode === "keep") kept.push([name, value]);
    else if (mode === "reject") refuse("normalise:header_refused");
    else if (mode === "replace") {
      const twin = dashed(name);
      if (!plainNames.includes(twin) && !isHostName(twin)) kept.push([twin, value]);
    }
  }
  return kept;
}

/** When a rule has its turn: those that name claims know them after jwt. */
type Pass = "before jwt" | "after jwt" | "at once";

interface AnyRule {
  when?: When;
  value?: unknown;
  to?: string;
}

function namesClaim(rule: AnyRule | string): boolean {
  if (typeof rule === "string") return false;
  if (rule.when?.claims !== undefined) return true;
  return [rule.value, rule.to].some((text) => typeof text === "string" && hasClaimPart(text));
}

/** Whether a template has a part `{claim:name}`. */
function hasClaimPart(template: string): boolean {
  for (let i = 0; i < template.length; i++) {
    if (template.charAt(i) === "\\") i++;
    else if (template.startsWith("{claim:", i)) return true;
  }
  return false;
}

const isOfPass = (rule: AnyRule | string, pass: Pass): boolean =>
  pass === "at once" || namesClaim(rule) === (pass === "after jwt");

function reject(section: NormaliseRules, message: Message, pass: Pass): void {
  for (const written of section.reject ?? []) {
    if (!isOfPass(written, pass)) continue;
    const rule = typeof written === "string" ? { header: written } : written;
    if (!isMet(rule.when, message.lines, message.request)) continue;
    if (rule.header === undefined) return refuse("normalise:header_refused");
    const { lines, isTrailer, coversTwins } = message;
    const names = namesOf(lines, rule.header, isTrailer, coversTwins);
    for (const [name, value] of message.lines) {
      if (!names.includes(name)) continue;
      const { value: wanted } = rule;
      if (wanted === undefined || meetsTest(value, wanted)) {
        return refuse("normalise:header_refused");
      }
    }
  }
}

function applyLists(lists: RuleLists, message: Message, pass: Pass): void {
  const remove = (lists.remove ?? []).map((rule) =>
    typeof rule === "string" ? { header: rule } : rule,
  );
  applyEach(lists.rename, message, pass, rename);
  applyEach(lists.map, message, pass, mapLines);
  applyEach(remove, message, pass, removeLines);
  applyEach(lists.set, message, pass, setLine);
  applyEach(lists.add, message, pass, addLine);
  applyEach(lists.append, message, pass, appendLine);
  applyEach(lists.rewrite, message, pass, rewrite);
  applyEach(lists.dedupe, message, pass, dedupe);
}

function applyEach<Rule extends AnyRule>(
  rules: readonly Rule[] | undefined,
  message: Message,
  pass: Pass,
  apply: (rule: Rule, message: Message) => void,
): void {
  for (const rule of rules ?? []) {
    if (!isOfPass(rule, pass)) continue;
    const asked = message.requestLines ?? message.lines;
    if (isMet(rule.when, asked, message.request)) apply(rule, message);
  }
}
