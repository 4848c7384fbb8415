// The body of a refusal, in the form that the configuration asks for: constant texts, numbers and
// a name from the configuration, nothing of the request; and that of an error of the upstream, with
// the upstream's own message.
//
//   JSON     {"error":MESSAGE,"trace_id":ID}
//   PROBLEM  RFC 9457 with `about:blank`: the title is that of the status (§4.2.1), the detail is
//            the reason code. Of a limit it is the type that
//            draft-ietf-httpapi-ratelimit-headers-10 §5.1 registers
//   GOOGLE   google.rpc.Status with an ErrorInfo, in the JSON of Google's APIs (AIP-193): the
//            reason in its upper case form, and as it stands everywhere else in the metadata. Of a
//            limit also its name and, where there is a time to come back, a RetryInfo
//
// A request that has a trace is told its id in each form: `trace_id`, of PROBLEM as an extension
// member (§3.2), of GOOGLE in the metadata.

import { Char, isLowerLetter } from "../bytes/ascii";
import { writeUnsigned } from "../bytes/decimal";
import { copyText, Text, text, textLen, textPtr } from "../bytes/text";
import { codeName } from "../grpc/status";
import { copyQuoted } from "../json/quote";
import { Reason, reasonMessage, reasonName } from "../reason";

/** `errors` of a configuration. */
export const enum ErrorForm {
  JSON,
  PROBLEM,
  GOOGLE,
}

const JSON_TYPE = text("application/json");
const PROBLEM_TYPE = text("application/problem+json");

const JSON_BEGIN = text('{"error":"');
const JSON_END = text('"}');
/** Behind any text. */
const TRACE_ID = text('","trace_id":"');
/** Digits of a trace-id. */
export const ERROR_TRACE_ID_LEN: u32 = 32;

const PROBLEM_TITLE = text('{"type":"about:blank","title":"');
const QUOTA_TITLE = text(
  '{"type":"https://iana.org/assignments/http-problem-types#quota-exceeded",' +
    '"title":"Quota exceeded',
);
const PROBLEM_STATUS = text('","status":');
const PROBLEM_DETAIL = text(',"detail":"');
const PROBLEM_POLICY = text('","violated-policies":["');
const PROBLEM_POLICY_END = text('"]}');

const GOOGLE_CODE = text('{"error":{"code":');
const GOOGLE_MESSAGE = text(',"message":"');
const GOOGLE_STATUS = text('","status":"');
const GOOGLE_REASON = text(
  '","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"',
);
const GOOGLE_METADATA = text('","domain":"sallyport","metadata":{"reason":"');
const GOOGLE_LIMIT = text('","limit":"');
const GOOGLE_INFO_END = text('"}}');
const GOOGLE_RETRY = text(',{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"');
const GOOGLE_RETRY_END = text('s"}');
const GOOGLE_END = text("]}}");
/** Of an error without details. */
const GOOGLE_BARE_END = text('"}}');

// Reason phrases (RFC 9110 §15, RFC 6585) of the statuses in reason.ts and of those that gRPC
// statuses become, and what all others of a class are called there.
const BAD_REQUEST = text("Bad Request");
const UNAUTHORIZED = text("Unauthorized");
const FORBIDDEN = text("Forbidden");
const NOT_FOUND = text("Not Found");
const CONFLICT = text("Conflict");
const TOO_MANY_REQUESTS = text("Too Many Requests");
const HEADERS_TOO_LARGE = text("Request Header Fields Too Large");
const SERVER_FAILURE = text("Internal Server Error");
const NOT_IMPLEMENTED = text("Not Implemented");
const BAD_GATEWAY = text("Bad Gateway");
const SERVICE_UNAVAILABLE = text("Service Unavailable");
const GATEWAY_TIMEOUT = text("Gateway Timeout");
const CLIENT_ERROR = text("Client Error");
const SERVER_ERROR = text("Server Error");
const SERVER_ERRORS: u32 = 500;

/** Media type of the body. */
export function errorContentType(form: ErrorForm): Text {
  return form == ErrorForm.PROBLEM ? PROBLEM_TYPE : JSON_TYPE;
}

/**
 * Writes a body of at most ERROR_BODY_BYTES_MAX bytes; returns its length. `policy` is the name of
 * the limit that refuses, 0 when none does: of tchars (RFC 9110 §5.6.2), which JSON takes as they
 * are, and of at most RATE_LIMIT_NAME_BYTES_MAX bytes. `retrySeconds` 0 is not told. `traceIdPtr`:
 * ERROR_TRACE_ID_LEN digits, 0 when there is no trace.
 */
export function writeErrorBody(
  form: ErrorForm,
  reason: Reason,
  status: u32,
  grpcStatus: u32,
  policy: Text,
  retrySeconds: u64,
  traceIdPtr: usize,
  target: usize,
): u32 {
  tracePtr = traceIdPtr;
  if (form == ErrorForm.PROBLEM) return writeProblem(reason, status, policy, target);
  if (form == ErrorForm.GOOGLE) {
    const end = writeGoogle(reason, status, grpcStatus, policy, target);
    return <u32>(writeGoogleEnd(retrySeconds, end) - target);
  }
  let end = copyText(target, JSON_BEGIN);
  end = copyText(end, reasonMessage(reason));
  end = copyTrace(end);
  end = copyText(end, JSON_END);
  return <u32>(end - target);
}

let tracePtr: usize = 0;

