// Tables of keys: who builds them, who shares them, and what becomes of them when there are many.

import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";

import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  prepareEcKey(curve: number, x: number, xLen: number, y: number, yLen: number): number;
  prepareOkpKey(x: number, xLen: number): number;
  prepareRsaKey(n: number, nLen: number, e: number, eLen: number): number;
  acquireKey(key: number): void;
  releaseKey(key: number): void;
  keyTableOf(key: number): number;
  widthOfTables(): number;
  tablePoolUsed(): number;
  tablePoolBytes: { value: number };
  verifySignature(
    algorithm: number,
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
}

const CURVES = [
  { name: "P-256", algorithm: 7, hash: "sha256" },
  { name: "P-384", algorithm: 8, hash: "sha384" },
  { name: "P-521", algorithm: 9, hash: "sha512" },
  { name: "Ed25519", algorithm: 10, hash: null },
] as const;
const TEXT = Buffer.from("a text");
/** More slices than the tables of one key and its base point have, on any curve, of any width. */
const SLICES_MAX = 2000;

interface Signer {
  curve: number;
  x: Buffer;
  y: Buffer;
  signature: Buffer;
}

function signer(curve: number): Signer {
  const { name, hash } = CURVES[curve] ?? CURVES[0];
  const { privateKey: key, publicKey } =
    hash === null
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: name });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const signature = signBy(key, hash);
  return { curve, x: Buffer.from(x, "base64url"), y: Buffer.from(y, "base64url"), signature };
}

function signBy(key: KeyObject, hash: string | null): Buffer {
  return sign(hash, TEXT, { key, dsaEncoding: "ieee-p1363" });
}

/** A fresh module with functions on its keys. */
async function fresh(): Promise<{
  core: Exports;
  prepare: (of: Signer) => number;
  verify: (key: number, of: Signer, signature?: Buffer) => boolean;
  verifyUntilTable: (key: number, of: Signer) => number;
}> {
  const probe = await loadCrypto<Exports>();
  const { core } = probe;
  const prepare = ({ curve, x, y }: Signer): number => {
    probe.reset();
    const xPtr = probe.put(x);
    return curve === 3
      ? core.prepareOkpKey(xPtr, x.length)
      : core.prepareEcKey(curve, xPtr, x.length, probe.put(y), y.length);
  };
  const verify = (key: number, of: Signer, signature = of.signature): boolean => {
    probe.reset();
    const { algorithm } = CURVES[of.curve] ?? CURVES[0];
    const text = probe.put(TEXT);
    const ptr = probe.put(signature);
    return core.verifySignature(algorithm, key, text, TEXT.length, ptr, signature.length) === 1;
  };
  const verifyUntilTable = (key: number, of: Signer): number => {
    let times = 0;
    while (core.keyTableOf(key) === 0 && times < SLICES_MAX) {
      expect(verify(key, of)).toBe(true);
      times++;
    }
    return times;
  };
  return { core, prepare, verify, verifyUntilTable };
}

const wrong = (signature: Buffer): Buffer => {
  const changed = Buffer.from(signature);
  changed[7] = (changed[7] ?? 0) ^ 1;
  return changed;
};

describe.each(CURVES)("a key on $name", ({ name }) => {
  const curve = CURVES.findIndex((each) => each.name === name);
  const one = signer(curve);

  test("has its table after enough right signatures, and verifies the same with it", async () => {
    const { core, prepare, verify, verifyUntilTable } = await fresh();
    const key = prepare(one);
    core.acquireKey(key);
    expect(core.keyTableOf(key)).toBe(0);
    const times = verifyUntilTable(key, one);
    expect(times).toBeGreaterThan(1);
    expect(times).toBeLessThan(SLICES_MAX);
    expect(core.keyTableOf(key)).not.toBe(0);
    expect(verify(key, one)).toBe(true);
    expect(verify(key, one, wrong(one.signature))).toBe(false);
  });

  test("builds nothing for wrong signatures", async () => {
    const { core, prepare, verify } = await fresh();
    const key = prepare(one);
    core.acquireKey(key);
    for (let time = 0; time < 300; time++) {
      expect(verify(key, one, wrong(one.signature))).toBe(false);
    }
    expect(core.tablePoolUsed()).toBe(0);
  });

  test("that no configuration uses has none", async () => {
    const { core, prepare, verify } = await fresh();
    const key = prepare(one);
    for (let time = 0; time < 300; time++) verify(key, one);
    expect(core.tablePoolUsed()).toBe(0);
  });
});

