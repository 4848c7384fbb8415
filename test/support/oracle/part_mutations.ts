// Changes to the base64url of one part.

import type { Random } from "../random.ts";

export type PartMutation = (part: string, random: Random) => string;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const FOREIGN: readonly string[] = Array.from(
  " \t\n\r\f\v+/=?%\"',;:*~@\u0000\u007f\u0080\u00e4\u00ff",
);

function replaceAt(part: string, at: number, by: string): string {
  return part.slice(0, at) + by + part.slice(at + 1);
}

function insertAt(part: string, at: number, put: string): string {
  return part.slice(0, at) + put + part.slice(at);
}

/** Sets bits of the last character that stand for nothing (RFC 4648 §3.5). */
function setUnusedBits(part: string, random: Random): string {
  const unused = { 2: 4, 3: 2 }[part.length % 4] ?? 0;
  const last = ALPHABET.indexOf(part.slice(-1));
  if (unused === 0 || last < 0) return `${part}A`;
  const other = last | (1 + random.below(2 ** unused - 1));
  return part.slice(0, -1) + (ALPHABET[other] ?? "");
}

export const PART_MUTATIONS: Readonly<Record<string, PartMutation>> = {
  "padding that is right": (part) => part + "=".repeat((4 - (part.length % 4)) % 4),
  "padding that is wrong": (part, random) => part + random.pick(["=", "==", "===", "===="]),
  "padding inside": (part, random) => insertAt(part, random.below(part.length + 1), "="),
  "the alphabet of base64": (part) => {
    const other = part.replaceAll("-", "+").replaceAll("_", "/");
    return other === part ? insertAt(part, 4, "+/+/") : other;
  },
  "white space": (part, random) =>
    insertAt(part, random.below(part.length + 1), random.pick([" ", "\t", "\n", "\r", "\f"])),
  "a character of no alphabet": (part, random) =>
    insertAt(part, random.below(part.length + 1), random.pick(FOREIGN)),
  "a character replaced by one of no alphabet": (part, random) =>
    replaceAt(part, random.below(part.length), random.pick(FOREIGN)),
  "unused bits": setUnusedBits,
  "a character more": (part, random) => part + (ALPHABET[random.below(ALPHABET.length)] ?? ""),
  "a character less": (part) => part.slice(0, -1),
  "cut off": (part, random) => part.slice(0, random.below(part.length)),
  "a character replaced": (part, random) =>
    replaceAt(part, random.below(part.length), ALPHABET[random.below(ALPHABET.length)] ?? ""),
  "a bit flipped": (part, random) => {
    const bytes = Buffer.from(part, "base64url");
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    return bytes.toString("base64url");
  },
  nothing: () => "",
};
