// RSA keys, which take long to make: the many of the long tests are kept between runs.

import type { KeyObject } from "node:crypto";
import { createPrivateKey, createPublicKey, generateKeyPair } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const FOLDER = new URL("../../.cache/long_test_keys/", import.meta.url);

export interface RsaPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

/** New keys, two of them made at a time. */
export async function makeRsaKeys(count: number, bits: number): Promise<RsaPair[]> {
  const make = promisify(generateKeyPair);
  return Promise.all(Array.from({ length: count }, () => make("rsa", { modulusLength: bits })));
}

/** Keys of an earlier run, made now when there are none. They are good for nothing but tests. */
export async function keptRsaKeys(count: number, bits: number): Promise<RsaPair[]> {
  const file = new URL(`rsa_${bits}.json`, FOLDER);
  const kept: string[] = await readFile(file, "utf8").then(JSON.parse, () => []);
  const missing = await makeRsaKeys(Math.max(0, count - kept.length), bits);
  const texts = [
    ...kept,
    ...missing.map(({ privateKey }) =>
      privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    ),
  ];
  if (missing.length > 0) {
    await mkdir(FOLDER, { recursive: true });
    const temporary = new URL(`${file.href}.${process.pid}.tmp`);
    await writeFile(temporary, JSON.stringify(texts), { mode: 0o600 });
    await rename(temporary, file);
  }
  return texts.slice(0, count).map((text) => {
    const privateKey = createPrivateKey(text);
    return { privateKey, publicKey: createPublicKey(privateKey) };
  });
}
