// Why a request was refused: one number, one name, one answer. The name is the same in log, metric,
// response detail and docs. Numbers are only ever added.

import { Text, text } from "./bytes/text";

export const enum Reason {
  OK = 0,
  HEADERS_TOO_LARGE = 1,
  HOST_FAILURE = 2,
  UNKNOWN_CONTEXT = 3,
  CONFIG_FAILED = 4,
  HEADER_REFUSED = 5,
  JWT_MISSING = 6,
  JWT_MALFORMED = 7,
  JWT_TOO_LARGE = 8,
  JWT_MULTIPLE = 9,
  JWT_HEADER_INVALID = 10,
  JWT_TYPE_REFUSED = 11,
  JWT_CRITICAL_REFUSED = 12,
  JWT_ALGORITHM_REFUSED = 13,
  JWT_KEY_UNKNOWN = 14,
  JWT_SIGNATURE_INVALID = 15,
  JWT_CLAIMS_INVALID = 16,
  JWT_EXPIRED = 17,
  JWT_NOT_YET_VALID = 18,
  JWT_ISSUER_REFUSED = 19,
  JWT_AUDIENCE_REFUSED = 20,
  JWT_SUBJECT_MISSING = 21,
  JWT_SPIFFE_ID_INVALID = 22,
  JWT_SUBJECT_REFUSED = 23,
  JWT_PATH_REFUSED = 24,
  JWT_NO_RULE = 25,
  RATE_LIMITED = 26,
  RATE_LIMIT_UNAVAILABLE = 27,
  RATE_LIMIT_CAS_EXHAUSTED = 28,
  JWT_ALGORITHM_DISABLED = 29,
  JWT_KEYS_UNAVAILABLE = 30,
  JWT_WAITING_FULL = 31,
  JWT_LIFETIME_REFUSED = 32,
  JWT_TOO_OLD = 33,
  JWT_CLAIM_MISSING = 34,
  JWT_CLAIM_REFUSED = 35,
  JWT_REVOKED = 36,
  JWT_CONFIRMATION_REFUSED = 37,
  JWT_DENY_LIST_UNAVAILABLE = 38,
  RATE_LIMIT_KEY_MISSING = 39,
  RATE_LIMIT_COST_INVALID = 40,
  RATE_LIMIT_TARGET_REFUSED = 41,
  STREAMS_FULL = 42,
  RESPONSE_REFUSED = 43,
}

/** One more than the largest reason. */
export const REASONS: u32 = 44;

// Row of a reason: name Text u32 │ status u16 │ grpcStatus u16 │ message Text u32 │ filter Text u32
const ROW_BYTES: u32 = 16;
const ROWS: usize = memory.data(<i32>(REASONS * ROW_BYTES), 8);

const CHAIN = text("chain");
const NORMALISE = text("normalise");
const JWT = text("jwt");
const RATE_LIMIT = text("ratelimit");

const INVALID_TOKEN = text("invalid token");
const UNAVAILABLE = text("service unavailable");
const FORBIDDEN = text("forbidden");
const LIMITED = text("rate limit exceeded");

function define(
  reason: Reason,
  filter: Text,
  name: string,
  status: u16,
  grpcStatus: u16,
  message: Text,
): void {
  const row = ROWS + <u32>reason * ROW_BYTES;
  store<u32>(row, <u32>text(name));
  store<u16>(row, status, 4);
  store<u16>(row, grpcStatus, 6);
  store<u32>(row, <u32>message, 8);
  store<u32>(row, <u32>filter, 12);
}

define(Reason.OK, CHAIN, "ok", 200, 0, text("ok"));
define(
  Reason.HEADERS_TOO_LARGE,
  CHAIN,
  "headers_too_large",
  431,
  8,
  text("request headers too large"),
);
define(Reason.HOST_FAILURE, CHAIN, "host_failure", 503, 14, UNAVAILABLE);
define(Reason.UNKNOWN_CONTEXT, CHAIN, "unknown_context", 503, 14, UNAVAILABLE);
define(Reason.CONFIG_FAILED, CHAIN, "config_failed", 503, 14, UNAVAILABLE);
define(Reason.HEADER_REFUSED, NORMALISE, "normalise:header_refused", 400, 3, text("bad header"));

function defineToken(reason: Reason, name: string): void {
  define(reason, JWT, name, 401, 16, INVALID_TOKEN);
}

