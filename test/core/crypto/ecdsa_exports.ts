// ECDSA from a test's side: keys with the tables of every width.

import type { Curve, Point, PointOrInfinity } from "../../../scripts/crypto/curves.ts";
import { P256, P384, P521 } from "../../../scripts/crypto/curves.ts";
import { loadCrypto } from "../../support/crypto_probe.ts";

interface Exports {
  memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  prepareEc(curve: number, x: number, xLen: number, y: number, yLen: number, key: number): number;
  verifyEcdsa(
    curve: number,
    key: number,
    digest: number,
    digestLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  verifyEcdsaWithTables(
    curve: number,
    width: number,
    base: number,
    table: number,
    digest: number,
    digestLen: number,
    signature: number,
    signatureLen: number,
  ): number;
  ecKeyBytes(curve: number): number;
  ecTableBytes(curve: number, width: number): number;
  EC_BUILD_BYTES: { valueOf(): number };
  beginEcTable(curve: number, key: number, build: number): void;
  continueEcTable(curve: number, width: number, build: number, table: number): number;
}

export interface NamedCurve extends Curve {
  name: string;
  /** What the module calls it. */
  number: number;
}

export const CURVES: NamedCurve[] = [P256, P384, P521].map((curve, number) => ({
  ...curve,
  name: `P-${curve.p.toString(2).length}`,
  number,
}));
export const WIDTHS = [4, 5, 6, 7, 8] as const;
export const ALL_VALID = [true, ...WIDTHS.map(() => true)];
export const ALL_INVALID = ALL_VALID.map(() => false);

export const probe = await loadCrypto<Exports>();
export const { core } = probe;

/** Memory that stays, aligned to 16. */
export function allocate(bytes: number): number {
  return (core.allocate(bytes + 16) + 15) & ~15;
}

export const BUILD_BYTES = core.EC_BUILD_BYTES.valueOf();
const BUILD = allocate(BUILD_BYTES);
const KEYS = CURVES.map(({ number }) => ({
  key: allocate(core.ecKeyBytes(number)),
  tables: WIDTHS.map((width) => ({
    width,
    base: baseTable(number, width),
    table: allocate(core.ecTableBytes(number, width)),
  })),
}));

export function bigEndian(value: bigint, length: number): Uint8Array {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
}

/** Builds a table in slices; returns how many it took. */
export function build(curve: number, key: number, width: number, table: number): number {
  core.beginEcTable(curve, key, BUILD);
  let slices = 1;
  while (core.continueEcTable(curve, width, BUILD, table) === 0) slices++;
  return slices;
}

function baseTable(curve: number, width: number): number {
  const table = allocate(core.ecTableBytes(curve, width));
  build(curve, 0, width, table);
  return table;
}

/** Prepares a curve's key; false when it is refused. */
export function prepare(curve: NamedCurve, { x, y }: Point, key = keyOf(curve)): boolean {
  probe.reset();
  const [xPtr, yPtr] = [x, y].map((number) => probe.put(bigEndian(number, curve.len)));
  return core.prepareEc(curve.number, xPtr ?? 0, curve.len, yPtr ?? 0, curve.len, key) !== 0;
}

export function keyOf(curve: NamedCurve): number {
  return KEYS[curve.number]?.key ?? 0;
}

/** Prepares a key and builds its tables; false when it is refused. */
export function prepareAll(curve: NamedCurve, point: PointOrInfinity): boolean {
  if (point === undefined || !prepare(curve, point)) return false;
  for (const { width, table } of KEYS[curve.number]?.tables ?? []) {
    build(curve.number, keyOf(curve), width, table);
  }
  return true;
}

/** What the module says of a signature by the curve's key: cold, then at each width. */
export function verifyAll(curve: NamedCurve, digest: Uint8Array, signature: Uint8Array): boolean[] {
  probe.reset();
  const signed = [
    probe.put(digest),
    digest.length,
    probe.put(signature),
    signature.length,
  ] as const;
  const cold = core.verifyEcdsa(curve.number, keyOf(curve), ...signed);
  const warm = (KEYS[curve.number]?.tables ?? []).map(({ width, base, table }) =>
    core.verifyEcdsaWithTables(curve.number, width, base, table, ...signed),
  );
  return [cold, ...warm].map((answer) => answer !== 0);
}
