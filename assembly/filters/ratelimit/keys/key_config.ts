// The member `key` of a limit.

import { Text, text, textLen, textPtr } from "../../../core/bytes/text";
import { claimId } from "../../../core/config/claim";
import { readTemplate } from "../../../core/config/path";
import { cookieName, fixedNameId, nameId, parameterName } from "../../../core/config/scalars";
import { Value } from "../../../core/config/value";
import { nameText } from "../../../core/headers/names";
import { UNCOUNTED_SEGMENT } from "../../../core/headers/path_template";
import {
  CLAIM_NAME_BYTES_MAX,
  CLAIM_PATH_MAX,
  HEADER_NAME_BYTES_MAX,
  HEADER_VALUE_BYTES_MAX,
  RATE_LIMIT_KEY_PARTS_MAX,
  TRUSTED_HOPS_MAX,
} from "../../../core/limits";
import { KeyPart } from "../../../core/ratelimit/key";
import { OnMissing, Part, PART_BYTES, partAt, RateLimitConfig, Rule } from "../model";

const IPV4_BITS: u32 = 32;
const IPV6_BITS: u32 = 128;
/** What one client has to itself (RFC 6177). */
const IPV6_DEFAULT_BITS: u32 = 64;

const AUTHORITY_FIELD = text(":authority");
const COOKIE_FIELD = text("cookie");
const FORWARDED_FIELD = text("x-forwarded-for");
const METHOD_FIELD = text(":method");

// Keys of entries in descriptors; of the last two as Envoy's own actions name them.
const HOST = text("host");
const METHOD = text("method");
const PATH = text("path");
const GENERIC_KEY = text("generic_key");
const REMOTE_ADDRESS = text("remote_address");

const ON_MISSING: string[] = ["share", "skip", "deny"];

/** Reads the parts of a key. `claims` is 0 where no filter verifies tokens. */
export function readKey(
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  rule: Rule,
): void {
  const items = value.items(1, RATE_LIMIT_KEY_PARTS_MAX);
  rule.parts = value.block.allocate(PART_BYTES * <u32>items.length);
  for (let i = 0; i < items.length; i++) {
    const part = partAt(rule, <u32>i);
    readPart(items[i], names, claims, config, part);
    if (value.error.failed) return;
    if (part.kind == KeyPart.CLAIM) rule.isIdentified = 1;
    rule.partCount++;
  }
}

/** The members that say what a part is, in the order of the documentation. */
const KINDS: string[] = [
  "claim",
  "header",
  "query",
  "cookie",
  "method",
  "host",
  "path",
  "pathTemplate",
  "clientAddress",
  "text",
];

function readPart(
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  part: Part,
): void {
  let kind = "";
  let kinds = 0;
  for (let i = 0; i < KINDS.length; i++) {
    if (value.optional(KINDS[i]) === null) continue;
    kind = KINDS[i];
    kinds++;
  }
  const onMissing = value.optional("onMissing");
  const otherwise = value.optional("default");
  const descriptorKey = value.optional("as");
  value.done();
  if (value.error.failed) return;
  if (kinds != 1) {
    const found = kinds == 0 ? "no kind of part" : kinds.toString() + " kinds of part";
    return value.refuseFound(found, "one of " + KINDS.join(", "));
  }
  readKind(kind, value.required(kind), names, claims, config, part);
  if (onMissing !== null) {
    part.onMissing = <OnMissing>onMissing.choice(ON_MISSING);
    if (part.kind == KeyPart.TEXT) onMissing.refuseFound("onMissing", "no onMissing beside a text");
  }
  if (otherwise !== null) {
    part.defaultValue = otherwise.text(0, HEADER_VALUE_BYTES_MAX);
    if (part.kind == KeyPart.TEXT) otherwise.refuseFound("a default", "no default beside a text");
    if (part.onMissing != OnMissing.SHARE) {
      otherwise.refuseFound("a default", "no default beside onMissing skip or deny");
    }
  }
  if (descriptorKey !== null) part.descriptorKey = descriptorKey.text(1, HEADER_NAME_BYTES_MAX);
}

