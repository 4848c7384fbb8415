// node:crypto, which is OpenSSL. Keys are parsed once; what a call costs is part of its figures.

import { createHash, createHmac, timingSafeEqual, verify } from "node:crypto";
import type { Hasher, Verifier } from "./contestant.ts";
import { verifyInLoop } from "./contestant.ts";
import type { Sample } from "./samples.ts";
import { NODE_HASHES } from "./samples.ts";

export function nodeVerifier(sample: Sample): Verifier {
  const { hash, nodeKey, parts } = sample;
  if (parts.kind !== "secret") {
    return verifyInLoop(sample, (message, signature) => verify(hash, message, nodeKey, signature));
  }
  const name = NODE_HASHES[parts.hash] ?? "";
  return verifyInLoop(sample, (message, signature) => {
    const tag = createHmac(name, nodeKey.key).update(message).digest();
    return tag.length === signature.length && timingSafeEqual(tag, signature);
  });
}

export function nodeHasher(hash: number, bytes: Uint8Array): Hasher {
  const name = NODE_HASHES[hash] ?? "";
  const digest = (): Uint8Array => createHash(name).update(bytes).digest();
  return {
    digest,
    digestMany(times) {
      for (let i = 0; i < times; i++) digest();
    },
  };
}
