// Each verify at every shorter length of its inputs. The module is told a length less than that of
// the bytes in its memory: what it reads beyond would be right.

import { describe, expect, test } from "vitest";

import { CURVE_CASES, HMAC_CASES, rsaCases } from "../../support/against_node.ts";
import { makeRsaKeys } from "../../support/rsa_keys.ts";
import type { Signer } from "../../support/signers.ts";
import { loadVerifier } from "../../support/verifier.ts";
import type { Verifier } from "../../support/verifier.ts";

const verifier = await loadVerifier();
const message = Buffer.from("eyJhbGciOiJub25lIn0.eyJzdWIiOiJzcGlmZmU6Ly9leGFtcGxlLm9yZyJ9");
const cases = [...rsaCases(await makeRsaKeys(1, 2048)), ...CURVE_CASES, ...HMAC_CASES];

/** All lengths from 0 to below one. */
const below = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** Prepares keys of which one member is cut to a length. */
function cutting(length: number, member: number): Verifier {
  const cut = (bytes: Uint8Array, at: number): Uint8Array =>
    at === member ? bytes.subarray(0, length) : bytes;
  return {
    ...verifier,
    rsaKey: (n, e) => verifier.rsaKey(cut(n, 0), cut(e, 1)),
    ecKey: (curve, x, y) => verifier.ecKey(curve, cut(x, 0), cut(y, 1)),
    okpKey: (x) => verifier.okpKey(cut(x, 0)),
    secret: (hash, key) => verifier.secret(hash, cut(key, 0)),
  };
}

describe.each(cases)("$name", ({ number, makeSigners }) => {
  const [signer] = makeSigners(1);
  if (signer === undefined) throw new Error("no key");
  const signature = signer.sign(message);

  describe.each(signer.hasTables ? [0, 4, 6, 8] : [0])("with tables of width %i", (width) => {
    function prepare(): number {
      verifier.dropTables();
      verifier.forgetKeys();
      const key = signer?.prepare(verifier) ?? 0;
      if (width > 0) expect(verifier.buildTables(key, width)).toBe(true);
      expect(verifier.verify(number, key, { message, signature })).toBe(true);
      return key;
    }

    test("refuses every shorter and a longer signature", () => {
      const key = prepare();
      const accepted = below(signature.length).filter((signatureLen) =>
        verifier.verify(number, key, { message, signature, signatureLen }),
      );
      expect(accepted).toEqual([]);
      for (const more of [1, 2, 16, signature.length]) {
        const longer = Buffer.concat([signature, Buffer.alloc(more)]);
        expect(verifier.verify(number, key, { message, signature: longer })).toBe(false);
      }
    });

    test("refuses every start of the message, and any end of it", () => {
      const key = prepare();
      const accepted = below(message.length).flatMap((length) => [
        ...(verifier.verify(number, key, { message, signature, messageLen: length })
          ? [`first ${length}`]
          : []),
        ...(verifier.verify(number, key, { message: message.subarray(length + 1), signature })
          ? [`from ${length + 1}`]
          : []),
      ]);
      expect(accepted).toEqual([]);
    });
  });

  test("has no use for keys of which a member is cut", () => {
    const accepted: string[] = [];
    for (const [member, lengths] of memberLengths(signer).entries()) {
      for (const length of below(lengths)) {
        verifier.forgetKeys();
        const key = signer.prepare(cutting(length, member));
        // A shorter modulus or secret may be a key, but not this one.
        const isWrong =
          key !== 0 && (signer.hasTables || verifier.verify(number, key, { message, signature }));
        if (isWrong) accepted.push(`member ${member}, ${length} bytes`);
      }
    }
    expect(accepted).toEqual([]);
  });
});

/** How long the members of a signer's key are. */
function memberLengths(signer: Signer): number[] {
  const lengths: number[] = [];
  const record = (...members: Uint8Array[]): number => {
    lengths.push(...members.map((each) => each.length));
    return 0;
  };
  signer.prepare({
    ...verifier,
    rsaKey: record,
    okpKey: record,
    ecKey: (_curve, x, y) => record(x, y),
    secret: (_hash, key) => record(key),
  });
  return lengths;
}
