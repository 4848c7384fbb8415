// Keys from elsewhere, and as PEM, in the configuration: what is accepted, and the message for
// everything else.

import type { KeyObject } from "node:crypto";
import { createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { ecKey, keyFor, rsaKey } from "../support/tokens.ts";
import { IDP, provider, svid } from "./jwt_sections.ts";
import { newEcKeys, newEdwardsKeys, newRsaKeys } from "../support/key_pairs.ts";

const errorOf = await loadConfigurationError();

const URI = "https://idp.test/keys";
const remote = (changed: object = {}): object =>
  provider({ keys: { remote: { uri: URI, cluster: "idp", ...changed } } });
const discovery = (changed: object = {}, more: object = {}): object =>
  provider({ keys: { discovery: { cluster: "idp", ...changed } }, ...more });
const bundle = (changed: object = {}): object => ({
  keys: { bundle: { uri: URI, cluster: "spire", ...changed } },
});
const pem = (...texts: unknown[]): object =>
  provider({ keys: { pem: texts.length === 1 ? texts[0] : texts } });

const pemOf = (key: KeyObject): string =>
  createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
const RSA = pemOf(rsaKey("r").privateKey);
const P256 = pemOf(ecKey("e").privateKey);
const P384 = pemOf(ecKey("e", "ES384").privateKey);
const P521 = pemOf(ecKey("e", "ES512").privateKey);
const ED = pemOf(keyFor("EdDSA", "d").privateKey);

/** The DER of a PEM, changed, as PEM. */
function changed(text: string, change: (der: Buffer) => Buffer): string {
  const der = Buffer.from(text.split("\n").slice(1, -2).join(""), "base64");
  return block(change(der).toString("base64"));
}
const block = (base64: string): string =>
  `-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----\n`;

const sources = (count: number): object => ({
  providers: Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `p${String(i)}`,
      { audiences: ["a"], keys: { remote: { uri: URI, cluster: "idp" } } },
    ]),
  ),
  rules: [{ match: { prefix: "/" }, require: "p0" }],
});

const accepted: [name: string, section: object][] = [
  ["a remote set", remote()],
  [
    "all its members",
    remote({ refresh: "30s", staleFor: "60s", cooldown: "1s", timeout: "100ms" }),
  ],
  [
    "their largest values",
    remote({ refresh: "24h", staleFor: "168h", cooldown: "1h", timeout: "30s" }),
  ],
  ["a port and a query", remote({ uri: "http://idp.test:8080/keys?a=1&b=%20" })],
  ["algorithms", provider({ keys: { remote: { uri: URI, cluster: "i" } }, algorithms: ["PS512"] })],
  ["discovery by its own issuer", discovery({ issuer: "https://idp.test" })],
  ["discovery by the provider's issuer", discovery({}, { issuer: "https://idp.test/realm/" })],
  ["a bundle", svid(bundle())],
  ["sixteen sources", sources(16)],
  ["PEM of each kind", pem(RSA, P256, P384, P521, ED)],
  ["PEM in one text", pem(`\n${RSA}\r\n  ${P256}\n\n`)],
  ["PEM of four keys of a type", pem(...[1, 2, 3, 4].map(() => pemOf(ecKey("").privateKey)))],
];

const TO = (most: string): string => `to ${most}ms`;
const refused: [section: unknown, message: string][] = [
  [remote({ uri: undefined }), `${IDP}.keys.remote: found no member "uri", allowed: "uri"`],
  [
    remote({ cluster: undefined }),
    `${IDP}.keys.remote: found no member "cluster", allowed: "cluster"`,
  ],
  [
    remote({ cluster: "" }),
    `${IDP}.keys.remote.cluster: found "", allowed: a text of 1 to 256 bytes`,
  ],
  [
    remote({ retry: 1 }),
    `${IDP}.keys.remote.retry: found an unknown member, ` +
      "allowed: uri, cluster, refresh, staleFor, cooldown, timeout",
  ],
  [
    remote({ refresh: "29s" }),
    `${IDP}.keys.remote.refresh: found "29s", ` +
      `allowed: a duration such as 250ms, 30s, 5m, 1h of 30000ms ${TO("86400000")}`,
  ],
  [
    remote({ staleFor: "169h" }),
    `${IDP}.keys.remote.staleFor: found "169h", ` +
      `allowed: a duration such as 250ms, 30s, 5m, 1h of 60000ms ${TO("604800000")}`,
  ],
  [
    remote({ cooldown: "0s" }),
    `${IDP}.keys.remote.cooldown: found "0s", ` +
      `allowed: a duration such as 250ms, 30s, 5m, 1h of 1000ms ${TO("3600000")}`,
  ],
  [
    remote({ timeout: "0ms" }),
    `${IDP}.keys.remote.timeout: found "0ms", ` +
      `allowed: a duration such as 250ms, 30s, 5m, 1h of 100ms ${TO("30000")}`,
  ],
  [
    remote({ refresh: "10m", staleFor: "9m" }),
    `${IDP}.keys.remote.staleFor: found a staleFor shorter than refresh, allowed: at least refresh`,
  ],
  ...[
    "ftp://idp.test/keys",
    "https://idp.test",
    "https:///keys",
    "https://:443/keys",
    "https://user@idp.test/keys",
    "https://idp.test/keys#k",
    "https://idp.test/a b",
    "https://idp.test/\u00fc",
    "https://idp.test?keys",
    "HTTPS://idp.test/keys",
    "//idp.test/keys",
    "/keys",
  ].map((uri): [unknown, string] => [
    remote({ uri }),
    `${IDP}.keys.remote.uri: found ${JSON.stringify(uri)}, allowed: ` +
      "an http:// or https:// URI with a host and a path, without user and fragment",
  ]),
  [discovery(), `${IDP}.keys.discovery: found no issuer, allowed: one here or in the provider`],
  [
    discovery({ issuer: "https://idp.test/?a" }),
    `${IDP}.keys.discovery.issuer: found "https://idp.test/?a", allowed: ` +
      "an http:// or https:// URI without user, query and fragment",
  ],
  [
    discovery({}, { issuer: "idp" }),
    `${IDP}.keys.discovery: found the provider's issuer, allowed: ` +
      "an http:// or https:// URI without user, query and fragment",
  ],
  [
    provider(bundle()),
    `${IDP}.keys.bundle: found a SPIFFE bundle, allowed: one only with the profile jwt-svid`,
  ],
  [
    provider({ keys: { remote: { uri: URI, cluster: "i" } }, algorithms: ["HS256", "HS512"] }),
    `${IDP}.keys: found no key for signatures by HS256, HS512, allowed: at least one`,
  ],
  [
    sources(17),
    "$.jwt.providers.p16.keys.remote: found one source too many, " +
      "allowed: 16 sources of keys and deny-lists",
  ],
  [
    svid({ keys: { pem: P256 } }),
    `${IDP}.keys.pem: found keys without kid, ` +
      "allowed: inline, remote or bundle with the profile jwt-svid",
  ],
  [
    pem(...[1, 2, 3, 4, 5].map(() => pemOf(ecKey("").privateKey))),
    `${IDP}.keys.pem[4]: found one key of a type too many, allowed: 4 of each type`,
  ],
];

