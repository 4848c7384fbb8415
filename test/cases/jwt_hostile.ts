// Hostile tokens, by what is wrong with them. Unless they say otherwise they are well signed by a
// key of the provider.

import { createHmac, createPublicKey } from "node:crypto";
import { encode, forge, mint, replacePart } from "../support/tokens.ts";
import {
  claims,
  EC,
  NOW,
  RSA,
  SPIFFE_ID,
  STRANGER,
  STRANGER_RSA,
  svid,
  svidClaims,
  token,
} from "./jwt_tokens.ts";
import { hostileSignatures } from "./jwt_hostile_signatures.ts";

export interface HostileToken {
  name: string;
  configuration: string;
  /** What stands behind "Bearer ". */
  value: string;
  /** Reason code. */
  reason: string;
}

export type Row = [name: string, value: string | Promise<string>, reason: string];

const HEADER = { alg: "ES256", kid: "ec-1" };
const GOOD = await token();

const header = (changed: object): string => forge(EC, { ...HEADER, ...changed }, claims());
const payload = (text: unknown): string => forge(EC, HEADER, text);
const claim = (changed: object): string => payload(claims({ ...changed }));
/** Claims as text, with one member written as given. */
const rawClaim = (name: string, value: string): string =>
  payload(JSON.stringify(claims({ [name]: 0 })).replace(`"${name}":0`, `"${name}":${value}`));

function shapes(): Row[] {
  const malformed: [string, string][] = [
    ["one part", "AAAA"],
    ["two parts", GOOD.slice(0, GOOD.lastIndexOf("."))],
    ["four parts", `${GOOD}.AAAA`],
    ["five parts: an encrypted token", "AAAA.AAAA.AAAA.AAAA.AAAA"],
    ["an empty header", replacePart(GOOD, 0, "")],
    ["an empty payload", replacePart(GOOD, 1, "")],
    ["an empty signature", replacePart(GOOD, 2, "")],
    ["a leading dot", `.${GOOD}`],
    ["a trailing dot", `${GOOD}.`],
    ["double dots", GOOD.replace(".", "..")],
    ["padding", `${GOOD}==`],
    ["the alphabet of base64", replacePart(GOOD, 2, `${"A".repeat(84)}+/`)],
    ["a question mark", `${GOOD}?`],
    ["a length that cannot be", `${GOOD.slice(0, GOOD.lastIndexOf("."))}.AAAAA`],
    ["unused bits that are not zero", `${GOOD.slice(0, -1)}B`],
    ["flattened JSON serialization", '{"payload":"AAAA"}'],
    ["percent-encoding", GOOD.replace(".", "%2e")],
  ];
  return malformed.map(([name, value]) => [name, value, "jwt:malformed"]);
}

function headers(): Row[] {
  const invalid: [string, string][] = [
    ["a header that is no object", forge(EC, "[]", claims())],
    ["a header that is no JSON", forge(EC, '{"alg":ES256}', claims())],
    ["a header with something behind it", forge(EC, `${JSON.stringify(HEADER)}{}`, claims())],
    ["alg twice", forge(EC, '{"alg":"ES256","kid":"ec-1","alg":"none"}', claims())],
    ["alg missing", forge(EC, { kid: "ec-1" }, claims())],
    ["alg as a number", header({ alg: 256 })],
    ["alg as a list", header({ alg: ["ES256"] })],
    ["kid as a number", header({ kid: 1 })],
    ["zip", header({ zip: "DEF" })],
    ["enc: encrypted and signed at once", header({ enc: "A128GCM" })],
    ["b64 false without crit", header({ b64: false })],
    ["a deep header", forge(EC, `{"alg":"ES256","x":${"[".repeat(200)}`, claims())],
  ];
  const critical = [[], ["exp"], ["b64"], ["alg"], "b64", null];
  const types = ["dpop+jwt", "wit+jwt", "logout+jwt", "secevent+jwt", "application/wit+jwt"];
  const none = ["none", "None", "NONE", "nOnE", ""];
  const others = ["HS256", "ES384", "Ed25519", "EdDSA", "ES256K", "es256"];
  return [
    ...invalid.map(([name, value]): Row => [name, value, "jwt:header_invalid"]),
    ...critical.map((crit): Row => {
      return [`crit ${JSON.stringify(crit)}`, header({ crit }), "jwt:critical_refused"];
    }),
    ...types.map((typ): Row => [`typ ${typ}`, header({ typ }), "jwt:type_refused"]),
    ["a nested token", header({ cty: "JWT" }), "jwt:type_refused"],
    ...[...none, ...others].map((alg): Row => {
      return [`alg ${JSON.stringify(alg)}`, header({ alg }), "jwt:algorithm_refused"];
    }),
    ["alg PS256 with the kid of an EC key", header({ alg: "PS256" }), "jwt:key_unknown"],
    ...secrets().map(([name, secret]): Row => {
      return [`HS256 with ${name} as secret`, hmac(secret), "jwt:algorithm_refused"];
    }),
  ];
}

