// WWW-Authenticate (RFC 6750 §3): one value for each error that there is, made when a configuration
// is read.

import { Text, text, textLen, textPtr } from "../../core/bytes/text";
import { addReplyField } from "../../core/headers/reply";
import { Reason, reasonStatus } from "../../core/reason";

const WWW_AUTHENTICATE = text("www-authenticate");
const UNAUTHORIZED: u32 = 401;

// @ts-ignore: decorator
@unmanaged
export class Challenges {
  /** Without an error: for who presented nothing. */
  plain: Text;
  invalidRequest: Text;
  invalidToken: Text;
  insufficientScope: Text;
}

/**
 * Adds the challenge for a refusal to the answer: no error code for who presented nothing (RFC 6750
 * §3.1); nothing for failures that are not theirs.
 */
export function challenge(challenges: Challenges, reason: Reason): void {
  let value: Text = 0;
  if (reason == Reason.JWT_MISSING) value = challenges.plain;
  else if (reason == Reason.JWT_MULTIPLE) value = challenges.invalidRequest;
  else if (reason == Reason.JWT_SPIFFE_ID_INVALID) value = challenges.insufficientScope;
  else if (reason == Reason.JWT_SUBJECT_REFUSED) value = challenges.insufficientScope;
  else if (reason == Reason.JWT_CLAIM_REFUSED) value = challenges.insufficientScope;
  else if (reasonStatus(reason) == UNAUTHORIZED) value = challenges.invalidToken;
  if (value != 0) addReplyField(WWW_AUTHENTICATE, textPtr(value), textLen(value));
}