defineToken(Reason.JWT_MISSING, "jwt:missing");
defineToken(Reason.JWT_MALFORMED, "jwt:malformed");
defineToken(Reason.JWT_TOO_LARGE, "jwt:too_large");
define(Reason.JWT_MULTIPLE, JWT, "jwt:multiple", 400, 3, text("several tokens"));
defineToken(Reason.JWT_HEADER_INVALID, "jwt:header_invalid");
defineToken(Reason.JWT_TYPE_REFUSED, "jwt:type_refused");
defineToken(Reason.JWT_CRITICAL_REFUSED, "jwt:critical_refused");
defineToken(Reason.JWT_ALGORITHM_REFUSED, "jwt:algorithm_refused");
defineToken(Reason.JWT_KEY_UNKNOWN, "jwt:key_unknown");
defineToken(Reason.JWT_SIGNATURE_INVALID, "jwt:signature_invalid");
defineToken(Reason.JWT_CLAIMS_INVALID, "jwt:claims_invalid");
defineToken(Reason.JWT_EXPIRED, "jwt:expired");
defineToken(Reason.JWT_NOT_YET_VALID, "jwt:not_yet_valid");
defineToken(Reason.JWT_ISSUER_REFUSED, "jwt:issuer_refused");
defineToken(Reason.JWT_AUDIENCE_REFUSED, "jwt:audience_refused");
defineToken(Reason.JWT_SUBJECT_MISSING, "jwt:subject_missing");
define(
  Reason.JWT_SPIFFE_ID_INVALID,
  JWT,
  "jwt:spiffe_id_invalid",
  403,
  7,
  text("invalid spiffe_id"),
);
define(Reason.JWT_SUBJECT_REFUSED, JWT, "jwt:subject_refused", 403, 7, FORBIDDEN);
define(Reason.JWT_PATH_REFUSED, JWT, "jwt:path_refused", 400, 3, text("invalid path"));
define(Reason.JWT_NO_RULE, JWT, "jwt:no_rule", 403, 7, FORBIDDEN);
define(Reason.RATE_LIMITED, RATE_LIMIT, "ratelimit:limited", 429, 8, LIMITED);
define(Reason.RATE_LIMIT_UNAVAILABLE, RATE_LIMIT, "ratelimit:unavailable", 503, 14, UNAVAILABLE);
define(Reason.RATE_LIMIT_CAS_EXHAUSTED, RATE_LIMIT, "ratelimit:cas_exhausted", 429, 8, LIMITED);
define(Reason.JWT_ALGORITHM_DISABLED, JWT, "jwt:algorithm_disabled", 503, 14, UNAVAILABLE);
define(Reason.JWT_KEYS_UNAVAILABLE, JWT, "jwt:keys_unavailable", 503, 14, UNAVAILABLE);
define(Reason.JWT_WAITING_FULL, JWT, "jwt:waiting_full", 503, 14, UNAVAILABLE);
defineToken(Reason.JWT_LIFETIME_REFUSED, "jwt:lifetime_refused");
defineToken(Reason.JWT_TOO_OLD, "jwt:too_old");
defineToken(Reason.JWT_CLAIM_MISSING, "jwt:claim_missing");
define(Reason.JWT_CLAIM_REFUSED, JWT, "jwt:claim_refused", 403, 7, FORBIDDEN);
defineToken(Reason.JWT_REVOKED, "jwt:revoked");
defineToken(Reason.JWT_CONFIRMATION_REFUSED, "jwt:confirmation_refused");
define(Reason.JWT_DENY_LIST_UNAVAILABLE, JWT, "jwt:deny_list_unavailable", 503, 14, UNAVAILABLE);

function defineInput(reason: Reason, name: string, message: string): void {
  define(reason, RATE_LIMIT, name, 400, 3, text(message));
}

defineInput(Reason.RATE_LIMIT_KEY_MISSING, "ratelimit:key_missing", "missing rate limit key");
defineInput(Reason.RATE_LIMIT_COST_INVALID, "ratelimit:cost_invalid", "invalid rate limit cost");
defineInput(Reason.RATE_LIMIT_TARGET_REFUSED, "ratelimit:target_refused", "invalid path or host");
define(Reason.STREAMS_FULL, NORMALISE, "normalise:streams_full", 503, 14, UNAVAILABLE);
define(
  Reason.RESPONSE_REFUSED,
  NORMALISE,
  "normalise:response_refused",
  502,
  13,
  text("bad response"),
);

// @ts-ignore: decorator
@inline
function rowOf(reason: Reason): usize {
  return ROWS + min(<u32>reason, REASONS - 1) * ROW_BYTES;
}

/** Stable name. */
export function reasonName(reason: Reason): Text {
  return load<u32>(rowOf(reason));
}

/** HTTP status of the refusal. */
export function reasonStatus(reason: Reason): u32 {
  return load<u16>(rowOf(reason), 4);
}

/** gRPC status of the refusal (google.rpc.Code). */
export function reasonGrpcStatus(reason: Reason): u32 {
  return load<u16>(rowOf(reason), 6);
}

/** What the client is told: constant text, nothing of the request. */
export function reasonMessage(reason: Reason): Text {
  return load<u32>(rowOf(reason), 8);
}

/** The filter that refuses for this reason. */
export function reasonFilter(reason: Reason): Text {
  return load<u32>(rowOf(reason), 12);
}
