// Asks the host whether a signature is right: Envoy's foreign function "verify_signature".

import { arenaAllocate } from "../../abi/arena";
import { answerLen, answerPtr, callForeignFunction } from "../../abi/host";
import { Status } from "../../abi/types";
import { text, Text, textLen, textPtr } from "../../core/bytes/text";
import { Algorithm, algorithmKeyType, isPss, KeyType } from "../../core/crypto/algorithm";
import { algorithmHashName } from "../../core/jwt/algorithm";
import { SIGNATURE_BYTES_MAX, writeSignature } from "../../core/jwt/signature";
import {
  readVerifyResult,
  VerifyArguments,
  verifyArgumentsLenMax,
  VerifyResult,
  writeVerifyArguments,
} from "../../core/jwt/verify_arguments";
import { Reason } from "../../core/reason";

const FUNCTION = text("verify_signature");
const SIGNATURE: usize = heap.alloc(SIGNATURE_BYTES_MAX);
const ARGUMENTS = changetype<VerifyArguments>(heap.alloc(offsetof<VerifyArguments>()));

/** Whether hosts have an algorithm at all: RSASSA-PKCS1-v1_5 and ECDSA (foreign.cc in Envoy). */
export function isHostAlgorithm(algorithm: Algorithm): bool {
  switch (algorithmKeyType(algorithm)) {
    case KeyType.RSA:
      return !isPss(algorithm);
    case KeyType.EC_P256:
    case KeyType.EC_P384:
    case KeyType.EC_P521:
      return true;
    default:
      return false;
  }
}

/**
 * OK, JWT_SIGNATURE_INVALID, or HOST_FAILURE when the host does not say. `spki` is the key as
 * SubjectPublicKeyInfo, `expectedLen` the bytes of its signatures.
 */
export function verifyByHost(
  algorithm: Algorithm,
  spki: Text,
  expectedLen: u32,
  signedPtr: usize,
  signedLen: u32,
  signaturePtr: usize,
  signatureLen: u32,
): Reason {
  const keyType = algorithmKeyType(algorithm);
  const len = writeSignature(keyType, expectedLen, signaturePtr, signatureLen, SIGNATURE);
  if (len < 0) return Reason.JWT_SIGNATURE_INVALID;
  ARGUMENTS.hash = algorithmHashName(algorithm);
  ARGUMENTS.keyPtr = textPtr(spki);
  ARGUMENTS.keyLen = textLen(spki);
  ARGUMENTS.signaturePtr = SIGNATURE;
  ARGUMENTS.signatureLen = <u32>len;
  ARGUMENTS.textPtr = signedPtr;
  ARGUMENTS.textLen = signedLen;
  const message = arenaAllocate(verifyArgumentsLenMax(ARGUMENTS));
  if (message == 0) return Reason.HEADERS_TOO_LARGE;
  const messageLen = writeVerifyArguments(ARGUMENTS, message);
  const status = callForeignFunction(textPtr(FUNCTION), textLen(FUNCTION), message, messageLen);
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const result = readVerifyResult(answerPtr, answerLen);
  if (result == VerifyResult.MALFORMED) return Reason.HOST_FAILURE;
  return result == VerifyResult.VERIFIED ? Reason.OK : Reason.JWT_SIGNATURE_INVALID;
}
