// HMAC and the comparison of tags: RFC 4231, node:crypto, and tags that are almost right.

import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";

import { core, HASHES, probe, randomBelow, randomBytes, SEED } from "./hash_exports.ts";
import type { HashRow } from "./hash_exports.ts";
import { RFC_4231 } from "./hmac_table.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

function prepare({ hash }: HashRow, secret: Uint8Array): number {
  probe.reset();
  const key = probe.room(core.hmacKeyBytes.value);
  core.prepareHmac(hash, probe.put(secret), secret.length, key);
  return key;
}

function tagOf(row: HashRow, key: number, message: Uint8Array): string {
  const target = probe.room(row.digestLen);
  core.hmac(row.hash, key, probe.put(message), message.length, target);
  return hex(probe.bytes(target, row.digestLen));
}

const expected = ({ name }: HashRow, secret: Uint8Array, message: Uint8Array): string =>
  createHmac(name, secret).update(message).digest("hex");

describe.each(HASHES)("HMAC with $name", (row) => {
  test.each(RFC_4231)("gives the tag of RFC 4231 $section", ({ key, message, tags }) => {
    const known = tags[row.hash] ?? "";
    const prepared = prepare(row, Buffer.from(key, "hex"));
    const found = tagOf(row, prepared, Buffer.from(message, "hex"));
    expect(found.slice(0, known.length)).toBe(known);
    expect(known.length).toBeGreaterThanOrEqual(32);
  });

  test("takes keys of 0 to 200 bytes", () => {
    for (let length = 0; length <= 200; length++) {
      const secret = randomBytes(length);
      const message = randomBytes(randomBelow(300));
      const found = tagOf(row, prepare(row, secret), message);
      expect(found, `key of ${length} bytes, seed ${SEED}`).toBe(expected(row, secret, message));
    }
  });

  test("takes messages of 0 to 300 bytes under one prepared key", () => {
    const secret = randomBytes(row.digestLen);
    const message = randomBytes(300);
    for (let length = 0; length <= message.length; length++) {
      const part = message.subarray(0, length);
      expect(tagOf(row, prepare(row, secret), part)).toBe(expected(row, secret, part));
    }
  });

  test("keeps two keys apart and serves each again", () => {
    probe.reset();
    const secrets = [randomBytes(40), randomBytes(41)];
    const keys = secrets.map((secret) => {
      const key = probe.room(core.hmacKeyBytes.value);
      core.prepareHmac(row.hash, probe.put(secret), secret.length, key);
      return key;
    });
    const message = randomBytes(100);
    for (const index of [0, 1, 1, 0]) {
      const known = expected(row, secrets[index] ?? message, message);
      expect(tagOf(row, keys[index] ?? 0, message)).toBe(known);
    }
  });

  test("may write the tag over the message", () => {
    const secret = randomBytes(32);
    const message = randomBytes(200);
    const key = prepare(row, secret);
    const ptr = probe.put(message);
    core.hmac(row.hash, key, ptr, message.length, ptr);
    expect(hex(probe.bytes(ptr, row.digestLen))).toBe(expected(row, secret, message));
  });
});

describe.each(HASHES)("verifying a tag of $name", (row) => {
  const secret = randomBytes(row.digestLen);
  const message = randomBytes(300);
  const right = Buffer.from(expected(row, secret, message), "hex");

  function accepts(tag: Uint8Array, bytes = message): boolean {
    const key = prepare(row, secret);
    const ptr = probe.put(bytes);
    return core.verifyHmac(row.hash, key, ptr, bytes.length, probe.put(tag), tag.length) !== 0;
  }

  test("accepts the right one", () => {
    expect(accepts(right)).toBe(true);
  });

  test("refuses it with any bit flipped", () => {
    for (let bit = 0; bit < 8 * right.length; bit++) {
      const tag = Uint8Array.from(right);
      tag[bit >> 3] = (tag[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(accepts(tag), `bit ${bit}`).toBe(false);
    }
  });

  test("refuses every truncation", () => {
    for (let length = 0; length < right.length; length++) {
      expect(accepts(right.subarray(0, length)), `${length} bytes`).toBe(false);
    }
  });

  test("refuses longer ones", () => {
    for (let more = 1; more <= 64; more++) {
      expect(accepts(Buffer.concat([right, Buffer.alloc(more)])), `${more} more`).toBe(false);
      const repeated = Buffer.concat([right, right]).subarray(0, right.length + more);
      expect(accepts(repeated), `${more} more of itself`).toBe(false);
    }
  });

  test("refuses it for another message", () => {
    expect(accepts(right, message.subarray(1))).toBe(false);
    expect(accepts(right, message.subarray(0, 299))).toBe(false);
    expect(accepts(right, new Uint8Array(0))).toBe(false);
  });

  test("refuses a tag of zeros, and one of another hash", () => {
    expect(accepts(new Uint8Array(right.length))).toBe(false);
    for (const other of HASHES.filter(({ hash }) => hash !== row.hash)) {
      expect(accepts(Buffer.from(expected(other, secret, message), "hex"))).toBe(false);
    }
  });
});

describe("equalCt", () => {
  test("sees a difference of any bit at any position of 0 to 80 bytes", () => {
    for (let length = 0; length <= 80; length++) {
      probe.reset();
      const bytes = randomBytes(length);
      const a = probe.put(bytes);
      const b = probe.put(bytes);
      expect(core.equalCt(a, b, length)).toBe(1);
      for (let at = 0; at < length; at++) {
        const right = bytes[at] ?? 0;
        probe.view().setUint8(b + at, right ^ (1 << randomBelow(8)));
        if (core.equalCt(a, b, length) !== 0) expect(`byte ${at} of ${length}`).toBe("seen");
        probe.view().setUint8(b + at, right);
      }
    }
  });

  test("looks at no byte beyond the length, at any address", () => {
    for (let skipped = 0; skipped < 8; skipped++) {
      for (let length = 0; length <= 24; length++) {
        probe.reset();
        const a = probe.put(new Uint8Array(40).fill(1));
        const b = probe.put(
          new Uint8Array(40).fill(2, 0, skipped).fill(1, skipped, skipped + length),
        );
        expect(core.equalCt(a + skipped, b + skipped, length)).toBe(1);
      }
    }
  });

  test("sees differences that cancel out in a sum or an exclusive or", () => {
    probe.reset();
    const a = probe.put(new Uint8Array(32));
    const bytes = new Uint8Array(32);
    bytes[3] = 0x80;
    bytes[11] = 0x80;
    expect(core.equalCt(a, probe.put(bytes), 32)).toBe(0);
  });
});
