// The request's header map as the module sees it, and what is sent upstream of the map it gives
// back.

import type { IncomingMessage } from "node:http";
import type { HeaderList } from "../src/index.ts";
import { endToEnd, firstValue, flatRegular, valuesOf } from "./fields.ts";
import { peer } from "./target.ts";
import type { Target } from "./target.ts";

/**
 * `host` becomes :authority; `expect` is answered and trailers end here (RFC 9110 §6.5.1, §10.1.1).
 * Nobody is internal to a gateway that knows no addresses of its own.
 */
const ENDS_HERE = new Set([
  "host",
  "expect",
  "trailer",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-envoy-internal",
]);
const REWRITTEN = new Set(["host", "expect", "trailer"]);

/** The pseudonym in `via` (RFC 9110 §7.6.3). */
const VIA = "1.1 sallyport";

/**
 * Pseudo headers first, then the end-to-end lines in order. The peer is added to x-forwarded-for
 * and x-forwarded-proto is set, as Envoy does at the edge (`use_remote_address`).
 */
export function requestMap(
  request: IncomingMessage,
  target: Target,
  fields: HeaderList,
): HeaderList {
  const forwarded = [...valuesOf(fields, "x-forwarded-for"), peer(request.socket)];
  return [
    [":authority", target.authority],
    [":path", target.path],
    [":method", target.method],
    [":scheme", "http"],
    ...endToEnd(fields).filter(([name]) => !ENDS_HERE.has(name)),
    ["x-forwarded-for", forwarded.join(", ")],
    ["x-forwarded-proto", "http"],
  ];
}

/** null when the module took a pseudo header away that a request cannot go without. */
export function upstreamHeaders(
  headers: HeaderList,
): { method: string; path: string; headers: string[] } | null {
  const method = firstValue(headers, ":method");
  const path = firstValue(headers, ":path");
  const authority = firstValue(headers, ":authority");
  if (method === undefined || path === undefined || authority === undefined) return null;
  const regular = flatRegular(headers, REWRITTEN);
  return { method, path, headers: ["host", authority, ...regular, "via", VIA] };
}
