// What a request asks for, and the refusals that come before the module sees anything: what two
// parsers could read differently is not forwarded (RFC 9112 §3.2, §6.1, §11.2).

import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { HeaderList } from "../src/index.ts";
import { Refusal } from "./answer.ts";
import { firstValue, valuesOf } from "./fields.ts";

export interface Target {
  kind: "target";
  method: string;
  /** Origin form: begins with a slash, holds the query, no fragment; bytes as received. */
  path: string;
  authority: string;
  hasBody: boolean;
}

export type ParsedTarget = Target | { kind: "refused"; refusal: Refusal };

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;
/** `uri-host [":" port]` by its characters (RFC 3986 §3.2): no user information, no separators. */
const AUTHORITY = /^[A-Za-z0-9\-._~%!$&'()*+,;=:[\]]+$/;

export function parseTarget(request: IncomingMessage, fields: HeaderList): ParsedTarget {
  const codings = valuesOf(fields, "transfer-encoding");
  if (codings.some((coding) => coding.toLowerCase() !== "chunked")) {
    return refused(Refusal.codingUnsupported);
  }
  const protocols = valuesOf(fields, "upgrade").flatMap((value) => value.split(","));
  // A server may ignore an upgrade (RFC 9110 §7.8), and clients offer h2c without needing it.
  if (protocols.some((protocol) => protocol.trim().toLowerCase() !== "h2c")) {
    return refused(Refusal.upgradeUnsupported);
  }
  const hosts = valuesOf(fields, "host");
  const host = hosts[0];
  if (host === undefined || hosts.length > 1) return refused(Refusal.badRequest);

  const target = request.url ?? "";
  const absolute = ABSOLUTE_FORM.exec(target);
  const authority = absolute === null ? host : (absolute[1] ?? "");
  const path = absolute === null ? target : rooted(absolute[2] ?? "");
  if (!AUTHORITY.test(authority)) return refused(Refusal.badRequest);
  if (!path.startsWith("/") || path.includes("#")) return refused(Refusal.badTarget);
  const hasBody = codings.length > 0 || Number(firstValue(fields, "content-length") ?? "0") > 0;
  return { kind: "target", method: request.method ?? "", path, authority, hasBody };
}

/** `address:port` as Envoy's `source.address` prints it. */
export function sourceAddress(socket: Socket): string {
  const address = peer(socket);
  const host = address.includes(":") ? `[${address}]` : address;
  return `${host}:${socket.remotePort ?? 0}`;
}

/** The peer's address without a port; an IPv4 peer of a dual-stack socket in IPv4 form. */
export function peer(socket: Socket): string {
  return (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/, "");
}

function rooted(path: string): string {
  return path.startsWith("/") ? path : `/${path}`;
}

function refused(refusal: Refusal): ParsedTarget {
  return { kind: "refused", refusal };
}
