// Claims: types, dates, issuer, audience, kept values, and what follows at a given time.

import { describe, expect, test } from "vitest";

import { core, NONE, probe, putFields, putText, reasonName, u32 } from "./exports.ts";

const NOW = 1_700_000_000;
const GOOD = { iss: "https://idp.test", sub: "alice", aud: "orders", exp: NOW + 60 };

interface Expected {
  issuer?: string;
  audiences?: string[];
  names?: string[];
}

function putList(texts: string[]): number {
  return putFields(...texts.map((text) => putText(text)));
}

function putExpected(expected: Expected): number {
  const audiences = expected.audiences ?? ["orders"];
  const names = expected.names ?? [];
  return putFields(
    expected.issuer === undefined ? 0 : putText(expected.issuer),
    putList(audiences),
    audiences.length,
    putList(names),
    names.length,
  );
}

interface Read {
  reason: string;
  subject: string | null;
  kept: (string | null)[];
  claims: number;
}

function read(payload: unknown, expected: Expected = {}): Read {
  probe.reset();
  const bytes = Buffer.from(typeof payload === "string" ? payload : JSON.stringify(payload));
  const out = probe.room(core.claimsBytes.value);
  const expectation = putExpected(expected);
  const reason = core.jwtReadClaims(probe.put(bytes), bytes.length, expectation, out);
  const utf8 = (ptr: number, len: number): string | null =>
    len === NONE ? null : Buffer.from(probe.bytes(ptr, len)).toString();
  return {
    reason: reasonName(reason),
    // Three dates of eight bytes stand in front.
    subject: utf8(u32(out, 6), u32(out, 7)),
    kept: (expected.names ?? []).map((_, i) =>
      utf8(core.jwtClaimPtr(out, i), core.jwtClaimLen(out, i) >>> 0),
    ),
    claims: out,
  };
}

function judge(payload: unknown, expected: Expected = {}, now = NOW, skew = 0): string {
  const { reason, claims } = read(payload, expected);
  if (reason !== "OK") return reason;
  return reasonName(core.jwtJudgeClaims(claims, BigInt(now), BigInt(skew)));
}

describe("a good payload", () => {
  test("is accepted, and gives its subject", () => {
    expect(judge(GOOD)).toBe("OK");
    expect(read(GOOD).subject).toBe("alice");
  });

  test("may have any other members", () => {
    expect(judge({ ...GOOD, a: [1, { b: [] }], c: null, __proto__x: { exp: 1 } })).toBe("OK");
  });
});

describe("payloads that are not claims", () => {
  const payloads = [
    "",
    "null",
    "1",
    '"a"',
    "[]",
    `[${JSON.stringify(GOOD)}]`,
    `${JSON.stringify(GOOD)}x`,
    `\ufeff${JSON.stringify(GOOD)}`,
    '{"exp":1,"exp":2}',
    '{"sub":"a","\\u0073ub":"b"}',
    '{"a":{"b":1,"b":2}}',
    '{"exp":NaN}',
    '{"sub":"\\ud800"}',
    `{"a":${"[".repeat(50)}${"]".repeat(50)}}`,
    `{${Array.from({ length: 300 }, (_, i) => `"a${i}":1`).join(",")}}`,
  ];
  test.each(payloads)("%s", (payload) => {
    expect(judge(payload)).toBe("CLAIMS_INVALID");
  });

  test.each(["iss", "sub"])("%s that is not a string", (name) => {
    for (const value of [1, null, true, ["https://idp.test"], {}]) {
      expect(judge({ ...GOOD, [name]: value })).toBe("CLAIMS_INVALID");
    }
  });

  test.each(["exp", "nbf", "iat"])("%s that is not a date", (name) => {
    const texts = ['"1700000000"', "true", "null", "[]", "{}", "-1", "-0", "1e400", "1.7e9", "1E9"];
    const large = ["9007199254740992", "18446744073709551617", "9".repeat(400)];
    for (const value of [...texts, ...large]) {
      const payload = JSON.stringify({ ...GOOD, [name]: 0 }).replace(
        `"${name}":0`,
        `"${name}":${value}`,
      );
      expect(judge(payload), value).toBe("CLAIMS_INVALID");
    }
  });
});

