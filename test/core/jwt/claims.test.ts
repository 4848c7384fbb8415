// Claims: types, dates, issuer, audience, kept values, and what follows at a given time.

import { describe, expect, test } from "vitest";

import { judge, read } from "./read_claims.ts";

const NOW = 1_700_000_000;
const GOOD = { iss: "https://idp.test", sub: "alice", aud: "orders", exp: NOW + 60 };

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

describe("audience as Envoy compares it", () => {
  const judged = (aud: string, ...audiences: string[]): string =>
    judge({ ...GOOD, aud }, { audiences, match: "envoy" });

  test("without a scheme and without one slash at the end", () => {
    for (const aud of ["http://a.test/x", "https://a.test/x/", "a.test/x", "a.test/x/"]) {
      expect(judged(aud, "a.test/x"), aud).toBe("OK");
    }
    const others = ["a.test/x//", "HTTPS://a.test/x", "https://http://a.test/x", "ftp://a.test/x"];
    for (const aud of [...others, "https://", "http:///", "/", ""]) {
      expect(judged(aud, "a.test/x"), aud).toBe("AUDIENCE_REFUSED");
    }
  });

  test("unescaped", () => {
    const payload = JSON.stringify(GOOD).replace('"orders"', '"https:\\/\\/a.test\\/x\\/"');
    expect(judge(payload, { audiences: ["a.test/x"], match: "envoy" })).toBe("OK");
    expect(judge(payload, { audiences: ["a.test/x"] })).toBe("AUDIENCE_REFUSED");
    expect(judge(payload, { audiences: ["https://a.test/x/"] })).toBe("OK");
  });

  test("or not at all", () => {
    const any = { audiences: [], match: "any" } as const;
    for (const aud of ["x", undefined, [], ["a", "b"]]) {
      expect(judge({ ...GOOD, aud }, any)).toBe("OK");
    }
    expect(judge({ ...GOOD, aud: 1 }, any)).toBe("CLAIMS_INVALID");
  });
});

describe("robustness", () => {
  const payload = Buffer.from(
    '{"iss":"https://idp.test","sub":"a\\u00e4","aud":["orders","b"],"exp":1700000060.5,"nbf":1,"x":{"y":[true]}}',
  );
  const expected = { issuer: "https://idp.test", kept: ["sub", ["x", "y"], "aud"] };

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
        if (judge(changed, expected) !== "OK") continue;
        const parsed: typeof GOOD = JSON.parse(changed.toString());
        expect(parsed.iss).toBe("https://idp.test");
        expect([parsed.aud].flat()).toContain("orders");
        expect(parsed.exp).toBeGreaterThan(NOW);
      }
    }
  });
});
