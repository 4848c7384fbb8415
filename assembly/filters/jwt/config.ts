// The section `jwt`: realm, providers and rules. Its verdict depends on the bytes alone.

import { Char } from "../../core/bytes/ascii";
import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { Block } from "../../core/config/block";
import { fixedNameId } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { matchesPrefix, PathResult, readPath, RulePath, segmentsOf } from "../../core/headers/path";
import {
  PATH_BYTES_MAX,
  PROVIDERS_MAX,
  REALM_BYTES_MAX,
  RULES_MAX,
  TOKEN_CACHE_BYTES,
} from "../../core/limits";
import {
  JwtConfig,
  PROVIDER_BYTES,
  providerAt,
  Rule,
  RULE_BYTES,
  ruleAt,
  VERIFIERS_BYTES,
} from "./model";
import { readProvider } from "./provider_config";

const AUTHORIZATION = text("authorization");
const DEFAULT_REALM = text("sallyport");
const CHALLENGE_BEGIN = text('Bearer realm="');
const CHALLENGE_END = text('"');
const INVALID_REQUEST_END = text('", error="invalid_request"');
const INVALID_TOKEN_END = text('", error="invalid_token"');
const INSUFFICIENT_SCOPE_END = text('", error="insufficient_scope"');

/** What `require` says for "no token needed"; no provider can have this name. */
const NO_PROVIDER = "none";

/** The cache wants to stand at a multiple of this. */
const CACHE_ALIGNMENT: u32 = 16;

/** Reads the section into the block; returns the address of a JwtConfig. */
export function readJwt(value: Value, names: usize, claims: usize): usize {
  const block = value.block;
  const ptr = block.allocate(<u32>offsetof<JwtConfig>());
  const config = changetype<JwtConfig>(ptr);
  config.claims = claims;
  config.authorizationId = fixedNameId(names, value, AUTHORIZATION);
  readRealm(value.optional("realm"), block, config);
  const crypto = value.optional("crypto");
  if (crypto !== null) config.crypto = crypto.choice(["auto", "host", "wasm"]);
  config.verifiers = block.allocate(VERIFIERS_BYTES);
  const providers = readProviders(value.required("providers"), names, config);
  readRules(value.required("rules"), providers, config);
  value.done();
  config.cache = block.allocateAligned(TOKEN_CACHE_BYTES, CACHE_ALIGNMENT);
  return ptr;
}

function readRealm(value: Value | null, block: Block, config: JwtConfig): void {
  let realm = DEFAULT_REALM;
  if (value !== null) {
    realm = value.text(1, REALM_BYTES_MAX);
    if (value.error.failed) return;
    if (!isQuotable(realm)) value.refuse('printable ASCII without " and \\');
  }
  config.challenge = challenge(block, realm, CHALLENGE_END);
  config.invalidRequest = challenge(block, realm, INVALID_REQUEST_END);
  config.invalidToken = challenge(block, realm, INVALID_TOKEN_END);
  config.insufficientScope = challenge(block, realm, INSUFFICIENT_SCOPE_END);
}

function challenge(block: Block, realm: Text, end: Text): Text {
  return block.join(block.join(CHALLENGE_BEGIN, realm), end);
}

/** Whether a text can stand between quotation marks as it is (RFC 9110 §5.6.4). */
function isQuotable(characters: Text): bool {
  const end = textPtr(characters) + textLen(characters);
  for (let at = textPtr(characters); at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c < <u32>Char.SPACE || c > <u32>Char.TILDE) return false;
    if (c == Char.QUOTE || c == Char.BACKSLASH) return false;
  }
  return true;
}

/** Reads the providers; returns their names, in the order in which they stand in the block. */
function readProviders(value: Value, names: usize, config: JwtConfig): string[] {
  const providers = value.memberNames(1, PROVIDERS_MAX);
  config.providerCount = <u32>providers.length;
  config.providers = value.block.allocate(config.providerCount * PROVIDER_BYTES);
  for (let i = 0; i < providers.length; i++) {
    if (value.error.failed) break;
    const each = value.required(providers[i]);
    if (providers[i] == NO_PROVIDER) {
      each.refuseFound("the name none", "another name: rules say none for no provider");
    }
    const provider = providerAt(config, <u32>i);
    provider.number = <u32>i;
    readProvider(each, names, config, provider);
  }
  return providers;
}

function readRules(value: Value, providers: string[], config: JwtConfig): void {
  const rules = value.items(1, RULES_MAX);
  config.rules = value.block.allocate(<u32>rules.length * RULE_BYTES);
  for (let i = 0; i < rules.length; i++) {
    if (value.error.failed) return;
    readRule(rules[i], providers, config, ruleAt(config, config.ruleCount));
    config.ruleCount++;
  }
}

function readRule(value: Value, providers: string[], config: JwtConfig, rule: Rule): void {
  const match = value.required("match");
  const prefix = match.required("prefix");
  rule.prefix = readPrefix(prefix);
  match.done();
  const require = value.required("require");
  const choice = require.choice([NO_PROVIDER].concat(providers));
  value.done();
  if (value.error.failed) return;
  rule.provider = choice == 0 ? 0 : changetype<usize>(providerAt(config, choice - 1));
  config.segments = max(config.segments, segmentsOf(textPtr(rule.prefix), textLen(rule.prefix)));
  // The first rule that matches is the one that counts.
  for (let i: u32 = 0; i < config.ruleCount; i++) {
    if (covers(ruleAt(config, i).prefix, rule.prefix)) {
      prefix.refuse("a prefix that no rule before it covers: this rule would never apply");
    }
  }
}

function covers(prefix: Text, other: Text): bool {
  return matchesPrefix(textPtr(other), textLen(other), textPtr(prefix), textLen(prefix));
}

/**
 * A prefix is written as requests' paths are after normalisation: otherwise it would never match.
 */
function readPrefix(value: Value): Text {
  const prefix = value.text(1, PATH_BYTES_MAX);
  if (value.error.failed) return prefix;
  const len = textLen(prefix);
  const target = heap.alloc(PATH_BYTES_MAX);
  const path = changetype<RulePath>(heap.alloc(offsetof<RulePath>()));
  const result = readPath(textPtr(prefix), len, u32.MAX_VALUE, target, path);
  const same =
    result == PathResult.OK && path.len == len && memory.compare(target, textPtr(prefix), len) == 0;
  heap.free(changetype<usize>(path));
  heap.free(target);
  if (!same) {
    value.refuse("a path that begins with /, without query, escapes, dot segments, // and ;");
  }
  return prefix;
}