describe("issuer", () => {
  const issuer = "https://idp.test";
  test("is compared byte by byte when one is expected", () => {
    expect(judge(GOOD, { issuer })).toBe("OK");
    for (const iss of [
      "https://idp.test/",
      "https://IDP.test",
      "https://idp.test.evil",
      "https://idp.tes",
      "",
      "https://idp.tеst",
    ]) {
      expect(judge({ ...GOOD, iss }, { issuer }), iss).toBe("ISSUER_REFUSED");
    }
    expect(judge({ ...GOOD, iss: undefined }, { issuer })).toBe("ISSUER_REFUSED");
  });

  test("is compared unescaped", () => {
    const payload = JSON.stringify(GOOD).replace("https://", "\\u0068ttps:\\/\\/");
    expect(judge(payload, { issuer })).toBe("OK");
  });

  test("may be anything or missing when none is expected", () => {
    expect(judge({ ...GOOD, iss: "x" })).toBe("OK");
    expect(judge({ ...GOOD, iss: undefined })).toBe("OK");
  });
});

describe("audience", () => {
  const audiences = ["orders", "https://orders.test"];
  const cases: [aud: unknown, reason: string][] = [
    ["orders", "OK"],
    ["https://orders.test", "OK"],
    [["orders"], "OK"],
    [["a", "b", "orders", "c"], "OK"],
    [undefined, "AUDIENCE_REFUSED"],
    [[], "AUDIENCE_REFUSED"],
    ["", "AUDIENCE_REFUSED"],
    ["Orders", "AUDIENCE_REFUSED"],
    ["orders ", "AUDIENCE_REFUSED"],
    ["order", "AUDIENCE_REFUSED"],
    [["a", "b"], "AUDIENCE_REFUSED"],
    [1, "CLAIMS_INVALID"],
    [null, "CLAIMS_INVALID"],
    [{ orders: 1 }, "CLAIMS_INVALID"],
    [["orders", 1], "CLAIMS_INVALID"],
    [["orders", null], "CLAIMS_INVALID"],
    [["orders", ["orders"]], "CLAIMS_INVALID"],
    [[["orders"]], "CLAIMS_INVALID"],
  ];
  test.each(cases)("%j is %s", (aud, reason) => {
    expect(judge({ ...GOOD, aud }, { audiences })).toBe(reason);
  });
});

describe("time", () => {
  const at = (claims: object, now: number, skew = 0): string =>
    judge({ aud: "orders", exp: NOW, ...claims }, {}, now, skew);

  test("a token must have exp", () => {
    expect(judge({ aud: "orders" })).toBe("CLAIMS_INVALID");
  });

  test("exp: on or after it the token has expired", () => {
    expect(at({}, NOW - 1)).toBe("OK");
    expect(at({}, NOW)).toBe("EXPIRED");
    expect(at({}, NOW + 59, 60)).toBe("OK");
    expect(at({}, NOW + 60, 60)).toBe("EXPIRED");
    expect(at({ exp: 0 }, NOW)).toBe("EXPIRED");
    expect(at({ exp: 0 }, 1, 60)).toBe("OK");
    expect(at({ exp: Number.MAX_SAFE_INTEGER }, NOW, 2 ** 32)).toBe("OK");
  });

  test.each(["nbf", "iat"])("%s: before it the token is not yet valid", (name) => {
    const claims = { exp: NOW + 1000, [name]: NOW };
    expect(at(claims, NOW)).toBe("OK");
    expect(at(claims, NOW - 1)).toBe("NOT_YET_VALID");
    expect(at(claims, NOW - 60, 60)).toBe("OK");
    expect(at(claims, NOW - 61, 60)).toBe("NOT_YET_VALID");
    expect(at({ exp: NOW + 1000, [name]: Number.MAX_SAFE_INTEGER }, NOW, 60)).toBe("NOT_YET_VALID");
  });

  test("fractions are rounded to the safe side", () => {
    expect(at({ exp: NOW + 0.5 }, NOW - 1)).toBe("OK");
    expect(at({ exp: NOW + 0.5 }, NOW)).toBe("EXPIRED");
    const nbf = `{"aud":"orders","exp":${NOW + 1000},"nbf":${NOW}.000001}`;
    expect(judge(nbf, {}, NOW)).toBe("NOT_YET_VALID");
    expect(judge(nbf, {}, NOW + 1)).toBe("OK");
    expect(judge(nbf.replace(".000001", ".000"), {}, NOW)).toBe("OK");
  });

  test("a token that expires before it begins is never valid", () => {
    for (const now of [NOW - 20, NOW - 10, NOW - 5, NOW, NOW + 10]) {
      expect(at({ exp: NOW - 10, nbf: NOW }, now)).not.toBe("OK");
    }
  });
});