/** Adds the member `trace_id` behind a text that is still open; returns the end. */
function copyTrace(target: usize): usize {
  if (tracePtr == 0) return target;
  const id = copyText(target, TRACE_ID);
  memory.copy(id, tracePtr, ERROR_TRACE_ID_LEN);
  return id + ERROR_TRACE_ID_LEN;
}

function writeProblem(reason: Reason, status: u32, policy: Text, target: usize): u32 {
  let end = target;
  if (policy != 0) {
    end = copyText(end, QUOTA_TITLE);
  } else {
    end = copyText(end, PROBLEM_TITLE);
    end = copyText(end, statusPhrase(status));
  }
  end = copyText(end, PROBLEM_STATUS);
  end += writeUnsigned(end, status);
  end = copyText(end, PROBLEM_DETAIL);
  end = copyText(end, reasonName(reason));
  end = copyTrace(end);
  if (policy != 0) {
    end = copyText(end, PROBLEM_POLICY);
    end = copyText(end, policy);
    end = copyText(end, PROBLEM_POLICY_END);
  } else {
    end = copyText(end, JSON_END);
  }
  return <u32>(end - target);
}

/** Writes up to the end of the ErrorInfo; returns the address behind it. */
function writeGoogle(
  reason: Reason,
  status: u32,
  grpcStatus: u32,
  policy: Text,
  target: usize,
): usize {
  let end = copyText(target, GOOGLE_CODE);
  end += writeUnsigned(end, status);
  end = copyText(end, GOOGLE_MESSAGE);
  end = copyText(end, reasonMessage(reason));
  end = copyText(end, GOOGLE_STATUS);
  end = copyText(end, codeName(grpcStatus));
  end = copyText(end, GOOGLE_REASON);
  end = copyUpper(end, reasonName(reason));
  end = copyText(end, GOOGLE_METADATA);
  end = copyText(end, reasonName(reason));
  if (policy != 0) {
    end = copyText(end, GOOGLE_LIMIT);
    end = copyText(end, policy);
  }
  end = copyTrace(end);
  return copyText(end, GOOGLE_INFO_END);
}

function writeGoogleEnd(retrySeconds: u64, target: usize): usize {
  let end = target;
  if (retrySeconds != 0) {
    end = copyText(end, GOOGLE_RETRY);
    end += writeUnsigned(end, retrySeconds);
    end = copyText(end, GOOGLE_RETRY_END);
  }
  return copyText(end, GOOGLE_END);
}

/**
 * Writes the body of an error of the upstream: at most ERROR_BODY_BYTES_MAX bytes and QUOTED_GROWTH
 * times `messageLen`; returns its length. `message` is any bytes; without one it is the phrase of
 * the status.
 */
export function writeUpstreamError(
  form: ErrorForm,
  status: u32,
  grpcStatus: u32,
  messagePtr: usize,
  messageLen: u32,
  target: usize,
): u32 {
  let end = target;
  if (form == ErrorForm.PROBLEM) {
    end = copyText(end, PROBLEM_TITLE);
    end = copyText(end, statusPhrase(status));
    end = copyText(end, PROBLEM_STATUS);
    end += writeUnsigned(end, status);
    end = copyText(end, PROBLEM_DETAIL);
    end = copyMessage(end, status, messagePtr, messageLen);
    end = copyText(end, JSON_END);
  } else if (form == ErrorForm.GOOGLE) {
    end = copyText(end, GOOGLE_CODE);
    end += writeUnsigned(end, status);
    end = copyText(end, GOOGLE_MESSAGE);
    end = copyMessage(end, status, messagePtr, messageLen);
    end = copyText(end, GOOGLE_STATUS);
    end = copyText(end, codeName(grpcStatus));
    end = copyText(end, GOOGLE_BARE_END);
  } else {
    end = copyText(end, JSON_BEGIN);
    end = copyMessage(end, status, messagePtr, messageLen);
    end = copyText(end, JSON_END);
  }
  return <u32>(end - target);
}

function copyMessage(target: usize, status: u32, ptr: usize, len: u32): usize {
  return len == 0 ? copyText(target, statusPhrase(status)) : copyQuoted(target, ptr, len);
}

/** A reason as AIP-193 wants it: [A-Z][A-Z0-9_]+[A-Z0-9]. */
function copyUpper(target: usize, name: Text): usize {
  const end = textPtr(name) + textLen(name);
  for (let at = textPtr(name); at < end; at++, target++) {
    const c = <u32>load<u8>(at);
    store<u8>(target, isLowerLetter(c) ? <u8>(c - 32) : c == Char.COLON ? <u8>Char.UNDERSCORE : c);
  }
  return target;
}

function statusPhrase(status: u32): Text {
  switch (status) {
    case 400:
      return BAD_REQUEST;
    case 401:
      return UNAUTHORIZED;
    case 403:
      return FORBIDDEN;
    case 404:
      return NOT_FOUND;
    case 409:
      return CONFLICT;
    case 429:
      return TOO_MANY_REQUESTS;
    case 431:
      return HEADERS_TOO_LARGE;
    case 500:
      return SERVER_FAILURE;
    case 501:
      return NOT_IMPLEMENTED;
    case 502:
      return BAD_GATEWAY;
    case 503:
      return SERVICE_UNAVAILABLE;
    case 504:
      return GATEWAY_TIMEOUT;
    default:
      return status < SERVER_ERRORS ? CLIENT_ERROR : SERVER_ERROR;
  }
}
