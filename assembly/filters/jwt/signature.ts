// Whether a token's signature is right, by whoever verifies its algorithm here: the module's own
// arithmetic or the host. That is settled when a configuration is activated (verifiers.ts).

import { verify } from "../../core/crypto/verify";
import { Algorithm } from "../../core/crypto/algorithm";
import { VerifyKey } from "../../core/crypto/verify_key";
import { Compact } from "../../core/jwt/compact";
import { Reason } from "../../core/reason";
import { verifyByHost } from "./host_signature";
import { Key } from "./key_set";
import { JwtConfig, Verifier, verifierOf } from "./model";

/** OK, JWT_SIGNATURE_INVALID, JWT_ALGORITHM_DISABLED, or why the host gave no answer. */
export function verifySignature(
  config: JwtConfig,
  token: Compact,
  algorithm: Algorithm,
  key: Key,
): Reason {
  const verifier = verifierOf(config, algorithm);
  if (verifier == Verifier.NONE) return Reason.JWT_ALGORITHM_DISABLED;
  if (verifier != Verifier.MODULE) {
    const reason = verifyByHost(
      algorithm,
      key.spki,
      key.signatureLen,
      token.signedPtr,
      token.signedLen,
      token.signaturePtr,
      token.signatureLen,
    );
    if (reason != Reason.HOST_FAILURE || verifier == Verifier.HOST) return reason;
  }
  const isRight = verify(
    algorithm,
    changetype<VerifyKey>(key.verifyKey),
    token.signedPtr,
    token.signedLen,
    token.signaturePtr,
    token.signatureLen,
  );
  return isRight ? Reason.OK : Reason.JWT_SIGNATURE_INVALID;
}
