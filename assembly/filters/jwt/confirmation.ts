// Tokens that are bound to the client's certificate (RFC 8705 §3.1): the digest in the token is
// held against that of the certificate, on every request.

import { answerLen, answerPtr, getProperty } from "../../abi/host";
import { Status } from "../../abi/types";
import { decode } from "../../core/bytes/base64url";
import { readHex } from "../../core/bytes/hex";
import { text, textLen, textPtr } from "../../core/bytes/text";
import { equalCt } from "../../core/crypto/equal";
import { CERTIFICATE_DIGEST_BYTES, readCertificateDigest } from "../../core/headers/client_cert";
import { ClaimKind, claimKind, claimLen, claimPtr, clearClaims } from "../../core/headers/identity";
import { headerCount, headerLen, headerPtr } from "../../core/headers/request";
import { keptClaim, Claims } from "../../core/jwt/claims";
import { Reason } from "../../core/reason";
import { ClaimRules, Confirmation } from "./claim_rules";

/**
 * Hexadecimal, "the SHA256 digest of the peer certificate in the downstream TLS connection"
 * (Envoy, Attributes).
 */
const PEER_DIGEST = text("connection\0sha256_peer_certificate_digest");
/** Characters of a digest in base64url. */
const DIGEST_CHARACTERS: u32 = 43;

const BOUND_TO: usize = memory.data(<i32>CERTIFICATE_DIGEST_BYTES, 8);
const PRESENTED: usize = memory.data(<i32>CERTIFICATE_DIGEST_BYTES, 8);

/** Whether what a token says of its binding can be proved here at all, by any request. */
export function checkBinding(rules: ClaimRules, claims: Claims): Reason {
  const confirmation = rules.confirmation;
  if (confirmation == Confirmation.IGNORE) return Reason.OK;
  if (confirmation == Confirmation.REFUSE) {
    return claims.hasConfirmation != 0 ? Reason.JWT_CONFIRMATION_REFUSED : Reason.OK;
  }
  // A second member is a second proof that is asked for (RFC 7800 §3.1), and that nobody gives.
  const digest = keptClaim(claims, rules.certificateClaim);
  const isProvable =
    claims.confirmationMembers == 1 &&
    digest.kind == ClaimKind.STRING &&
    digest.len == DIGEST_CHARACTERS;
  return isProvable ? Reason.OK : Reason.JWT_CONFIRMATION_REFUSED;
}

/**
 * Whether the client of this request proves to be the one that its token is bound to: to be asked
 * for every request, when its claims are set. HOST_FAILURE when the host does not say. Whoever
 * does not prove it is nobody: their claims are gone.
 */
// @ts-ignore: decorator
@inline
export function checkConfirmation(rules: ClaimRules): Reason {
  return rules.confirmation < Confirmation.CONNECTION ? Reason.OK : requireProof(rules);
}

function requireProof(rules: ClaimRules): Reason {
  const reason = judgeProof(rules);
  if (reason != Reason.OK) clearClaims();
  return reason;
}

function judgeProof(rules: ClaimRules): Reason {
  const id = rules.certificateClaim;
  const refused = Reason.JWT_CONFIRMATION_REFUSED;
  if (claimKind(id) != ClaimKind.STRING || claimLen(id) != DIGEST_CHARACTERS) return refused;
  if (decode(BOUND_TO, claimPtr(id), DIGEST_CHARACTERS) != <i32>CERTIFICATE_DIGEST_BYTES) {
    return refused;
  }
  if (rules.confirmation == Confirmation.CONNECTION) {
    const status = getProperty(textPtr(PEER_DIGEST), textLen(PEER_DIGEST));
    if (status == Status.NOT_FOUND) return refused;
    if (status != Status.OK) return Reason.HOST_FAILURE;
    if (answerLen != 2 * CERTIFICATE_DIGEST_BYTES) return refused;
    if (!readHex(PRESENTED, answerPtr, CERTIFICATE_DIGEST_BYTES)) return refused;
  } else {
    const header = rules.certificateHeader;
    if (headerCount(header) != 1) return refused;
    if (!readCertificateDigest(headerPtr(header), headerLen(header), PRESENTED)) return refused;
  }
  return equalCt(BOUND_TO, PRESENTED, CERTIFICATE_DIGEST_BYTES) ? Reason.OK : refused;
}
