// SPIFFE IDs: spiffe:// + trust domain + path, with no second spelling for any of them.
// https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md §2

import { Char, isDigit, isLowerLetter, isUpperLetter, startsWithText } from "../bytes/ascii";
import { text, textLen } from "../bytes/text";
import { SPIFFE_ID_BYTES_MAX } from "../limits";

const SCHEME = text("spiffe://");

/** Bytes of a trust domain's name (SPIFFE-ID §2.3). */
const TRUST_DOMAIN_BYTES_MAX: u32 = 255;


@unmanaged
export class SpiffeId {
  trustDomainPtr: usize;
  trustDomainLen: u32;
  /** With its leading slash; empty for the ID of the trust domain itself. */
  pathPtr: usize;
  pathLen: u32;
}

/** Whether bytes are a SPIFFE ID; writes its parts when they are. */
export function parseSpiffeId(ptr: usize, len: u32, out: SpiffeId): bool {
  if (len > SPIFFE_ID_BYTES_MAX || !startsWithText(ptr, len, SCHEME)) return false;
  const end = ptr + len;
  const trustDomain = ptr + textLen(SCHEME);
  let path = trustDomain;
  while (path < end && load<u8>(path) != Char.SLASH) path++;
  const trustDomainLen = <u32>(path - trustDomain);
  if (!isTrustDomain(trustDomain, trustDomainLen) || !isPath(path, end)) return false;
  out.trustDomainPtr = trustDomain;
  out.trustDomainLen = trustDomainLen;
  out.pathPtr = path;
  out.pathLen = <u32>(end - path);
  return true;
}

/** Whether bytes are the name of a trust domain: 1 to 255 of a-z 0-9 . - _ */
export function isTrustDomain(ptr: usize, len: u32): bool {
  if (len == 0 || len > TRUST_DOMAIN_BYTES_MAX) return false;
  const end = ptr + len;
  for (let at = ptr; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (!isLowerLetter(c) && !isCommon(c)) return false;
  }
  return true;
}

/**
 * Whether [ptr, end) is empty or segments of a-z A-Z 0-9 . - _, each after a slash, none empty and
 * none a dot segment.
 */
function isPath(ptr: usize, end: usize): bool {
  let segment = ptr;
  while (segment < end) {
    let at = segment + 1;
    let dots: u32 = 0;
    while (at < end && load<u8>(at) != Char.SLASH) {
      const c = <u32>load<u8>(at);
      if (!isLowerLetter(c) && !isUpperLetter(c) && !isCommon(c)) return false;
      dots += u32(c == Char.DOT);
      at++;
    }
    const len = <u32>(at - segment - 1);
    if (len == 0 || (dots == len && len <= 2)) return false;
    segment = at;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isCommon(c: u32): bool {
  return isDigit(c) || c == Char.DOT || c == Char.MINUS || c == Char.UNDERSCORE;
}
