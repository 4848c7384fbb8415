// Registered claims in words, beside what the provider asks of them.

import { dateText, relativeText } from "./dates.ts";
import type { JsonRecord } from "./document.ts";
import { listOf, memberOf, shownMembers, textOf, textsOf } from "./document.ts";
import { shown } from "./printable.ts";

const DEFAULT_SKEW = "60s";

export function endText(claims: JsonRecord, provider: unknown, nowSeconds: number): string {
  const skew = textOf(memberOf(provider, "clockSkew")) ?? DEFAULT_SKEW;
  return `${timeText(claims, "exp", nowSeconds)}; skew ${skew}`;
}

export function startText(claims: JsonRecord, _: unknown, nowSeconds: number): string {
  const names = ["nbf", "iat"].filter((name) => claims[name] !== undefined);
  if (names.length === 0) return "neither nbf nor iat";
  return names.map((name) => timeText(claims, name, nowSeconds)).join("; ");
}

export function lifetimeText(
  { exp }: JsonRecord,
  provider: unknown,
  nowSeconds: number,
): string | null {
  const most = textOf(memberOf(provider, "maxLifetime"));
  if (most === undefined) return null;
  const left = typeof exp === "number" ? relativeText(exp - nowSeconds) : shown(exp);
  return `exp ${left}, allowed: at most ${most} ahead`;
}

export function ageText({ iat }: JsonRecord, provider: unknown, nowSeconds: number): string | null {
  const most = textOf(memberOf(provider, "maxAge"));
  if (most === undefined) return null;
  const age = typeof iat === "number" ? relativeText(iat - nowSeconds) : shown(iat);
  return `iat ${age}, allowed: at most ${most} back`;
}

export function issuerText({ iss }: JsonRecord, provider: unknown): string {
  const issuer = textOf(memberOf(provider, "issuer"));
  if (issuer === undefined) return `${shown(iss)}, allowed: any`;
  return iss === issuer ? shown(iss) : `${shown(iss)}, allowed: ${shown(issuer)}`;
}

export function audienceText({ aud }: JsonRecord, provider: unknown): string {
  const found = Array.isArray(aud) ? aud.map(shown).join(", ") : shown(aud);
  const audiences = memberOf(provider, "audiences");
  // `any` is a text, all else a list of them.
  const allowed = textOf(audiences) ?? textsOf(audiences).map(shown).join(", ");
  return `${found}, allowed: ${allowed}`;
}

export function subjectText({ sub }: JsonRecord, provider: unknown): string {
  const domain = textOf(memberOf(provider, "trustDomain"));
  const subjects = textsOf(memberOf(provider, "subjects"));
  const allowed = [
    ...(domain === undefined ? [] : [`spiffe://${domain}/…`]),
    ...(subjects.length === 0 ? [] : [subjects.map(shown).join(", ")]),
  ];
  return `${shown(sub)}, allowed: ${allowed.length === 0 ? "any" : allowed.join(" and ")}`;
}

/** What a provider asks of other claims, with the values of those that it names. */
export function claimListText(asked: unknown, claims: JsonRecord | null): string | null {
  if (asked === undefined) return null;
  if (!Array.isArray(asked)) return shownMembers(asked);
  return listOf(asked)
    .map((each) => {
      const name = textOf(each) ?? textOf(memberOf(each, "claim"));
      const found = name === undefined ? "" : ` (found ${shown(memberOf(claims, name))})`;
      return `${shownMembers(each)}${found}`;
    })
    .join("; ");
}

function timeText(claims: JsonRecord, name: string, nowSeconds: number): string {
  const value = claims[name];
  if (value === undefined) return `no ${name}`;
  return `${name} ${typeof value === "number" ? dateText(value, nowSeconds) : shown(value)}`;
}
