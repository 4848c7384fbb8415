// One request on its way through the chain: what each section made of it, by the module's own
// answers to the whole configuration and to parts of it.

import type { HeaderList, LocalReply } from "../../src/index.ts";
import type { Ask } from "./ask_module.ts";
import { splitRules } from "./claim_rules.ts";
import type { JsonRecord } from "./document.ts";
import { isRecord, memberOf } from "./document.ts";
import type { HeaderChange } from "./header_changes.ts";
import { headerChanges, valuesOf } from "./header_changes.ts";
import type { Mark, Step } from "./jwt_steps.ts";
import { jwtSteps } from "./jwt_steps.ts";
import { limitsText, passesLimits, splitLimits } from "./limits.ts";
import { withoutTokens } from "./printable.ts";
import type { MatchedRule } from "./rule.ts";
import { askForLeaf, findRule, leavesOf, requirementText } from "./rule.ts";
import { findToken, readParts } from "./token_parts.ts";

export interface Explanation {
  verdict: "passes" | "refused";
  /** The module's; null when the request passes. */
  reason: string | null;
  nowSeconds: number;
  method: string;
  path: string;
  authority: string;
  /** In the order of the chain. */
  sections: Section[];
  /** What the upstream gets; null when it gets nothing. */
  upstream: { changes: HeaderChange[]; unchanged: number } | null;
  answer: Answered | null;
}

export interface Section {
  name: string;
  mark: Mark;
  text: string;
  jwt?: JwtExplanation;
}

export interface JwtExplanation {
  rule: MatchedRule | null;
  /** Refusals are only counted. */
  dryRun: boolean;
  providers: ProviderExplanation[];
}

export interface ProviderExplanation {
  name: string;
  /** Why the module takes no token of this provider; null when it takes it. */
  reason: string | null;
  steps: Step[];
  header: JsonRecord | null;
  claims: JsonRecord | null;
}

export interface Answered {
  status: number;
  grpcStatus: number | null;
  headers: HeaderList;
  body: string;
}

export interface Question {
  ask: Ask;
  configuration: JsonRecord;
  headers: HeaderList;
  /** What was given as a token: it is shown nowhere. */
  token: string | null;
  nowSeconds: number;
}

const PATH_REFUSED = "jwt:path_refused";
const SIGNS = { added: "+", changed: "~", removed: "-" } as const;

export function explain(question: Question): Explanation {
  const { ask, configuration, headers, token, nowSeconds } = question;
  const answer = ask(configuration);
  const reason = answer.kind === "refused" ? answer.reason : null;
  const fields = valuesOf(headers);
  const hide = (text: string): string =>
    withoutTokens(Buffer.from(text, "latin1").toString("utf8"), token);
  const changes = answer.kind === "passed" ? headerChanges(headers, answer.headers) : [];
  const changed = changes.filter(({ kind }) => kind !== "added").length;
  return {
    verdict: reason === null ? "passes" : "refused",
    reason,
    nowSeconds,
    method: hide(fields.get(":method") ?? ""),
    path: hide(fields.get(":path") ?? ""),
    authority: hide(fields.get(":authority") ?? ""),
    sections: sectionsOf(question, reason),
    upstream:
      answer.kind === "passed"
        ? { changes: changes.map((each) => hidden(each, hide)), unchanged: fields.size - changed }
        : null,
    answer: answer.kind === "refused" ? answered(answer.reply) : null,
  };
}

