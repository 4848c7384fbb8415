// A token that is not in the cache, from its shape to its claims. Nothing of the payload is
// believed, or even read, before the signature is right: shape → header → critical extensions →
// type → algorithm → key → deny-list at hand → signature → claims.

import { arenaAllocate } from "../../abi/arena";
import { NONE } from "../../core/bytes/none";
import { Compact, readCompact } from "../../core/jwt/compact";
import { JoseHeader, readHeader } from "../../core/jwt/header";
import { TOKEN_BYTES_MAX } from "../../core/limits";
import { Reason } from "../../core/reason";
import { checkClaims } from "./claims";
import { checkDenyList, findKeyFor, foundKey } from "./source_life";
import { keyAt, nextKey } from "./key_set";
import { JwtConfig, keySetOf, Provider } from "./model";
import { SCANNER } from "./scanner";
import { verifySignature } from "./signature";

const COMPACT = changetype<Compact>(heap.alloc(offsetof<Compact>()));
const HEADER = changetype<JoseHeader>(heap.alloc(offsetof<JoseHeader>()));

/**
 * Verifies a token. When it is good, the claims of the table are set as the request's identity:
 * views of memory that lives until the callback returns.
 */
export function verifyToken(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  nowSeconds: i64,
): Reason {
  if (tokenLen > TOKEN_BYTES_MAX) return Reason.JWT_TOO_LARGE;
  // The decoded parts, and behind them as much for what is unescaped.
  const decoded = arenaAllocate(2 * tokenLen);
  if (decoded == 0) return Reason.HEADERS_TOO_LARGE;
  const reason = checkSignature(config, provider, tokenPtr, tokenLen, decoded);
  if (reason != Reason.OK) return reason;
  const payloadPtr = COMPACT.payloadPtr;
  const payloadLen = COMPACT.payloadLen;
  const rules = provider.claimRules;
  const scratch = decoded + tokenLen;
  return checkClaims(rules, config.claims, payloadPtr, payloadLen, scratch, nowSeconds, SCANNER);
}

/** Fills COMPACT; OK when the token is one of the provider's. */
function checkSignature(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
  decoded: usize,
): Reason {
  let reason = readCompact(tokenPtr, tokenLen, decoded, COMPACT);
  if (reason != Reason.OK) return reason;
  reason = readHeader(
    COMPACT.headerPtr,
    COMPACT.headerLen,
    provider.profile,
    provider.claimRules.types,
    provider.algorithms,
    SCANNER,
    HEADER,
  );
  if (reason != Reason.OK) return reason;
  reason = findKeyFor(config, provider, HEADER.algorithm, HEADER.kidPtr, HEADER.kidLen);
  if (reason != Reason.OK) return reason;
  // Without the list nobody can pass, so there is no point in the work of a signature.
  reason = checkDenyList(config, provider);
  if (reason != Reason.OK) return reason;
  const set = keySetOf(provider);
  let index = foundKey;
  do {
    reason = verifySignature(config, COMPACT, HEADER.algorithm, keyAt(set, index));
    if (reason != Reason.JWT_SIGNATURE_INVALID) return reason;
    index = nextKey(set, HEADER.algorithm, index);
  } while (index != NONE);
  return reason;
}
