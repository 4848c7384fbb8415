// A token that is being made. Members are kept as JSON text, so that a name can stand twice and a
// number can be written in any way.

import type { TestKey } from "../tokens.ts";
import { rawSignature } from "../tokens.ts";
import type { Random } from "../random.ts";
import type { Provider } from "./world.ts";
import { LIFETIME_SECONDS, NOW } from "./world.ts";

/** Name with its quotation marks, and value: JSON text. */
export type Member = [name: string, value: string];

export interface Draft {
  provider: Provider;
  key: TestKey;
  header: Member[];
  claims: Member[];
  /** Both as bytes, once the members are settled. */
  bytes: { header: Buffer; claims: Buffer };
  /** Both in base64url, once the bytes are settled; the signature is of these. */
  encoded: { header: string; claims: string };
  /** Replaces the signature by the key. */
  sign?: (text: string) => Buffer;
  token: string;
}

export const quote = (text: unknown): string => JSON.stringify(text);

/** A draft of a token that its provider accepts. */
export function goodDraft(provider: Provider, random: Random): Draft {
  const signer = random.pick(provider.signers);
  const alg = random.pick(signer.algorithms);
  const key = { ...signer.key, alg };
  const named = alg === "EdDSA" && random.below(2) === 0 ? "Ed25519" : alg;
  const namesKid = signer.kid !== undefined && (!signer.isOnlyOne || random.below(4) > 0);
  const header: Member[] = [
    ['"alg"', quote(named)],
    ...(namesKid ? [member("kid", signer.kid)] : []),
    ...(random.below(3) > 0 ? [member("typ", random.pick(GOOD_TYPES))] : []),
  ];
  return {
    provider,
    key,
    header: shuffled(header, random),
    claims: shuffled(goodClaims(provider, random), random),
    bytes: { header: Buffer.alloc(0), claims: Buffer.alloc(0) },
    encoded: { header: "", claims: "" },
    token: "",
  };
}

const GOOD_TYPES = ["JWT", "jwt", "application/jwt", "at+jwt"];

function goodClaims(provider: Provider, random: Random): Member[] {
  const { issuer, audiences, skewSeconds } = provider;
  const audience = random.pick(audiences);
  const aud = random.pick<unknown>([audience, [audience], ["x", audience], [audience, "x"]]);
  const exp = random.pick([NOW + LIFETIME_SECONDS, NOW + 1, NOW - skewSeconds + 1]);
  const starts = [0, NOW - 5, NOW, NOW + skewSeconds].filter((each) => each <= exp);
  const optional: Member[] = [
    member("sub", random.pick(["alice", "ä", "", "a\u0000b"])),
    member("iat", random.pick([0, NOW - 5, NOW, NOW + skewSeconds])),
    member("nbf", random.pick(starts)),
    member("jti", `${random.below(2 ** 31)}`),
    member("scope", "read write"),
    member("roles", ["a", { b: [null, true, -1.5e3] }]),
  ];
  return [
    ...(issuer === undefined ? [] : [member("iss", issuer)]),
    member("aud", aud),
    member("exp", exp),
    ...optional.filter(() => random.below(3) > 0),
  ];
}

export function member(name: string, value: unknown): Member {
  return [quote(name), quote(value)];
}

export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const left = [...list];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.below(left.length), 1));
  return out;
}

const SPACES = ["", "", "", " ", "\n", "\t\r ", "  "];

/** JSON of members, with white space wherever it may stand. */
export function writeObject(members: readonly Member[], random: Random): Buffer {
  const isAiry = random.below(4) === 0;
  const gap = (): string => (isAiry ? random.pick(SPACES) : "");
  const inside = members.map(([name, value]) => `${gap()}${name}${gap()}:${gap()}${value}${gap()}`);
  return Buffer.from(`${gap()}{${inside.join(",") || gap()}}${gap()}`);
}

/** Header and payload in base64url, signed. */
export function signDraft(draft: Draft): string {
  const text = `${draft.encoded.header}.${draft.encoded.claims}`;
  const signature = draft.sign?.(text) ?? rawSignature(draft.key, text);
  return `${text}.${signature.toString("base64url")}`;
}
