// Whether the arithmetic tells right from wrong on this machine, for one algorithm: a known
// signature, then the same for a changed text, then changed itself. It also warms the code.

import { Algorithm, algorithmKeyType } from "./algorithm";
import { SELF_TEST_BYTES, SELF_TEST_ROWS } from "./generated/self_test_table";
import { verify } from "./verify";
import { KeyMembers, prepareVerifyKey, VERIFY_KEY_BYTES_MAX, VerifyKey } from "./verify_key";

const TEXT: usize = memory.data<u8>([0x73, 0x61, 0x6d, 0x70, 0x6c, 0x65]);
const CHANGED_TEXT: usize = memory.data<u8>([0x73, 0x61, 0x6d, 0x70, 0x6c, 0x64]);
const TEXT_BYTES: u32 = 6;
const SIGNATURE_BYTES_MAX: u32 = 256;
/** Six numbers of 16 bits: offset and length of the key's first part, its second, the signature. */
const ROW_BYTES: u32 = 12;

const ANSWER = changetype<KnownAnswer>(memory.data(64, 8));
if (offsetof<KnownAnswer>() > 64) ERROR("KnownAnswer needs more room");
const KEY: usize = memory.data(<i32>VERIFY_KEY_BYTES_MAX, 16);
const CHANGED_SIGNATURE: usize = memory.data(<i32>SIGNATURE_BYTES_MAX);

/** A key, a text, a right signature, and what is not right. */
@unmanaged
export class KnownAnswer extends KeyMembers {
  textPtr: usize;
  textLen: u32;
  /** Of the same length. */
  changedTextPtr: usize;
  signaturePtr: usize;
  /** Of the same length, its last bit another. */
  changedSignaturePtr: usize;
  signatureLen: u32;
}

/** The known answer for an algorithm that is not UNKNOWN. */
export function readKnownAnswer(algorithm: Algorithm, out: KnownAnswer): void {
  const row = SELF_TEST_ROWS + (<u32>algorithm - 1) * ROW_BYTES;
  out.keyType = algorithmKeyType(algorithm);
  out.firstPtr = SELF_TEST_BYTES + load<u16>(row);
  out.firstLen = load<u16>(row, 2);
  out.secondPtr = SELF_TEST_BYTES + load<u16>(row, 4);
  out.secondLen = load<u16>(row, 6);
  out.textPtr = TEXT;
  out.textLen = TEXT_BYTES;
  out.changedTextPtr = CHANGED_TEXT;
  out.signaturePtr = SELF_TEST_BYTES + load<u16>(row, 8);
  out.signatureLen = load<u16>(row, 10);
  memory.copy(CHANGED_SIGNATURE, out.signaturePtr, out.signatureLen);
  const last = CHANGED_SIGNATURE + out.signatureLen - 1;
  store<u8>(last, load<u8>(last) ^ 1);
  out.changedSignaturePtr = CHANGED_SIGNATURE;
}

/** Whether the module's own arithmetic gives the known answer. */
export function selfTest(algorithm: Algorithm): bool {
  readKnownAnswer(algorithm, ANSWER);
  return (
    prepareVerifyKey(ANSWER, KEY) &&
    isRight(algorithm, ANSWER.textPtr, ANSWER.signaturePtr) &&
    !isRight(algorithm, ANSWER.changedTextPtr, ANSWER.signaturePtr) &&
    !isRight(algorithm, ANSWER.textPtr, ANSWER.changedSignaturePtr)
  );
}

function isRight(algorithm: Algorithm, textPtr: usize, signaturePtr: usize): bool {
  const key = changetype<VerifyKey>(KEY);
  return verify(algorithm, key, textPtr, ANSWER.textLen, signaturePtr, ANSWER.signatureLen);
}