const PEM_ALLOWED = "PEM blocks PUBLIC KEY: RSA, EC on P-256, P-384 or P-521, Ed25519";
const { privateKey } = newEcKeys("P-256");
const spki = (type: "x25519" | "ed448"): string =>
  newEdwardsKeys(type).publicKey.export({ type: "spki", format: "pem" }).toString();
const SHORT = newRsaKeys(1024).publicKey;
const OTHER_KIND = "no PEM block, or one of another kind";
const NO_DER = "a PEM block that is no key in DER";
const NO_BASE64 = "a PEM block that is not base64";

const badPem: [name: string, text: unknown, found: string][] = [
  ["no PEM", "key", OTHER_KIND],
  ["a private key", privateKey.export({ type: "pkcs8", format: "pem" }), OTHER_KIND],
  ["PKCS #1", SHORT.export({ type: "pkcs1", format: "pem" }), OTHER_KIND],
  ["text in front", `key: ${P256}`, OTHER_KIND],
  ["text behind", `${P256}key`, OTHER_KIND],
  ["no end", P256.replace("-----END", "-----"), OTHER_KIND],
  ["base64url", block("MFkw-_=="), NO_BASE64],
  ["bad padding", block("MFk"), NO_BASE64],
  ["nothing", block(""), NO_BASE64],
  ["a byte behind", changed(P256, (der) => Buffer.concat([der, Buffer.alloc(1)])), NO_DER],
  ["a byte too few", changed(P256, (der) => der.subarray(0, -1)), NO_DER],
  ["a compressed point", changed(P256, (der) => ((der[26] = 2), der)), NO_DER],
  ["a length in long form", changed(P256, (der) => longForm(der)), NO_DER],
  ["X25519", spki("x25519"), NO_DER],
  ["Ed448", spki("ed448"), NO_DER],
  ["P-224", curveOf("secp224r1"), NO_DER],
  [
    "an RSA key of 1024 bits",
    pemOf(newRsaKeys(1024).privateKey),
    "an n that is not odd, of 2048 to 4096 bits, in base64url without leading zeros",
  ],
  [
    "a point off its curve",
    changed(P256, (der) => ((der[90] = (der[90] ?? 0) ^ 1), der)),
    "x and y that are not a point of the curve, of full length in base64url",
  ],
  [
    "an Edwards point of small order",
    changed(ED, (der) => Buffer.concat([der.subarray(0, 12), Buffer.alloc(32)])),
    "an x that is no point on Ed25519 of full order, in base64url",
  ],
];

function curveOf(namedCurve: string): string {
  return pemOf(newEcKeys(namedCurve).privateKey);
}

/** The same DER with its first length in two bytes. */
function longForm(der: Buffer): Buffer {
  return Buffer.concat([der.subarray(0, 1), Buffer.from([0x81]), der.subarray(1)]);
}

describe("keys from elsewhere", () => {
  test.each(accepted)("are accepted: %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("are refused: %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });

  test.each(badPem)("are refused as PEM: %s", (_name, text, found) => {
    expect(errorOf({ jwt: pem(text) })).toBe(
      `${IDP}.keys.pem: found ${found}, allowed: ${PEM_ALLOWED}`,
    );
  });

  test("are refused as PEM wherever a byte of the DER is wrong", () => {
    const size = Buffer.from(P256.split("\n").slice(1, -2).join(""), "base64").length;
    for (let at = 0; at < size; at++) {
      const text = changed(P256, (der) => ((der[at] = (der[at] ?? 0) ^ 0x40), der));
      expect(errorOf({ jwt: pem(text) }), `byte ${String(at)}`).not.toBeNull();
    }
  });
});
