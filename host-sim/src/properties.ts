// Attributes as get_property reads them, and their wire form.
// Source: envoy context.cc (findValue, getProperty, serializeValue), expr/context.cc.

import { SimError } from "./errors.ts";
import { latin1Bytes } from "./latin1.ts";
import { pairsSize, writePairs } from "./pairs.ts";
import { Status } from "./types.ts";
import type { Context } from "./context.ts";
import type { HeaderMap } from "./headers.ts";

/** Text is latin1; bigint is int64; `timestamp` and `duration` are nanoseconds. */
export type PropertyValue =
  | string
  | Uint8Array
  | boolean
  | bigint
  | { uint: bigint }
  | { double: number }
  | { timestamp: bigint }
  | { duration: bigint }
  | { message: Uint8Array }
  | readonly PropertyValue[]
  | ReadonlyMap<string, PropertyValue>
  | null;

/** What properties of a stream are made from; maps are null where Envoy cannot see them. */
export interface PropertySource {
  /** Given by the driver, by dotted path. */
  readonly given: Readonly<Record<string, PropertyValue>>;
  /** Set by the guest, without the `wasm.` prefix. */
  readonly filterState: ReadonlyMap<string, Uint8Array>;
  readonly connectionId: bigint;
  readonly requestHeaders: HeaderMap | null;
  readonly responseHeaders: HeaderMap | null;
  readonly responseTrailers: HeaderMap | null;
}

/** Top-level attributes of Envoy 1.40; below one that is not given, the driver must say more. */
const KNOWN_ROOTS = new Set([
  "request",
  "response",
  "connection",
  "upstream",
  "source",
  "destination",
  "metadata",
  "filter_state",
  "upstream_filter_state",
  "xds",
  "node",
  "listener_direction",
  "listener_metadata",
  "cluster_name",
  "cluster_metadata",
  "route_name",
  "route_metadata",
  "upstream_host_metadata",
]);

/** Serialised value of the NUL-separated path, or the status that says why there is none. */
export function getProperty(context: Context, path: string): Uint8Array | Status {
  const parts = splitPath(path);
  if (parts.length === 0) return Status.SERIALIZATION_FAILURE;
  const value = find(context, parts);
  return value === undefined ? Status.NOT_FOUND : serialize(value);
}

/** One trailing NUL is allowed and adds no part. */
function splitPath(path: string): string[] {
  const parts = path.split("\0");
  if (parts[parts.length - 1] === "") parts.pop();
  return parts;
}

/** Undefined: NotFound. */
function find(context: Context, parts: string[]): PropertyValue | undefined {
  const [first = "", ...rest] = parts;
  const source = context.stream?.properties ?? null;
  if (source !== null) {
    const given = findGiven(source.given, parts);
    if (given !== undefined) return given;
  }
  if (KNOWN_ROOTS.has(first)) {
    if (source === null) return undefined;
    return attribute(source, first, rest);
  }
  const own = source?.filterState.get(first) ?? pluginAttribute(context, source, first);
  return own === undefined ? undefined : descend(own, rest);
}

function pluginAttribute(
  context: Context,
  source: PropertySource | null,
  name: string,
): PropertyValue | undefined {
  switch (name) {
    case "plugin_name":
      return context.plugin?.name;
    case "plugin_root_id":
      return context.plugin?.rootId ?? "";
    case "plugin_vm_id":
      return context.vm.spec.vmId;
    case "connection_id":
      return source === null ? undefined : { uint: source.connectionId };
    default:
      return undefined;
  }
}

/** The longest dotted prefix that was given wins; the rest is looked up inside of it. */
function findGiven(
  given: Readonly<Record<string, PropertyValue>>,
  parts: string[],
): PropertyValue | undefined {
  for (let count = parts.length; count > 0; count--) {
    const value = given[parts.slice(0, count).join(".")];
    if (value !== undefined) return descend(value, parts.slice(count));
  }
  return undefined;
}

function descend(value: PropertyValue, parts: string[]): PropertyValue | undefined {
  let current: PropertyValue | undefined = value;
  for (const part of parts) {
    if (isMap(current)) current = current.get(part);
    else if (isList(current) && /^[+-]?\d+$/.test(part)) current = current[Number(part)];
    else return undefined;
    if (current === undefined) return undefined;
  }
  return current;
}

