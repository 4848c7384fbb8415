// What becomes of the response to a request that passed: an error of the upstream is mapped when
// that is asked for, and clients are told what limits leave them.

import { markDone } from "./abi/resume";
import { keepStream } from "./abi/streams";
import { Action } from "./abi/types";
import { FixedName } from "./core/headers/fixed_names";
import { beginReply } from "./core/headers/reply";
import { headerCount, headerLen, headerPtr } from "./core/headers/request";
import { ChainConfig } from "./document";
import { addAnswerFields } from "./filters/ratelimit/answers/answer";
import { FieldTarget } from "./filters/ratelimit/answers/fields";
import { RateLimitConfig } from "./filters/ratelimit/model";
import { isGrpc } from "./snapshot";
import {
  answerUpstreamError,
  findUpstreamError,
  isGrpcWebType,
  UpstreamMapping,
  writeClient,
} from "./upstream_errors";

/**
 * Keeps the stream of the request in hand when errors of the upstream are mapped; where too many
 * are kept, its response goes on as it is. gRPC-Web has errors of its own, which stay as they are.
 */
export function awaitResponse(config: ChainConfig, root: u32, stream: u32): void {
  if (config.upstreamMapping == UpstreamMapping.OFF) return;
  if (headerCount(config.grpcWebId) != 0) return;
  if (isGrpcWebType(headerPtr(FixedName.CONTENT_TYPE), headerLen(FixedName.CONTENT_TYPE))) return;
  const data = keepStream(stream, root);
  if (data != 0) writeClient(data, isGrpc);
}

/** Looks at the response of a stream that was kept. */
export function passResponse(
  config: ChainConfig,
  stream: u32,
  data: usize,
  endOfStream: bool,
): Action {
  if (mapError(config, data, endOfStream)) {
    markDone(stream);
    return Action.PAUSE;
  }
  tellLimits(config, data, FieldTarget.RESPONSE);
  return Action.CONTINUE;
}

/** Whether the response in hand was an error that got another answer in its place. */
function mapError(config: ChainConfig, data: usize, endOfStream: bool): bool {
  if (config.upstreamMapping == UpstreamMapping.OFF) return false;
  if (!findUpstreamError(data, endOfStream)) return false;
  beginReply(config.errorForm);
  tellLimits(config, data, FieldTarget.REPLY);
  return answerUpstreamError(config.upstreamMapping);
}

function tellLimits(config: ChainConfig, data: usize, target: FieldTarget): void {
  if (config.rateLimit == 0) return;
  addAnswerFields(changetype<RateLimitConfig>(config.rateLimit), data, target);
}
