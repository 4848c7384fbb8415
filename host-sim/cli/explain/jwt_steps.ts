// The steps from a request to a token that is believed, in the module's order. The module's reason
// decides at which of them it ended; the texts only show what it had before it.

import { memberOf, textsOf } from "./document.ts";
import type { JsonRecord } from "./document.ts";
import { audienceText, claimListText, endText, issuerText, lifetimeText } from "./claims_text.ts";
import { ageText, startText, subjectText } from "./claims_text.ts";
import { keyText } from "./keys_text.ts";
import { shown } from "./printable.ts";
import { placesOf } from "./token_parts.ts";
import type { FoundToken, TokenParts } from "./token_parts.ts";

export type Mark = "ok" | "failed" | "unreached";

export interface Step {
  name: string;
  mark: Mark;
  text: string;
}

export interface TokenFacts {
  provider: unknown;
  found: FoundToken | null;
  /** Of the token that was found. */
  parts: TokenParts | null;
  nowSeconds: number;
}

interface StepKind {
  name: string;
  /** Reasons of the module that arise here. */
  reasons: readonly string[];
  /** null: nothing is looked at here. */
  text: (facts: TokenFacts, mark: Mark) => string | null;
}

const SIGNATURE_TEXTS: Readonly<Record<Mark, string>> = {
  ok: "verifies with this key",
  failed: "does not verify with this key",
  unreached: "not looked at",
};

/** In the order of assembly/filters/jwt/verify.ts and claims.ts. */
const STEP_KINDS: readonly StepKind[] = [
  { name: "token", reasons: ["missing", "multiple"], text: tokenText },
  { name: "form", reasons: ["malformed", "too_large"], text: formText },
  { name: "header", reasons: ["header_invalid"], text: headerText },
  { name: "critical", reasons: ["critical_refused"], text: criticalText },
  { name: "type", reasons: ["type_refused"], text: typeText },
  { name: "algorithm", reasons: ["algorithm_refused"], text: algorithmText },
  {
    name: "key",
    reasons: ["key_unknown", "keys_unavailable", "waiting_full"],
    text: ({ provider, parts }) => (parts?.header ? keyText(provider, parts.header) : null),
  },
  { name: "deny list at hand", reasons: ["deny_list_unavailable"], text: () => null },
  {
    name: "signature",
    reasons: ["signature_invalid", "algorithm_disabled"],
    text: ({ parts }, mark) => (parts === null ? null : SIGNATURE_TEXTS[mark]),
  },
  { name: "claims", reasons: ["claims_invalid"], text: claimsText },
  { name: "required", reasons: ["claim_missing"], text: ofProvider("requiredClaims") },
  { name: "expiry", reasons: ["expired"], text: ofClaims(endText) },
  { name: "start", reasons: ["not_yet_valid"], text: ofClaims(startText) },
  { name: "lifetime", reasons: ["lifetime_refused"], text: ofClaims(lifetimeText) },
  { name: "age", reasons: ["too_old"], text: ofClaims(ageText) },
  { name: "issuer", reasons: ["issuer_refused"], text: ofClaims(issuerText) },
  { name: "audience", reasons: ["audience_refused"], text: ofClaims(audienceText) },
  {
    name: "subject",
    reasons: ["subject_missing", "spiffe_id_invalid", "subject_refused"],
    text: ofClaims(subjectText),
  },
  { name: "deny list", reasons: ["revoked"], text: ofProvider("deny") },
  { name: "conditions", reasons: ["claim_refused"], text: ofProvider("conditions") },
  { name: "binding", reasons: ["confirmation_refused"], text: ofClaim("cnf") },
];
/** Claims that have steps of their own. */
const REGISTERED = ["iss", "sub", "aud", "exp", "nbf", "iat"];
const PREFIX = "jwt:";

