// Changes to a signed token: its parts and its signature.

import { constants, sign } from "node:crypto";

import type { Random } from "../random.ts";
import { rawSignature } from "../tokens.ts";
import type { Draft } from "./draft.ts";
import { PART_MUTATIONS } from "./part_mutations.ts";

/** `other` is a token of the same provider, made before. */
export type TokenMutation = (draft: Draft, random: Random, other: string) => string;

const PARTS = ["header", "payload", "signature"];

const split = (token: string): string[] => token.split(".");
const partOf = (token: string, part: number): string => split(token)[part] ?? "";

function withPart(token: string, part: number, by: string): string {
  return split(token)
    .map((each, index) => (index === part ? by : each))
    .join(".");
}

/** Replaces the signature; the function is given the bytes. */
function withSignature(token: string, change: (signature: Buffer) => Buffer): string {
  const signature = change(Buffer.from(partOf(token, 2), "base64url"));
  return withPart(token, 2, signature.toString("base64url"));
}

function ofEachPart(): [string, TokenMutation][] {
  return PARTS.flatMap((name, part) => [
    ...Object.entries(PART_MUTATIONS).map(([mutation, change]): [string, TokenMutation] => [
      `${name}: ${mutation}, signed before`,
      ({ token }, random) => withPart(token, part, change(partOf(token, part), random)),
    ]),
    [
      `${name} of another token`,
      ({ token }, _, other) => withPart(token, part, partOf(other, part)),
    ],
  ]);
}

const shapes: Readonly<Record<string, TokenMutation>> = {
  "a part left out": ({ token }, random) => {
    const left = random.below(3);
    return split(token)
      .filter((_, index) => index !== left)
      .join(".");
  },
  "a part more": ({ token }, random) => {
    const parts = split(token);
    parts.splice(random.below(4), 0, random.pick(["AAAA", "", partOf(token, 0)]));
    return parts.join(".");
  },
  "five parts": ({ token }) => `${token}.AAAA.AAAA`,
  "dots alone": (_, random) => ".".repeat(1 + random.below(5)),
  "parts in another order": ({ token }, random) => {
    const [a = "", b = "", c = ""] = split(token);
    return random
      .pick([
        [b, a, c],
        [c, b, a],
        [a, c, b],
      ])
      .join(".");
  },
  "another token behind": ({ token }, random, other) =>
    token + random.pick([".", ",", " ", ", Bearer ", ""]) + other,
  "something in front": ({ token }, random) =>
    random.pick(["x", " ", "=", ".", "Bearer ", '"', "\t"]) + token,
  "something behind": ({ token }, random) =>
    token + random.pick(["x", " ", "=", "==", ".", ";", ",", '"', "\t", "?", "#", "\u0000"]),
  "flattened JSON": ({ token }) => {
    const [header, payload, signature] = split(token);
    return JSON.stringify({ protected: header, payload, signature });
  },
  "general JSON": ({ token }) => {
    const [header, payload, signature] = split(token);
    return JSON.stringify({ payload, signatures: [{ protected: header, signature }] });
  },
  "percent-encoded": ({ token }) => token.replaceAll(".", "%2e"),
  "any characters": (_, random) =>
    random.bytes(random.below(200)).toString(random.below(2) === 0 ? "base64url" : "latin1"),
};

const signatures: Readonly<Record<string, TokenMutation>> = {
  "a signature without its first byte": ({ token }) =>
    withSignature(token, (bytes) => bytes.subarray(1)),
  "a signature without its last byte": ({ token }) =>
    withSignature(token, (bytes) => bytes.subarray(0, -1)),
  "a signature behind a zero": ({ token }) =>
    withSignature(token, (bytes) => Buffer.concat([Buffer.alloc(1), bytes])),
  "a signature before a zero": ({ token }) =>
    withSignature(token, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  "a signature of one byte repeated": ({ token }, random) =>
    withSignature(token, (bytes) => Buffer.alloc(bytes.length, random.pick([0, 1, 0xff]))),
  "half of a signature of one byte repeated": ({ token }, random) =>
    withSignature(token, (bytes) => {
      const half = bytes.length >> 1;
      const fill = Buffer.alloc(half, random.pick([0, 0xff]));
      return Buffer.concat(
        random.below(2) === 0 ? [fill, bytes.subarray(half)] : [bytes.subarray(0, half), fill],
      );
    }),
  "any signature": ({ token }, random) =>
    withSignature(token, (bytes) => random.bytes(bytes.length)),
  "a signature of another length": ({ token }, random) =>
    withSignature(token, () => random.bytes(1 + random.below(600))),
  "a signature by another algorithm": signOtherwise,
  "a PSS signature without its leading zero": withoutLeadingZero,
};

/** By another hash, another padding or in DER. */
function signOtherwise(draft: Draft, random: Random): string {
  const { key, token } = draft;
  const text = Buffer.from(token.slice(0, token.lastIndexOf(".")));
  const hash = random.pick(["sha1", "sha256", "sha384", "sha512"]);
  if (key.jwk.kty !== "RSA" && key.jwk.kty !== "EC") return token.slice(0, -4);
  const padding = random.pick([constants.RSA_PKCS1_PADDING, constants.RSA_PKCS1_PSS_PADDING]);
  const saltLength = random.pick([0, 20, 32, 48, 64]);
  const options = key.jwk.kty === "RSA" ? { padding, saltLength } : {};
  return withSignature(token, () => sign(hash, text, { key: key.privateKey, ...options }));
}

const ATTEMPTS_MAX = 2000;

/** OpenSSL takes it; RFC 8017 §8.1.2 has signatures as long as the modulus. */
function withoutLeadingZero({ key, token }: Draft): string {
  if (!key.alg.startsWith("PS")) return token.slice(0, -4);
  const text = token.slice(0, token.lastIndexOf("."));
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const signature = rawSignature(key, text);
    if (signature[0] === 0) return `${text}.${signature.subarray(1).toString("base64url")}`;
  }
  throw new Error(`no signature of ${ATTEMPTS_MAX} begins with a zero`);
}

export const TOKEN_MUTATIONS: Readonly<Record<string, TokenMutation>> = {
  ...Object.fromEntries(ofEachPart()),
  ...shapes,
  ...signatures,
};
