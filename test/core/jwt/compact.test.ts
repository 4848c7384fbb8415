// The compact form (RFC 7515 §7.1) and everything that is nearly one.

import { describe, expect, test } from "vitest";

import { core, probe, Reason, u32 } from "./exports.ts";

const TOKEN_BYTES_MAX = 8192;
const encode = (text: string): string => Buffer.from(text).toString("base64url");
const GOOD = `${encode('{"alg":"ES256"}')}.${encode('{"sub":"a"}')}.${encode("signature")}`;

interface Parts {
  header: string;
  payload: string;
  signature: string;
  signed: string;
}

function read(token: string): { reason: number; parts: () => Parts } {
  probe.reset();
  const out = probe.room(core.compactBytes.value);
  const target = probe.room(token.length);
  const reason = core.jwtReadCompact(probe.put(token), token.length, target, out);
  const view = (field: number): string => probe.text(u32(out, field), u32(out, field + 1));
  return {
    reason,
    parts: () => ({ header: view(0), payload: view(2), signature: view(4), signed: view(6) }),
  };
}

describe("readCompact", () => {
  test("gives the three decoded parts and the signed text", () => {
    const { reason, parts } = read(GOOD);
    expect(reason).toBe(Reason.OK);
    expect(parts()).toEqual({
      header: '{"alg":"ES256"}',
      payload: '{"sub":"a"}',
      signature: "signature",
      signed: GOOD.slice(0, GOOD.lastIndexOf(".")),
    });
  });

  const malformed: [name: string, token: string][] = [
    ["nothing", ""],
    ["one part", "AAAA"],
    ["two parts", "AAAA.AAAA"],
    ["four parts", "AAAA.AAAA.AAAA.AAAA"],
    ["five parts: JWE", "AAAA.AAAA.AAAA.AAAA.AAAA"],
    ["an empty header", ".AAAA.AAAA"],
    ["an empty payload: detached content", "AAAA..AAAA"],
    ["an empty signature: alg none", "AAAA.AAAA."],
    ["a leading dot", ".AAAA.AAAA.AAAA"],
    ["a trailing dot", "AAAA.AAAA.AAAA."],
    ["double dots", "AAAA..AAAA.AAAA"],
    ["only dots", ".."],
    ["padding in the header", "AA==.AAAA.AAAA"],
    ["padding in the payload", "AAAA.AA==.AAAA"],
    ["padding in the signature", "AAAA.AAAA.AA=="],
    ["the other alphabet: +", "AA+A.AAAA.AAAA"],
    ["the other alphabet: /", "AAAA.AA/A.AAAA"],
    ["a space", "AAAA.AAAA.AA A"],
    ["a line break", "AAAA.AAAA.AAAA\n"],
    ["a question mark", "AAAA.AAAA.AAAA?"],
    ["a NUL", "AAAA.AAAA.AAAA\0"],
    ["obs-text", "AAAA.AAAA.AAA\xe4"],
    ["an impossible length", "AAAAA.AAAA.AAAA"],
    ["unused bits in the header", "AAB.AAAA.AAAA"],
    ["unused bits in the payload", "AAAA.AB.AAAA"],
    ["unused bits in the signature", "AAAA.AAAA.AB"],
    ["general JSON serialization", '{"payload":"AAAA","signatures":[]}'],
    ["JSON serialization with dots inside", '{"protected":"AAAA.AAAA.AAAA"}'],
    ["a comma", `${GOOD},${GOOD}`],
  ];
  test.each(malformed)("refuses %s", (_, token) => {
    expect(read(token).reason).toBe(Reason.MALFORMED);
  });

  test("takes TOKEN_BYTES_MAX bytes and refuses one more before decoding", () => {
    const ofLength = (length: number): string => `AAAA.${"A".repeat(length - 10)}.AAAA`;
    const largest = TOKEN_BYTES_MAX - ((TOKEN_BYTES_MAX - 10) % 4);
    expect(read(ofLength(largest)).reason).toBe(Reason.OK);
    expect(read(ofLength(TOKEN_BYTES_MAX + 1)).reason).toBe(Reason.TOO_LARGE);
  });

  test("every truncation is malformed or a shorter signature", () => {
    const signature = GOOD.lastIndexOf(".") + 1;
    for (let length = 0; length < GOOD.length; length++) {
      const { reason, parts } = read(GOOD.slice(0, length));
      if (length <= signature) expect(reason).toBe(Reason.MALFORMED);
      if (reason === Reason.OK) expect("signature").toContain(parts().signature);
    }
  });

  test("every single-byte change is refused or changes the bytes of one part", () => {
    const whole = JSON.stringify(read(GOOD).parts());
    for (let at = 0; at < GOOD.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const token = GOOD.slice(0, at) + String.fromCharCode(byte) + GOOD.slice(at + 1);
        if (token === GOOD) continue;
        const { reason, parts } = read(token);
        if (reason === Reason.OK) expect(JSON.stringify(parts())).not.toBe(whole);
        else expect(reason).toBe(Reason.MALFORMED);
      }
    }
  });
});
