// The text of a part of a key, for a store that is told of it.

import { claimLen, claimPtr, isScalarClaim } from "../../../core/headers/identity";
import { headerCount, headerLen, headerPtr } from "../../../core/headers/request";
import { KeyPart } from "../../../core/ratelimit/key";
import { textLen, textPtr } from "../../../core/bytes/text";
import { Part, RateLimitConfig } from "../model";

export let partPtr: usize = 0;
export let partLen: u32 = 0;

/** Finds what a part is in the request in hand; false when it is missing. */
export function findPart(config: RateLimitConfig, part: Part): bool {
  switch (part.kind) {
    case KeyPart.CLAIM:
      if (!isScalarClaim(part.operand)) return false;
      partPtr = claimPtr(part.operand);
      partLen = claimLen(part.operand);
      return true;
    case KeyPart.HEADER:
      if (headerCount(part.operand) == 0) return false;
      partPtr = headerPtr(part.operand);
      partLen = headerLen(part.operand);
      return true;
    case KeyPart.TEXT:
      partPtr = textPtr(part.operand);
      partLen = textLen(part.operand);
      return true;
    default:
      return false;
  }
}
