// Asks the host whether a signature is right: Envoy's foreign function "verify_signature".

import { arenaAllocate } from "../../abi/arena";
import { answerLen, answerPtr, callForeignFunction } from "../../abi/host";
import { Status } from "../../abi/types";
import { text, textLen, textPtr } from "../../core/bytes/text";
import { Algorithm, algorithmHash } from "../../core/jwt/algorithm";
import { Compact } from "../../core/jwt/compact";
import { SIGNATURE_BYTES_MAX, writeSignature } from "../../core/jwt/signature";
import {
  readVerifyResult,
  VerifyArguments,
  verifyArgumentsLenMax,
  VerifyResult,
  writeVerifyArguments,
} from "../../core/jwt/verify_arguments";
import { Reason } from "../../core/reason";
import { Key } from "./model";

const FUNCTION = text("verify_signature");
const SIGNATURE: usize = heap.alloc(SIGNATURE_BYTES_MAX);
const ARGUMENTS = changetype<VerifyArguments>(heap.alloc(offsetof<VerifyArguments>()));

/** OK, JWT_SIGNATURE_INVALID, or HOST_FAILURE when the host does not say. */
export function verifySignature(token: Compact, algorithm: Algorithm, key: Key): Reason {
  const len = writeSignature(
    key.keyType,
    key.signatureLen,
    token.signaturePtr,
    token.signatureLen,
    SIGNATURE,
  );
  if (len < 0) return Reason.JWT_SIGNATURE_INVALID;
  ARGUMENTS.hash = algorithmHash(algorithm);
  ARGUMENTS.keyPtr = textPtr(key.spki);
  ARGUMENTS.keyLen = textLen(key.spki);
  ARGUMENTS.signaturePtr = SIGNATURE;
  ARGUMENTS.signatureLen = <u32>len;
  ARGUMENTS.textPtr = token.signedPtr;
  ARGUMENTS.textLen = token.signedLen;
  const message = arenaAllocate(verifyArgumentsLenMax(ARGUMENTS));
  if (message == 0) return Reason.HEADERS_TOO_LARGE;
  const messageLen = writeVerifyArguments(ARGUMENTS, message);
  const status = callForeignFunction(textPtr(FUNCTION), textLen(FUNCTION), message, messageLen);
  if (status != Status.OK) return Reason.HOST_FAILURE;
  const result = readVerifyResult(answerPtr, answerLen);
  if (result == VerifyResult.MALFORMED) return Reason.HOST_FAILURE;
  return result == VerifyResult.VERIFIED ? Reason.OK : Reason.JWT_SIGNATURE_INVALID;
}
