// Who verifies each algorithm: settled when a configuration is activated, by known answers. An
// algorithm that nobody gets right is disabled: its tokens are refused and counted. Refusing the
// configuration instead would open it on a worker whose canary saw otherwise
// (docs/decisions/0003-failed-setup-denies.md).

import { log } from "../../abi/host";
import { LogLevel } from "../../abi/types";
import { text, textLen, textPtr } from "../../core/bytes/text";
import {
  Algorithm,
  algorithmBit,
  ALGORITHMS,
  AlgorithmSet,
  KeyType,
} from "../../core/crypto/algorithm";
import { KnownAnswer, readKnownAnswer, selfTest } from "../../core/crypto/self_test";
import { curveOf } from "../../core/crypto/verify_key";
import { algorithmName } from "../../core/jwt/algorithm";
import { writeEcSpki } from "../../core/jwt/ec_key";
import { SPKI_BYTES_MAX } from "../../core/jwt/jwk";
import { writeRsaSpki } from "../../core/jwt/rsa_key";
import { beginLine, endLine, LINE, putWord } from "../../core/log/line";
import { Reason } from "../../core/reason";
import { algorithmsOfProvider } from "./algorithm_config";
import { isHostAlgorithm, verifyByHost } from "./host_signature";
import { CryptoMode, JwtConfig, providerAt, setVerifier, Verifier } from "./model";

const DISABLED = text("algorithm disabled: the self-test of its verifier failed");
const ALGORITHM = text("algorithm");

const ANSWER = changetype<KnownAnswer>(memory.data(64, 8));
if (offsetof<KnownAnswer>() > 64) ERROR("KnownAnswer needs more room");
/** The key as a Text: its length, then its bytes. */
const SPKI: usize = memory.data(<i32>(4 + SPKI_BYTES_MAX), 4);

/** Algorithms that the module got right in this VM: its arithmetic is what it was. */
let passedByModule: AlgorithmSet = 0;

function moduleTest(algorithm: Algorithm): bool {
  const bit = algorithmBit(algorithm);
  if ((passedByModule & bit) != 0) return true;
  if (!selfTest(algorithm)) return false;
  passedByModule |= bit;
  return true;
}

/** Settles who verifies each algorithm of the configuration's providers. */
export function chooseVerifiers(config: JwtConfig): void {
  let used: AlgorithmSet = 0;
  for (let i: u32 = 0; i < config.providerCount; i++) {
    const provider = providerAt(config, i);
    used |= provider.algorithms & algorithmsOfProvider(provider);
  }
  choose(config, used);
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    if ((config.disabled & algorithmBit(algorithm)) != 0) logDisabled(algorithm);
  }
}

/** Whether nobody verifies some algorithm of the section. */
export function hasDisabled(config: usize): bool {
  return changetype<JwtConfig>(config).disabled != 0;
}

/** Tests again what nobody verified. */
export function retryVerifiers(config: usize): void {
  const own = changetype<JwtConfig>(config);
  choose(own, own.disabled);
}

function choose(config: JwtConfig, algorithms: AlgorithmSet): void {
  let disabled: AlgorithmSet = 0;
  for (let algorithm: Algorithm = 1; <u32>algorithm < ALGORITHMS; algorithm++) {
    if ((algorithms & algorithmBit(algorithm)) == 0) continue;
    const verifier = chooseVerifier(config.crypto, algorithm);
    setVerifier(config, algorithm, verifier);
    if (verifier == Verifier.NONE) disabled |= algorithmBit(algorithm);
  }
  config.disabled = disabled;
}

function chooseVerifier(mode: CryptoMode, algorithm: Algorithm): Verifier {
  const asksHost =
    mode == CryptoMode.HOST || (mode == CryptoMode.AUTO && isFasterByHost(algorithm));
  const hostWorks = asksHost && isHostAlgorithm(algorithm) && hostTest(algorithm);
  if (mode == CryptoMode.HOST) return hostWorks ? Verifier.HOST : Verifier.NONE;
  const moduleWorks = moduleTest(algorithm);
  if (hostWorks) return moduleWorks ? Verifier.HOST_THEN_MODULE : Verifier.HOST;
  return moduleWorks ? Verifier.MODULE : Verifier.NONE;
}

/**
 * RSASSA-PKCS1-v1_5: the module makes 0.7 of the verifications of native code (bench/README.md).
 * ECDSA is faster in the module for keys that are used again.
 */
function isFasterByHost(algorithm: Algorithm): bool {
  return algorithm <= Algorithm.RS512;
}

/** Whether the host gives the known answer. */
function hostTest(algorithm: Algorithm): bool {
  readKnownAnswer(algorithm, ANSWER);
  const len =
    ANSWER.keyType == KeyType.RSA
      ? writeRsaSpki(SPKI + 4, ANSWER.firstPtr, ANSWER.firstLen, ANSWER.secondPtr, ANSWER.secondLen)
      : writeEcSpki(SPKI + 4, curveOf(ANSWER.keyType), ANSWER.firstPtr, ANSWER.secondPtr);
  store<u32>(SPKI, len);
  return (
    byHost(algorithm, ANSWER.textPtr, ANSWER.signaturePtr) == Reason.OK &&
    byHost(algorithm, ANSWER.changedTextPtr, ANSWER.signaturePtr) == Reason.JWT_SIGNATURE_INVALID &&
    byHost(algorithm, ANSWER.textPtr, ANSWER.changedSignaturePtr) == Reason.JWT_SIGNATURE_INVALID
  );
}

function byHost(algorithm: Algorithm, textPtr: usize, signaturePtr: usize): Reason {
  const len = ANSWER.signatureLen;
  return verifyByHost(algorithm, SPKI, len, textPtr, ANSWER.textLen, signaturePtr, len);
}

function logDisabled(algorithm: Algorithm): void {
  const name = algorithmName(algorithm);
  beginLine(DISABLED);
  putWord(ALGORITHM, textPtr(name), textLen(name));
  log(LogLevel.CRITICAL, LINE, endLine());
}
