// Hostile inputs, by the numbers of jwt_inputs.ts, that no other table shows: signatures that are
// right by looser readings, and one that is right though it looks odd.

import { constants, createHash, privateEncrypt, publicDecrypt, sign } from "node:crypto";

import type { Case } from "../support/case.ts";
import type { TestKey } from "../support/tokens.ts";
import { encode, forge, keyFor, replacePart } from "../support/tokens.ts";
import { bearer, one, passes, refused } from "./jwt_expectations.ts";
import { claims, EC, ISSUER, RSA, token } from "./jwt_tokens.ts";
import { newRsaKeys } from "../support/key_pairs.ts";

const ED = keyFor("EdDSA", "ed-1");
const P384 = keyFor("ES384", "p384");
const SMALL: TestKey = makeSmall();

/** RSA with 3 as its exponent: what is forged by taking a cube root. */
function makeSmall(): TestKey {
  const { privateKey, publicKey } = newRsaKeys(2048, 3);
  const kid = "rsa-3";
  return { alg: "RS256", kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid } };
}

const CONFIGURATION = "jwt with keys of every kind";

export const jwtInputConfigurations = {
  [CONFIGURATION]: {
    jwt: {
      providers: {
        idp: {
          issuer: ISSUER,
          audiences: ["orders"],
          keys: { inline: { keys: [EC.jwk, RSA.jwk, ED.jwk, P384.jwk, SMALL.jwk] } },
        },
      },
      rules: [{ match: { prefix: "/" }, require: "idp" }],
    },
  },
};

const toBig = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const toBytes = (value: bigint, length: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");

const signatureOf = (token: string): Buffer => Buffer.from(token.split(".")[2] ?? "", "base64url");
const withSignature = (token: string, signature: Uint8Array): string =>
  replacePart(token, 2, Buffer.from(signature).toString("base64url"));

const accept = (name: string, value: string): Case =>
  one(name, CONFIGURATION, { headers: bearer(value) }, passes());
const refuse = (name: string, value: string, reason = "jwt:signature_invalid"): Case =>
  one(name, CONFIGURATION, { headers: bearer(value) }, refused(reason));

const by = (key: TestKey): string => forge(key, { alg: key.alg, kid: key.kid }, claims());

/** SP 800-186 §3.2.1.3. */
const P256_ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");

/** The other one of the two s that are right (SEC 1 §4.1.4): JWS asks for neither. */
function otherS(token: string): string {
  const signature = signatureOf(token);
  const s = P256_ORDER - toBig(signature.subarray(32));
  return withSignature(token, Buffer.concat([signature.subarray(0, 32), toBytes(s, 32)]));
}

/** RFC 8032 §5.1. */
const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same S once more around the group, which RFC 8032 §5.1.7 refuses. */
function addOrder(token: string): string {
  const signature = signatureOf(token);
  const s = toBig(Buffer.from(signature.subarray(32)).reverse()) + ED25519_ORDER;
  return withSignature(token, Buffer.concat([signature.subarray(0, 32), toBytes(s, 32).reverse()]));
}

const edwards = by(ED);
const smallOrder = ["01", "00", `ec${"ff".repeat(30)}7f`, `ee${"ff".repeat(30)}7f`].map((hex) =>
  Buffer.from(hex.padEnd(64, "0"), "hex"),
);

const curves: Case[] = [
  accept("a signature by a curve with the higher s", otherS(await token())),
  accept("and with the lower one", otherS(otherS(await token()))),
  refuse(
    "ES256 by a key of P-384",
    forge({ ...P384, alg: "ES256" }, { alg: "ES256", kid: P384.kid }, claims()),
    "jwt:key_unknown",
  ),
  accept("EdDSA", edwards),
  refuse("an S above the order of Ed25519", addOrder(edwards)),
  ...smallOrder.map((point) =>
    refuse(
      `an R of small order, or in no canonical form: ${point.toString("hex").slice(0, 4)}`,
      withSignature(edwards, Buffer.concat([point, Buffer.alloc(32)])),
    ),
  ),
  refuse("an EdDSA signature of zeros", withSignature(edwards, Buffer.alloc(64))),
];

/** DigestInfo of SHA-256 (RFC 8017 §9.2), and with its NULL left out. */
const DIGEST_INFO = "3031300d060960864801650304020105000420";
const DIGEST_INFO_WITHOUT_NULL = "302f300b0609608648016503040201" + "0420";
const MODULUS_BYTES = 256;

const signedBy = (key: TestKey): string =>
  `${encode({ alg: key.alg, kid: key.kid })}.${encode(claims())}`;
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** The signature of an encoded message, whatever it is. */
function signEncoded(key: TestKey, text: string, encoded: Uint8Array): string {
  const padding = constants.RSA_NO_PADDING;
  const signature = privateEncrypt({ key: key.privateKey, padding }, encoded);
  return `${text}.${signature.toString("base64url")}`;
}

/** PKCS #1 v1.5 with another structure inside; `padding` bytes of FF, the rest behind it. */
function pkcs1(key: TestKey, info: string, padding?: number): string {
  const text = signedBy(key);
  const inside = Buffer.from(info + digestOf(text), "hex");
  const count = padding ?? MODULUS_BYTES - 3 - inside.length;
  const head = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(count, 0xff), Buffer.of(0), inside]);
  const encoded = Buffer.concat([head, Buffer.alloc(MODULUS_BYTES - head.length)]);
  return signEncoded(key, text, encoded);
}

