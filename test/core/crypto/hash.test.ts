// SHA-256, SHA-384 and SHA-512: the published examples, every split, and node:crypto.

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";

import { core, HASHES, probe, randomBytes, randomBelow, SEED } from "./hash_exports.ts";
import type { HashRow } from "./hash_exports.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function digest({ hash, digestLen }: HashRow, message: Uint8Array): string {
  probe.reset();
  const target = probe.room(digestLen);
  core.digest(hash, probe.put(message), message.length, target);
  return hex(probe.bytes(target, digestLen));
}

/** The digest of a message that comes in parts of these lengths, less its first `skipped` bytes. */
function digestParts(
  { hash, digestLen }: HashRow,
  message: Uint8Array,
  parts: number[],
  skipped = 0,
): string {
  probe.reset();
  const state = probe.room(core.hashStateBytes.value);
  const target = probe.room(digestLen);
  core.hashBegin(hash, state);
  let at = probe.put(message) + skipped;
  for (const part of parts) {
    core.hashUpdate(hash, state, at, part);
    at += part;
  }
  core.hashEnd(hash, state, target);
  return hex(probe.bytes(target, digestLen));
}

const expected = ({ name }: HashRow, message: Uint8Array): string =>
  createHash(name).update(message).digest("hex");

// FIPS 180-4's examples (csrc.nist.gov, "Cryptographic Standards and Guidelines: example values").
const TWO_BLOCKS_256 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const TWO_BLOCKS_512 =
  "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" +
  "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";
const EXAMPLES: readonly (readonly [hash: number, message: string, digest: string])[] = [
  [0, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [0, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [0, TWO_BLOCKS_256, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
  [0, "a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  [
    1,
    "abc",
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
      "8086072ba1e7cc2358baeca134c825a7",
  ],
  [
    1,
    TWO_BLOCKS_512,
    "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712" +
      "fcc7c71a557e2db966c3e9fa91746039",
  ],
  [
    2,
    "abc",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
  [
    2,
    TWO_BLOCKS_512,
    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018" +
      "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
  ],
  [
    2,
    "a".repeat(1_000_000),
    "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb" +
      "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
  ],
];

describe.each(HASHES)("$name", (row) => {
  test("gives the published digests", () => {
    for (const [, message, known] of EXAMPLES.filter(([hash]) => hash === row.hash)) {
      expect(digest(row, Buffer.from(message)), message.slice(0, 8)).toBe(known);
    }
  });

  test("knows its length", () => {
    expect(core.hashLen(row.hash)).toBe(row.digestLen);
  });

  test("gives one digest however a message of up to three blocks is cut in two", () => {
    const bytes = randomBytes(3 * row.blockBytes);
    for (let length = 0; length <= bytes.length; length++) {
      const message = bytes.subarray(0, length);
      const known = expected(row, message);
      for (let cut = 0; cut <= length; cut++) {
        const found = digestParts(row, message, [cut, length - cut]);
        if (found !== known) expect(found, `${length} bytes cut at ${cut}`).toBe(known);
      }
    }
  });

  test("gives one digest however a message is cut in many", () => {
    for (let turn = 0; turn < 300; turn++) {
      const message = randomBytes(randomBelow(10 * row.blockBytes));
      const parts: number[] = [];
      for (let left = message.length; left > 0;) {
        const part = randomBelow(Math.min(left, 2 * row.blockBytes) + 1);
        parts.push(part);
        left -= part;
      }
      const found = digestParts(row, message, parts);
      expect(found, `${parts.join(" ")}, seed ${SEED}`).toBe(expected(row, message));
    }
  });

  test("agrees with node:crypto at any address and up to 70 KB", () => {
    for (let turn = 0; turn < 200; turn++) {
      const message = randomBytes(randomBelow(turn % 4 === 0 ? 70_000 : 500));
      const skipped = randomBelow(Math.min(message.length, 16) + 1);
      const found = digestParts(row, message, [message.length - skipped], skipped);
      const known = expected(row, message.subarray(skipped));
      expect(found, `${message.length} bytes from ${skipped}, seed ${SEED}`).toBe(known);
    }
  });

  test("may write the digest over the message", () => {
    const message = randomBytes(200);
    probe.reset();
    const ptr = probe.put(message);
    core.digest(row.hash, ptr, message.length, ptr);
    expect(hex(probe.bytes(ptr, row.digestLen))).toBe(expected(row, message));
  });

  test("writes nothing beyond its state and its digest", () => {
    probe.reset();
    const state = probe.room(core.hashStateBytes.value + 16);
    const target = probe.room(row.digestLen + 16);
    const message = randomBytes(5 * row.blockBytes - 1);
    const ptr = probe.put(message);
    core.hashBegin(row.hash, state);
    core.hashUpdate(row.hash, state, ptr, message.length);
    core.hashEnd(row.hash, state, target);
    const zeros = "0".repeat(32);
    expect(hex(probe.bytes(state + core.hashStateBytes.value, 16))).toBe(zeros);
    expect(hex(probe.bytes(target + row.digestLen, 16))).toBe(zeros);
    expect(probe.bytes(ptr, message.length)).toEqual(new Uint8Array(message));
  });
});