describe("kept claims", () => {
  test("strings unescaped, integers as written, booleans as words", () => {
    const payload =
      '{"s":"a\\u00e4\\n","i":-12,"big":12345678901234567890,"t":true,"f":false,"e":""}';
    const names = ["s", "i", "big", "t", "f", "e"];
    expect(read(payload, { names }).kept).toEqual([
      "aä\n",
      "-12",
      "12345678901234567890",
      "true",
      "false",
      "",
    ]);
  });

  test("everything else counts as absent", () => {
    const payload = { fraction: 1.5, list: ["a"], object: { a: "b" }, nothing: null };
    const names = [...Object.keys(payload), "missing"];
    expect(read(payload, { names }).kept).toEqual([null, null, null, null, null]);
    expect(read('{"exponent":1e3}', { names: ["exponent"] }).kept).toEqual([null]);
  });

  test("members of other objects are not claims", () => {
    expect(read({ a: { sub: "inner" }, b: [{ sub: "inner" }] }, { names: ["sub"] })).toMatchObject({
      subject: null,
      kept: [null],
    });
  });

  test("registered claims can be kept as well", () => {
    const names = ["sub", "aud", "exp", "iss"];
    const kept = read(GOOD, { names }).kept;
    expect(kept).toEqual(["alice", "orders", String(GOOD.exp), "https://idp.test"]);
    expect(read({ ...GOOD, aud: ["orders"] }, { names: ["aud"] }).kept).toEqual([null]);
  });

  test("values up to CLAIM_BYTES_MAX", () => {
    const value = "x".repeat(2048);
    expect(read({ a: value, b: `${value}x` }, { names: ["a", "b"] }).kept).toEqual([value, null]);
  });

  test("a name is compared unescaped", () => {
    expect(read('{"\\u0073":"v"}', { names: ["s"] }).kept).toEqual(["v"]);
  });
});

describe("robustness", () => {
  const payload = Buffer.from(
    '{"iss":"https://idp.test","sub":"a\\u00e4","aud":["orders","b"],"exp":1700000060.5,"nbf":1,"x":{"y":[true]}}',
  );
  const expected = { issuer: "https://idp.test", names: ["sub", "x"] };

  test("every truncation is refused", () => {
    expect(judge(payload.toString(), expected)).toBe("OK");
    for (let length = 0; length < payload.length; length++) {
      expect(judge(payload.subarray(0, length).toString(), expected)).toBe("CLAIMS_INVALID");
    }
  });

  test("a single-byte change never makes a claim that JSON.parse does not see", () => {
    for (let at = 0; at < payload.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = Buffer.from(payload);
        changed[at] = byte;
        probe.reset();
        const out = probe.room(core.claimsBytes.value);
        const expectation = putExpected(expected);
        const ptr = probe.put(changed);
        if (core.jwtReadClaims(ptr, changed.length, expectation, out) !== 0) continue;
        if (core.jwtJudgeClaims(out, BigInt(NOW), 0n) !== 0) continue;
        const parsed: typeof GOOD = JSON.parse(changed.toString());
        expect(parsed.iss).toBe("https://idp.test");
        expect([parsed.aud].flat()).toContain("orders");
        expect(parsed.exp).toBeGreaterThan(NOW);
      }
    }
  });
});
