// Self-signed certificates, made anew in each run: X.509 version 1 (RFC 5280 §4.1), written by hand
// since Node reads certificates but makes none.

import { createHash, sign } from "node:crypto";
import { newEcKeys } from "./key_pairs.ts";

export interface TestCertificate {
  /** PEM of the private key and of the certificate. */
  key: string;
  cert: string;
  /** SHA-256 of the certificate's DER. */
  digest: Buffer;
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;

/** ecdsa-with-SHA256 (RFC 5758 §3.2) and commonName (RFC 4519 §2.3), as they are encoded. */
const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");

export function selfSignedCertificate(commonName: string): TestCertificate {
  const { privateKey, publicKey } = newEcKeys("P-256");
  const algorithm = der(SEQUENCE, ECDSA_WITH_SHA256);
  const attribute = der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(commonName)));
  const name = der(SEQUENCE, der(SET, attribute));
  const validity = der(SEQUENCE, utcTime("200101000000Z"), utcTime("491231235959Z"));
  const spki = publicKey.export({ format: "der", type: "spki" });
  const serial = der(INTEGER, Buffer.from([1]));
  const signed = der(SEQUENCE, serial, algorithm, name, validity, name, spki);
  const signature = sign("sha256", signed, privateKey);
  const bytes = der(SEQUENCE, signed, algorithm, der(BIT_STRING, Buffer.from([0]), signature));
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: pem(bytes),
    digest: createHash("sha256").update(bytes).digest(),
  };
}

function utcTime(text: string): Buffer {
  return der(UTC_TIME, Buffer.from(text));
}

/** Contents below 64 KiB. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...(length < 128 ? [length] : long)]), content]);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
