// Claims of a token that nobody verifies. They are whatever the client says; what is done with them
// must not depend on their being true.

import { arenaAllocate } from "../../abi/arena";
import { NONE } from "../../core/bytes/none";
import { claimCount, ClaimKind, setClaim } from "../../core/headers/identity";
import { Scanner, SCANNER_BYTES } from "../../core/json/scanner";
import {
  claimLen,
  claimPtr,
  Claims,
  CLAIMS_BYTES,
  ExpectedClaims,
  readClaims,
} from "../../core/jwt/claims";
import { Compact, readCompact } from "../../core/jwt/compact";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { takeTokens, tokenLen, tokenPtr } from "./credentials";
import { JwtConfig, Provider } from "./model";
import { OutcomeKind } from "./outcomes";

const SCANNER = changetype<Scanner>(heap.alloc(SCANNER_BYTES));
const COMPACT = changetype<Compact>(heap.alloc(offsetof<Compact>()));
const EXPECTED = changetype<ExpectedClaims>(heap.alloc(offsetof<ExpectedClaims>()));
const CLAIMS = changetype<Claims>(heap.alloc(CLAIMS_BYTES));

/** Texts of the table of claims begin behind its count (identity.ts). */
const CLAIM_TABLE_TEXTS: usize = 4;

/**
 * UNVERIFIED, and then the claims of the table are set: views that live until the callback returns;
 * MISSING when there is no token; MALFORMED when it cannot be read.
 */
export function extractClaims(config: JwtConfig, provider: Provider): OutcomeKind {
  const reason = takeTokens(config, provider);
  if (reason == Reason.JWT_MISSING) return OutcomeKind.MISSING;
  if (reason != Reason.OK || tokenLen > TOKEN_BYTES_MAX) return OutcomeKind.MALFORMED;
  const decoded = arenaAllocate(tokenLen);
  if (decoded == 0) return OutcomeKind.MALFORMED;
  if (readCompact(tokenPtr, tokenLen, decoded, COMPACT) != Reason.OK) return OutcomeKind.MALFORMED;
  return setClaims(config) ? OutcomeKind.UNVERIFIED : OutcomeKind.MALFORMED;
}

function setClaims(config: JwtConfig): bool {
  EXPECTED.issuer = 0;
  EXPECTED.audiences = 0;
  EXPECTED.audienceCount = 0;
  EXPECTED.names = config.claims + CLAIM_TABLE_TEXTS;
  EXPECTED.nameCount = claimCount(config.claims);
  const reason = readClaims(COMPACT.payloadPtr, COMPACT.payloadLen, EXPECTED, SCANNER, CLAIMS);
  if (reason != Reason.OK) return false;
  for (let id: u32 = 0; id < EXPECTED.nameCount; id++) {
    const len = claimLen(CLAIMS, id);
    if (len != NONE) setClaim(id, claimPtr(CLAIMS, id), len, ClaimKind.STRING);
  }
  return true;
}
