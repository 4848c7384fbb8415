// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): what must be signed is encoded anew and compared as a whole,
// so that there is nothing to parse and nothing to forge.

import { Hash, hashLen } from "../hash";
import { MODULUS_BYTES_MAX } from "./key";

// DigestInfo up to the digest, with NULL as parameters (RFC 8017 §9.2, note 1).
const PREFIX_BYTES: u32 = 19;
const SHA256: usize = memory.data<u8>([
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
  0x00, 0x04, 0x20,
]);
const SHA384: usize = memory.data<u8>([
  0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
  0x00, 0x04, 0x30,
]);
const SHA512: usize = memory.data<u8>([
  0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
  0x00, 0x04, 0x40,
]);

const ENCODED: usize = memory.data(<i32>MODULUS_BYTES_MAX, 16);

/** Whether `len` bytes, 256 or more, are EMSA-PKCS1-v1_5 of a digest. */
export function isPkcs1(encoded: usize, len: u32, hash: Hash, digest: usize): bool {
  const digestLen = hashLen(hash);
  const infoLen = PREFIX_BYTES + digestLen;
  const prefix = hash == Hash.SHA256 ? SHA256 : hash == Hash.SHA384 ? SHA384 : SHA512;
  const info = ENCODED + len - infoLen;
  memory.fill(ENCODED, 0xff, len);
  store<u8>(ENCODED, 0x00);
  store<u8>(ENCODED, 0x01, 1);
  store<u8>(info - 1, 0x00);
  memory.copy(info, prefix, PREFIX_BYTES);
  memory.copy(info + PREFIX_BYTES, digest, digestLen);
  return memory.compare(ENCODED, encoded, len) == 0;
}