/** Bleichenbacher 2006: garbage behind the digest makes room for a perfect cube. */
function cubeRoot(): string {
  const text = signedBy(SMALL);
  const head = Buffer.from(`0001ff00${DIGEST_INFO}${digestOf(text)}`, "hex");
  const least = toBig(Buffer.concat([head, Buffer.alloc(MODULUS_BYTES - head.length)]));
  let low = 0n;
  let high = 1n << 700n;
  while (low < high) {
    const half = (low + high) >> 1n;
    if (half ** 3n < least) low = half + 1n;
    else high = half;
  }
  const cube = toBytes(low ** 3n, MODULUS_BYTES);
  if (!cube.subarray(0, head.length).equals(head)) throw new Error("no cube begins like this");
  return `${text}.${toBytes(low, MODULUS_BYTES).toString("base64url")}`;
}

const PS256: TestKey = { ...RSA, alg: "PS256" };

function pss(saltLength: number, hash = "sha256"): string {
  const text = signedBy(PS256);
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  const signature = sign(hash, Buffer.from(text), { key: RSA.privateKey, ...options });
  return `${text}.${signature.toString("base64url")}`;
}

/** A good PSS encoding with one byte of it changed. */
function pssChanged(at: number, change: (byte: number) => number): string {
  const key = { key: RSA.privateKey, padding: constants.RSA_NO_PADDING };
  const modulus = toBig(Buffer.from(RSA.jwk.n ?? "", "base64url"));
  for (;;) {
    const good = pss(32);
    const encoded = publicDecrypt(key, signatureOf(good));
    encoded.writeUInt8(change(encoded.readUInt8(at)), at);
    if (toBig(encoded) < modulus) return signEncoded(RSA, signedBy(PS256), encoded);
  }
}

const rsa: Case[] = [
  accept("RS256 by an exponent of 3", by(SMALL)),
  accept("RS256 encoded by hand", pkcs1(RSA, DIGEST_INFO)),
  refuse("a cube root under an exponent of 3", cubeRoot()),
  refuse("a DigestInfo without its NULL", pkcs1(RSA, DIGEST_INFO_WITHOUT_NULL)),
  refuse("bytes behind the digest", pkcs1(RSA, DIGEST_INFO, 8)),
  refuse("no DigestInfo", pkcs1(RSA, "")),
  accept("PS256", pss(32)),
  ...[0, 20, 31, 33, 64].map((length) => refuse(`PSS with a salt of ${length}`, pss(length))),
  refuse("PSS by SHA-512 under PS256", pss(32, "sha512")),
  refuse(
    "a PSS trailer that is not bc",
    pssChanged(MODULUS_BYTES - 1, (byte) => byte ^ 1),
  ),
  refuse(
    "a PSS encoding whose highest bit is set",
    pssChanged(0, (byte) => byte | 0x80),
  ),
];

export const jwtInputSignatureCases: readonly Case[] = [
  ...curves,
  ...rsa,
  refuse(
    "a header of another token that is right itself",
    replacePart(by(EC), 0, encode({ alg: "ES256", kid: "ec-1", typ: "JWT" })),
  ),
];