/** Reads what a part is, and the key of its descriptor's entry when the configuration has none. */
function readKind(
  kind: string,
  value: Value,
  names: usize,
  claims: usize,
  config: RateLimitConfig,
  part: Part,
): void {
  if (kind == "claim") {
    part.kind = KeyPart.CLAIM;
    part.operand = claimOf(value, claims);
    part.descriptorKey = joinedName(value);
  } else if (kind == "header") {
    part.kind = KeyPart.HEADER;
    part.operand = nameId(names, value);
    part.descriptorKey = nameText(names, part.operand);
  } else if (kind == "query") {
    part.kind = KeyPart.QUERY;
    part.operand = <u32>parameterName(value);
    part.descriptorKey = part.operand;
  } else if (kind == "cookie") {
    part.kind = KeyPart.COOKIE;
    part.operand = <u32>cookieName(value);
    part.descriptorKey = part.operand;
    config.cookieId = fixedNameId(names, value, COOKIE_FIELD);
  } else if (kind == "clientAddress") {
    part.kind = KeyPart.CLIENT_ADDRESS;
    readClientAddress(value, part);
    part.descriptorKey = REMOTE_ADDRESS;
    config.forwardedForId = fixedNameId(names, value, FORWARDED_FIELD);
  } else if (kind == "text") {
    part.kind = KeyPart.TEXT;
    part.operand = <u32>value.text(0, HEADER_NAME_BYTES_MAX);
    part.descriptorKey = GENERIC_KEY;
  } else {
    readPlace(kind, value, names, config, part);
  }
}

/** Reads a part that says `true`, and the template of a path. */
function readPlace(
  kind: string,
  value: Value,
  names: usize,
  config: RateLimitConfig,
  part: Part,
): void {
  if (kind == "pathTemplate") {
    part.kind = KeyPart.PATH_TEMPLATE;
    part.operand = <u32>readCapturing(value);
    part.descriptorKey = PATH;
    return;
  }
  if (!value.bool()) value.refuse("true");
  if (kind == "method") {
    part.kind = KeyPart.METHOD;
    part.descriptorKey = METHOD;
    config.methodId = fixedNameId(names, value, METHOD_FIELD);
  } else if (kind == "host") {
    part.kind = KeyPart.HOST;
    part.descriptorKey = HOST;
    config.authorityId = fixedNameId(names, value, AUTHORITY_FIELD);
  } else {
    part.kind = KeyPart.PATH;
    part.descriptorKey = PATH;
  }
}

/** Number of a claim, which makes the limit one for verified tokens. */
export function claimOf(value: Value, claims: usize): u32 {
  if (claims != 0) return claimId(value, claims);
  value.refuseFound("a claim", "claims only with a jwt section");
  return 0;
}

/** The names that lead to a claim, dots in between. */
function joinedName(value: Value): Text {
  if (!value.isArray) return value.text(1, CLAIM_NAME_BYTES_MAX);
  const items = value.items(1, CLAIM_PATH_MAX);
  const names: string[] = [];
  for (let i = 0; i < items.length; i++) names.push(items[i].string());
  const joined = String.UTF8.encode(names.join("."));
  return value.block.text(changetype<usize>(joined), <u32>joined.byteLength);
}

function readClientAddress(value: Value, part: Part): void {
  const hops = value.optional("trustedHops");
  const ipv4Prefix = value.optional("ipv4Prefix");
  const ipv6Prefix = value.optional("ipv6Prefix");
  part.operand = hops === null ? 0 : hops.integer(0, TRUSTED_HOPS_MAX);
  part.ipv4Bits = ipv4Prefix === null ? IPV4_BITS : ipv4Prefix.integer(1, IPV4_BITS);
  part.ipv6Bits = ipv6Prefix === null ? IPV6_DEFAULT_BITS : ipv6Prefix.integer(1, IPV6_BITS);
  value.done();
}

/** A template that counts nothing must be a mistake. */
function readCapturing(value: Value): Text {
  const template = readTemplate(value);
  if (value.error.failed) return template;
  const characters = value.string();
  if (!characters.includes("{")) value.refuse("a template with a {name}, which is what counts");
  const end = textPtr(template) + textLen(template);
  if (characters.endsWith("/*")) store<u8>(end - 1, <u8>UNCOUNTED_SEGMENT);
  // As of the request's path (part_value.ts).
  if (characters.endsWith("/")) store<u32>(template, textLen(template) - 1);
  return template;
}
