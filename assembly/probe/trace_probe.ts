// Test-only: hash, trace context, rate limit, token cache, paths, queries, cookies and gRPC as they
// are.

import { b3Sampled } from "../core/trace/b3";
import { cookieLen, cookiePtr } from "../core/headers/cookie";
import { parameterLen, parameterPtr } from "../core/headers/query";

export { hashBlock, siphash } from "../core/bytes/hash";
export { normaliseBinary } from "../core/grpc/binary";
export { isFreeName, isPermanentName } from "../core/grpc/gateway";
export { isGrpcContentType } from "../core/grpc/grpc";
export { isBinaryName, isMetadataName, isReservedName } from "../core/grpc/metadata";
export { readTimeout, writeTimeout } from "../core/grpc/timeout";
export { hostLenOf, matchesHost } from "../core/headers/authority";
export { nextCookie, removeCookie } from "../core/headers/cookie";
export { matchesSuffix, matchesTemplate, templateHeadLen } from "../core/headers/path_template";
export { matchesPrefix, readPath, segmentsOf } from "../core/headers/path";
export {
  decodePercent,
  nextParameter,
  queryEnd,
  queryStart,
  removeParameter,
} from "../core/headers/query";
export { secondsUntilMore, windowSeconds, writePolicy, writeState } from "../core/ratelimit/answer";
export { ADDRESS_BYTES_MAX, readAddress } from "../core/ratelimit/address";
export { levelAt, secondsUntil, setFraction, setLimit, tokensOf } from "../core/ratelimit/bucket";
export { addAbsentPart, addPart, pagesFor, setPageOf, writePageName } from "../core/ratelimit/key";
export { isPage, putBack, putLeaseBack, take, writeEmptyPage } from "../core/ratelimit/page";
export { putBackInPool, takeFromPool } from "../core/ratelimit/pool";
export {
  grantedTokens,
  readRedisReply,
  tokensLeft,
  waitMilliseconds,
} from "../core/ratelimit/redis_reply";
export {
  findToken,
  displaced,
  flushTokens,
  formatTokens,
  insertToken,
  removeToken,
  valueOf,
} from "../core/table/token_cache";
export { readB3, readB3Ids, readB3Sampled, writeB3 } from "../core/trace/b3";
export { readCloudTrace, writeCloudTrace } from "../core/trace/cloud_trace";
export {
  readDatadogIds,
  readDatadogPriority,
  readDatadogTags,
  writeDatadogParentId,
  writeDatadogTags,
  writeDatadogTraceId,
} from "../core/trace/datadog";
export { readJaeger, writeJaeger } from "../core/trace/jaeger";
export { writeSpanId, writeTraceId } from "../core/trace/span_context";
export { readTraceparent, writeTraceparent } from "../core/trace/traceparent";
export { readXray, writeXray } from "../core/trace/xray";
export {
  addTracestateLine,
  beginTracestate,
  tracestateLen,
  writeTracestate,
} from "../core/trace/tracestate";

// A binding that changes cannot be exported as it is.

export function b3SampledFlags(): u32 {
  return b3Sampled;
}

export function foundParameterPtr(): usize {
  return parameterPtr;
}

export function foundParameterLen(): u32 {
  return parameterLen;
}

export function foundCookiePtr(): usize {
  return cookiePtr;
}

export function foundCookieLen(): u32 {
  return cookieLen;
}

export { ITEM_BYTES_MAX } from "../core/ratelimit/answer";
export { PAGE_NAME_BYTES_MAX } from "../core/ratelimit/key";
export { ASK_BYTES, PAGE_BYTES } from "../core/ratelimit/page";
export {
  PATH_BYTES_MAX,
  RATE_LIMIT_NAME_BYTES_MAX,
  POOL_ROWS,
  POOL_SLOTS,
  RATE_LIMIT_TOKENS_MAX,
  REFUSED_CACHE_BYTES,
  TOKEN_CACHE_BYTES,
  TRACESTATE_BYTES_MAX,
  TRACESTATE_MEMBERS_MAX,
} from "../core/limits";
