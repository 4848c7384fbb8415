// Changes to each member that a JOSE header can have.

import { createHmac, createPublicKey } from "node:crypto";

import type { Random } from "../random.ts";
import { ecKey } from "../tokens.ts";
import type { Draft } from "./draft.ts";
import { quote } from "./draft.ts";
import { escaped, removeMember, setMember } from "./member_mutations.ts";

export type DraftMutation = (draft: Draft, random: Random) => void;

const NO_ALGORITHMS = ["none", "None", "NONE", "nOnE", "", "es256", "ES256K", "ML-DSA-44", "dir"];
const ALGORITHMS = ["RS256", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA", "HS256"];
const OTHER_TYPES = ["null", "256", "true", "[]", '["ES256"]', "{}"];
const STRANGER = ecKey("stranger");

const TYPES = ["JWT", "jwt", "JOSE", "application/jwt", "APPLICATION/AT+JWT", "at+jwt"];
const OTHER_USES = ["dpop+jwt", "wit+jwt", "logout+jwt", "secevent+jwt", "JWT ", "", "x/jwt"];
const CRITICAL = ["[]", '["b64"]', '["exp"]', '["alg"]', '"b64"', "null", '[""]', "[1]", '["x"]'];

function choose(name: string, values: readonly string[]): DraftMutation {
  return ({ header }, random) => {
    setMember(header, name, random.pick(values));
  };
}

export const HEADER_MUTATIONS: Readonly<Record<string, DraftMutation>> = {
  "alg of another algorithm": choose("alg", ALGORITHMS.map(quote)),
  "alg none or unknown": choose("alg", NO_ALGORITHMS.map(quote)),
  "alg of another type": choose("alg", OTHER_TYPES),
  "alg missing": ({ header }) => {
    removeMember(header, "alg");
  },
  "alg escaped": ({ header, key }) => {
    setMember(header, "alg", escaped(quote(key.alg)));
  },
  "HMAC with a public key as secret": (draft, random) => {
    const { jwk } = draft.key;
    const bits = random.pick([256, 384, 512]);
    setMember(draft.header, "alg", quote(`HS${bits}`));
    draft.sign = (text) => createHmac(`sha${bits}`, publicSecret(draft)).update(text).digest();
    if (jwk.kty === "oct") removeMember(draft.header, "kid");
  },
  "kid missing": ({ header }) => {
    removeMember(header, "kid");
  },
  "kid of another key": choose("kid", ["rsa", "ps256", "p256", "p384", "any", "hs384"].map(quote)),
  "kid that no key has": choose("kid", ["x", "", "P256", "p256 ", "../k", "a\u0000"].map(quote)),
  "kid of many bytes": choose("kid", [quote("k".repeat(1025)), quote("k".repeat(3000))]),
  "kid named like a property": choose("kid", ["__proto__", "constructor", "length"].map(quote)),
  "kid of another type": choose("kid", ["null", "1", "[]", '["p256"]', "{}", "false"]),
  "typ of a token": choose("typ", TYPES.map(quote)),
  "typ of something else": choose("typ", OTHER_USES.map(quote)),
  "typ of another type": choose("typ", ["null", "1", '["JWT"]', "{}"]),
  "cty of a nested token": choose("cty", ["JWT", "jwt", "application/JWT"].map(quote)),
  "cty of something else": choose("cty", ["json", "", "application/json"].map(quote)),
  "cty of another type": choose("cty", ["null", "1", '["JWT"]']),
  crit: choose("crit", CRITICAL),
  "crit that names b64": ({ header }, random) => {
    setMember(header, "crit", random.pick(['["b64"]', '["b64","b64"]', '["b64","x"]']));
    setMember(header, "b64", random.pick(["true", "false", "null", '"true"']));
  },
  "b64 alone": choose("b64", ["true", "false", "null", '"true"', "0"]),
  zip: choose("zip", ['"DEF"', "null", '""', "1"]),
  enc: choose("enc", ['"A128GCM"', "null", '""']),
  jwk: choose("jwk", [quote(STRANGER.jwk), "null", "{}", '"x"']),
  jku: choose("jku", ['"https://evil.test/keys"', "null", "1"]),
  x5c: choose("x5c", ['["MIIB"]', "null", "[]"]),
  "x5u and x5t": ({ header }) => {
    setMember(header, "x5u", '"https://evil.test/cert"');
    setMember(header, "x5t#S256", '"AAAA"');
  },
  "claims in the header": ({ header }) => {
    setMember(header, "iss", '"https://evil.test"');
    setMember(header, "exp", "1");
  },
  "a key in the header, signed by it": (draft) => {
    draft.key = STRANGER;
    setMember(draft.header, "alg", '"ES256"');
    setMember(draft.header, "kid", '"p256"');
    setMember(draft.header, "jwk", quote(STRANGER.jwk));
  },
};

/** What a confused verifier could take for a secret (RFC 8725 §2.1). */
function publicSecret({ key }: Draft): Buffer | string {
  if (key.jwk.kty === "oct") return Buffer.from(key.kid);
  const publicKey = createPublicKey({ key: key.jwk, format: "jwk" });
  return publicKey.export({ format: "pem", type: "spki" });
}
