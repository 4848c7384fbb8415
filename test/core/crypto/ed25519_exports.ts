// Ed25519 from a test's side: keys with the tables of every width, and node:crypto beside it.

import { createPublicKey, verify } from "node:crypto";

import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  allocate(bytes: number): number;
  edKeyBytes(): number;
  edBuildBytes(): number;
  prepareEd25519(x: number, xLen: number, key: number): number;
  verifyEd25519(
    key: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  verifyEd25519WithTables(
    key: number,
    width: number,
    base: number,
    table: number,
    message: number,
    messageLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  edTableBytes(width: number): number;
  beginEdTable(key: number, build: number): void;
  continueEdTable(width: number, build: number, table: number): number;
  edIsScalar(ptr: number): number;
  edReduceWide(target: number, ptr: number): void;
  edWriteDigits(target: number, scalar: number, width: number): void;
  edMultiply(target: number, a: number, b: number): void;
  edSquare(target: number, a: number): void;
  edAdd(target: number, a: number, b: number): void;
  edSubtract(target: number, a: number, b: number): void;
  edAddAndSubtract(sum: number, difference: number, a: number, b: number): void;
  edCarry(target: number, a: number): void;
  edInvertBoth(target: number, a: number): number;
  edWriteCanonical(words: number, element: number, lane: number): void;
}

export const WIDTHS = [4, 5, 6, 7, 8] as const;
export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

export const probe = await loadCrypto<Exports>();
export const { core } = probe;

/** Memory that stays, aligned to 16. */
export function allocate(bytes: number): number {
  return (core.allocate(bytes + 16) + 15) & ~15;
}

const KEY = allocate(core.edKeyBytes());
const BUILD = allocate(core.edBuildBytes());
const TABLES = WIDTHS.map((width) => ({
  width,
  base: allocate(core.edTableBytes(width)),
  table: allocate(core.edTableBytes(width)),
}));
let hasBase = false;

/** Builds a table in slices; returns how many it took. */
export function build(key: number, width: number, table: number): number {
  core.beginEdTable(key, BUILD);
  let slices = 1;
  while (core.continueEdTable(width, BUILD, table) === 0) slices++;
  return slices;
}

export function prepare(x: Uint8Array, key = KEY): boolean {
  probe.reset();
  return core.prepareEd25519(probe.put(x), x.length, key) !== 0;
}

/** Prepares a key and builds its tables; false when it is refused. */
export function prepareAll(x: Uint8Array): boolean {
  if (!prepare(x)) return false;
  for (const { width, base, table } of TABLES) {
    if (!hasBase) build(0, width, base);
    build(KEY, width, table);
  }
  hasBase = true;
  return true;
}

/** Whether the module takes a signature by the prepared key, without tables. */
export function verifyCold(message: Uint8Array, signature: Uint8Array): boolean {
  probe.reset();
  const messagePtr = probe.put(message);
  const signaturePtr = probe.put(signature);
  const { length } = signature;
  return core.verifyEd25519(KEY, messagePtr, message.length, signaturePtr, length) !== 0;
}

/** What the module says of a signature by the key of prepareAll: cold, then at each width. */
export function verifyAll(message: Uint8Array, signature: Uint8Array): boolean[] {
  const cold = verifyCold(message, signature);
  probe.reset();
  const messagePtr = probe.put(message);
  const signaturePtr = probe.put(signature);
  const warm = TABLES.map(({ width, base, table }) =>
    core.verifyEd25519WithTables(
      KEY,
      width,
      base,
      table,
      messagePtr,
      message.length,
      signaturePtr,
      signature.length,
    ),
  );
  return [cold, ...warm.map((answer) => answer !== 0)];
}

/** Cold and at each width. */
export const ALL_VALID = [true, ...WIDTHS.map(() => true)];
export const ALL_INVALID = ALL_VALID.map(() => false);

/** What node:crypto says of a signature. */
export function verifyNode(x: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const jwk = { kty: "OKP", crv: "Ed25519", x: Buffer.from(x).toString("base64url") };
  return verify(null, message, createPublicKey({ format: "jwk", key: jwk }), signature);
}
