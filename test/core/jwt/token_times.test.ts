// Dates of tokens, and what follows from them at a given time.

import { describe, expect, test } from "vitest";

import { endOf, judge, read } from "./read_claims.ts";
import type { Times } from "./read_claims.ts";

const NOW = 1_700_000_000;

describe("time", () => {
  const at = (claims: object, now: number, skew = 0): string =>
    judge({ aud: "orders", exp: NOW, ...claims }, {}, now, { skew });

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
    const latest = { exp: Number.MAX_SAFE_INTEGER, [name]: Number.MAX_SAFE_INTEGER };
    expect(at(latest, NOW, 60)).toBe("NOT_YET_VALID");
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
      expect(at({ exp: NOW - 10, nbf: NOW }, now, 60)).toBe("CLAIMS_INVALID");
    }
    expect(at({ exp: NOW, nbf: NOW }, NOW, 1)).toBe("OK");
  });
});

describe("a largest lifetime", () => {
  const at = (claims: object, times: Times): string =>
    judge({ aud: "orders", ...claims }, {}, NOW, times);

  test("from iat to exp, else from now", () => {
    const times = { maxLifetime: 100 };
    expect(at({ exp: NOW + 60, iat: NOW - 40 }, times)).toBe("OK");
    expect(at({ exp: NOW + 61, iat: NOW - 40 }, times)).toBe("LIFETIME_REFUSED");
    expect(at({ exp: NOW + 100 }, times)).toBe("OK");
    expect(at({ exp: NOW + 101 }, times)).toBe("LIFETIME_REFUSED");
    expect(at({ exp: Number.MAX_SAFE_INTEGER, iat: 0 }, times)).toBe("LIFETIME_REFUSED");
    expect(at({ exp: Number.MAX_SAFE_INTEGER }, { maxLifetime: 2 ** 35 })).toBe("LIFETIME_REFUSED");
  });

  test("no skew is added to it", () => {
    expect(at({ exp: NOW + 101 }, { maxLifetime: 100, skew: 60 })).toBe("LIFETIME_REFUSED");
  });
});

describe("a largest age", () => {
  const at = (iat: number | undefined, times: Times): string =>
    judge({ aud: "orders", exp: NOW + 10_000, iat }, {}, NOW, times);

  test("from iat to now, give or take the skew", () => {
    expect(at(NOW - 100, { maxAge: 100 })).toBe("OK");
    expect(at(NOW - 101, { maxAge: 100 })).toBe("TOO_OLD");
    expect(at(NOW - 160, { maxAge: 100, skew: 60 })).toBe("OK");
    expect(at(NOW - 161, { maxAge: 100, skew: 60 })).toBe("TOO_OLD");
    expect(at(0, { maxAge: 100 })).toBe("TOO_OLD");
  });

  test("needs an iat", () => {
    expect(at(undefined, { maxAge: 100 })).toBe("TOO_OLD");
  });

  test("is where what was verified is kept no longer", () => {
    const kept = (iat: number): number =>
      endOf(read({ exp: NOW + 300, iat }), NOW, { maxAge: 100 });
    expect(kept(NOW - 20)).toBe(NOW + 81);
    expect(kept(NOW + 250)).toBe(NOW + 300);
  });
});

describe("a token without exp", () => {
  test("holds when none is required", () => {
    const times = { requireExp: false };
    expect(judge({ aud: "orders" }, {}, NOW, times)).toBe("OK");
    expect(judge({ aud: "orders", nbf: NOW + 1 }, {}, NOW, times)).toBe("NOT_YET_VALID");
    expect(judge({ aud: "orders", exp: NOW }, {}, NOW, times)).toBe("EXPIRED");
    expect(judge({ aud: "orders", exp: 0 }, {}, NOW, times)).toBe("EXPIRED");
    expect(judge({ aud: "orders" }, {}, NOW, { requireExp: false, skew: 300 })).toBe("OK");
  });

  test("is kept for a while", () => {
    const times = { requireExp: false };
    expect(endOf(read({ aud: "orders" }), NOW, times)).toBe(NOW + 300);
    expect(endOf(read({ aud: "orders", exp: NOW + 9000 }), NOW, times)).toBe(NOW + 9000);
  });
});
