// The JOSE header of a token (RFC 7515 §4): read whole, judged after, and never a source of keys
// (RFC 8725 §3.10).

import { equalsLowerText, equalsText, startsWithLowerText } from "../bytes/ascii";
import { NONE } from "../bytes/none";
import { Text, text, textLen } from "../bytes/text";
import { Scanner } from "../json/scanner";
import { Token } from "../json/token";
import { Algorithm, algorithmBit, AlgorithmSet } from "../crypto/algorithm";
import { Reason } from "../reason";
import { algorithmNamed } from "./algorithm";
import { Profile } from "./profile";

const ALG = text("alg");
const KID = text("kid");
const TYP = text("typ");
const CTY = text("cty");
const CRIT = text("crit");
const B64 = text("b64");
const ZIP = text("zip");
const ENC = text("enc");

const TYPE_JWT = text("JWT");
const TYPE_JOSE = text("JOSE");
const MEDIA_PREFIX = text("application/");
const MEDIA_JWT = text("jwt");
const MEDIA_JOSE = text("jose");
const MEDIA_ACCESS_TOKEN = text("at+jwt");

/** The media types that a token must have, or none for those of its profile. */
@unmanaged
export class TypeList {
  /** Texts in lower case without "application/", four bytes each. */
  types: usize;
  count: u32;
}

/** What a header says. Its views point into the header's bytes. */
@unmanaged
export class JoseHeader {
  kidPtr: usize;
  /** NONE when there is no `kid`. */
  kidLen: u32;
  algorithm: Algorithm;
  private hasAlgorithm: bool;
  private hasCritical: bool;
  private typeRefused: bool;
  private isNested: bool;

  begin(needsType: bool): void {
    this.kidPtr = 0;
    this.kidLen = NONE;
    this.algorithm = Algorithm.UNKNOWN;
    this.hasAlgorithm = false;
    this.hasCritical = false;
    this.typeRefused = needsType;
    this.isNested = false;
  }

  judge(profile: Profile, allowed: AlgorithmSet): Reason {
    if (this.hasCritical) return Reason.JWT_CRITICAL_REFUSED;
    if (!this.hasAlgorithm) return Reason.JWT_HEADER_INVALID;
    // JWT-SVID leaves it out; no implementation does, for bundles have several keys.
    if (profile == Profile.JWT_SVID && this.kidLen == NONE) return Reason.JWT_HEADER_INVALID;
    if (this.typeRefused || this.isNested) return Reason.JWT_TYPE_REFUSED;
    const algorithm = this.algorithm;
    if (algorithm == Algorithm.UNKNOWN || (allowed & algorithmBit(algorithm)) == 0) {
      return Reason.JWT_ALGORITHM_REFUSED;
    }
    return Reason.OK;
  }

  setAlgorithm(ptr: usize, len: u32): void {
    this.hasAlgorithm = true;
    this.algorithm = algorithmNamed(ptr, len);
  }

  setCritical(): void {
    this.hasCritical = true;
  }

  setType(isOurs: bool): void {
    this.typeRefused = !isOurs;
  }

  refuseNested(): void {
    this.isNested = true;
  }
}

/**
 * Reads a decoded header, in place: escapes in it are replaced. Fails when it is not one JSON
 * object with members of the right types, has `crit` in any form (we understand no extension, RFC
 * 7515 §4.1.11), is typed as something else than a token for us, or names an algorithm outside of
 * `allowed`.
 */
export function readHeader(
  ptr: usize,
  len: u32,
  profile: Profile,
  types: TypeList,
  allowed: AlgorithmSet,
  scanner: Scanner,
  out: JoseHeader,
): Reason {
  out.begin(types.count != 0);
  scanner.begin(ptr, len);
  if (scanner.next() != Token.OBJECT_BEGIN) return Reason.JWT_HEADER_INVALID;
  while (true) {
    const token = scanner.next();
    if (token == Token.OBJECT_END) break;
    if (token != Token.NAME || !readMember(profile, types, scanner, out)) {
      return Reason.JWT_HEADER_INVALID;
    }
  }
  if (scanner.next() != Token.END) return Reason.JWT_HEADER_INVALID;
  return out.judge(profile, allowed);
}

function readMember(profile: Profile, types: TypeList, scanner: Scanner, out: JoseHeader): bool {
  if (scanner.nameIs(ALG)) {
    if (!readString(scanner)) return false;
    out.setAlgorithm(scanner.valuePtr, scanner.valueLen);
    return true;
  }
  if (scanner.nameIs(KID)) {
    if (!readString(scanner)) return false;
    out.kidPtr = scanner.valuePtr;
    out.kidLen = scanner.valueLen;
    return true;
  }
  if (scanner.nameIs(TYP)) {
    if (!readString(scanner)) return false;
    out.setType(isOurType(profile, types, scanner.valuePtr, scanner.valueLen));
    return true;
  }
  if (scanner.nameIs(CRIT)) {
    out.setCritical();
    return scanner.skipValue();
  }
  // JWT-SVID §2: any header member but alg, kid and typ must not be there.
  if (profile == Profile.JWT_SVID) return false;
  return readOtherMember(scanner, out);
}

function readOtherMember(scanner: Scanner, out: JoseHeader): bool {
  // zip and enc belong to encryption (RFC 7516 §4.1): a token that claims to be both is neither.
  if (scanner.nameIs(ZIP) || scanner.nameIs(ENC)) return false;
  if (scanner.nameIs(CTY)) {
    // The payload is another token (RFC 7519 §5.2).
    if (!readString(scanner)) return false;
    if (isMediaType(scanner.valuePtr, scanner.valueLen, MEDIA_JWT)) out.refuseNested();
    return true;
  }
  // A token's payload is always base64url (RFC 7797 §7).
  if (scanner.nameIs(B64)) return scanner.next() == Token.TRUE;
  return scanner.skipValue();
}

function readString(scanner: Scanner): bool {
  if (scanner.next() != Token.STRING) return false;
  return scanner.unescape(scanner.valuePtr, scanner.valueLen) >= 0;
}

/**
 * JWT-SVID §2.3: JWT or JOSE, exactly. Otherwise one of the list or, without one, what RFC 7519
 * §5.1 and RFC 9068 §2.1 name, as media types, which ignore case; every other type is made for
 * another use (RFC 8725 §3.11).
 */
function isOurType(profile: Profile, types: TypeList, ptr: usize, len: u32): bool {
  if (profile == Profile.JWT_SVID) {
    return equalsText(ptr, len, TYPE_JWT) || equalsText(ptr, len, TYPE_JOSE);
  }
  if (types.count == 0) {
    return (
      isMediaType(ptr, len, MEDIA_JWT) ||
      isMediaType(ptr, len, MEDIA_ACCESS_TOKEN) ||
      isMediaType(ptr, len, MEDIA_JOSE)
    );
  }
  for (let i: u32 = 0; i < types.count; i++) {
    if (isMediaType(ptr, len, load<u32>(types.types + 4 * i))) return true;
  }
  return false;
}

/** Whether a value is a media type, with or without "application/" (RFC 7515 §4.1.9). */
function isMediaType(ptr: usize, len: u32, subtype: Text): bool {
  const prefixLen = startsWithLowerText(ptr, len, MEDIA_PREFIX) ? textLen(MEDIA_PREFIX) : 0;
  return equalsLowerText(ptr + prefixLen, len - prefixLen, subtype);
}