/** Forms of the public keys that a confused verifier could take for a secret (RFC 8725 §2.1). */
function secrets(): [name: string, secret: Buffer | string][] {
  const publicKey = createPublicKey({ key: RSA.jwk, format: "jwk" });
  return [
    ["the PEM", publicKey.export({ format: "pem", type: "spki" })],
    ["the DER", publicKey.export({ format: "der", type: "spki" })],
    ["the modulus", Buffer.from(RSA.jwk.n ?? "", "base64url")],
    ["the coordinates", Buffer.from(`${EC.jwk.x ?? ""}${EC.jwk.y ?? ""}`, "base64url")],
  ];
}

function hmac(secret: Buffer | string): string {
  const signed = `${encode({ alg: "HS256", kid: "rsa-1" })}.${encode(claims())}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function keys(): Row[] {
  const pointing = (members: object): string =>
    forge(STRANGER, { alg: "ES256", kid: "ec-1", ...members }, claims());
  const unknown: [string, string | Promise<string>][] = [
    ["a kid that no key has", mint(STRANGER, claims())],
    ["a kid that no key has, RSA", mint(STRANGER_RSA, claims())],
    ["a kid in another case", header({ kid: "EC-1" })],
    ["an empty kid", header({ kid: "" })],
    ["a kid with a path", header({ kid: "../../dev/null" })],
    ["a kid with SQL", header({ kid: "x' UNION SELECT 'k' --" })],
    ["a kid with control characters", header({ kid: "ec-1\r\n\0" })],
    ["a kid of 3 kB", header({ kid: "k".repeat(3000) })],
    ["the kid of a key of another type", header({ kid: "rsa-1" })],
    ["RS256 with the kid of an EC key", forge(RSA, { alg: "RS256", kid: "ec-1" }, claims())],
  ];
  const believed: [string, string][] = [
    ["a key in the header (jwk)", pointing({ jwk: STRANGER.jwk })],
    ["the address of a key set (jku)", pointing({ jku: "https://evil.test/keys" })],
    ["a certificate in the header (x5c)", pointing({ x5c: ["MIIB"] })],
    ["the address of a certificate (x5u)", pointing({ x5u: "https://evil.test/cert" })],
  ];
  return [
    ...unknown.map(([name, value]): Row => [name, value, "jwt:key_unknown"]),
    ...believed.map(([name, value]): Row => [name, value, "jwt:signature_invalid"]),
  ];
}

function payloads(): Row[] {
  const text = JSON.stringify(claims());
  const invalid: [string, string][] = [
    ["a payload that is no object", payload("[]")],
    ["a payload that is a string", payload('"a"')],
    ["a payload with something behind it", payload(`${text} x`)],
    ["a payload with a comment", payload(`/**/${text}`)],
    ["a payload with a byte order mark", payload(`\ufeff${text}`)],
    ["a payload with NaN", rawClaim("level", "NaN")],
    ["a claim twice", payload(text.replace("{", '{"sub":"root",'))],
    ["a claim twice, once escaped", payload(text.replace("{", '{"\\u0073ub":"root",'))],
    ["half a surrogate pair", rawClaim("name", '"\\ud800"')],
    ["a deep payload", rawClaim("x", "[".repeat(300) + "]".repeat(300))],
    ["many members", payload(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [i, i])))],
    ["iss as a list", claim({ iss: ["https://idp.test"] })],
    ["sub as a number", claim({ sub: 1 })],
    ["aud as a number", claim({ aud: 1 })],
    ["aud with a number among texts", claim({ aud: ["orders", 1] })],
    ["a nested aud", claim({ aud: [["orders"]] })],
    ["exp missing", claim({ exp: undefined })],
    ...["exp", "nbf", "iat"].flatMap((name) =>
      [`"${String(NOW + 60)}"`, "true", "null", "-1", "1e400", "9007199254740993", "[1]"].map(
        (value): [string, string] => [`${name} ${value}`, rawClaim(name, value)],
      ),
    ),
  ];
  return invalid.map(([name, value]) => [name, value, "jwt:claims_invalid"]);
}

function judgements(): Row[] {
  const issuers = [undefined, "https://IDP.test", "https://idp.test/", "https://idp.test.evil", ""];
  const audiences = [undefined, [], "", "other", ["a", "b"], "Orders", "order", "orders "];
  return [
    ["exp in the past", claim({ exp: NOW - 61 }), "jwt:expired"],
    ["exp 0", claim({ exp: 0 }), "jwt:expired"],
    ["exp before nbf", claim({ exp: NOW - 3600, nbf: NOW - 1800 }), "jwt:claims_invalid"],
    ["exp before nbf, both to come", claim({ exp: NOW + 30, nbf: NOW + 40 }), "jwt:claims_invalid"],
    ["nbf in the future", claim({ nbf: NOW + 3600 }), "jwt:not_yet_valid"],
    ["iat in the future", claim({ iat: NOW + 3600 }), "jwt:not_yet_valid"],
    ...issuers.map((iss): Row => {
      return [`iss ${iss ?? "missing"}`, claim({ iss }), "jwt:issuer_refused"];
    }),
    ...audiences.map((aud): Row => {
      return [
        `aud ${aud === undefined ? "missing" : JSON.stringify(aud)}`,
        claim({ aud }),
        "jwt:audience_refused",
      ];
    }),
  ];
}

function svidRows(): Row[] {
  const ids = [
    "alice",
    "Spiffe://example.org/x",
    "spiffe://Example.org/x",
    "spiffe://evil.org/ns/shop",
    "spiffe://example.org.evil/x",
    "spiffe://sub.example.org/x",
    "spiffe://example.org/",
    "spiffe://example.org/a/",
    "spiffe://example.org//a",
    "spiffe://example.org/a/../b",
    "spiffe://example.org/%61",
    "spiffe://example.org/a?b",
    "spiffe://example.org/a#b",
    "spiffe://example.org:443/a",
    "spiffe://user@example.org/a",
    "spiffe://",
    `${SPIFFE_ID}\0`,
    `${SPIFFE_ID}/${"x".repeat(2048)}`,
  ];
  const members = ["jwk", "jku", "x5u", "x5c", "x5t", "cty", "zip", "enc", "b64", "iss"];
  const svidHeader = (changed: object): string =>
    forge(EC, { ...HEADER, ...changed }, svidClaims());
  return [
    ...ids.map((sub): Row => {
      return [`sub ${JSON.stringify(sub.slice(0, 60))}`, svid({ sub }), "jwt:spiffe_id_invalid"];
    }),
    ["sub missing", svid({ sub: undefined }), "jwt:subject_missing"],
    ["sub empty", svid({ sub: "" }), "jwt:subject_missing"],
    ["aud missing", svid({ aud: undefined }), "jwt:audience_refused"],
    ["aud of another", svid({ aud: ["billing"] }), "jwt:audience_refused"],
    ["exp missing", svid({ exp: undefined }), "jwt:claims_invalid"],
    ["exp in the past, no skew", svid({ exp: NOW - 1 }), "jwt:expired"],
    ...members.map((member): Row => {
      return [`header member ${member}`, svidHeader({ [member]: "x" }), "jwt:header_invalid"];
    }),
    ...["jwt", "at+jwt", "wit+jwt", "application/jwt"].map((typ): Row => {
      return [`typ ${typ}`, svidHeader({ typ }), "jwt:type_refused"];
    }),
    ["kid missing", svidHeader({ kid: undefined }), "jwt:header_invalid"],
    ["alg HS256", svidHeader({ alg: "HS256" }), "jwt:algorithm_refused"],
    ["crit", svidHeader({ crit: [] }), "jwt:critical_refused"],
  ];
}

export async function hostileTokens(): Promise<HostileToken[]> {
  const tables: [configuration: string, rows: Row[]][] = [
    [
      "jwt",
      [
        ...shapes(),
        ...headers(),
        ...keys(),
        ...hostileSignatures(GOOD),
        ...payloads(),
        ...judgements(),
      ],
    ],
    [
      "jwt with two keys of one type",
      [["no kid where two keys would do", header({ kid: undefined }), "jwt:key_unknown"]],
    ],
    ["jwt with no skew", [["exp just past", claim({ exp: NOW - 1 }), "jwt:expired"]]],
    ["jwt-svid", svidRows()],
  ];
  const all: HostileToken[] = [];
  for (const [configuration, rows] of tables) {
    for (const [name, value, reason] of rows) {
      all.push({ name: `${configuration}: ${name}`, configuration, value: await value, reason });
    }
  }
  return all;
}
