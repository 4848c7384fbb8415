// Signatures that are nearly right.

import { sign } from "node:crypto";
import type { TestKey } from "../support/tokens.ts";
import { encode, flipBit, forge, rawSignature, replacePart } from "../support/tokens.ts";
import type { Row } from "./jwt_hostile.ts";
import { claims, EC, RSA, STRANGER, STRANGER_RSA } from "./jwt_tokens.ts";

const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const ZERO = "00".repeat(32);

/** `good` is a token by EC that is accepted. */
export function hostileSignatures(good: string): Row[] {
  const signature = (hex: string): string =>
    replacePart(good, 2, Buffer.from(hex, "hex").toString("base64url"));
  const signed = good.slice(0, good.lastIndexOf("."));
  const der = sign("sha256", Buffer.from(signed), EC.privateKey).toString("hex");
  const r = rawSignature(EC, signed).toString("hex").slice(0, 64);
  const rsa = forge(RSA, { alg: "RS256", kid: "rsa-1" }, claims());
  const ofStranger = (by: TestKey, of: TestKey): string =>
    forge(by, { alg: of.alg, kid: of.kid }, claims());
  const other = forge(EC, { alg: "ES256", kid: "ec-1" }, claims({ sub: "b" }));
  const invalid: [string, string][] = [
    ["a bit of the payload flipped", replacePart(good, 1, encode(claims({ sub: "root" })))],
    ["a bit of the signature flipped", flipBit(good, 2, 10)],
    ["the last bit of the signature flipped", flipBit(good, 2, 63)],
    ["the signature of another token", replacePart(good, 2, other.split(".")[2] ?? "")],
    ["a signature by a stranger", ofStranger(STRANGER, EC)],
    ["an RSA signature by a stranger", ofStranger(STRANGER_RSA, RSA)],
    ["a short signature", signature("01".repeat(63))],
    ["a long signature", signature("01".repeat(65))],
    ["a signature of one byte", signature("01")],
    ["ECDSA in DER", signature(der)],
    ["r = s = 0 (CVE-2022-21449)", signature(ZERO + ZERO)],
    ["r = 0", signature(ZERO + r)],
    ["s = 0", signature(r + ZERO)],
    ["r = n", signature(ORDER + r)],
    ["s = n", signature(r + ORDER)],
    ["r = s = n", signature(ORDER + ORDER)],
    ["all ones", signature("ff".repeat(64))],
    ["a bit of an RSA signature flipped", flipBit(rsa, 2, 100)],
    ["a short RSA signature", replacePart(rsa, 2, encode("x".repeat(255)))],
    ["a long RSA signature", replacePart(rsa, 2, encode("x".repeat(257)))],
    ["an RSA signature above the modulus", replacePart(rsa, 2, filled(0xff, 256))],
    ["an RSA signature of zeros", replacePart(rsa, 2, filled(0, 256))],
    ["an RSA signature of the number one", replacePart(rsa, 2, one(256))],
    ["PKCS #1 padding with SHA-512", otherHash("sha512")],
    ["PKCS #1 padding with SHA-1", otherHash("sha1")],
    ["PSS padding under RS256", pss()],
  ];
  return invalid.map(([name, value]) => [name, value, "jwt:signature_invalid"]);
}

const filled = (byte: number, length: number): string =>
  Buffer.alloc(length, byte).toString("base64url");
const one = (length: number): string =>
  Buffer.from(`${"00".repeat(length - 1)}01`, "hex").toString("base64url");

const RSA_SIGNED = `${encode({ alg: "RS256", kid: "rsa-1" })}.${encode(claims())}`;

function otherHash(hash: string): string {
  const bytes = sign(hash, Buffer.from(RSA_SIGNED), RSA.privateKey);
  return `${RSA_SIGNED}.${bytes.toString("base64url")}`;
}

function pss(): string {
  const RSA_PKCS1_PSS_PADDING = 6;
  const key = { key: RSA.privateKey, padding: RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${RSA_SIGNED}.${sign("sha256", Buffer.from(RSA_SIGNED), key).toString("base64url")}`;
}
