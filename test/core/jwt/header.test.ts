// JOSE headers: what each profile takes, and what is refused before any key is looked at.

import { describe, expect, test } from "vitest";

import type { Reason } from "./exports.ts";
import {
  BOTH,
  core,
  ES256,
  NONE,
  probe,
  Profile,
  putFields,
  putList,
  reasonName,
  RS256,
  u32,
} from "./exports.ts";

interface Read {
  reason: string;
  kid: string | null;
  algorithm: number;
}

function read(
  header: unknown,
  profile: number = Profile.RFC7519,
  allowed = BOTH,
  types: readonly string[] = [],
): Read {
  probe.reset();
  const json = typeof header === "string" ? header : JSON.stringify(header);
  const bytes = Buffer.isBuffer(header) ? header : Buffer.from(json);
  const out = probe.room(core.headerBytes.value);
  const list = putFields(putList(types), types.length);
  const ptr = probe.put(bytes);
  const reason = core.jwtReadHeader(ptr, bytes.length, profile, list, allowed, out);
  const kidLen = u32(out, 1);
  const kid =
    kidLen === NONE ? null : Buffer.from(probe.bytes(u32(out, 0), kidLen)).toString("utf8");
  return { reason: reasonName(reason), kid, algorithm: u32(out, 2) };
}

describe("accepted headers", () => {
  test("algorithm and key id, in any order and spelling of JSON", () => {
    expect(read({ alg: "ES256", kid: "a" })).toEqual({ reason: "OK", kid: "a", algorithm: ES256 });
    expect(read({ typ: "JWT", alg: "RS256" })).toEqual({
      reason: "OK",
      kid: null,
      algorithm: RS256,
    });
    const escaped = ' { "\\u0061lg" : "\\u0045S256", "kid" : "\\u00e4\\"\\ud83d\\ude00" } ';
    expect(read(escaped)).toEqual({ reason: "OK", kid: 'ä"😀', algorithm: ES256 });
    expect(read({ alg: "ES256", kid: "" }).kid).toBe("");
  });

  test("rfc7519 ignores members that point to keys", () => {
    const pointing = {
      alg: "ES256",
      jwk: { kty: "oct", k: "AAAA" },
      jku: "https://evil.test/keys",
      x5u: "https://evil.test/cert",
      x5c: ["AAAA"],
      x5t: "AAAA",
      "x5t#S256": "AAAA",
      iss: "https://idp.test",
      b64: true,
    };
    expect(read(pointing).reason).toBe("OK");
  });

  for (const typ of [
    "JWT",
    "jwt",
    "at+jwt",
    "AT+JWT",
    "application/at+jwt",
    "application/JWT",
    "JOSE",
  ]) {
    test(`rfc7519 takes typ ${typ}`, () => {
      expect(read({ alg: "ES256", typ }).reason).toBe("OK");
    });
  }

  test("jwt-svid takes alg, kid and typ", () => {
    for (const typ of ["JWT", "JOSE"]) {
      expect(read({ alg: "ES256", kid: "a", typ }, Profile.JWT_SVID).reason).toBe("OK");
    }
    expect(read({ alg: "ES256", kid: "a" }, Profile.JWT_SVID).reason).toBe("OK");
  });

  test("types of a list, as media types", () => {
    const types = ["at+jwt", "text/x-token"];
    const reasonOf = (typ: unknown): string =>
      read({ alg: "ES256", typ }, Profile.RFC7519, BOTH, types).reason;
    for (const typ of ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+jwt"]) {
      expect(reasonOf(typ), typ).toBe("OK");
    }
    expect(reasonOf("text/X-Token")).toBe("OK");
    for (const typ of ["JWT", "", "at+jwt ", "application/", "text/at+jwt", "x-token", undefined]) {
      expect(reasonOf(typ), typ).toBe("TYPE_REFUSED");
    }
    expect(reasonOf(1)).toBe("HEADER_INVALID");
  });

  test("a type of the list does not make a nested token good", () => {
    const header = { alg: "ES256", cty: "JWT", typ: "at+jwt" };
    expect(read(header, Profile.RFC7519, BOTH, ["at+jwt"]).reason).toBe("TYPE_REFUSED");
  });
});

