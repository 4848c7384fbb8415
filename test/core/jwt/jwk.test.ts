// JSON Web Keys against node:crypto, and every reason not to take one.

import { createPublicKey, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import { describe, expect, test } from "vitest";

import { core, KeyType, NONE, probe, Profile, u32 } from "./exports.ts";

const VERDICTS = [
  "USABLE",
  "IGNORED",
  "MALFORMED",
  "SYMMETRIC",
  "PRIVATE",
  "ALGORITHM_CLASH",
  "KEY_ID_MISSING",
  "KEY_ID_TOO_LONG",
  "BAD_MODULUS",
  "BAD_EXPONENT",
  "BAD_POINT",
] as const;
type Verdict = (typeof VERDICTS)[number];

interface Read {
  verdict: Verdict | undefined;
  kid: string | null;
  keyType: number;
  signatureLen: number;
  spki: string;
}

function read(jwk: unknown, profile: number = Profile.RFC7519): Read {
  probe.reset();
  const bytes = Buffer.from(typeof jwk === "string" ? jwk : JSON.stringify(jwk));
  const spki = probe.room(core.spkiBytesMax.value);
  const out = probe.room(core.jwkBytes.value);
  const code = core.jwtReadJwk(probe.put(bytes), bytes.length, profile, spki, out);
  const kidLen = u32(out, 1);
  return {
    verdict: VERDICTS[code],
    kid: kidLen === NONE ? null : Buffer.from(probe.bytes(u32(out, 0), kidLen)).toString(),
    keyType: u32(out, 2),
    signatureLen: u32(out, 3),
    spki: Buffer.from(probe.bytes(spki, u32(out, 4))).toString("hex"),
  };
}

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const EC = ec.publicKey.export({ format: "jwk" });
const EC_PRIVATE = ec.privateKey.export({ format: "jwk" });
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const RSA = rsa.publicKey.export({ format: "jwk" });
const RSA_PRIVATE = rsa.privateKey.export({ format: "jwk" });

const spkiOf = (jwk: JsonWebKey): string =>
  createPublicKey({ key: jwk, format: "jwk" })
    .export({ format: "der", type: "spki" })
    .toString("hex");
const bytesOf = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

describe("usable keys", () => {
  test("P-256 becomes the SubjectPublicKeyInfo of node:crypto", () => {
    for (let round = 0; round < 50; round++) {
      const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({
        format: "jwk",
      });
      const { verdict, keyType, signatureLen, spki, kid } = read(jwk);
      expect(verdict).toBe("USABLE");
      expect({ keyType, signatureLen, kid }).toEqual({
        keyType: KeyType.EC_P256,
        signatureLen: 64,
        kid: null,
      });
      expect(spki).toBe(spkiOf(jwk));
    }
  });

  test.each([2048, 2056, 3072, 4096])("RSA of %d bits, too", (modulusLength) => {
    const jwk = generateKeyPairSync("rsa", { modulusLength }).publicKey.export({ format: "jwk" });
    const { verdict, keyType, signatureLen, spki } = read({ ...jwk, kid: "r" });
    expect(verdict).toBe("USABLE");
    expect({ keyType, signatureLen }).toEqual({
      keyType: KeyType.RSA,
      signatureLen: modulusLength / 8,
    });
    expect(spki).toBe(spkiOf(jwk));
  });

  test.each([3, 17, 257, 65537, 0x80000001, 0xffffffff])("RSA with exponent %d", (exponent) => {
    const hex = exponent.toString(16);
    const e = Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex").toString("base64url");
    const jwk = { ...RSA, e };
    expect(read(jwk).verdict).toBe("USABLE");
    expect(read(jwk).spki).toBe(spkiOf(jwk));
  });

  test("what says nothing against them does no harm", () => {
    const extra = { x5c: ["AAAA"], x5u: "https://x.test", ext: true, nbf: 1, nested: { d: "x" } };
    expect(read({ ...EC, ...extra, use: "sig", key_ops: ["verify"], alg: "ES256" }).verdict).toBe(
      "USABLE",
    );
    expect(read({ ...RSA, alg: "RS256", key_ops: ["sign", "verify"] }).verdict).toBe("USABLE");
    expect(read({ ...EC, kid: 'ä"' }).kid).toBe('ä"');
  });

  test("members may be written with escapes", () => {
    const escaped = JSON.stringify(EC).replace('"kty":"EC"', '"\\u006bty":"\\u0045C"');
    expect(read(escaped)).toMatchObject({ verdict: "USABLE", spki: spkiOf(EC) });
    const x = EC.x ?? "";
    const first = `\\u00${x.charCodeAt(0).toString(16)}`;
    const inNumber = JSON.stringify(EC).replace(x, first + x.slice(1));
    expect(read(inNumber)).toMatchObject({ verdict: "USABLE", spki: spkiOf(EC) });
  });
});

const IGNORED: [name: string, jwk: object][] = [
  ["use enc", { ...EC, use: "enc" }],
  ["use of another case", { ...EC, use: "SIG" }],
  ["use x509-svid", { ...EC, use: "x509-svid" }],
  ["use jwt-svid outside of the profile", { ...EC, use: "jwt-svid" }],
  ["key_ops without verify", { ...EC, key_ops: ["sign"] }],
  ["empty key_ops", { ...EC, key_ops: [] }],
  ["alg of the same type that is not supported", { ...RSA, alg: "PS256" }],
  ["alg RS512", { ...RSA, alg: "RS512" }],
  ["alg for encryption", { ...RSA, alg: "RSA-OAEP" }],
  ["alg none", { ...RSA, alg: "none" }],
  ["an alg longer than any", { ...EC, alg: "E".repeat(100) }],
  ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" })],
  ["secp256k1", { ...EC, crv: "secp256k1" }],
  ["no curve", { kty: "EC", x: EC.x, y: EC.y }],
  ["Ed25519", generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" })],
  ["an unknown kty", { kty: "AKP", pub: "AAAA" }],
];

const flip = (text: string | undefined, at: number): string => {
  const bytes = bytesOf(text);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString("base64url");
};
const number = (hex: string): string => Buffer.from(hex, "hex").toString("base64url");
const PRIME = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

const REFUSED: [name: string, jwk: unknown, verdict: Verdict][] = [
  ["no object", [], "MALFORMED"],
  ["a string", '"key"', "MALFORMED"],
  ["no kty", { ...EC, kty: undefined }, "MALFORMED"],
  ["kty of another type", { ...EC, kty: 1 }, "MALFORMED"],
  ["kid of another type", { ...EC, kid: 1 }, "MALFORMED"],
  ["use of another type", { ...EC, use: ["sig"] }, "MALFORMED"],
  ["alg of another type", { ...EC, alg: null }, "MALFORMED"],
  ["crv of another type", { ...EC, crv: {} }, "MALFORMED"],
  ["x of another type", { ...EC, x: 1 }, "MALFORMED"],
  ["key_ops of another type", { ...EC, key_ops: "verify" }, "MALFORMED"],
  ["key_ops with a number", { ...EC, key_ops: ["verify", 1] }, "MALFORMED"],
  ["key_ops with a list", { ...EC, key_ops: [["verify"]] }, "MALFORMED"],
  ["key_ops twice", { ...EC, key_ops: ["verify", "verify"] }, "MALFORMED"],
  ["a member twice", JSON.stringify(EC).replace("{", '{"kty":"EC",'), "MALFORMED"],
  ["oct", { kty: "oct", k: "AAAA" }, "SYMMETRIC"],
  ["oct without k", { kty: "oct" }, "SYMMETRIC"],
  ["k in another key", { ...EC, k: "AAAA" }, "SYMMETRIC"],
  ["an EC private key", EC_PRIVATE, "PRIVATE"],
  ["an RSA private key", RSA_PRIVATE, "PRIVATE"],
  ...["d", "p", "q", "dp", "dq", "qi", "oth"].map((name): [string, unknown, Verdict] => [
    `private ${name}`,
    { ...RSA, [name]: "AAAA" },
    "PRIVATE",
  ]),
  ["private d of another type", { ...EC, d: 1 }, "PRIVATE"],
  ["alg of the other type", { ...EC, alg: "RS256" }, "ALGORITHM_CLASH"],
  ["alg of the other type", { ...RSA, alg: "ES256" }, "ALGORITHM_CLASH"],
  ["a long kid", { ...EC, kid: "k".repeat(1025) }, "KEY_ID_TOO_LONG"],
  ["no x", { ...EC, x: undefined }, "BAD_POINT"],
  ["no y", { ...EC, y: undefined }, "BAD_POINT"],
  ["x with padding", { ...EC, x: `${EC.x ?? ""}=` }, "BAD_POINT"],
  ["x of 31 bytes", { ...EC, x: bytesOf(EC.x).subarray(1).toString("base64url") }, "BAD_POINT"],
  ["x of 33 bytes", { ...EC, x: number(`00${bytesOf(EC.x).toString("hex")}`) }, "BAD_POINT"],
  ["x of 100 bytes", { ...EC, x: Buffer.alloc(100).toString("base64url") }, "BAD_POINT"],
  ["a point off the curve", { ...EC, y: flip(EC.y, 31) }, "BAD_POINT"],
  ["x and y exchanged", { ...EC, x: EC.y, y: EC.x }, "BAD_POINT"],
  [
    "the point (0, 0)",
    { ...EC, x: number("00".repeat(32)), y: number("00".repeat(32)) },
    "BAD_POINT",
  ],
  ["x = p", { ...EC, x: number(PRIME) }, "BAD_POINT"],
  ["no n", { ...RSA, n: undefined }, "BAD_MODULUS"],
  ["an even modulus", { ...RSA, n: flip(RSA.n, 255) }, "BAD_MODULUS"],
  ["a leading zero", { ...RSA, n: number(`00${bytesOf(RSA.n).toString("hex")}`) }, "BAD_MODULUS"],
  ["2047 bits", { ...RSA, n: number(`7f${"ff".repeat(255)}`) }, "BAD_MODULUS"],
  ["1024 bits", { ...RSA, n: number("ff".repeat(128)) }, "BAD_MODULUS"],
  ["4097 bits", { ...RSA, n: number(`01${"ff".repeat(512)}`) }, "BAD_MODULUS"],
  ["100 kB of modulus", { ...RSA, n: "A".repeat(100000) }, "BAD_MODULUS"],
  ["a modulus in base64", { ...RSA, n: `${(RSA.n ?? "").slice(0, -1)}+` }, "BAD_MODULUS"],
  ["no e", { ...RSA, e: undefined }, "BAD_EXPONENT"],
  ["e = 0", { ...RSA, e: number("00") }, "BAD_EXPONENT"],
  ["e = 1", { ...RSA, e: number("01") }, "BAD_EXPONENT"],
  ["e even", { ...RSA, e: number("010000") }, "BAD_EXPONENT"],
  ["e with a leading zero", { ...RSA, e: number("00010001") }, "BAD_EXPONENT"],
  ["e = 2^32 + 1", { ...RSA, e: number("0100000001") }, "BAD_EXPONENT"],
  ["a huge e", { ...RSA, e: number("ff".repeat(64)) }, "BAD_EXPONENT"],
];

describe("keys that are not used", () => {
  test.each(IGNORED)("for another purpose: %s", (_, jwk) => {
    expect(read(jwk).verdict).toBe("IGNORED");
  });

  test.each(REFUSED)("wrong: %s", (_, jwk, verdict) => {
    expect(read(jwk).verdict).toBe(verdict);
  });
});

describe("the profile jwt-svid", () => {
  test("takes use jwt-svid, sig or none, and wants a kid", () => {
    for (const use of ["jwt-svid", "sig", undefined]) {
      expect(read({ ...EC, kid: "a", use }, Profile.JWT_SVID).verdict).toBe("USABLE");
    }
    for (const use of ["x509-svid", "wit-svid", "JWT-SVID", "enc", ""]) {
      expect(read({ ...EC, kid: "a", use }, Profile.JWT_SVID).verdict).toBe("IGNORED");
    }
    expect(read(EC, Profile.JWT_SVID).verdict).toBe("KEY_ID_MISSING");
  });
});

describe("robustness", () => {
  test("every truncation is malformed, and every single-byte change is judged", () => {
    const jwk = Buffer.from(JSON.stringify({ ...EC, kid: "k\u00e4y", use: "sig", alg: "ES256" }));
    for (let length = 0; length < jwk.length; length++) {
      expect(read(jwk.subarray(0, length).toString("latin1")).verdict).toBe("MALFORMED");
    }
    for (let at = 0; at < jwk.length; at++) {
      for (let byte = 0; byte < 128; byte++) {
        const changed = Buffer.from(jwk);
        changed[at] = byte;
        const { verdict, spki } = read(changed.toString());
        expect(verdict).toBeDefined();
        if (verdict === "USABLE") expect(spki).toBe(spkiOf(EC));
      }
    }
  });

  test("coordinates are on the curve exactly when node:crypto says so", () => {
    const put = (text: string | undefined): number => probe.put(bytesOf(text));
    for (let at = 0; at < 32; at++) {
      for (const [x, y] of [
        [flip(EC.x, at), EC.y],
        [EC.x, flip(EC.y, at)],
      ]) {
        probe.reset();
        expect(core.jwtIsOnP256(put(x), put(y))).toBe(0);
        const jwk = { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" };
        expect(() => createPublicKey({ key: jwk, format: "jwk" })).toThrow();
      }
    }
    probe.reset();
    expect(core.jwtIsOnP256(put(EC.x), put(EC.y))).toBe(1);
  });
});
