import { Hash } from "./hash";
export function rsaKeyBytes(nLen: u32): u32 {
  return 64;
}
export function prepareRsa(n: usize, nLen: u32, e: usize, eLen: u32, key: usize): bool {
  return true;
}
export function verifyRsaPkcs1(
  key: usize,
  hash: Hash,
  digest: usize,
  signature: usize,
  signatureLen: u32,
): bool {
  return false;
}
export function verifyRsaPss(
  key: usize,
  hash: Hash,
  digest: usize,
  signature: usize,
  signatureLen: u32,
): bool {
  return false;
}
