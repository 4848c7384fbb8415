// What becomes of the response to a request that passed: rules are carried out, so that an answer
// in its place has nothing that they remove; an error of the upstream that is left is mapped when
// that is asked for; clients are told what limits leave them, and their trace.

import { markDone } from "./abi/resume";
import { keepStream } from "./abi/streams";
import { Action } from "./abi/types";
import { FixedName } from "./core/headers/fixed_names";
import { beginReply } from "./core/headers/reply";
import { headerCount, headerLen, headerPtr } from "./core/headers/request";
import { TRACE_AT } from "./core/stream_data";
import { keepTrace, recallTrace } from "./core/trace/in_hand";
import { ChainConfig } from "./document";
import { addAnswerFields } from "./filters/ratelimit/answers/answer";
import { FieldTarget } from "./filters/ratelimit/answers/fields";
import { tellsResponses } from "./filters/ratelimit/filter";
import { RateLimitConfig } from "./filters/ratelimit/model";
import { addTraceToReply, addTraceToResponse, tellsTrace } from "./filters/trace/answer";
import { isGrpc } from "./snapshot";
import { hasOtherRules, passResponseHeaders, writeConditions } from "./other_maps";
import {
  answerUpstreamError,
  findUpstreamError,
  isGrpcWebType,
  UpstreamMapping,
  writeClient,
} from "./upstream_errors";

/** Whether something is to become of responses under a configuration. */
export function looksAtResponses(config: ChainConfig): bool {
  if (hasOtherRules(config) || config.upstreamMapping != UpstreamMapping.OFF) return true;
  if (config.requestMetrics != 0) return true;
  if (tellsTrace(config.trace)) return true;
  return config.rateLimit != 0 && tellsResponses(config.rateLimit);
}

/**
 * Keeps the stream of the request in hand when something is to become of its response or trailers.
 * false when rules want it and too many are kept: the request must not go on. Where nothing else
 * wants it, a response goes on as it is then. gRPC-Web has errors of its own, which stay as they
 * are.
 */
export function awaitResponse(config: ChainConfig, root: u32, stream: u32): bool {
  const hasRules = hasOtherRules(config);
  const maps = config.upstreamMapping != UpstreamMapping.OFF;
  const tells = tellsTrace(config.trace);
  if (!hasRules && !tells && (!maps || isGrpcWeb(config))) return true;
  const data = keepStream(stream, root);
  if (data == 0) return !hasRules;
  keepTrace(data + TRACE_AT);
  if (hasRules) writeConditions(config, data, isGrpc);
  if (!maps || !isGrpcWeb(config)) writeClient(data, isGrpc);
  return true;
}

function isGrpcWeb(config: ChainConfig): bool {
  if (headerCount(config.grpcWebId) != 0) return true;
  return isGrpcWebType(headerPtr(FixedName.CONTENT_TYPE), headerLen(FixedName.CONTENT_TYPE));
}

/** Looks at the response of a stream that was kept. */
export function passResponse(
  config: ChainConfig,
  stream: u32,
  data: usize,
  fieldCount: u32,
  endOfStream: bool,
): Action {
  if (passResponseHeaders(config, fieldCount, stream, data) != Action.CONTINUE) return Action.PAUSE;
  recallTrace(data + TRACE_AT);
  if (mapError(config, data, endOfStream)) {
    markDone(stream);
    return Action.PAUSE;
  }
  tellLimits(config, data, FieldTarget.RESPONSE);
  addTraceToResponse(config.trace);
  return Action.CONTINUE;
}

/** Whether the response in hand was an error that got another answer in its place. */
function mapError(config: ChainConfig, data: usize, endOfStream: bool): bool {
  if (config.upstreamMapping == UpstreamMapping.OFF) return false;
  if (!findUpstreamError(data, endOfStream)) return false;
  beginReply(config.errorForm);
  tellLimits(config, data, FieldTarget.REPLY);
  addTraceToReply(config.trace);
  return answerUpstreamError(config.upstreamMapping);
}

function tellLimits(config: ChainConfig, data: usize, target: FieldTarget): void {
  if (config.rateLimit == 0) return;
  addAnswerFields(changetype<RateLimitConfig>(config.rateLimit), data, target);
}
