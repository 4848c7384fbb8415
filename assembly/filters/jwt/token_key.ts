// What a token is looked up by in the caches: all of its bytes, the provider that it is taken for
// and that provider's keys and deny-list.

import { siphash } from "../../core/bytes/hash";
import { TokenKey } from "../../core/table/token_cache";
import { denyGeneration } from "./deny_list";
import { JwtConfig, keySetOf, Provider } from "./model";

const KEY = changetype<TokenKey>(heap.alloc(offsetof<TokenKey>()));
/**
 * Bytes at the end of a token that are hashed: of the signature, so they differ from token to
 * token.
 */
const HASHED_BYTES: u32 = 32;

/** The key of a token; valid until the next one is made. */
export function tokenKey(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
): TokenKey {
  const len = min(tokenLen, HASHED_BYTES);
  KEY.hash = siphash(tokenPtr + (tokenLen - len), len, config.hashKey0, config.hashKey1);
  // Whatever comes has a number above all that were there: two states never have the same largest.
  const denied = denyGeneration(provider.claimRules);
  KEY.generation = max(keySetOf(provider).generation, denied);
  KEY.owner = provider.number;
  KEY.tokenPtr = tokenPtr;
  KEY.tokenLen = tokenLen;
  return KEY;
}
