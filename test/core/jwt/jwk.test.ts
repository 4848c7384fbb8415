// JSON Web Keys against node:crypto, and every reason not to take one.

import { createPublicKey, type JsonWebKey } from "node:crypto";
import { describe, expect, test } from "vitest";

import { ALGORITHMS, core, KeyType, NONE, probe, Profile, u32 } from "./exports.ts";
import { newEcKeys, newEdwardsKeys, newRsaKeys } from "../../support/key_pairs.ts";

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
  "BAD_EDWARDS_POINT",
  "BAD_SECRET",
] as const;
type Verdict = (typeof VERDICTS)[number];

interface Read {
  verdict: Verdict | undefined;
  kid: string | null;
  keyType: number;
  /** undefined when the key may verify any algorithm of its type. */
  algorithm: string | undefined;
  signatureLen: number;
  spki: string;
}

function read(jwk: unknown, profile: number = Profile.RFC7519): Read {
  probe.reset();
  const bytes = Buffer.from(typeof jwk === "string" ? jwk : JSON.stringify(jwk));
  const spki = probe.room(core.spkiBytesMax.value);
  const out = probe.room(core.jwkBytes.value);
  const code = core.jwtReadJwk(probe.put(bytes), bytes.length, profile, spki, out);
  // Behind the members of the key, five fields.
  const kidLen = u32(out, 6);
  return {
    verdict: VERDICTS[code],
    kid: kidLen === NONE ? null : Buffer.from(probe.bytes(u32(out, 5), kidLen)).toString(),
    keyType: u32(out, 0),
    algorithm: ALGORITHMS[u32(out, 7) - 1],
    signatureLen: u32(out, 8),
    spki: Buffer.from(probe.bytes(spki, u32(out, 9))).toString("hex"),
  };
}

const ec = newEcKeys("P-256");
const EC = ec.publicKey.export({ format: "jwk" });
const ED = newEdwardsKeys("ed25519").publicKey.export({ format: "jwk" });
const OCT = { kty: "oct", k: Buffer.alloc(32, 7).toString("base64url") };
const EC_PRIVATE = ec.privateKey.export({ format: "jwk" });
const rsa = newRsaKeys(2048);
const RSA = rsa.publicKey.export({ format: "jwk" });
const RSA_PRIVATE = rsa.privateKey.export({ format: "jwk" });

const spkiOf = (jwk: JsonWebKey): string =>
  createPublicKey({ key: jwk, format: "jwk" })
    .export({ format: "der", type: "spki" })
    .toString("hex");
const bytesOf = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

function keyFor(alg: (typeof ALGORITHMS)[number]): object {
  if (alg.startsWith("RS") || alg.startsWith("PS")) return RSA;
  if (alg.startsWith("HS")) return { ...OCT, k: Buffer.alloc(64, 7).toString("base64url") };
  if (alg === "EdDSA") return ED;
  const namedCurve = { ES256: "P-256", ES384: "P-384", ES512: "P-521" }[alg.slice(0, 5)] ?? "";
  return newEcKeys(namedCurve).publicKey.export({ format: "jwk" });
}

