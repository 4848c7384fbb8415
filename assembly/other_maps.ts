// Rules about the header maps that come behind a request's headers: its trailers, the response and
// that one's trailers. What a rule asks of the request is decided when that passes, and kept with
// the stream.

import { answerLen, answerPtr, getHeaderPairs } from "./abi/host";
import { decodePairs, PAIRS_TOO_MANY } from "./abi/pairs";
import { markDone } from "./abi/resume";
import { Action, MapType, Status } from "./abi/types";
import { FIELD_BYTES } from "./core/bytes/field";
import { indexPlainFields } from "./core/headers/index_fields";
import { beginDecision } from "./core/headers/decision";
import { ErrorForm } from "./core/headers/error_body";
import { beginReply } from "./core/headers/reply";
import { beginRequest } from "./core/headers/request";
import { HEADERS_MAX } from "./core/limits";
import { Reason } from "./core/reason";
import { FIELDS_MAX } from "./core/rule_limits";
import { CONDITIONS_AT, CONDITIONS_BYTES, TRACE_AT } from "./core/stream_data";
import { recallTrace } from "./core/trace/in_hand";
import { noteDenied } from "./decisions";
import { ChainConfig } from "./document";
import { issueEdits } from "./edits";
import { keptConditions } from "./filters/normalise/filter";
import { NormaliseConfig } from "./filters/normalise/model";
import { RuleSet } from "./filters/normalise/rules/model";
import { runOther } from "./filters/normalise/rules/walk";
import { addTraceToReply } from "./filters/trace/answer";
import { isAnswered, refuse } from "./refusal";
import { useLog } from "./refusal_log";
import { recordRefusal } from "./spans";

// In a stream's data: the bits of the conditions u64 │ the number of the configuration that they
// are of u32, 0 of a stream that no rule wanted │ whether the request was gRPC u8.
const NUMBER_AT: u32 = CONDITIONS_AT + 8;
const GRPC_AT: u32 = NUMBER_AT + 4;
if (GRPC_AT + 1 > CONDITIONS_AT + CONDITIONS_BYTES) ERROR("conditions have no room");

const FIELDS: usize = memory.data(<i32>(FIELDS_MAX * FIELD_BYTES), 16);

/** Whether rules want the streams of a configuration. */
export function hasOtherRules(config: ChainConfig): bool {
  if (config.normalise == 0) return false;
  const own = changetype<NormaliseConfig>(config.normalise);
  return (own.responseRules | own.requestTrailerRules | own.responseTrailerRules) != 0;
}

/** Remembers in the data of the stream in hand which conditions its request meets. */
export function writeConditions(config: ChainConfig, data: usize, isGrpc: bool): void {
  store<u64>(data, keptConditions(config.normalise), CONDITIONS_AT);
  store<u32>(data, config.number, NUMBER_AT);
  store<u8>(data, isGrpc ? 1 : 0, GRPC_AT);
}

/** Carries out the rules about a response's headers. */
export function passResponseHeaders(
  config: ChainConfig,
  fieldCount: u32,
  stream: u32,
  data: usize,
): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(config, own.responseRules, MapType.RESPONSE_HEADERS, fieldCount, stream, data);
}

/** The same of a request's trailers. */
export function passRequestTrailers(
  config: ChainConfig,
  fieldCount: u32,
  stream: u32,
  data: usize,
): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(config, own.requestTrailerRules, MapType.REQUEST_TRAILERS, fieldCount, stream, data);
}

/** The same of a response's. */
export function passResponseTrailers(
  config: ChainConfig,
  fieldCount: u32,
  stream: u32,
  data: usize,
): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(
    config,
    own.responseTrailerRules,
    MapType.RESPONSE_TRAILERS,
    fieldCount,
    stream,
    data,
  );
}

/** The configuration has gone that a stream was kept for: what its rules were is not known. */
export function passOrphan(stream: u32, data: usize): Action {
  if (load<u32>(data, NUMBER_AT) == 0) return Action.CONTINUE;
  return refuseLate(ErrorForm.JSON, 0, stream, data, Reason.CONFIG_FAILED);
}

function pass(
  config: ChainConfig,
  rules: usize,
  map: MapType,
  fieldCount: u32,
  stream: u32,
  data: usize,
): Action {
  if (rules == 0) return Action.CONTINUE;
  useLog(config);
  const set = changetype<RuleSet>(rules);
  // The host configured the root anew: what the request was is known in other terms.
  if (set.asksRequest && load<u32>(data, NUMBER_AT) != config.number) {
    return refuseLate(config.errorForm, config.trace, stream, data, Reason.CONFIG_FAILED);
  }
  const reason = applyTo(map, fieldCount, set, data);
  if (reason == Reason.OK) return Action.CONTINUE;
  const isStated = map == MapType.REQUEST_TRAILERS || reason == Reason.HOST_FAILURE;
  const told = isStated ? reason : Reason.RESPONSE_REFUSED;
  return refuseLate(config.errorForm, config.trace, stream, data, told);
}

/**
 * Answers in place of what comes; `trace` is the section, 0 when it is not known. Behind the first
 * byte of a response Envoy ends its stream instead (filter_manager.cc, sendLocalReply).
 */
function refuseLate(
  form: ErrorForm,
  trace: usize,
  stream: u32,
  data: usize,
  reason: Reason,
): Action {
  beginReply(form);
  beginDecision();
  recallTrace(data + TRACE_AT);
  addTraceToReply(trace);
  noteDenied(reason);
  const isGrpc = load<u8>(data, GRPC_AT) != 0;
  const action = refuse(reason, isGrpc);
  recordRefusal(trace, reason, isGrpc, 0);
  // A response that comes although the host took no answer has its rules.
  if (isAnswered) markDone(stream);
  return action;
}

function applyTo(map: MapType, fieldCount: u32, rules: RuleSet, data: usize): Reason {
  const status = getHeaderPairs(map);
  if (status == Status.INVALID_MEMORY_ACCESS) return Reason.HEADERS_TOO_LARGE;
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const count = decodePairs(answerPtr, answerLen, FIELDS, HEADERS_MAX);
  if (count == PAIRS_TOO_MANY) return Reason.HEADERS_TOO_LARGE;
  // Trailers may be empty; an empty map of several fields is a host that could not serialize it.
  if (count < 0 || (count == 0 && fieldCount != 0)) return Reason.HOST_FAILURE;
  beginRequest(rules.names, FIELDS, <u32>count);
  if (!indexPlainFields(changetype<usize>(rules.patterns))) return Reason.HEADERS_TOO_LARGE;
  const reason = runOther(rules, load<u64>(data, CONDITIONS_AT), load<u8>(data, GRPC_AT) != 0);
  if (reason != Reason.OK) return reason;
  return issueEdits(map) ? Reason.OK : Reason.HOST_FAILURE;
}
