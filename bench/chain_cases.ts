// The same work for one request, once as Sallyport's chain and once as Envoy's own filters.
//
//                  Sallyport                          Envoy
//   two mappings   normalise.map                      header_mutation, four mutations
//   trace          traceparent continued,             header_to_metadata on traceparent (Envoy has
//                  tracestate checked                 no filter that continues a trace)
//   rate limit     one limit, keyed by the subject    local_ratelimit, one bucket for everybody
//   token          ES256, found in the cache,         jwt_authn with jwt_cache_config,
//                  claim → header, token stripped     claim_to_headers, token stripped

import type { JWK } from "jose";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { JsonObject } from "../envoy/http_filters.ts";

const AUDIENCE = "orders";
const ISSUER = "https://issuer.example.org";
export const SUBJECT = "spiffe://example.org/ns/shop/sa/cart";
/** Once in the header that is mapped and once in the trace: Sallyport lets the trace win. */
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters.http";

export interface BenchKeys {
  token: string;
  /** Members that Envoy's YAML can carry. */
  publicKey: Record<string, string>;
}

/** A token that lives for an hour, and the key that verifies it. */
export async function mintBenchToken(): Promise<BenchKeys> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "ES256", kid: "bench", typ: "JWT" })
    .setIssuer(ISSUER)
    .setSubject(SUBJECT)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(privateKey);
  const { kty = "", crv = "", x = "", y = "" }: JWK = await exportJWK(publicKey);
  return { token, publicKey: { kty, crv, x, y, kid: "bench", alg: "ES256", use: "sig" } };
}

/** What every request of every case carries; twelve headers with the pseudo-headers. */
export function requestHeaders(token: string): Record<string, string> {
  return {
    "user-agent": "bench/1",
    accept: "application/json",
    "accept-encoding": "gzip, br",
    "accept-language": "en",
    "auth-token": token,
    "trace-id": TRACE_ID,
    traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
    tracestate: "vendor=abc",
  };
}

export function sallyportConfiguration(keys: BenchKeys, withHeaders: boolean): JsonObject {
  return {
    normalise: {
      map: [
        { from: "trace-id", to: "x-trace-id" },
        { from: "auth-token", to: "authorization", prefix: "Bearer " },
      ],
    },
    trace: { extract: ["tracecontext"], inject: ["tracecontext"] },
    jwt: {
      providers: {
        bench: {
          issuer: ISSUER,
          audiences: [AUDIENCE],
          algorithms: ["ES256"],
          keys: { inline: { keys: [keys.publicKey] } },
          forward: { claims: [{ claim: "sub", header: "x-spiffe-id" }] },
        },
      },
      rules: [{ match: { prefix: "/" }, require: "bench" }],
    },
    rateLimit: {
      headers: withHeaders ? "always" : "refused",
      limits: [
        {
          name: "per-workload",
          key: [{ claim: "sub" }],
          capacity: 1_000_000,
          refill: "1000000/s",
        },
      ],
    },
  };
}

export function nativeFilters(keys: BenchKeys, withHeaders: boolean): JsonObject[] {
  return [headerMutation(), headerToMetadata(), localRateLimit(withHeaders), jwtAuthn(keys)];
}

function headerMutation(): JsonObject {
  const set = (key: string, value: string): JsonObject => ({
    append: { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
  });
  return {
    name: "envoy.filters.http.header_mutation",
    typed_config: {
      "@type": `${EXTENSIONS}.header_mutation.v3.HeaderMutation`,
      mutations: {
        request_mutations: [
          set("x-trace-id", "%REQ(trace-id)%"),
          { remove: "trace-id" },
          set("authorization", "Bearer %REQ(auth-token)%"),
          { remove: "auth-token" },
        ],
      },
    },
  };
}

function headerToMetadata(): JsonObject {
  const target = { metadata_namespace: "bench", key: "traceparent", type: "STRING" };
  return {
    name: "envoy.filters.http.header_to_metadata",
    typed_config: {
      "@type": `${EXTENSIONS}.header_to_metadata.v3.Config`,
      request_rules: [{ header: "traceparent", on_header_present: target, remove: false }],
    },
  };
}

export function localRateLimit(withHeaders: boolean): JsonObject {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    name: "envoy.filters.http.local_ratelimit",
    typed_config: {
      "@type": `${EXTENSIONS}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: "bench",
      token_bucket: {
        max_tokens: 1_000_000,
        tokens_per_fill: 1_000_000,
        fill_interval: "1s",
      },
      filter_enabled: { runtime_key: "bench.enabled", ...always },
      filter_enforced: { runtime_key: "bench.enforced", ...always },
      enable_x_ratelimit_headers: withHeaders ? "DRAFT_VERSION_03" : "OFF",
    },
  };
}

function jwtAuthn(keys: BenchKeys): JsonObject {
  return {
    name: "envoy.filters.http.jwt_authn",
    typed_config: {
      "@type": `${EXTENSIONS}.jwt_authn.v3.JwtAuthentication`,
      providers: {
        bench: {
          issuer: ISSUER,
          audiences: [AUDIENCE],
          local_jwks: { inline_string: JSON.stringify({ keys: [keys.publicKey] }) },
          claim_to_headers: [{ header_name: "x-spiffe-id", claim_name: "sub" }],
          jwt_cache_config: { jwt_cache_size: 100 },
        },
      },
      rules: [{ match: { prefix: "/" }, requires: { provider_name: "bench" } }],
    },
  };
}
