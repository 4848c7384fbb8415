// A token taken apart to be looked at. Nothing here decides anything: what is good is the module's
// to say.

import type { HeaderList } from "../../src/index.ts";
import { valuesOf } from "./header_changes.ts";
import type { JsonRecord } from "./document.ts";
import { isRecord, listOf, memberOf, textOf } from "./document.ts";

export interface FoundToken {
  /** Such as `authorization: Bearer`. */
  place: string;
  token: string;
}

export interface TokenParts {
  bytes: number;
  /** Bytes of what each part encodes. */
  partBytes: number[];
  /** null: not a JSON object. */
  header: JsonRecord | null;
  claims: JsonRecord | null;
}

interface Location {
  place: string;
  read: (headers: ReadonlyMap<string, string>) => string | undefined;
}

const DEFAULT_LOCATIONS = [{ header: "authorization", scheme: "Bearer" }];

/** Where a provider looks for tokens, in its order. */
export function placesOf(provider: unknown): string[] {
  return locationsOf(provider).map(({ place }) => place);
}

/** The first token at one of the provider's places. */
export function findToken(provider: unknown, headers: HeaderList): FoundToken | null {
  const values = valuesOf(headers);
  for (const { place, read } of locationsOf(provider)) {
    const token = read(values);
    if (token !== undefined && token !== "") return { place, token };
  }
  return null;
}

export function readParts(token: string): TokenParts {
  const parts = token.split(".");
  const [header = "", payload = ""] = parts;
  return {
    bytes: token.length,
    partBytes: parts.map((part) => Buffer.from(part, "base64url").length),
    header: readObject(header),
    claims: readObject(payload),
  };
}

function locationsOf(provider: unknown): Location[] {
  const from = listOf(memberOf(provider, "from"));
  return (from.length === 0 ? DEFAULT_LOCATIONS : from).map(locationOf);
}

function locationOf(from: unknown): Location {
  const query = textOf(memberOf(from, "query"));
  if (query !== undefined) {
    const read: Location["read"] = (headers) => {
      const path = headers.get(":path") ?? "";
      return new URLSearchParams(path.split("?").slice(1).join("?")).get(query) ?? undefined;
    };
    return { place: `query ${query}`, read };
  }
  const cookie = textOf(memberOf(from, "cookie"));
  if (cookie !== undefined) {
    const read: Location["read"] = (headers) =>
      (headers.get("cookie") ?? "")
        .split(/[;,] */)
        .find((pair) => pair.startsWith(`${cookie}=`))
        ?.slice(cookie.length + 1);
    return { place: `cookie ${cookie}`, read };
  }
  const header = textOf(memberOf(from, "header")) ?? "authorization";
  const scheme = textOf(memberOf(from, "scheme"));
  const prefix = scheme === undefined ? (textOf(memberOf(from, "prefix")) ?? "") : `${scheme} `;
  const read: Location["read"] = (headers) => {
    const value = headers.get(header) ?? "";
    const begins = value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase();
    return begins ? value.slice(prefix.length).trim() : undefined;
  };
  return { place: `${header}: ${prefix}`.trim(), read };
}

function readObject(part: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
