// What a part of a key is in the request in hand.

import { textLen, textPtr } from "../../../core/bytes/text";
import { claimLen, claimPtr, isScalarClaim } from "../../../core/headers/identity";
import { headerCount, headerLen, headerPtr } from "../../../core/headers/request";
import { KeyPart } from "../../../core/ratelimit/key";
import { Part, RateLimitConfig } from "../model";

/** The part that `findPart` found last. */
export let partPtr: usize = 0;
export let partLen: u32 = 0;

/** Finds the bytes that count of one part of the request in hand; false when there are none. */
export function findPart(config: RateLimitConfig, part: Part): bool {
  const operand = part.operand;
  if (part.kind == KeyPart.TEXT) {
    partPtr = textPtr(operand);
    partLen = textLen(operand);
    return true;
  }
  if (part.kind == KeyPart.HEADER && headerCount(operand) == 1) {
    partPtr = headerPtr(operand);
    partLen = headerLen(operand);
    return true;
  }
  if (part.kind == KeyPart.CLAIM && isScalarClaim(operand)) {
    partPtr = claimPtr(operand);
    partLen = claimLen(operand);
    return true;
  }
  return false;
}
