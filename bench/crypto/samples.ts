// What every contestant verifies: one key, one message and one signature per algorithm, made anew
// by node:crypto in each run.

import type { KeyObject, VerifyKeyObjectInput } from "node:crypto";
import {
  constants,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";

export const MESSAGE_BYTES = 300;
export const HASHES = ["SHA-256", "SHA-384", "SHA-512"] as const;
export const HASH_BYTES = [32, 48, 64] as const;
export const NODE_HASHES = ["sha256", "sha384", "sha512"] as const;
export const CURVES = ["P-256", "P-384", "P-521"] as const;

/** Their places here, counted from 1, are the numbers that our module and RustCrypto's know. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "HS256", "HS384", "HS512"],
];
type NodeHash = (typeof NODE_HASHES)[number];
const MODULUS_BITS = 2048;
const LONGER_MODULUS_BITS = [3072, 4096] as const;

/** What a JWK holds, in bytes. A curve or a hash is its place in the lists above. */
export type KeyParts =
  | { kind: "rsa"; n: Buffer; e: Buffer }
  | { kind: "ec"; curve: number; x: Buffer; y: Buffer }
  | { kind: "okp"; x: Buffer }
  | { kind: "secret"; hash: number; k: Buffer };

export interface Sample {
  /** The algorithm, and the length of the modulus where it is not 2048 bits. */
  name: string;
  algorithm: number;
  /** Ed25519 has its own. */
  hash: NodeHash | null;
  parts: KeyParts;
  /** What node:crypto verifies with: parsed, and with the options of the algorithm. */
  nodeKey: VerifyKeyObjectInput;
  message: Buffer;
  signature: Buffer;
}

/** All algorithms, and RS256 with longer keys after it. */
export function makeSamples(): Sample[] {
  // What is signed in a JWS is base64url.
  const message = Buffer.from(randomBytes((MESSAGE_BYTES * 3) / 4).toString("base64url"), "latin1");
  const rsa = generateKeyPairSync("rsa", { modulusLength: MODULUS_BITS });
  return ALGORITHMS.flatMap((name) => {
    const sample = makeSample(name, name, rsa, message);
    if (name !== "RS256") return [sample];
    const longer = LONGER_MODULUS_BITS.map((modulusLength) => {
      const pair = generateKeyPairSync("rsa", { modulusLength });
      return makeSample(`${name} ${modulusLength}`, name, pair, message);
    });
    return [sample, ...longer];
  });
}

/** SEC 1 §2.3.3, without compression. */
export function uncompressedPoint({ x, y }: { x: Buffer; y: Buffer }): Buffer {
  return Buffer.concat([Buffer.of(4), x, y]);
}

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

function makeSample(name: string, algorithm: string, rsa: KeyPair, message: Buffer): Sample {
  const bits = /\d+/.exec(algorithm)?.[0];
  const hash = NODE_HASHES.find((known) => known === `sha${bits ?? ""}`) ?? null;
  const base = { name, algorithm: ALGORITHMS.indexOf(algorithm) + 1, hash, message };
  if (algorithm.startsWith("HS")) return { ...base, ...signWithSecret(hash, message) };
  const { publicKey, privateKey } = makePair(algorithm, rsa);
  const options = {
    ...(algorithm.startsWith("ES") && { dsaEncoding: "ieee-p1363" as const }),
    ...(algorithm.startsWith("PS") && {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    }),
  };
  return {
    ...base,
    parts: publicParts(publicKey),
    nodeKey: { key: publicKey, ...options },
    signature: sign(hash, message, { key: privateKey, ...options }),
  };
}

function makePair(algorithm: string, rsa: KeyPair): KeyPair {
  if (algorithm === "EdDSA") return generateKeyPairSync("ed25519");
  if (!algorithm.startsWith("ES")) return rsa;
  const namedCurve = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }[algorithm] ?? "";
  return generateKeyPairSync("ec", { namedCurve });
}

function signWithSecret(
  hash: NodeHash | null,
  message: Buffer,
): Pick<Sample, "parts" | "nodeKey" | "signature"> {
  if (hash === null) throw new Error("HMAC needs a hash");
  // RFC 7518 §3.2: a key as long as the hash's output or longer.
  const k = randomBytes(64);
  return {
    parts: { kind: "secret", hash: NODE_HASHES.indexOf(hash), k },
    nodeKey: { key: createSecretKey(k) },
    signature: createHmac(hash, k).update(message).digest(),
  };
}

function publicParts(key: KeyObject): KeyParts {
  const { kty, crv, n, e, x, y } = key.export({ format: "jwk" });
  const bytes = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");
  if (kty === "RSA") return { kind: "rsa", n: bytes(n), e: bytes(e) };
  if (kty === "OKP") return { kind: "okp", x: bytes(x) };
  const curve = CURVES.findIndex((name) => name === crv);
  return { kind: "ec", curve, x: bytes(x), y: bytes(y) };
}
