// What an answer says about why a token was refused: WWW-Authenticate (RFC 6750 §3), and
// Retry-After where the reason passes by itself. Nothing of the token, and nothing of the request,
// is in it.

import { arenaAllocateReserved } from "../../abi/arena";
import { copyText, Text, text, textLen, textPtr } from "../../core/bytes/text";
import { ErrorForm } from "../../core/headers/error_body";
import { addReplyField, setReplyForm, setReplyStatus } from "../../core/headers/reply";
import { RETRY_AFTER_SECONDS } from "../../core/limits";
import { Reason, reasonGrpcStatus, reasonName, reasonStatus } from "../../core/reason";

const WWW_AUTHENTICATE = text("www-authenticate");
const RETRY_AFTER = text("retry-after");
const RETRY_AFTER_VALUE = text(RETRY_AFTER_SECONDS.toString());
const UNAUTHORIZED: u32 = 401;

const INVALID_REQUEST = text("invalid_request");
const INVALID_TOKEN = text("invalid_token");
const INSUFFICIENT_SCOPE = text("insufficient_scope");
const ERROR = text(', error="');
const DESCRIPTION = text('", error_description="');
const SCOPE = text('", scope="');
const QUOTE = text('"');

/** What the section says about refusals. */
// @ts-ignore: decorator
@unmanaged
export class Challenges {
  /** Scheme and realm, which every challenge begins with. */
  begin: Text;
  /** `resource_metadata` (RFC 9728 §5.1), which every challenge ends in; may be empty. */
  end: Text;
  /** Form of the bodies plus one; 0 is that of the chain. */
  errors: u32;
  /** HTTP status for a token that is meant for others. */
  audienceStatus: u32;
}

/**
 * Adds to the answer what a refusal for this reason says. `scope` is what the token lacks, 0 when
 * that is not a scope (RFC 6750 §3: it must be characters of %x21 / %x23-5B / %x5D-7E and spaces).
 */
export function challenge(challenges: Challenges, reason: Reason, scope: Text): void {
  if (challenges.errors != 0) setReplyForm(<ErrorForm>(challenges.errors - 1));
  if (reason == Reason.JWT_AUDIENCE_REFUSED && challenges.audienceStatus != UNAUTHORIZED) {
    setReplyStatus(challenges.audienceStatus, reasonGrpcStatus(Reason.JWT_SUBJECT_REFUSED));
  }
  if (isForNow(reason)) {
    addReplyField(RETRY_AFTER, textPtr(RETRY_AFTER_VALUE), textLen(RETRY_AFTER_VALUE));
  }
  if (reason == Reason.JWT_MISSING) return authenticateWith(challenges, 0, reason, 0);
  const error = errorOf(challenges, reason);
  if (error != 0) authenticateWith(challenges, error, reason, scope);
}

/** Whether what was missing is on its way or asked for again soon. */
function isForNow(reason: Reason): bool {
  return (
    reason == Reason.JWT_KEYS_UNAVAILABLE ||
    reason == Reason.JWT_DENY_LIST_UNAVAILABLE ||
    reason == Reason.JWT_WAITING_FULL
  );
}

/** Code of the error (RFC 6750 §3.1); 0 for failures that no token would mend. */
function errorOf(challenges: Challenges, reason: Reason): Text {
  switch (reason) {
    case Reason.JWT_MULTIPLE:
      return INVALID_REQUEST;
    case Reason.JWT_SPIFFE_ID_INVALID:
    case Reason.JWT_SUBJECT_REFUSED:
    case Reason.JWT_CLAIM_REFUSED:
      return INSUFFICIENT_SCOPE;
    case Reason.JWT_AUDIENCE_REFUSED:
      return challenges.audienceStatus == UNAUTHORIZED ? INVALID_TOKEN : INSUFFICIENT_SCOPE;
    default:
      return reasonStatus(reason) == UNAUTHORIZED ? INVALID_TOKEN : 0;
  }
}

/** Adds a challenge; without an error for who presented nothing (RFC 6750 §3.1). */
function authenticateWith(challenges: Challenges, error: Text, reason: Reason, scope: Text): void {
  let len = textLen(challenges.begin) + textLen(challenges.end);
  if (error != 0) {
    len += textLen(ERROR) + textLen(error) + textLen(DESCRIPTION) + textLen(reasonName(reason));
    len += textLen(QUOTE);
    if (scope != 0) len += textLen(SCOPE) + textLen(scope);
  }
  const value = arenaAllocateReserved(len);
  if (value == 0) return;
  let end = copyText(value, challenges.begin);
  if (error != 0) {
    end = copyText(end, ERROR);
    end = copyText(end, error);
    end = copyText(end, DESCRIPTION);
    end = copyText(end, reasonName(reason));
    if (scope != 0) {
      end = copyText(end, SCOPE);
      end = copyText(end, scope);
    }
    end = copyText(end, QUOTE);
  }
  copyText(end, challenges.end);
  addReplyField(WWW_AUTHENTICATE, value, len);
}
