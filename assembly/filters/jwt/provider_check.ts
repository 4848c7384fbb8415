// Whether the request carries a good token of one provider: from the cache of verified tokens, or
// verified now. A good one's claims become those of the request.

import { systemNanoseconds } from "../../abi/clock";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { expiresAtSeconds, validFromSeconds } from "./claims";
import { takeToken, tokenLen, tokenPtr } from "./credentials";
import { JwtConfig, Provider } from "./model";
import { noteProvider } from "./provider_metrics";
import { recallRefusal, rememberRefusal } from "./refused_tokens";
import { noteRefusedAgain } from "./token_counters";
import { recalled, recallToken, rememberToken } from "./verified_tokens";
import { verifyToken } from "./verify";

const NANOSECONDS_PER_SECOND: u64 = 1000000000;

/** OK, JWT_MISSING when there is no token, or what is wrong with it. */
export function checkProvider(config: JwtConfig, provider: Provider): Reason {
  const reason = judge(config, provider);
  noteProvider(config, provider, reason);
  return reason;
}

function judge(config: JwtConfig, provider: Provider): Reason {
  let reason = takeToken(config.authorizationId);
  if (reason != Reason.OK) return reason;
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  // A host without a clock must not make tokens eternal.
  const nowSeconds = <i64>(systemNanoseconds() / NANOSECONDS_PER_SECOND);
  if (nowSeconds == 0) return Reason.HOST_FAILURE;
  reason = recallToken(config, provider, tokenPtr, tokenLen, nowSeconds);
  if (recalled) return reason;
  reason = recallRefusal(config, provider, tokenPtr, tokenLen, nowSeconds);
  if (reason != Reason.OK) {
    noteRefusedAgain();
    return reason;
  }
  reason = verifyToken(config, provider, tokenPtr, tokenLen, nowSeconds);
  if (reason == Reason.OK) {
    rememberToken(config, provider, tokenPtr, tokenLen, expiresAtSeconds, validFromSeconds);
  } else {
    rememberRefusal(config, provider, tokenPtr, tokenLen, nowSeconds, reason, 0);
  }
  return reason;
}
