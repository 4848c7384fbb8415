// The tables of ECDSA: their entries, and that they may be built in slices between other work.

import { describe, expect, test } from "vitest";

import { add, inverse, mod, multiply } from "../../../scripts/crypto/curves.ts";
import { P256_FIELD, P384_FIELD, P521_FIELD } from "../../../scripts/crypto/prime_fields.ts";
import type { NamedCurve } from "./ecdsa_exports.ts";
import {
  allocate,
  build,
  BUILD_BYTES,
  core,
  CURVES,
  keyOf,
  prepare,
  probe,
  verifyAll,
  WIDTHS,
} from "./ecdsa_exports.ts";
import { randomScalar } from "./ecdsa_signers.ts";

const SHAPES = [P256_FIELD, P384_FIELD, P521_FIELD];
const ENTRIES_A_SLICE = 16;
const GUARD_BYTES = 16;

/** Rooms that every test writes again: memory is not freed. */
const TABLE_BYTES = Math.max(...CURVES.map(({ number }) => core.ecTableBytes(number, 8)));
const PLAIN = allocate(TABLE_BYTES);
const SLICED = allocate(TABLE_BYTES + GUARD_BYTES);
const DISCARDED = allocate(TABLE_BYTES);
const KEY = allocate(Math.max(...CURVES.map(({ number }) => core.ecKeyBytes(number))));
const OWN = allocate(BUILD_BYTES);
const BESIDE = allocate(BUILD_BYTES);

const windowsOf = ({ n }: NamedCurve, width: number): number =>
  Math.ceil(n.toString(2).length / width);

/** x or y of an entry: signed limbs in a row, in a Montgomery field times 2^(limbs bits). */
function coordinateAt({ number, p }: NamedCurve, ptr: number): bigint {
  const { limbs, radix, terms } = SHAPES[number] ?? P256_FIELD;
  const view = probe.view();
  let value = 0n;
  for (let limb = limbs - 1; limb >= 0; limb--) {
    value = (value << BigInt(radix)) + BigInt(view.getInt32(ptr + 4 * limb, true));
  }
  const scale = terms === undefined ? 1n : 2n ** BigInt(limbs * radix);
  return mod(value * inverse(scale, p), p);
}

describe.each(CURVES)("a table of $name", (curve) => {
  const { number, base } = curve;
  const { limbs } = SHAPES[number] ?? P256_FIELD;

  test.each(number === 0 ? [4, 6] : [4])(
    "holds the odd multiples of a window of %i bits",
    (width) => {
      build(number, 0, width, PLAIN);
      const entries = 2 ** (width - 1);
      const entryBytes = core.ecTableBytes(number, width) / windowsOf(curve, width) / entries;
      let first: typeof base | undefined = base;
      for (let window = 0; window < windowsOf(curve, width); window++) {
        const twice = add(curve, first, first);
        let multiple = first;
        for (let index = 0; index < entries; index++) {
          const entry = PLAIN + entryBytes * (window * entries + index);
          const found = {
            x: coordinateAt(curve, entry),
            y: coordinateAt(curve, entry + 4 * limbs),
          };
          expect(found, `window ${window}, entry ${index}`).toEqual(multiple);
          multiple = add(curve, multiple, twice);
        }
        for (let bit = 0; bit < width; bit++) first = add(curve, first, first);
      }
    },
  );

  test.each(WIDTHS)("of width %i takes 16 entries of two windows a slice at most", (width) => {
    const pairs = Math.ceil(windowsOf(curve, width) / 2);
    const slices = pairs * Math.ceil(2 ** (width - 1) / ENTRIES_A_SLICE);
    expect(build(number, 0, width, PLAIN)).toBe(1 + slices);
  });

  test.each(WIDTHS)(
    "of width %i is whole after the last slice, and others may be built between",
    (width) => {
      const bytes = core.ecTableBytes(number, width);
      const guard = SLICED + bytes;
      // An entry of P-256 has two words that are not written.
      new Uint8Array(core.memory.buffer).fill(0xa5, PLAIN, PLAIN + bytes);
      new Uint8Array(core.memory.buffer).fill(0xa5, SLICED, guard + GUARD_BYTES);
      const point = multiply(curve, base, randomScalar(curve));
      expect(point !== undefined && prepare(curve, point, KEY)).toBe(true);
      const slices = build(number, KEY, width, PLAIN);

      for (const other of CURVES) expect(prepare(other, other.base)).toBe(true);
      core.beginEcTable(number, KEY, OWN);
      for (let slice = 1; slice <= slices; slice++) {
        const other = CURVES[slice % CURVES.length] ?? curve;
        core.beginEcTable(other.number, keyOf(other), BESIDE);
        core.continueEcTable(other.number, 4, BESIDE, DISCARDED);
        core.continueEcTable(other.number, 4, BESIDE, DISCARDED);
        if (slice % 8 === 0) verifyAll(other, new Uint8Array(9), new Uint8Array(2 * other.len));
        expect(core.continueEcTable(number, width, OWN, SLICED) !== 0).toBe(slice === slices);
      }
      expect(Buffer.compare(probe.bytes(SLICED, bytes), probe.bytes(PLAIN, bytes))).toBe(0);
      expect(core.continueEcTable(number, width, OWN, SLICED)).toBe(1);
      expect(probe.bytes(guard, GUARD_BYTES)).toEqual(new Uint8Array(GUARD_BYTES).fill(0xa5));
    },
  );
});
