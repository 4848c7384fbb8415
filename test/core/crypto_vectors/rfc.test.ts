// The signed examples of RFC 7515, RFC 7520 and RFC 8037. Node verifies each as well, so that no
// slip in a file can hide.

import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { CompactExample } from "../../support/rfc_vectors.ts";
import { readExamples, splitToken, verifyByNode } from "../../support/rfc_vectors.ts";
import type { Hash, Verifier } from "../../support/verifier.ts";
import {
  COORDINATE_BYTES,
  EC_ALGORITHMS,
  EDDSA,
  HMAC_ALGORITHMS,
  loadVerifier,
  RSA_ALGORITHMS,
} from "../../support/verifier.ts";
import { unbase64url } from "./wycheproof.ts";

const verifier: Verifier = await loadVerifier();

const bytes = (text: string | undefined): Buffer => unbase64url(text ?? "");

/** Number of the algorithm, and a key for it. */
function prepare({ alg, key }: CompactExample): [algorithm: number, key: number] {
  verifier.forgetKeys();
  const ec = EC_ALGORITHMS.find(({ name }) => name === alg);
  if (ec !== undefined) {
    expect(bytes(key.x)).toHaveLength(COORDINATE_BYTES[ec.curve]);
    return [ec.number, verifier.ecKey(ec.curve, bytes(key.x), bytes(key.y))];
  }
  const rsa = RSA_ALGORITHMS.find(({ name }) => name === alg);
  if (rsa !== undefined) return [rsa.number, verifier.rsaKey(bytes(key.n), bytes(key.e))];
  if (alg === EDDSA.name) return [EDDSA.number, verifier.okpKey(bytes(key.x))];
  const hmac = HMAC_ALGORITHMS.find(({ name }) => name === alg);
  const hash: Hash = hmac?.hash ?? 0;
  return [hmac?.number ?? 0, verifier.secret(hash, bytes(key.k))];
}

describe.each([
  { rfc: 7515, algorithms: ["HS256", "RS256", "ES256", "ES512"] },
  { rfc: 7520, algorithms: ["RS256", "PS384", "ES512", "HS256"] },
  { rfc: 8037, algorithms: ["EdDSA"] },
])("RFC $rfc", ({ rfc, algorithms }) => {
  const { compact } = readExamples(rfc);

  test("has an example of each algorithm", () => {
    expect(compact.map(({ alg }) => alg)).toEqual(algorithms);
  });

  test.each(compact)("$section, $alg, is verified, and nothing near it", (example) => {
    expect(verifyByNode(example)).toBe(true);
    const [algorithm, key] = prepare(example);
    const { message, signature } = splitToken(example.token);
    expect(key).not.toBe(0);
    expect(verifier.verify(algorithm, key, { message, signature })).toBe(true);
    for (let at = 0; at < signature.length; at++) {
      const wrong = Buffer.from(signature);
      wrong[at] = (wrong[at] ?? 0) ^ 1;
      expect(verifier.verify(algorithm, key, { message, signature: wrong })).toBe(false);
    }
    const longer = Buffer.concat([message, Buffer.from("A")]);
    expect(verifier.verify(algorithm, key, { message: longer, signature })).toBe(false);
  });
});

test("RFC 8037, A.3: the thumbprint of the key of A.4 (RFC 7638 §3)", () => {
  const { compact, thumbprint } = readExamples(8037);
  const { crv, kty, x } = compact[0]?.key ?? {};
  const digest = createHash("sha256").update(JSON.stringify({ crv, kty, x }));
  expect(digest.digest("base64url")).toBe(thumbprint?.sha256);
  expect(thumbprint?.key).toEqual({ crv, kty, x });
});
