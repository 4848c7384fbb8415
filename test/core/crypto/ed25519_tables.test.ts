// The tables of Ed25519: their entries, and that they may be built in slices between other work.

import { describe, expect, test } from "vitest";

import { modulo } from "../../support/big_numbers.ts";
import { allocate, build, core, P, prepare, probe, verifyCold, WIDTHS } from "./ed25519_exports.ts";
import { makeSigner, Point, randomBytes } from "./ed25519_signers.ts";

describe("a table of Ed25519", () => {
  /** An element of an entry: 9 limbs of 29 bits. */
  function elementAt(ptr: number): bigint {
    const view = probe.view();
    let value = 0n;
    for (let limb = 8; limb >= 0; limb--) {
      value = (value << 29n) + BigInt(view.getInt32(ptr + 4 * limb, true));
    }
    return modulo(value, P);
  }

  test.each([4, 5])("holds the multiples of a digit of %i bits", (width) => {
    const table = allocate(core.edTableBytes(width));
    build(0, width, table);
    const multiples = 2 ** (width - 1);
    let first: Point = Point.BASE;
    for (let digit = 0; digit < Math.ceil(254 / width); digit++) {
      let multiple = first;
      for (let index = 0; index < multiples; index++) {
        const entry = table + 112 * (digit * multiples + index);
        const { x, y } = multiple.toAffine();
        const [u, v, c] = [0, 36, 72].map((offset) => elementAt(entry + offset));
        const d = modulo(-121665n * Point.Fp.inv(121666n), P);
        expect([u, v].map((half = 0n) => (2n * half) % P)).toEqual([(x + y) % P, modulo(y - x, P)]);
        expect(c).toBe(modulo(d * x * y, P));
        multiple = multiple.add(first);
      }
      for (let bit = 0; bit < width; bit++) first = first.double();
    }
  });

  test.each(WIDTHS)(
    "of width %i is whole after the last slice, and others may be built between",
    (width) => {
      const bytes = core.edTableBytes(width);
      const [plain, sliced] = [allocate(bytes + 16), allocate(bytes + 16)];
      const keys = [makeSigner(randomBytes(32)), makeSigner(randomBytes(32))].map(({ x }) => {
        const key = allocate(core.edKeyBytes());
        expect(prepare(x, key)).toBe(true);
        return key;
      });
      const [key = 0, other = 0] = keys;
      const slices = build(key, width, plain);

      const [own, beside] = [allocate(core.edBuildBytes()), allocate(core.edBuildBytes())];
      const discarded = allocate(core.edTableBytes(4));
      core.beginEdTable(key, own);
      for (let slice = 1; slice <= slices; slice++) {
        core.beginEdTable(other, beside);
        core.continueEdTable(4, beside, discarded);
        verifyCold(randomBytes(9), randomBytes(64));
        expect(core.continueEdTable(width, own, sliced) !== 0).toBe(slice === slices);
      }
      expect(Buffer.compare(probe.bytes(sliced, bytes), probe.bytes(plain, bytes))).toBe(0);
      expect(core.continueEdTable(width, own, sliced)).toBe(1);
      expect(probe.bytes(sliced + bytes, 16)).toEqual(new Uint8Array(16));
    },
  );
});