const HEADER: [header: unknown, reason: keyof typeof Reason][] = [
  [{}, "HEADER_INVALID"],
  [{ typ: "JWT" }, "HEADER_INVALID"],
  [{ alg: 1 }, "HEADER_INVALID"],
  [{ alg: null }, "HEADER_INVALID"],
  [{ alg: ["ES256"] }, "HEADER_INVALID"],
  [{ alg: { ES256: 1 } }, "HEADER_INVALID"],
  [{ alg: "ES256", kid: 7 }, "HEADER_INVALID"],
  [{ alg: "ES256", kid: null }, "HEADER_INVALID"],
  [{ alg: "ES256", kid: ["a"] }, "HEADER_INVALID"],
  [{ alg: "ES256", typ: 1 }, "HEADER_INVALID"],
  [{ alg: "ES256", typ: ["JWT"] }, "HEADER_INVALID"],
  [{ alg: "ES256", cty: 1 }, "HEADER_INVALID"],
  [{ alg: "ES256", b64: false }, "HEADER_INVALID"],
  [{ alg: "ES256", b64: "true" }, "HEADER_INVALID"],
  [{ alg: "ES256", zip: "DEF" }, "HEADER_INVALID"],
  [{ alg: "ES256", enc: "A128GCM" }, "HEADER_INVALID"],
  ["", "HEADER_INVALID"],
  ["null", "HEADER_INVALID"],
  ["[]", "HEADER_INVALID"],
  ['"ES256"', "HEADER_INVALID"],
  ['{"alg":"ES256"}{}', "HEADER_INVALID"],
  ['{"alg":"ES256"} x', "HEADER_INVALID"],
  ['{"alg":"ES256",}', "HEADER_INVALID"],
  ['\ufeff{"alg":"ES256"}', "HEADER_INVALID"],
  ['{"alg":"ES256","alg":"none"}', "HEADER_INVALID"],
  ['{"alg":"none","\\u0061lg":"ES256"}', "HEADER_INVALID"],
  ['{"alg":"ES256","kid":"a","kid":"b"}', "HEADER_INVALID"],
  ['{"alg":"ES256","crit":[],"crit":["b64"]}', "HEADER_INVALID"],
  [`{"alg":"ES256","x":${"[".repeat(100)}${"]".repeat(100)}}`, "HEADER_INVALID"],
  [{ alg: "ES256", crit: [] }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: ["b64"], b64: true }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: ["exp"], exp: 1 }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: ["alg"] }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: ["unknown"] }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: "b64" }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: null }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: false }, "CRITICAL_REFUSED"],
  [{ alg: "ES256", crit: { b64: 1 } }, "CRITICAL_REFUSED"],
  ['{"alg":"ES256","\\u0063rit":[]}', "CRITICAL_REFUSED"],
  [{ alg: "none", crit: ["x"] }, "CRITICAL_REFUSED"],
  [{ alg: "none" }, "ALGORITHM_REFUSED"],
  [{ alg: "None" }, "ALGORITHM_REFUSED"],
  [{ alg: "NONE" }, "ALGORITHM_REFUSED"],
  [{ alg: "nOnE" }, "ALGORITHM_REFUSED"],
  [{ alg: "" }, "ALGORITHM_REFUSED"],
  [{ alg: "es256" }, "ALGORITHM_REFUSED"],
  [{ alg: "ES256 " }, "ALGORITHM_REFUSED"],
  [{ alg: "ES256\0" }, "ALGORITHM_REFUSED"],
  [{ alg: "HS256" }, "ALGORITHM_REFUSED"],
  [{ alg: "ES384" }, "ALGORITHM_REFUSED"],
  [{ alg: "PS256" }, "ALGORITHM_REFUSED"],
  [{ alg: "EdDSA" }, "ALGORITHM_REFUSED"],
  [{ alg: "__proto__" }, "ALGORITHM_REFUSED"],
];

const TYPES = [
  "dpop+jwt",
  "wit+jwt",
  "logout+jwt",
  "secevent+jwt",
  "id+jwt",
  "",
  "JW",
  "JWTx",
  "text/jwt",
];

describe("refused headers", () => {
  test.each(HEADER)("rfc7519: %j is %s", (header, reason) => {
    expect(read(header).reason).toBe(reason);
  });

  test.each(TYPES)("rfc7519: typ %j is for another use", (typ) => {
    expect(read({ alg: "ES256", typ }).reason).toBe("TYPE_REFUSED");
  });

  test.each(["JWT", "jwt", "application/jwt"])("rfc7519: cty %s is a nested token", (cty) => {
    expect(read({ alg: "ES256", cty }).reason).toBe("TYPE_REFUSED");
  });

  test.each(["jwt", "at+jwt", "application/jwt", "wit+jwt", "jose", ""])(
    "jwt-svid: typ %j is neither JWT nor JOSE",
    (typ) => {
      const header = { alg: "ES256", kid: "a", typ };
      expect(read(header, Profile.JWT_SVID).reason).toBe("TYPE_REFUSED");
    },
  );

  test.each(["jwk", "jku", "x5u", "x5c", "x5t", "cty", "b64", "zip", "enc", "iss", "x"])(
    "jwt-svid: member %s must not be there",
    (member) => {
      const header = { alg: "ES256", kid: "a", [member]: "a" };
      expect(read(header, Profile.JWT_SVID).reason).toBe("HEADER_INVALID");
    },
  );

  test("jwt-svid: a kid is needed", () => {
    expect(read({ alg: "ES256" }, Profile.JWT_SVID).reason).toBe("HEADER_INVALID");
    expect(read({ alg: "ES256", typ: "JWT" }, Profile.JWT_SVID).reason).toBe("HEADER_INVALID");
  });

  test("jwt-svid: crit has its own reason", () => {
    expect(read({ alg: "ES256", crit: [] }, Profile.JWT_SVID).reason).toBe("CRITICAL_REFUSED");
  });

  test("an algorithm outside of the provider's list", () => {
    expect(read({ alg: "RS256" }, Profile.RFC7519, 1 << ES256).reason).toBe("ALGORITHM_REFUSED");
    expect(read({ alg: "RS256" }, Profile.RFC7519, 1 << RS256).reason).toBe("OK");
  });

  test("every truncation and every single-byte change is judged without a trap", () => {
    const header = Buffer.from('{"alg":"ES256","kid":"k\\u00e4y","typ":"JWT"}');
    for (let length = 0; length < header.length; length++) {
      expect(read(header.subarray(0, length)).reason).toBe("HEADER_INVALID");
    }
    for (let at = 0; at < header.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = Buffer.from(header);
        changed[at] = byte;
        const { reason, algorithm } = read(changed);
        if (reason !== "OK") continue;
        const { alg }: { alg: string } = JSON.parse(changed.toString());
        expect(alg).toBe(algorithm === RS256 ? "RS256" : "ES256");
      }
    }
  });
});
