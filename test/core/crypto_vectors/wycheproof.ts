// Reads the files of Wycheproof under test/vectors/wycheproof.

import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../vectors/wycheproof/", import.meta.url);

export interface Vector {
  tcId: number;
  comment: string;
  msg: string;
  result: "valid" | "invalid" | "acceptable";
}

export interface SignatureVector extends Vector {
  sig: string;
}

export interface MacVector extends Vector {
  key: string;
  tag: string;
}

export interface EcGroup {
  publicKey: { uncompressed: string };
  publicKeyJwk?: { x: string; y: string };
  tests: SignatureVector[];
}

export interface EdGroup {
  publicKey: { pk: string };
  publicKeyJwk: { x: string };
  tests: SignatureVector[];
}

export interface RsaGroup {
  publicKey: { modulus: string; publicExponent: string };
  /** Members of a JWK; PKCS #1 files name it otherwise than PSS files. */
  keyJwk?: { n: string; e: string };
  publicKeyJwk?: { n: string; e: string };
  sha: string;
  /** PSS only. */
  mgfSha?: string;
  sLen?: number;
  tests: SignatureVector[];
}

export interface MacGroup {
  tests: MacVector[];
}

/** The groups of a file, which must hold `count` vectors if that is said. */
export async function readGroups<G extends { tests: Vector[] }>(
  file: string,
  count?: number,
): Promise<G[]> {
  const found: { numberOfTests: number; testGroups: G[] } = JSON.parse(
    await readFile(new URL(file, FOLDER), "utf8"),
  );
  const read = found.testGroups.reduce((sum, group) => sum + group.tests.length, 0);
  if (read !== found.numberOfTests || read !== (count ?? read)) {
    throw new Error(`${file} holds ${read} vectors, not ${count ?? found.numberOfTests}`);
  }
  return found.testGroups;
}

export const unhex = (digits: string): Buffer => Buffer.from(digits, "hex");

/** The number in some hexadecimal digits, big-endian without leading zeros. */
export const unhexNumber = (digits: string): Buffer => {
  const plain = digits.replace(/^0+/, "");
  return unhex(plain.length % 2 === 0 ? plain : `0${plain}`);
};

export const unbase64url = (text: string): Buffer => Buffer.from(text, "base64url");
