// Envoy's own filters for the work of the chain.

import type { JsonObject } from "../../envoy/http_filters.ts";
import { headerMutation } from "../headers/cases.ts";
import { native as jwtAuthn } from "../jwt/filters.ts";
import type { PublicKey } from "../jwt/samples.ts";
import type { Bucket } from "./work.ts";
import { AMPLE, FILL_SECONDS } from "./work.ts";

const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters.http";

/** In the order of the chain: the limit comes after the token. */
export function nativeFilters(key: PublicKey, bucket: Bucket): JsonObject[] {
  return [
    headerMutation(),
    headerToMetadata(),
    ...jwtAuthn([key], true),
    localRateLimit(true, bucket),
  ];
}

/** Envoy has no filter that continues a trace: the nearest is one that looks at the field. */
export function headerToMetadata(): JsonObject {
  const target = { metadata_namespace: "bench", key: "traceparent", type: "STRING" };
  return {
    name: "envoy.filters.http.header_to_metadata",
    typed_config: {
      "@type": `${EXTENSIONS}.header_to_metadata.v3.Config`,
      request_rules: [{ header: "traceparent", on_header_present: target, remove: false }],
    },
  };
}

/** One bucket for everybody. */
export function localRateLimit(withHeaders: boolean, bucket: Bucket = AMPLE): JsonObject {
  return localRateLimitOf({
    token_bucket: tokenBucket(bucket),
    enable_x_ratelimit_headers: withHeaders ? "DRAFT_VERSION_03" : "OFF",
  });
}

/**
 * A bucket for each of the paths, and one for each caller. A request that none of them counts takes
 * from the one that has a token a second, and is refused.
 */
export function localRateLimits(paths: readonly string[], callerHeader: string): JsonObject {
  const counted = (entry: JsonObject): JsonObject => {
    return { entries: [entry], token_bucket: tokenBucket(AMPLE) };
  };
  const action = (key: string, header: string): JsonObject => ({
    actions: [{ request_headers: { header_name: header, descriptor_key: key } }],
  });
  return localRateLimitOf({
    token_bucket: tokenBucket({ capacity: 1, per: "s" }),
    always_consume_default_token_bucket: false,
    rate_limits: [action("path", ":path"), action("caller", callerHeader)],
    descriptors: [
      ...paths.map((value) => counted({ key: "path", value })),
      counted({ key: "caller" }),
    ],
    enable_x_ratelimit_headers: "DRAFT_VERSION_03",
  });
}

function localRateLimitOf(members: JsonObject): JsonObject {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    name: "envoy.filters.http.local_ratelimit",
    typed_config: {
      "@type": `${EXTENSIONS}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: "bench",
      filter_enabled: { runtime_key: "bench.enabled", ...always },
      filter_enforced: { runtime_key: "bench.enforced", ...always },
      ...members,
    },
  };
}

function tokenBucket({ capacity, per }: Bucket): JsonObject {
  return {
    max_tokens: capacity,
    tokens_per_fill: capacity,
    fill_interval: `${FILL_SECONDS[per]}s`,
  };
}
