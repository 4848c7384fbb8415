// What a token is looked up by in the caches: all of its bytes, the provider that it is taken for
// and that provider's keys and deny-list.

import { BLOCK_BYTES, hashBlock } from "../../core/bytes/hash";
import { TokenKey } from "../../core/table/token_cache";
import { denyGeneration } from "./deny_list";
import { JwtConfig, keySetOf, Provider } from "./model";

const KEY = changetype<TokenKey>(heap.alloc(offsetof<TokenKey>()));

/** The key of a token; valid until the next one is made. */
export function tokenKey(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
): TokenKey {
  return tokenKeyInPlace(config, provider, tokenPtr, tokenLen);
}

/** The same without a call. */
// @ts-ignore: decorator
@inline
export function tokenKeyInPlace(
  config: JwtConfig,
  provider: Provider,
  tokenPtr: usize,
  tokenLen: u32,
): TokenKey {
  // The end of a token is that of its signature, so it differs from token to token. None so short
  // as to have no such end is ever kept.
  const end = tokenPtr + tokenLen - BLOCK_BYTES;
  KEY.hash = tokenLen < BLOCK_BYTES ? 0 : hashBlock(end, config.hashSecret);
  // Whatever comes has a number above all that were there: two states never have the same largest.
  const denied = denyGeneration(provider.claimRules);
  KEY.generation = max(keySetOf(provider).generation, denied);
  KEY.owner = provider.number;
  KEY.tokenPtr = tokenPtr;
  KEY.tokenLen = tokenLen;
  return KEY;
}