function attribute(
  source: PropertySource,
  root: string,
  parts: string[],
): PropertyValue | undefined {
  const [name = "", ...rest] = parts;
  if (root === "request") {
    if (source.requestHeaders === null) {
      if (name === "headers") return descend(NO_FIELDS, rest);
      if (REQUEST_FROM_HEADERS.has(name)) return undefined;
    } else {
      const value = requestAttribute(source.requestHeaders, name);
      if (value !== undefined) return value === ABSENT ? undefined : descend(value, rest);
    }
  }
  if (root === "response") {
    const value = responseAttribute(source, name);
    if (value !== undefined) return value === ABSENT ? undefined : descend(value, rest);
  }
  if (root === "connection" && OF_PEER_CERTIFICATE.has(name)) return undefined;
  throw new SimError(
    "not_modelled",
    "proxy_get_property",
    `${[root, ...parts].join(".")}: give this property to openStream`,
  );
}

/** Without a certificate, as a plain connection is: NotFound. */
const OF_PEER_CERTIFICATE = new Set(["sha256_peer_certificate_digest"]);

/** Headers that cannot be seen are an empty map, not NotFound. */
const NO_FIELDS: ReadonlyMap<string, PropertyValue> = new Map();

/** A known attribute without a value: NotFound. */
const ABSENT = Symbol("absent");

const REQUEST_FROM_HEADERS = new Set([
  "path",
  "url_path",
  "host",
  "scheme",
  "method",
  "referer",
  "id",
  "useragent",
  "query",
]);

const REQUEST_HEADER: Readonly<Record<string, string>> = {
  path: ":path",
  host: ":authority",
  scheme: ":scheme",
  method: ":method",
  referer: "referer",
  id: "x-request-id",
  useragent: "user-agent",
};

function requestAttribute(
  headers: HeaderMap,
  name: string,
): PropertyValue | typeof ABSENT | undefined {
  const header = REQUEST_HEADER[name];
  if (header !== undefined) return headers.get(header) ?? ABSENT;
  const path = headers.get(":path");
  const query = path === null ? -1 : path.indexOf("?");
  switch (name) {
    case "headers":
      return joinedMap(headers);
    case "url_path":
      if (path === null) return ABSENT;
      return query < 0 ? path : path.slice(0, query);
    case "query": {
      if (path === null) return ABSENT;
      const end = path.indexOf("#");
      return query < 0 ? "" : path.slice(query + 1, end < 0 ? undefined : end);
    }
    default:
      return undefined;
  }
}

function responseAttribute(
  source: PropertySource,
  name: string,
): PropertyValue | typeof ABSENT | undefined {
  if (name === "headers") {
    return source.responseHeaders === null ? NO_FIELDS : joinedMap(source.responseHeaders);
  }
  if (name === "trailers") {
    return source.responseTrailers === null ? NO_FIELDS : joinedMap(source.responseTrailers);
  }
  return undefined;
}

/** Repeated lines joined with a comma, keys in order of appearance. */
function joinedMap(headers: HeaderMap): ReadonlyMap<string, PropertyValue> {
  const map = new Map<string, string>();
  for (const [index, name] of headers.names.entries()) {
    const value = headers.values[index] ?? "";
    const before = map.get(name);
    map.set(name, before === undefined ? value : `${before},${value}`);
  }
  return map;
}

function serialize(value: PropertyValue): Uint8Array | Status {
  if (value === null) return Status.SERIALIZATION_FAILURE;
  if (typeof value === "string") return latin1Bytes(value);
  if (value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if (typeof value === "bigint") return int64(value);
  if (isMap(value)) return serializePairs([...value.entries()]);
  if (isList(value)) return serializePairs(value.map((item) => [item, ""]));
  if ("uint" in value) return int64(value.uint);
  if ("timestamp" in value) return int64(value.timestamp);
  if ("duration" in value) return int64(value.duration);
  if ("message" in value) return value.message;
  if ("double" in value) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value.double, true);
    return bytes;
  }
  return Status.SERIALIZATION_FAILURE;
}

function isMap(value: PropertyValue): value is ReadonlyMap<string, PropertyValue> {
  return value instanceof Map;
}

function isList(value: PropertyValue): value is readonly PropertyValue[] {
  return Array.isArray(value);
}

function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

function serializePairs(pairs: [PropertyValue, PropertyValue][]): Uint8Array | Status {
  const texts: string[][] = [[], []];
  for (const pair of pairs) {
    for (const [side, item] of pair.entries()) {
      const bytes = serialize(item);
      if (typeof bytes === "number") return Status.SERIALIZATION_FAILURE;
      texts[side]?.push(String.fromCharCode(...bytes));
    }
  }
  const [names = [], values = []] = texts;
  const bytes = new Uint8Array(pairsSize(names, values));
  writePairs(names, values, bytes, 0);
  return bytes;
}
