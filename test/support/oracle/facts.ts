// What a token says, read as leniently as jose reads it: the predicates of the tables look here.

import { base64url } from "jose";

import type { JsonFacts } from "./json_facts.ts";
import { readJsonFacts } from "./json_facts.ts";

/** A part that is JSON. */
export interface JsonPart extends JsonFacts {
  side: "header" | "claims";
  value: Readonly<Record<string, unknown>>;
  hasByteOrderMark: boolean;
}

export interface TokenFacts {
  /** Bytes. */
  length: number;
  /** Whether a part is not what an encoder makes of its bytes. */
  isLoose: boolean;
  /** Whether a part is empty or does not decode. */
  isBroken: boolean;
  hasComma: boolean;
  /** Undefined when it is no JSON object, or there are not three parts. */
  header: JsonPart | undefined;
  claims: JsonPart | undefined;
  signatureLength: number;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

export function readTokenFacts(token: string): TokenFacts {
  const parts = token.split(".");
  const [header, claims, signature] = parts.length === 3 ? parts : [];
  return {
    length: token.length,
    isLoose: parts.some(isLoose),
    isBroken: parts.some((part) => (decode(part)?.length ?? 0) === 0),
    hasComma: token.includes(","),
    header: readJson(header, "header"),
    claims: readJson(claims, "claims"),
    signatureLength: decode(signature ?? "")?.length ?? 0,
  };
}

function isLoose(part: string): boolean {
  const bytes = decode(part);
  return bytes !== undefined && base64url.encode(bytes) !== part;
}

function decode(part: string): Uint8Array | undefined {
  try {
    return base64url.decode(part);
  } catch {
    return undefined;
  }
}

function readJson(part: string | undefined, side: JsonPart["side"]): JsonPart | undefined {
  const bytes = decode(part ?? "");
  if (bytes === undefined) return undefined;
  try {
    const text = UTF8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return undefined;
    const hasByteOrderMark = Buffer.from(bytes.subarray(0, 3)).toString("hex") === "efbbbf";
    return { side, value, hasByteOrderMark, ...readJsonFacts(text) };
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