describe("configurations", () => {
  test("that have the same key share its table, and the last takes it away", async () => {
    const { core, prepare, verify, verifyUntilTable } = await fresh();
    const of = signer(0);
    const old = prepare(of);
    core.acquireKey(old);
    verifyUntilTable(old, of);
    const used = core.tablePoolUsed();
    // A push: the new configuration's key is taken before the old one's is given back.
    const pushed = prepare(of);
    core.acquireKey(pushed);
    expect(core.keyTableOf(pushed)).toBe(core.keyTableOf(old));
    core.releaseKey(old);
    expect(core.keyTableOf(pushed)).not.toBe(0);
    expect(core.tablePoolUsed()).toBe(used);
    expect(verify(pushed, of)).toBe(true);
    core.releaseKey(pushed);
    expect(core.tablePoolUsed()).toBe(0);
    expect(core.keyTableOf(pushed)).toBe(0);
    expect(verify(pushed, of)).toBe(true);
  });

  test("that change again and again leave nothing behind", async () => {
    const { core, prepare, verifyUntilTable } = await fresh();
    const of = [signer(0), signer(1), signer(3)];
    const keys = of.map(prepare);
    for (let push = 0; push < 20; push++) {
      for (const key of keys) core.acquireKey(key);
      for (const [at, key] of keys.entries()) verifyUntilTable(key, of[at] ?? signer(0));
      for (const key of keys) core.releaseKey(key);
      expect(core.tablePoolUsed()).toBe(0);
    }
  });

  test("with several keys: one that goes leaves the others' tables right", async () => {
    const { core, prepare, verify, verifyUntilTable } = await fresh();
    const of = [signer(0), signer(3), signer(0), signer(1), signer(0)];
    const keys = of.map(prepare);
    for (const key of keys) core.acquireKey(key);
    for (const [at, key] of keys.entries()) verifyUntilTable(key, of[at] ?? signer(0));
    for (const gone of [1, 0, 3]) {
      core.releaseKey(keys[gone] ?? 0);
      keys.forEach((key, at) => {
        const each = of[at] ?? signer(0);
        expect(verify(key, each)).toBe(true);
        expect(verify(key, each, wrong(each.signature))).toBe(false);
      });
    }
    expect(core.keyTableOf(keys[2] ?? 0)).not.toBe(0);
    expect(core.keyTableOf(keys[4] ?? 0)).not.toBe(0);
  });
});

describe("the width of tables", () => {
  /** Width and bytes in use when each of some keys was verified often. */
  async function filled(count: number): Promise<[width: number, used: number, ready: number]> {
    const { core, prepare, verifyUntilTable } = await fresh();
    const of = Array.from({ length: count }, () => signer(0));
    const keys = of.map(prepare);
    for (const key of keys) core.acquireKey(key);
    keys.forEach((key, at) => {
      const each = of[at];
      if (each !== undefined && core.tablePoolUsed() < core.tablePoolBytes.value - 50_000) {
        verifyUntilTable(key, each);
      }
    });
    const ready = keys.filter((key) => core.keyTableOf(key) !== 0).length;
    expect(core.tablePoolUsed()).toBeLessThanOrEqual(core.tablePoolBytes.value);
    return [core.widthOfTables(), core.tablePoolUsed(), ready];
  }

  test("is the largest with which every key has one", async () => {
    expect(await filled(1)).toEqual([8, expect.any(Number), 1]);
    expect(await filled(12)).toEqual([7, expect.any(Number), 12]);
    expect(await filled(30)).toEqual([6, expect.any(Number), 30]);
  });

  test("is the smallest for very many keys, and those without room are verified too", async () => {
    const { core, prepare, verify } = await fresh();
    const of = Array.from({ length: 130 }, () => signer(0));
    const keys = of.map(prepare);
    for (const key of keys) core.acquireKey(key);
    for (let round = 0; round < 90; round++) {
      keys.forEach((key, at) => {
        const each = of[at];
        if (each !== undefined) expect(verify(key, each)).toBe(true);
      });
    }
    expect(core.widthOfTables()).toBe(4);
    const ready = keys.filter((key) => core.keyTableOf(key) !== 0).length;
    expect(ready).toBeGreaterThan(90);
    expect(ready).toBeLessThan(130);
    expect(core.tablePoolUsed()).toBeLessThanOrEqual(core.tablePoolBytes.value);
  });

  test("falls when keys come without room, and all are right before and after", async () => {
    const { core, prepare, verify, verifyUntilTable } = await fresh();
    const of = Array.from({ length: 20 }, () => signer(0));
    const keys = of.map(prepare);
    const each = (at: number): Signer => of[at] ?? signer(0);
    const key = (at: number): number => keys[at] ?? 0;
    core.acquireKey(key(0));
    verifyUntilTable(key(0), each(0));
    expect(core.widthOfTables()).toBe(8);
    for (let at = 1; at < 20; at++) core.acquireKey(key(at));
    for (let at = 1; at < 20; at++) verifyUntilTable(key(at), each(at));
    expect(core.widthOfTables()).toBeLessThan(8);
    keys.forEach((_, at) => {
      verifyUntilTable(key(at), each(at));
      expect(verify(key(at), each(at))).toBe(true);
      expect(verify(key(at), each(at), wrong(each(at).signature))).toBe(false);
    });
  });
});
