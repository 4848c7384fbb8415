// Headers and gRPC metadata as the configuration wants them. Stripping and underscores are done
// when the headers are indexed (core/headers/index_fields.ts).

import { textLen, textPtr } from "../../core/bytes/text";
import { headerCount, setHeader } from "../../core/headers/request";
import { Reason } from "../../core/reason";
import { applyHygiene } from "./hygiene";
import { beginGrpc, finishGrpc, mapGrpc } from "./grpc";
import { NormaliseConfig } from "./model";
import { RuleSet } from "./rules/model";
import { keepConditions, runEarly, runLate } from "./rules/walk";

/** Applies the section to the request in hand. */
export function normalise(config: usize, isGrpc: bool): Reason {
  const own = changetype<NormaliseConfig>(config);
  let reason = applyHygiene(own.hygiene);
  if (reason != Reason.OK) return reason;
  if (own.grpc != 0) {
    reason = beginGrpc(own.grpc, isGrpc);
    if (reason != Reason.OK) return reason;
  }
  if (own.rules != 0) {
    reason = runEarly(changetype<RuleSet>(own.rules), isGrpc);
    if (reason != Reason.OK) return reason;
  }
  if (isGrpc && own.userAgent != 0 && headerCount(own.userAgentId) == 0) {
    setHeader(own.userAgentId, textPtr(own.userAgent), textLen(own.userAgent));
  }
  return own.grpc != 0 ? mapGrpc(own.grpc, isGrpc) : Reason.OK;
}

/** What is left of the section when all filters have let the request pass. */
export function finishNormalise(config: usize, isGrpc: bool): Reason {
  const own = changetype<NormaliseConfig>(config);
  if (own.rules != 0) {
    const reason = runLate(changetype<RuleSet>(own.rules), isGrpc);
    if (reason != Reason.OK) return reason;
  }
  return own.grpc != 0 ? finishGrpc(own.grpc, isGrpc) : Reason.OK;
}

/** Bits that say which conditions of rules for other maps the request in hand meets. */
export function keptConditions(config: usize): u64 {
  const own = changetype<NormaliseConfig>(config);
  if (!own.keepsConditions) return 0;
  let bits: u64 = 0;
  if (own.responseRules != 0) bits |= keepConditions(changetype<RuleSet>(own.responseRules));
  if (own.requestTrailerRules != 0) {
    bits |= keepConditions(changetype<RuleSet>(own.requestTrailerRules));
  }
  if (own.responseTrailerRules != 0) {
    bits |= keepConditions(changetype<RuleSet>(own.responseTrailerRules));
  }
  return bits;
}