function sectionsOf(question: Question, reason: string | null): Section[] {
  const { ask, configuration, headers } = question;
  const { normalise, trace, jwt, rateLimit } = configuration;
  const [anonymous, identified] = splitLimits(rateLimit);
  const { early, hasLate } = splitRules(normalise);
  const before = normalise === undefined ? {} : { normalise: early };
  const traces = trace === undefined ? {} : { trace };
  const beforeJwt = { ...before, ...traces };
  const normalised = headersAfter(ask, before, headers);
  const traced = headersAfter(ask, beforeJwt, headers);
  const sections: (Section & { filter: string })[] = [];
  const add = (filter: string, text: string, name = filter): void => {
    sections.push({ name, filter, mark: "ok", text });
  };
  if (normalise !== undefined) add("normalise", changesText(headers, normalised));
  if (trace !== undefined) add("trace", changesText(normalised, traced));
  if (anonymous.length > 0) add("ratelimit", limitsText(ask, beforeJwt, anonymous), "rate limit");
  if (jwt !== undefined) add("jwt", "");
  if (identified.length > 0)
    add("ratelimit", limitsText(ask, { ...beforeJwt, jwt }, identified), "rate limit");
  if (hasLate) {
    const verified = headersAfter(ask, { ...beforeJwt, jwt }, traced);
    const ruled = headersAfter(ask, { normalise, ...traces, jwt }, verified);
    add("normalise", changesText(verified, ruled), "claim rules");
  }

  const filter = reason?.split(":")[0] ?? "";
  let failing = sections.findIndex((section) => section.filter === filter);
  if (filter === "ratelimit" && passesLimits(ask, beforeJwt, rateLimit, anonymous)) {
    failing = sections.length - (hasLate ? 2 : 1);
  }
  if (filter === "normalise" && hasLate && ask(before).kind === "passed") {
    failing = sections.length - 1;
  }
  // A reason of no section: the chain itself refused, and does not say how far it came.
  if (reason !== null && failing < 0) return [{ name: "chain", mark: "failed", text: reason }];
  return sections.map(({ name, filter: of, text }, index) => {
    const mark =
      reason === null || index < failing ? "ok" : index > failing ? "unreached" : "failed";
    if (of !== "jwt" || mark === "unreached") return { name, mark, text };
    const explained = explainJwt(question, { ...beforeJwt, jwt }, traced);
    return { name, mark, text: ruleText(explained.rule, reason), jwt: explained };
  });
}

function explainJwt(
  { ask, nowSeconds }: Question,
  base: JsonRecord,
  headers: HeaderList,
): JwtExplanation {
  const rule = findRule(ask, base);
  const leaves = rule === null ? [] : leavesOf(rule.require, base["jwt"]);
  const providers = leaves.map((leaf): ProviderExplanation => {
    const answer = askForLeaf(ask, base, leaf);
    const reason = answer.kind === "refused" ? answer.reason : null;
    const asked = memberOf(base, "jwt", "providers", leaf.provider);
    const audiences = memberOf(leaf.require, "audiences");
    const provider = {
      ...(isRecord(asked) ? asked : {}),
      ...(audiences === undefined ? {} : { audiences }),
    };
    const found = findToken(provider, headers);
    const parts = found === null ? null : readParts(found.token);
    return {
      name: leaf.provider,
      reason,
      steps: jwtSteps({ provider, found, parts, nowSeconds }, reason),
      header: parts?.header ?? null,
      claims: parts?.claims ?? null,
    };
  });
  return { rule, dryRun: memberOf(base, "jwt", "dryRun") === true, providers };
}

function headersAfter(ask: Ask, configuration: JsonRecord, otherwise: HeaderList): HeaderList {
  const answer = ask(configuration);
  return answer.kind === "passed" ? answer.headers : otherwise;
}

function ruleText(rule: MatchedRule | null, reason: string | null): string {
  if (rule === null) {
    return reason === PATH_REFUSED ? "the path can be read in two ways" : "no rule matches";
  }
  return `rules[${rule.index}], ${rule.match} → ${requirementText(rule.require)}`;
}

function changesText(before: HeaderList, after: HeaderList): string {
  const changes = headerChanges(before, after);
  if (changes.length === 0) return "nothing to do";
  return changes.map(({ kind, name }) => `${SIGNS[kind]} ${printableName(name)}`).join("  ");
}

function printableName(name: string): string {
  return withoutTokens(name, null);
}

function hidden(change: HeaderChange, hide: (text: string) => string): HeaderChange {
  const { kind, name, before, after } = change;
  return {
    kind,
    name: printableName(name),
    ...(before === undefined ? {} : { before: hide(before) }),
    ...(after === undefined ? {} : { after: hide(after) }),
  };
}

function answered({ status, grpcStatus, headers, body }: LocalReply): Answered {
  return { status, grpcStatus, headers, body: Buffer.from(body).toString("utf8") };
}
