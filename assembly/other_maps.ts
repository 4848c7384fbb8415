// Rules about the header maps that come behind a request's headers: its trailers, the response and
// that one's trailers. What a rule asks of the request is decided when that passes, and kept with
// the stream.

import { answerLen, answerPtr, getHeaderPairs } from "./abi/host";
import { decodePairs, PAIRS_TOO_MANY } from "./abi/pairs";
import { markDone } from "./abi/resume";
import { Action, MapType, Status } from "./abi/types";
import { FIELD_BYTES } from "./core/bytes/field";
import { indexPlainFields } from "./core/headers/index_fields";
import { beginReply } from "./core/headers/reply";
import { beginRequest } from "./core/headers/request";
import { HEADERS_MAX } from "./core/limits";
import { Reason } from "./core/reason";
import { FIELDS_MAX } from "./core/rule_limits";
import { noteDecision } from "./decisions";
import { ChainConfig } from "./document";
import { issueEdits } from "./edits";
import { keptConditions } from "./filters/normalise/filter";
import { NormaliseConfig } from "./filters/normalise/model";
import { RuleSet } from "./filters/normalise/rules/model";
import { runOther } from "./filters/normalise/rules/walk";
import { refuse } from "./refusal";
import { CLIENT_AT, isGrpcClient } from "./upstream_errors";

/** The bits of the conditions, in front of the Client. */
const CONDITIONS_AT: u32 = CLIENT_AT - 8;

const FIELDS: usize = memory.data(<i32>(FIELDS_MAX * FIELD_BYTES), 16);

/** Whether rules want the streams of a configuration. */
export function hasOtherRules(config: ChainConfig): bool {
  if (config.normalise == 0) return false;
  const own = changetype<NormaliseConfig>(config.normalise);
  return (own.responseRules | own.requestTrailerRules | own.responseTrailerRules) != 0;
}

/** Remembers in the data of the stream in hand which conditions its request meets. */
export function writeConditions(config: ChainConfig, data: usize): void {
  store<u64>(data, keptConditions(config.normalise), CONDITIONS_AT);
}

/** Carries out the rules about a response's headers. */
export function passResponseHeaders(config: ChainConfig, stream: u32, data: usize): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(config, own.responseRules, MapType.RESPONSE_HEADERS, stream, data);
}

/** The same of a request's trailers. */
export function passRequestTrailers(config: ChainConfig, stream: u32, data: usize): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(config, own.requestTrailerRules, MapType.REQUEST_TRAILERS, stream, data);
}

/** The same of a response's. */
export function passResponseTrailers(config: ChainConfig, stream: u32, data: usize): Action {
  if (config.normalise == 0) return Action.CONTINUE;
  const own = changetype<NormaliseConfig>(config.normalise);
  return pass(config, own.responseTrailerRules, MapType.RESPONSE_TRAILERS, stream, data);
}

function pass(config: ChainConfig, rules: usize, map: MapType, stream: u32, data: usize): Action {
  if (rules == 0) return Action.CONTINUE;
  const isGrpc = isGrpcClient(data);
  const set = changetype<RuleSet>(rules);
  const reason = applyTo(map, set, load<u64>(data, CONDITIONS_AT), isGrpc);
  if (reason == Reason.OK) return Action.CONTINUE;
  markDone(stream);
  beginReply(config.errorForm);
  const stated = map == MapType.REQUEST_TRAILERS || reason == Reason.HOST_FAILURE;
  const told = stated ? reason : Reason.RESPONSE_REFUSED;
  noteDecision(told);
  // Behind the first byte of a response Envoy ends its stream instead (filter_manager.cc,
  // sendLocalReply).
  return refuse(told, isGrpc);
}

function applyTo(map: MapType, rules: RuleSet, conditions: u64, isGrpc: bool): Reason {
  const status = getHeaderPairs(map);
  if (status == Status.INVALID_MEMORY_ACCESS) return Reason.HEADERS_TOO_LARGE;
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const count = decodePairs(answerPtr, answerLen, FIELDS, HEADERS_MAX);
  if (count == PAIRS_TOO_MANY) return Reason.HEADERS_TOO_LARGE;
  if (count < 0) return Reason.HOST_FAILURE;
  beginRequest(rules.names, FIELDS, <u32>count);
  if (!indexPlainFields(changetype<usize>(rules.patterns))) return Reason.HEADERS_TOO_LARGE;
  const reason = runOther(rules, conditions, isGrpc);
  if (reason != Reason.OK) return reason;
  return issueEdits(map) ? Reason.OK : Reason.HOST_FAILURE;
}