describe("usable keys", () => {
  test.each([
    ["P-256", KeyType.EC_P256, 64],
    ["P-384", KeyType.EC_P384, 96],
    ["P-521", KeyType.EC_P521, 132],
  ])("%s becomes the SubjectPublicKeyInfo of node:crypto", (namedCurve, type, bytes) => {
    for (let round = 0; round < 50; round++) {
      const jwk = newEcKeys(namedCurve).publicKey.export({ format: "jwk" });
      const { verdict, keyType, signatureLen, spki, kid } = read(jwk);
      expect(verdict).toBe("USABLE");
      expect({ keyType, signatureLen, kid }).toEqual({
        keyType: type,
        signatureLen: bytes,
        kid: null,
      });
      expect(spki).toBe(spkiOf(jwk));
    }
  });

  test("Ed25519 and secrets are for the module alone", () => {
    expect(read({ ...ED, kid: "e" })).toEqual({
      verdict: "USABLE",
      kid: "e",
      keyType: KeyType.OKP_ED25519,
      algorithm: undefined,
      signatureLen: 64,
      spki: "",
    });
    expect(read({ ...OCT, alg: "HS256" })).toMatchObject({
      verdict: "USABLE",
      keyType: KeyType.OCT,
      algorithm: "HS256",
      spki: "",
    });
  });

  test.each(ALGORITHMS)("alg %s on a key of its type names the only algorithm", (alg) => {
    expect(read({ ...keyFor(alg), alg })).toMatchObject({ verdict: "USABLE", algorithm: alg });
  });

  test.each([2048, 2056, 3072, 4096])("RSA of %d bits, too", (modulusLength) => {
    const jwk = newRsaKeys(modulusLength).publicKey.export({ format: "jwk" });
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
  ["an alg of no registry", { ...RSA, alg: "RS128" }],
  ["alg for encryption", { ...RSA, alg: "RSA-OAEP" }],
  ["alg none", { ...RSA, alg: "none" }],
  ["an alg longer than any", { ...EC, alg: "E".repeat(100) }],
  ["secp256k1", { ...EC, crv: "secp256k1" }],
  ["no curve", { kty: "EC", x: EC.x, y: EC.y }],
  ["Ed25519 as an EC key", { ...EC, crv: "Ed25519" }],
  ["P-256 as an OKP key", { ...ED, crv: "P-256" }],
  ["X25519", newEdwardsKeys("x25519").publicKey.export({ format: "jwk" })],
  ["Ed448", newEdwardsKeys("ed448").publicKey.export({ format: "jwk" })],
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
  ["oct of 24 bits", { kty: "oct", k: "AAAA" }, "BAD_SECRET"],
  ["oct of 31 bytes", { kty: "oct", k: Buffer.alloc(31).toString("base64url") }, "BAD_SECRET"],
  ["oct of 1025 bytes", { kty: "oct", k: Buffer.alloc(1025).toString("base64url") }, "BAD_SECRET"],
  ["oct shorter than the hash of its alg", { ...OCT, alg: "HS384" }, "BAD_SECRET"],
  ["oct with an alg for public keys", { ...OCT, alg: "RS256" }, "ALGORITHM_CLASH"],
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
  ["P-256 named P-384", { ...EC, crv: "P-384" }, "BAD_POINT"],
  ["Ed25519 without x", { ...ED, x: undefined }, "BAD_EDWARDS_POINT"],
  ["Ed25519 of 31 bytes", { ...ED, x: number("11".repeat(31)) }, "BAD_EDWARDS_POINT"],
  ["Ed25519 of 33 bytes", { ...ED, x: number("11".repeat(33)) }, "BAD_EDWARDS_POINT"],
  ["Ed25519 of small order", { ...ED, x: number(`01${"00".repeat(31)}`) }, "BAD_EDWARDS_POINT"],
  ["Ed25519, y = p + 1", { ...ED, x: number(`ee${"ff".repeat(30)}7f`) }, "BAD_EDWARDS_POINT"],
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

  test("has no use for Ed25519 and refuses secrets", () => {
    expect(read({ ...ED, kid: "a" }, Profile.JWT_SVID).verdict).toBe("IGNORED");
    expect(read({ ...OCT, kid: "a" }, Profile.JWT_SVID).verdict).toBe("SYMMETRIC");
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
    for (let at = 0; at < 32; at++) {
      for (const [x, y] of [
        [flip(EC.x, at), EC.y],
        [EC.x, flip(EC.y, at)],
      ]) {
        const jwk = { kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" };
        expect(read(jwk).verdict).toBe("BAD_POINT");
        expect(() => createPublicKey({ key: jwk, format: "jwk" })).toThrow();
      }
    }
  });
});
