// Keys and algorithms of the section jwt: what is accepted, and the message for everything else.

import { describe, expect, test } from "vitest";

import { loadConfigurationError } from "../support/configuration_error.ts";
import { ecKey } from "../support/tokens.ts";
import {
  ALL,
  BY_HOST,
  EC,
  ED,
  IDP,
  inline,
  KEY,
  keys,
  list,
  provider,
  RSA,
  SECRET,
  SET,
  SVID,
  svid,
} from "./jwt_sections.ts";
import { newEdwardsKeys } from "../support/key_pairs.ts";

const errorOf = await loadConfigurationError();

const accepted: [name: string, section: object][] = [
  ["a key for another purpose among others", keys({ ...RSA, use: "enc" }, EC)],
  ["two keys without kid", keys({ ...EC, kid: undefined }, { ...ecKey("").jwk, kid: undefined })],
  ["one kid for two kinds of key", keys(EC, { ...RSA, kid: "ec" })],
  ["the most keys", keys(...list(32, (i) => ({ ...EC, kid: String(i) })))],
  ["an Ed25519 key by either name", provider({ keys: inline(ED), algorithms: ["Ed25519"] })],
  ["secrets of a provider's own", keys(SECRET, { ...SECRET, kid: "2", alg: "HS384" })],
  ["the module alone", { ...provider({ keys: inline(RSA, ED) }), crypto: "wasm" }],
  ["the host alone, with what it has", { ...provider({ keys: inline(RSA, ED) }), crypto: "host" }],
];

const refused: [section: unknown, message: string][] = [
  [
    provider({ algorithms: [] }),
    `${IDP}.algorithms: found an empty list, allowed: a list of 1 to 13`,
  ],
  [
    provider({ algorithms: ["none"] }),
    `${IDP}.algorithms[0]: found "none", allowed: ${ALL}, Ed25519`,
  ],
  [svid({ algorithms: ["EdDSA"] }), `${IDP}.algorithms[0]: found "EdDSA", allowed: one of ${SVID}`],
  [
    { ...provider({ algorithms: ["PS256"], keys: inline(RSA) }), crypto: "host" },
    `${IDP}.algorithms[0]: found "PS256", allowed: one of ${BY_HOST}`,
  ],
  [
    { ...provider({ keys: inline(ED) }), crypto: "host" },
    `${IDP}.keys: found no key for signatures that can be verified here, allowed: at least one`,
  ],
  [{ ...provider({}), crypto: "both" }, '$.jwt.crypto: found "both", allowed: auto, host, wasm'],
  [
    provider({ algorithms: ["EdDSA", "Ed25519"], keys: inline(ED) }),
    `${IDP}.algorithms[1]: found "Ed25519", allowed: each algorithm once`,
  ],
  [
    provider({ algorithms: ["ES256", "ES256"] }),
    `${IDP}.algorithms[1]: found "ES256", allowed: each algorithm once`,
  ],
  [provider({ keys: undefined }), `${IDP}: found no member "keys", allowed: "keys"`],
  [
    provider({ keys: {} }),
    `${IDP}.keys: found 0 of them, allowed: one of inline, pem, remote, discovery, bundle`,
  ],
  [
    provider({ keys: { inline: {} } }),
    `${IDP}.keys.inline: found no member "keys", allowed: "keys"`,
  ],
  [
    provider({ keys: { inline: { keys: [EC] }, remote: {} } }),
    `${IDP}.keys: found 2 of them, allowed: one of inline, pem, remote, discovery, bundle`,
  ],
  [keys(), `${SET}: found an empty list, allowed: a list of 1 to 32`],
  [
    keys("key"),
    `${SET}[0]: found no JSON Web Key with members of the right types, allowed: ${KEY}`,
  ],
  [keys({ ...EC, d: "AAAA" }), `${SET}[0]: found a private key, allowed: ${KEY}`],
  [
    keys({ kty: "oct", k: "AAAA" }),
    `${SET}[0]: found a k that is not as long as the hash function's output, up to 1024 bytes, ` +
      `allowed: ${KEY}`,
  ],
  [keys(EC, SECRET), `${SET}[1]: found a secret beside public keys, allowed: one or the other`],
  [keys(SECRET, EC), `${SET}[1]: found a secret beside public keys, allowed: one or the other`],
  [
    svid({ keys: inline({ ...SECRET, kid: "s" }) }),
    `${SET}[0]: found a symmetric key where public keys belong, allowed: ${KEY}`,
  ],
  [keys({ ...EC, alg: "RS256" }), `${SET}[0]: found an alg that does not fit kty, allowed: ${KEY}`],
  [
    keys({ ...EC, x: EC.y }),
    `${SET}[0]: found x and y that are not a point of the curve, of full length in base64url, ` +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...RSA, n: "AQAB" }),
    `${SET}[0]: found an n that is not odd, of 2048 to 4096 bits, ` +
      "in base64url without leading zeros, " +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...RSA, e: "AQ" }),
    `${SET}[0]: found an e that is not odd, from 3 to 2^32-1, ` +
      "in base64url without leading zeros, " +
      `allowed: ${KEY}`,
  ],
  [
    keys({ ...EC, kid: "k".repeat(1025) }),
    `${SET}[0]: found a kid of more than 1024 bytes, allowed: ${KEY}`,
  ],
  [
    keys(EC, { ...ecKey("ec").jwk }),
    `${SET}[1]: found the kid of another key, allowed: each kid once for each kty`,
  ],
  [
    keys({ ...EC, use: "enc" }),
    `${IDP}.keys: found no key for signatures that can be verified here, allowed: at least one`,
  ],
  [
    keys(newEdwardsKeys("x25519").publicKey.export({ format: "jwk" })),
    `${IDP}.keys: found no key for signatures that can be verified here, allowed: at least one`,
  ],
  [
    keys({ ...ED, x: "AQ".padEnd(43, "A") }),
    `${SET}[0]: found an x that is no point on Ed25519 of full order, in base64url, ` +
      `allowed: ${KEY}`,
  ],
  [
    provider({ keys: inline(RSA), algorithms: ["ES256", "HS256"] }),
    `${IDP}.keys: found no key for signatures by ES256, HS256, allowed: at least one`,
  ],
  [
    provider({ keys: inline({ ...RSA, alg: "PS256" }), algorithms: ["RS256"] }),
    `${IDP}.keys: found no key for signatures by RS256, allowed: at least one`,
  ],
  [
    svid({ keys: inline({ ...EC, kid: undefined }) }),
    `${SET}[0]: found no kid, which the profile jwt-svid requires, allowed: ${KEY}`,
  ],
  [
    svid({ keys: inline({ ...EC, use: "x509-svid" }) }),
    `${IDP}.keys: found no key for signatures that can be verified here, allowed: at least one`,
  ],
];

describe("keys and algorithms of the section jwt", () => {
  test.each(accepted)("are accepted: %s", (_name, jwt) => {
    expect(errorOf({ jwt })).toBeNull();
  });

  test.each(refused)("are refused: %j", (jwt, message) => {
    expect(errorOf({ jwt })).toBe(message);
  });
});
