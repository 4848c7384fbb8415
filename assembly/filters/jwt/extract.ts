// Claims of a token that nobody verifies. They are whatever the client says; what is done with them
// must not depend on their being true.

import { arenaAllocate } from "../../abi/arena";
import { PATH_TREE_BYTES } from "../../core/json/path_tree";
import { setKeptClaims } from "../../core/jwt/claim_value";
import { Claims, CLAIMS_BYTES, ExpectedClaims } from "../../core/jwt/claims";
import { AudienceMatch } from "../../core/jwt/audience";
import { Compact, readCompact } from "../../core/jwt/compact";
import { readClaims } from "../../core/jwt/read_claims";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { takeTokens, tokenLen, tokenPtr } from "./credentials";
import { JwtConfig, Provider } from "./model";
import { OutcomeKind } from "./outcomes";
import { SCANNER } from "./scanner";

const COMPACT = changetype<Compact>(heap.alloc(offsetof<Compact>()));
const EXPECTED = changetype<ExpectedClaims>(heap.alloc(offsetof<ExpectedClaims>()));
const CLAIMS = changetype<Claims>(heap.alloc(CLAIMS_BYTES));
/** A tree without places. */
const NO_CLAIMS: usize = memory.data(32, 8);
if (PATH_TREE_BYTES > 32) ERROR("PATH_TREE needs more room");

/**
 * UNVERIFIED, and then the claims of the table are set: views that live until the callback returns;
 * MISSING when there is no token; MALFORMED when it cannot be read.
 */
export function extractClaims(config: JwtConfig, provider: Provider): OutcomeKind {
  const reason = takeTokens(config, provider);
  if (reason == Reason.JWT_MISSING) return OutcomeKind.MISSING;
  if (reason != Reason.OK || tokenLen > TOKEN_BYTES_MAX) return OutcomeKind.MALFORMED;
  // The decoded parts, and behind them as much for what is unescaped.
  const decoded = arenaAllocate(2 * tokenLen);
  if (decoded == 0) return OutcomeKind.MALFORMED;
  if (readCompact(tokenPtr, tokenLen, decoded, COMPACT) != Reason.OK) return OutcomeKind.MALFORMED;
  return setClaims(config, decoded + tokenLen) ? OutcomeKind.UNVERIFIED : OutcomeKind.MALFORMED;
}

function setClaims(config: JwtConfig, scratch: usize): bool {
  EXPECTED.issuer = 0;
  EXPECTED.audiences = 0;
  EXPECTED.audienceCount = 0;
  EXPECTED.audienceMatch = AudienceMatch.ANY;
  EXPECTED.kept = config.claims;
  EXPECTED.checked = NO_CLAIMS;
  const ptr = COMPACT.payloadPtr;
  const reason = readClaims(ptr, COMPACT.payloadLen, scratch, EXPECTED, SCANNER, CLAIMS);
  if (reason != Reason.OK) return false;
  setKeptClaims(config.claims, CLAIMS);
  return true;
}
