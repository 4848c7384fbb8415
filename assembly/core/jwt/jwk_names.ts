// Names and values of JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

import { text } from "../bytes/text";
import { Scanner } from "../json/scanner";
import { Profile } from "./profile";

export const KTY = text("kty");
export const KID = text("kid");
export const USE = text("use");
export const KEY_OPS = text("key_ops");
export const ALG = text("alg");
export const CRV = text("crv");
export const N = text("n");
export const E = text("e");
export const X = text("x");
export const Y = text("y");
export const K = text("k");
export const D = text("d");
export const P = text("p");
export const Q = text("q");
export const DP = text("dp");
export const DQ = text("dq");
export const QI = text("qi");
export const OTH = text("oth");

export const KTY_RSA = text("RSA");
export const KTY_EC = text("EC");
export const KTY_OKP = text("OKP");
export const KTY_OCT = text("oct");
export const CRV_P256 = text("P-256");
export const CRV_P384 = text("P-384");
export const CRV_P521 = text("P-521");
export const CRV_ED25519 = text("Ed25519");
export const USE_SIG = text("sig");
export const USE_JWT_SVID = text("jwt-svid");
export const OPERATION_VERIFY = text("verify");

/** The private members of RSA and EC keys (RFC 7518 §6.2.2, §6.3.2). */
export function isPrivateName(scanner: Scanner): bool {
  return (
    scanner.nameIs(D) ||
    scanner.nameIs(P) ||
    scanner.nameIs(Q) ||
    scanner.nameIs(DP) ||
    scanner.nameIs(DQ) ||
    scanner.nameIs(QI) ||
    scanner.nameIs(OTH)
  );
}

/**
 * "sig" (RFC 7517 §4.2); in a SPIFFE bundle "jwt-svid" (SPIFFE_Trust_Domain_and_Bundle §4.2.2). The
 * Workload API names none, and SPIRE's discovery provider "sig".
 */
export function isOurUse(scanner: Scanner, profile: Profile): bool {
  return scanner.nameIs(USE_SIG) || (profile == Profile.JWT_SVID && scanner.nameIs(USE_JWT_SVID));
}
