// The fixed order of the filters, over one snapshot of the request headers, one list of edits and
// one verdict: normalise → trace → limits that name no claim → jwt → limits on verified claims. The
// first refusal ends the walk.

import { Handler } from "./abi/handler";
import { answerLen, answerPtr, getHeaderPairs } from "./abi/host";
import { decodePairs, PAIRS_TOO_MANY } from "./abi/pairs";
import { keepStream } from "./abi/streams";
import { Action, MapType, Status } from "./abi/types";
import { FIELD_BYTES } from "./core/bytes/field";
import { text, textPtr } from "./core/bytes/text";
import { beginDecision } from "./core/headers/decision";
import { isGrpcContentType } from "./core/grpc/grpc";
import { ErrorForm } from "./core/headers/error_body";
import { FixedName, internFixedNames } from "./core/headers/fixed_names";
import { beginIdentity } from "./core/headers/identity";
import { indexFields } from "./core/headers/index_fields";
import { NAME_TABLE_BYTES } from "./core/headers/names";
import { HeaderPolicy } from "./core/headers/policy";
import { beginReply } from "./core/headers/reply";
import { beginRequest, headerLen, headerPtr, setHeader } from "./core/headers/request";
import { HEADERS_MAX } from "./core/limits";
import { Reason } from "./core/reason";
import { noteDecision } from "./decisions";
import { ChainConfig } from "./document";
import { issueEdits } from "./edits";
import { authenticate } from "./filters/jwt/filter";
import { clearRouteCache } from "./filters/jwt/route_cache";
import { errorFormOf } from "./filters/jwt/verdict";
import { normalise } from "./filters/normalise/filter";
import {
  addRateLimitHeaders,
  limitAnonymous,
  limitIdentified,
  showsRateLimit,
  writeRateLimitStream,
} from "./filters/ratelimit/filter";
import { trace } from "./filters/trace/filter";
import { refuse } from "./refusal";
import { abandon, configOf, configure, configureWithoutRoot, isReady, retry } from "./setup";

const CHECKED_VALUE = text("1");
const FIELDS: usize = memory.data(<i32>(HEADERS_MAX * FIELD_BYTES), 16);
/** Names to look for while there is no configuration, and nothing to strip. */
const FIXED_NAMES: usize = memory.data(<i32>NAME_TABLE_BYTES, 16);
const NO_POLICY: usize = memory.data(64, 8);

internFixedNames(FIXED_NAMES);

/** Whether the request in hand is gRPC: known once its headers have been indexed. */
let isGrpc: bool = false;

/** Fetches and indexes the request's headers. */
function takeSnapshot(names: usize, policy: HeaderPolicy): Reason {
  const status = getHeaderPairs(MapType.REQUEST_HEADERS);
  if (status == Status.INVALID_MEMORY_ACCESS) return Reason.HEADERS_TOO_LARGE;
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const count = decodePairs(answerPtr, answerLen, FIELDS, HEADERS_MAX);
  if (count == PAIRS_TOO_MANY) return Reason.HEADERS_TOO_LARGE;
  // A request always has pseudo headers: an empty map is a host that could not serialize it.
  if (count <= 0) return Reason.HOST_FAILURE;
  beginRequest(names, FIELDS, <u32>count);
  const reason = indexFields(policy);
  isGrpc = isGrpcContentType(headerPtr(FixedName.CONTENT_TYPE), headerLen(FixedName.CONTENT_TYPE));
  return reason;
}

function walk(config: ChainConfig): Reason {
  let reason = takeSnapshot(config.names, config.policy);
  if (reason != Reason.OK) return reason;
  if (config.normalise != 0) {
    reason = normalise(config.normalise, isGrpc);
    if (reason != Reason.OK) return reason;
  }
  if (config.trace != 0) {
    reason = trace(config.trace);
    if (reason != Reason.OK) return reason;
  }
  if (config.rateLimit != 0) {
    reason = limitAnonymous(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.jwt != 0) {
    reason = authenticate(config.jwt);
    if (reason != Reason.OK) return reason;
  }
  if (config.rateLimit != 0) {
    reason = limitIdentified(config.rateLimit);
    if (reason != Reason.OK) return reason;
  }
  if (config.marksChecked != 0) setHeader(config.checkedId, textPtr(CHECKED_VALUE), 1);
  if (!issueEdits()) return Reason.HOST_FAILURE;
  if (config.jwt != 0 && !clearRouteCache(config.jwt)) return Reason.HOST_FAILURE;
  return Reason.OK;
}

function refuseAndNote(reason: Reason): Action {
  noteDecision(reason);
  return refuse(reason, isGrpc);
}

/** Refuses without a configuration; the headers are looked at only to tell gRPC from HTTP. */
function refuseUnconfigured(reason: Reason): Action {
  beginReply(ErrorForm.JSON);
  beginDecision();
  isGrpc = false;
  takeSnapshot(FIXED_NAMES, changetype<HeaderPolicy>(NO_POLICY));
  return refuseAndNote(reason);
}

export class Chain extends Handler {
  onConfigure(root: u32, configurationLen: u32): bool {
    return configure(root, configurationLen);
  }

  onConfigureWithoutRoot(configurationLen: u32): bool {
    return configureWithoutRoot(configurationLen);
  }

  onTick(root: u32): void {
    retry(root);
  }

  onRootDelete(root: u32): void {
    abandon(root);
  }

  onRequestHeaders(root: u32, stream: u32, headerCount: u32, endOfStream: bool): Action {
    if (!isReady(root)) return refuseUnconfigured(Reason.CONFIG_FAILED);
    const config = configOf(root);
    beginReply(errorFormOf(config.jwt));
    beginDecision();
    beginIdentity();
    isGrpc = false;
    const reason = walk(config);
    if (reason != Reason.OK) return refuseAndNote(reason);
    if (config.rateLimit != 0 && showsRateLimit(config.rateLimit)) {
      const data = keepStream(stream, root);
      if (data == 0) return refuseAndNote(Reason.UNKNOWN_CONTEXT);
      writeRateLimitStream(config.rateLimit, data);
    }
    noteDecision(Reason.OK);
    return Action.CONTINUE;
  }

  onUnknownStream(stream: u32): Action {
    return refuseUnconfigured(Reason.UNKNOWN_CONTEXT);
  }

  onResponseHeaders(
    root: u32,
    stream: u32,
    data: usize,
    headerCount: u32,
    endOfStream: bool,
  ): Action {
    const config = configOf(root);
    if (config.rateLimit != 0) addRateLimitHeaders(config.rateLimit, data);
    return Action.CONTINUE;
  }
}
