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
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    name: "envoy.filters.http.local_ratelimit",
    typed_config: {
      "@type": `${EXTENSIONS}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: "bench",
      token_bucket: {
        max_tokens: bucket.capacity,
        tokens_per_fill: bucket.capacity,
        fill_interval: `${FILL_SECONDS[bucket.per]}s`,
      },
      filter_enabled: { runtime_key: "bench.enabled", ...always },
      filter_enforced: { runtime_key: "bench.enforced", ...always },
      enable_x_ratelimit_headers: withHeaders ? "DRAFT_VERSION_03" : "OFF",
    },
  };
}
