// One right signature for each algorithm, for the test that the module makes of itself. All of the
// text "sample": ECDSA by the keys and numbers of RFC 6979 A.2.5 to A.2.7, Ed25519 by the key of
// RFC 8032 §7.1 test 1, RSA by a key made from hashes, HMAC by the bytes 0 to 63. node:crypto has
// verified each before it is written.

import {
  constants,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  privateEncrypt,
  sign,
  verify,
} from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";

const MESSAGE = Buffer.from("sample");

/** One known answer; `second` is empty where a key has one member. */
export interface Answer {
  /** The algorithm. */
  name: string;
  first: Buffer;
  second: Buffer;
  signature: Buffer;
}

/** RFC 6979 A.2.5, A.2.6, A.2.7: the private key, then r and s with the hash of the same size. */
const ECDSA = [
  {
    name: "ES256",
    curve: "prime256v1",
    privateKey: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  },
  {
    name: "ES384",
    curve: "secp384r1",
    privateKey:
      "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba" +
      "9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
    r:
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa7" +
      "3d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
    s:
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526" +
      "203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
  },
  {
    name: "ES512",
    curve: "secp521r1",
    privateKey:
      "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75ca" +
      "a896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538",
    r:
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f17" +
      "4e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa",
    s:
      "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af28" +
      "2623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a",
  },
] as const;

const ED25519_PRIVATE = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const ED25519_PKCS8_PREFIX = "302e020100300506032b657004220420";

const BITS = [256, 384, 512] as const;
const RSA_EXPONENT = 65537n;
const PRIME_BITS = 1024n;

/** In the order of the algorithms' numbers. */
export function knownAnswers(): Answer[] {
  return [...rsaAnswers(), ...ecdsaAnswers(), eddsaAnswer(), ...hmacAnswers()];
}

export function selfTestTable(): string {
  const bytes: number[] = [];
  const add = (part: Buffer): number => bytes.push(...part) - part.length;
  const offsets = new Map<string, number>();
  const placeOf = (part: Buffer): number => {
    const key = part.toString("hex");
    const known = offsets.get(key) ?? add(part);
    offsets.set(key, known);
    return known;
  };
  const rows = knownAnswers().flatMap(({ name, first, second, signature }) => {
    const places = [first, second, signature].flatMap((part) => [placeOf(part), part.length]);
    return [`  // ${name}`, `  ${places.join(", ")},`];
  });
  return [
    "// One right signature for each algorithm, in the order of their numbers, all of the text",
    '// "sample". Made by scripts/crypto/self_test.ts, which names the sources.',
    "",
    `export const SELF_TEST_BYTES: usize = memory.data<u8>([${bytes.join(", ")}]);`,
    "",
    "// Offset and length of each part in SELF_TEST_BYTES: n or x or k, e or y, signature.",
    "// prettier-ignore",
    "export const SELF_TEST_ROWS: usize = memory.data<u16>([",
    ...rows,
    "]);",
    "",
  ].join("\n");
}

function ecdsaAnswers(): Answer[] {
  return ECDSA.map(({ name, curve, privateKey, r, s }) => {
    const ecdh = createECDH(curve);
    ecdh.setPrivateKey(privateKey, "hex");
    const point = ecdh.getPublicKey().subarray(1);
    const first = point.subarray(0, point.length / 2);
    const second = point.subarray(point.length / 2);
    const signature = Buffer.from(r + s, "hex");
    const crv = `P-${name === "ES512" ? 521 : name.slice(2)}`;
    const jwk = { kty: "EC", crv, x: text(first), y: text(second) };
    const key = createPublicKey({ key: jwk, format: "jwk" });
    const hash = `sha${name.slice(2)}`;
    assertRight(name, verify(hash, MESSAGE, { key, dsaEncoding: "ieee-p1363" }, signature));
    return { name, first, second, signature };
  });
}

function eddsaAnswer(): Answer {
  const der = Buffer.from(ED25519_PKCS8_PREFIX + ED25519_PRIVATE, "hex");
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const first = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x ?? "", "base64url");
  const signature = sign(null, MESSAGE, key);
  return { name: "EdDSA", first, second: Buffer.alloc(0), signature };
}

