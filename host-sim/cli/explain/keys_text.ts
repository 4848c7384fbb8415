// The keys of a provider in words, and the one that a token's header means.

import { isRecord, listOf, memberOf, textOf } from "./document.ts";
import { shown } from "./printable.ts";

/** Families of algorithms by the beginning of their names (RFC 7518 §3.1, RFC 8037 §3.1). */
const KEY_TYPES: Readonly<Record<string, string>> = {
  RS: "RSA",
  PS: "RSA",
  ES: "EC",
  Ed: "OKP",
  HS: "oct",
};

/** `demo, EC P-256, 1 of 2`, or which keys there are instead. */
export function keyText(provider: unknown, header: unknown): string {
  const keys = memberOf(provider, "keys");
  const inline = listOf(memberOf(keys, "inline", "keys"));
  if (inline.length === 0) return `from ${sourceText(keys)}`;
  const algorithm = textOf(memberOf(header, "alg")) ?? "";
  const kid = memberOf(header, "kid");
  const fitting = inline.filter((key) => fits(key, algorithm));
  const chosen =
    kid === undefined ? fitting : fitting.filter((key) => memberOf(key, "kid") === kid);
  const [first] = chosen;
  if (first !== undefined && (kid !== undefined || chosen.length === 1)) {
    return `${nameOf(first)}, ${typeOf(first)}, ${inline.indexOf(first) + 1} of ${inline.length}`;
  }
  const asked =
    kid === undefined ? "no kid in the header" : `no ${shown(kid)} for ${shown(algorithm)}`;
  return `${asked}; the provider has ${inline.map(nameOf).join(", ")}`;
}

/** `remote https://idp.test/keys through cluster idp`. */
function sourceText(keys: unknown): string {
  const [source] = isRecord(keys) ? Object.entries(keys) : [];
  if (source === undefined) return "nowhere";
  const [kind, members] = source;
  const address = textOf(memberOf(members, "uri")) ?? textOf(memberOf(members, "issuer"));
  const cluster = textOf(memberOf(members, "cluster"));
  const place = address === undefined ? "" : ` ${shown(address)}`;
  return `${kind}${place}${cluster === undefined ? "" : ` through cluster ${shown(cluster)}`}`;
}

function fits(key: unknown, algorithm: string): boolean {
  const only = memberOf(key, "alg");
  const isNamed = only === undefined || only === algorithm;
  return isNamed && memberOf(key, "kty") === KEY_TYPES[algorithm.slice(0, 2)];
}

function nameOf(key: unknown): string {
  const kid = textOf(memberOf(key, "kid"));
  return kid === undefined ? "a key without kid" : shown(kid);
}

function typeOf(key: unknown): string {
  const type = shown(memberOf(key, "kty"));
  const curve = textOf(memberOf(key, "crv"));
  const modulus = textOf(memberOf(key, "n"));
  if (modulus !== undefined) return `${type} ${Buffer.from(modulus, "base64url").length * 8} bits`;
  return curve === undefined ? type : `${type} ${shown(curve)}`;
}