/** Every step that has something to show; `reason` null when all went well. */
export function jwtSteps(facts: TokenFacts, reason: string | null): Step[] {
  const failing = STEP_KINDS.findIndex(({ reasons }) =>
    reasons.some((each) => reason === PREFIX + each),
  );
  const steps = STEP_KINDS.flatMap(({ name, text }, index): Step[] => {
    const mark = markAt(index, reason === null ? STEP_KINDS.length : failing);
    const shownText = text(facts, mark);
    if (shownText === null && mark !== "failed") return [];
    return [{ name, mark, text: shownText ?? "" }];
  });
  // A reason from elsewhere, such as a host that failed: the module does not say when.
  if (reason === null || failing >= 0) return steps;
  return [...steps, { name: "verdict", mark: "failed", text: reason }];
}

/** A step at which the module ended is the first that is not good. */
function markAt(index: number, failing: number): Mark {
  if (index === failing) return "failed";
  return index < failing ? "ok" : "unreached";
}

function tokenText({ provider, found }: TokenFacts): string {
  const places = placesOf(provider).join(" or ");
  return found === null ? `none in ${places}` : `in ${found.place}, ${found.token.length} bytes`;
}

function formText({ parts }: TokenFacts): string | null {
  if (parts === null) return null;
  const [header = 0, payload = 0, signature = 0, ...more] = parts.partBytes;
  const count = parts.partBytes.length;
  if (count !== 3 || more.length > 0) {
    return `${count} part${count === 1 ? "" : "s"} between dots, allowed: 3`;
  }
  return `header ${header}, payload ${payload}, signature ${signature} bytes`;
}

function headerText({ parts }: TokenFacts): string | null {
  if (parts === null) return null;
  if (parts.header === null) return "not a JSON object";
  return Object.entries(parts.header)
    .map(([name, value]) => `${shown(name)} ${shown(value)}`)
    .join(" · ");
}

function criticalText({ parts }: TokenFacts): string | null {
  const critical = memberOf(parts?.header, "crit");
  return critical === undefined ? null : `crit ${shown(critical)}, allowed: none`;
}

/** `typ` stands among the members already. */
function typeText({ parts }: TokenFacts, mark: Mark): string | null {
  if (mark !== "failed") return null;
  const names = ["typ", "cty"].filter((name) => memberOf(parts?.header, name) !== undefined);
  return names.map((name) => `${name} ${shown(memberOf(parts?.header, name))}`).join(" · ");
}

function algorithmText({ provider, parts }: TokenFacts): string | null {
  if (!parts?.header) return null;
  const algorithm = memberOf(parts.header, "alg");
  const allowed = textsOf(memberOf(provider, "algorithms"));
  const text = allowed.length === 0 ? "those of the provider's keys" : allowed.join(", ");
  return `${shown(algorithm)}, allowed: ${text}`;
}

function claimsText({ parts }: TokenFacts): string | null {
  if (parts === null) return null;
  if (parts.claims === null) return "not a JSON object";
  const registered = REGISTERED.filter((name) => memberOf(parts.claims, name) !== undefined);
  const others = Object.entries(parts.claims)
    .filter(([name]) => !REGISTERED.includes(name))
    .map(([name, value]) => `${shown(name)} ${shown(value)}`);
  return [registered.join(" "), ...others].filter((text) => text !== "").join(" · ");
}

function ofClaim(name: string): StepKind["text"] {
  return ({ parts }) => {
    const value = memberOf(parts?.claims, name);
    return value === undefined ? null : `${name} ${shown(value)}`;
  };
}

function ofProvider(name: string): StepKind["text"] {
  return ({ provider, parts }) =>
    parts === null ? null : claimListText(memberOf(provider, name), parts.claims);
}

function ofClaims(
  text: (claims: JsonRecord, provider: unknown, nowSeconds: number) => string | null,
): StepKind["text"] {
  return ({ parts, provider, nowSeconds }) =>
    parts?.claims ? text(parts.claims, provider, nowSeconds) : null;
}