function hmacAnswers(): Answer[] {
  const first = Buffer.from(Array.from({ length: 64 }, (_, index) => index));
  return BITS.map((bits) => ({
    name: `HS${bits}`,
    first,
    second: Buffer.alloc(0),
    signature: createHmac(`sha${bits}`, first).update(MESSAGE).digest(),
  }));
}

function rsaAnswers(): Answer[] {
  const { jwk, key } = rsaKey();
  const first = Buffer.from(jwk.n ?? "", "base64url");
  const second = Buffer.from(jwk.e ?? "", "base64url");
  const pkcs1 = BITS.map((bits) => {
    const signature = sign(`sha${bits}`, MESSAGE, key);
    return { name: `RS${bits}`, first, second, signature };
  });
  const pss = BITS.map((bits) => {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const encoded = encodePss(`sha${bits}`, first.length);
    const signature = privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
    const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
    const right = verify(`sha${bits}`, MESSAGE, { key, padding, saltLength }, signature);
    assertRight(`PS${bits}`, right);
    return { name: `PS${bits}`, first, second, signature };
  });
  return [...pkcs1, ...pss];
}

/** EMSA-PSS of the message for 8 x len bits, with the salt 0, 1, 2 … (RFC 8017 §9.1.1). */
function encodePss(hash: string, len: number): Buffer {
  const digest = createHash(hash).update(MESSAGE).digest();
  const salt = Buffer.from(digest.map((_, index) => index));
  const h = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const block = Buffer.concat([Buffer.alloc(len - salt.length - h.length - 2), Buffer.of(1), salt]);
  const masked = block.map((byte, index) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(Math.floor(index / h.length));
    const mask = createHash(hash).update(h).update(counter).digest();
    return byte ^ (mask[index % h.length] ?? 0);
  });
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, h, Buffer.of(0xbc)]);
}

/** A key that is nobody's: its primes follow hashes of a fixed text. */
function rsaKey(): { jwk: JsonWebKey; key: KeyObject } {
  const p = primeAfterHashes("p");
  const q = primeAfterHashes("q");
  const d = inverse(RSA_EXPONENT, (p - 1n) * (q - 1n));
  const jwk = {
    kty: "RSA",
    n: number(p * q),
    e: number(RSA_EXPONENT),
    d: number(d),
    p: number(p),
    q: number(q),
    dp: number(d % (p - 1n)),
    dq: number(d % (q - 1n)),
    qi: number(inverse(q, p)),
  };
  return { jwk, key: createPrivateKey({ key: jwk, format: "jwk" }) };
}

function primeAfterHashes(name: string): bigint {
  const hashes = [0, 1, 2, 3].map((index) =>
    createHash("sha256").update(`sallyport self-test ${name} ${index}`).digest("hex"),
  );
  let candidate = BigInt(`0x${hashes.join("")}`) | (3n << (PRIME_BITS - 2n)) | 1n;
  while (!isPrime(candidate)) candidate += 2n;
  return candidate;
}

/** Miller-Rabin with the bases 2, 3, 5, 7, 11 and 13; the start is not an adversary's. */
function isPrime(candidate: bigint): boolean {
  let odd = candidate - 1n;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++;
  return [2n, 3n, 5n, 7n, 11n, 13n].every((base) => {
    let power = raise(base, odd, candidate);
    if (power === 1n) return true;
    for (let round = 0; round < twos; round++) {
      if (power === candidate - 1n) return true;
      power = (power * power) % candidate;
    }
    return false;
  });
}

function raise(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let power = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * power) % modulus;
    power = (power * power) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [r0, r1, s0, s1] = [modulus, value % modulus, 0n, 1n];
  while (r1 !== 0n) {
    const quotient = r0 / r1;
    [r0, r1] = [r1, r0 - quotient * r1];
    [s0, s1] = [s1, s0 - quotient * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}

function number(value: bigint): string {
  const hex = value.toString(16);
  return text(Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex"));
}

function text(bytes: Buffer): string {
  return bytes.toString("base64url");
}

function assertRight(name: string, right: boolean): void {
  if (!right) throw new Error(`node:crypto refuses the signature for ${name}`);
}
