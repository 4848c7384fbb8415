// Where something is fetched from: the members remote, discovery and bundle of `keys`, and remote
// of `deny`.

import { copyText, Text, textLen, textPtr } from "../../core/bytes/text";
import { durationMilliseconds } from "../../core/config/scalars";
import { Value } from "../../core/config/value";
import { digest, Hash } from "../../core/crypto/hash";
import { readUri, Uri } from "../../core/headers/uri";
import { Profile } from "../../core/jwt/profile";
import {
  CLUSTER_BYTES_MAX,
  COOLDOWN_MILLISECONDS_MAX,
  COOLDOWN_MILLISECONDS_MIN,
  FETCH_TIMEOUT_MILLISECONDS_MAX,
  FETCH_TIMEOUT_MILLISECONDS_MIN,
  SOURCES_MAX,
  REFRESH_MILLISECONDS_MAX,
  REFRESH_MILLISECONDS_MIN,
  STALE_FOR_MILLISECONDS_MAX,
  URI_BYTES_MAX,
} from "../../core/limits";
import { SOURCE_METRICS_BYTES } from "./source_metrics";
import { SOURCE_BYTES, Source, sourceId, SourceKind } from "./source";
import { JwtConfig, Provider } from "./model";

const DEFAULT_REFRESH: u64 = 600000;
const DEFAULT_STALE_FOR: u64 = 86400000;
const DEFAULT_COOLDOWN: u64 = 30000;
const DEFAULT_TIMEOUT: u64 = 5000;
/** What is stale before it can be refreshed twice would be no use. */
const STALE_FOR_MIN: u64 = 2 * <u64>REFRESH_MILLISECONDS_MIN;

const METADATA_PATH = "/.well-known/openid-configuration";
const ISSUER_ALLOWED = "an http:// or https:// URI without user, query and fragment";
const URI_ALLOWED = "an http:// or https:// URI with a host and a path, without user and fragment";

/** Reads one of a kind for a provider; address of a Source, which counts unless `value` failed. */
export function readSource(
  value: Value,
  kind: SourceKind,
  config: JwtConfig,
  provider: Provider,
): usize {
  const source = changetype<Source>(value.block.allocate(SOURCE_BYTES));
  source.kind = kind;
  if (kind != SourceKind.DENY_LIST) source.profile = provider.profile;
  source.name = provider.label;
  source.metrics = value.block.allocate(SOURCE_METRICS_BYTES);
  if (kind == SourceKind.DISCOVERY) {
    readIssuer(value, provider, source);
  } else {
    const uri = value.required("uri");
    readAddress(uri, uri.text(1, URI_BYTES_MAX), "", source);
  }
  source.cluster = value.required("cluster").text(1, CLUSTER_BYTES_MAX);
  readTimes(value, source);
  value.done();
  const address = changetype<usize>(source);
  if (value.error.failed) return address;
  if (kind == SourceKind.BUNDLE && provider.profile != Profile.JWT_SVID) {
    value.refuseFound("a SPIFFE bundle", "one only with the profile jwt-svid");
  }
  writeId(value, source);
  if (config.sourceCount == SOURCES_MAX) {
    const most = SOURCES_MAX.toString();
    value.refuseFound("one source too many", most + " sources of keys and deny-lists");
  }
  source.next = config.sources;
  config.sources = address;
  config.sourceCount++;
  return address;
}

/** The issuer whose metadata names the keys: that of the provider when it names none itself. */
function readIssuer(value: Value, provider: Provider, source: Source): void {
  const own = value.optional("issuer");
  if (own !== null) {
    source.issuer = own.text(1, URI_BYTES_MAX);
    return readAddress(own, source.issuer, METADATA_PATH, source);
  }
  source.issuer = provider.claimRules.issuer;
  if (source.issuer != 0) return readAddress(value, source.issuer, METADATA_PATH, source);
  value.refuseFound("no issuer", "one here or in the provider");
}

/** Splits a URI and puts `behind` at its end, which has no query and at most one slash then. */
function readAddress(value: Value, text: Text, behind: string, source: Source): void {
  if (value.error.failed) return;
  const room = heap.alloc(offsetof<Uri>());
  const uri = changetype<Uri>(room);
  const isUri = readUri(textPtr(text), textLen(text), uri);
  if (isUri) {
    const block = value.block;
    source.scheme = uri.scheme;
    source.authority = block.text(uri.authorityPtr, uri.authorityLen);
    let path = String.UTF8.decodeUnsafe(uri.pathPtr, uri.pathLen);
    if (behind.length != 0 && path.endsWith("/")) path = path.substring(0, path.length - 1);
    const isWhole = behind.length == 0 ? path.length != 0 : !path.includes("?");
    if (isWhole) {
      const whole = String.UTF8.encode(path + behind);
      source.path = block.text(changetype<usize>(whole), <u32>whole.byteLength);
    }
  }
  heap.free(room);
  if (source.path != 0) return;
  const allowed = behind.length == 0 ? URI_ALLOWED : ISSUER_ALLOWED;
  if (value.isString) value.refuse(allowed);
  else value.refuseFound("the provider's issuer", allowed);
}

function readTimes(value: Value, source: Source): void {
  const refresh = value.optional("refresh");
  source.refreshMilliseconds = duration(
    refresh,
    REFRESH_MILLISECONDS_MIN,
    REFRESH_MILLISECONDS_MAX,
    DEFAULT_REFRESH,
  );
  const staleFor = value.optional("staleFor");
  source.staleForMilliseconds = duration(
    staleFor,
    STALE_FOR_MIN,
    STALE_FOR_MILLISECONDS_MAX,
    DEFAULT_STALE_FOR,
  );
  if (source.kind != SourceKind.DENY_LIST) {
    source.cooldownMilliseconds = duration(
      value.optional("cooldown"),
      COOLDOWN_MILLISECONDS_MIN,
      COOLDOWN_MILLISECONDS_MAX,
      DEFAULT_COOLDOWN,
    );
  } else {
    source.cooldownMilliseconds = source.staleForMilliseconds;
  }
  source.timeoutMilliseconds = <u32>(
    duration(
      value.optional("timeout"),
      FETCH_TIMEOUT_MILLISECONDS_MIN,
      FETCH_TIMEOUT_MILLISECONDS_MAX,
      DEFAULT_TIMEOUT,
    )
  );
  if (source.staleForMilliseconds >= source.refreshMilliseconds) return;
  const longer = staleFor === null ? value : staleFor;
  longer.refuseFound("a staleFor shorter than refresh", "at least refresh");
}

function duration(value: Value | null, least: u64, most: u64, otherwise: u64): u64 {
  return value === null ? otherwise : durationMilliseconds(value, least, most);
}

/** Identity of what is fetched: each part with its length in front, so that none runs over. */
function writeId(value: Value, source: Source): void {
  const parts: Text[] = [source.scheme, source.authority, source.path, source.cluster];
  if (source.issuer != 0) parts.push(source.issuer);
  let len: u32 = 8;
  for (let i = 0; i < parts.length; i++) len += 4 + textLen(parts[i]);
  const bytes = heap.alloc(len);
  store<u32>(bytes, source.kind);
  // Profiles differ in the keys that they take.
  store<u32>(bytes, source.profile, 4);
  let at = bytes + 8;
  for (let i = 0; i < parts.length; i++) {
    store<u32>(at, textLen(parts[i]));
    at = copyText(at + 4, parts[i]);
  }
  digest(Hash.SHA256, bytes, len, sourceId(source));
  heap.free(bytes);
}
