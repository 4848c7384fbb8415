// Hostile inputs, by the numbers of jwt_inputs.ts, that no other table shows: the compact form, the
// header and the claims.

import type { Case } from "../support/case.ts";
import { encode, forge, rawSignature, replacePart } from "../support/tokens.ts";
import type { TestKey } from "../support/tokens.ts";
import { bearer, one, passes, refused } from "./jwt_expectations.ts";
import { claims, EC, NOW, token } from "./jwt_tokens.ts";

const CONFIGURATION = "jwt";
const GOOD = await token();
const HEADER = { alg: "ES256", kid: "ec-1" };
const ALICE = passes({ "x-user": "alice", authorization: null });

const accept = (name: string, value: string): Case =>
  one(name, CONFIGURATION, { headers: bearer(value) }, ALICE);
const refuse = (name: string, value: string, reason: string): Case =>
  one(name, CONFIGURATION, { headers: bearer(value) }, refused(reason));

/** A token of bytes as they are, well signed. */
function forgeBytes(key: TestKey, header: Buffer, payload: Buffer): string {
  const signed = `${header.toString("base64url")}.${payload.toString("base64url")}`;
  return `${signed}.${rawSignature(key, signed).toString("base64url")}`;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
/** JSON whose text at the end is not UTF-8. */
const broken = (value: object): Buffer =>
  Buffer.concat([json({ ...value, x: "" }).subarray(0, -2), Buffer.from('\xff"}', "latin1")]);
const rawClaim = (text: string): string =>
  forge(EC, HEADER, JSON.stringify(claims()).replace(/}$/, `,${text}}`));

const [header = "", payload = "", signature = ""] = GOOD.split(".");
const middle = (put: string): string => replacePart(GOOD, 2, `${signature.slice(0, 9)}${put}`);

const shapes: Case[] = [
  ...["\x80", "\u00e4", "+", "/", " ", "\t"].map((put) =>
    refuse(`a byte of no alphabet in a token: ${encode(put)}`, middle(put), "jwt:malformed"),
  ),
  {
    ...refuse("a NUL in a token", middle("\0"), "jwt:malformed"),
    simulatorOnly: "RFC 9110 §5.5: no field value holds one, and no codec lets it through",
  },
  {
    ...refuse("a line end in a token", middle("\r\n"), "jwt:malformed"),
    simulatorOnly: "a line end is the end of the field",
  },
  refuse(
    "flattened JSON serialization, complete",
    JSON.stringify({ protected: header, payload, signature }),
    "jwt:multiple",
  ),
  refuse(
    "general JSON serialization, complete",
    JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    "jwt:multiple",
  ),
  refuse("compact inside of JSON, a polyglot", JSON.stringify({ jws: GOOD }), "jwt:malformed"),
];

const inBytes: Case[] = [
  refuse(
    "a header that is not UTF-8",
    forgeBytes(EC, broken(HEADER), json(claims())),
    "jwt:header_invalid",
  ),
  refuse(
    "a payload that is not UTF-8",
    forgeBytes(EC, json(HEADER), broken(claims())),
    "jwt:claims_invalid",
  ),
  refuse(
    "a header with a byte order mark",
    forge(EC, `\ufeff${JSON.stringify(HEADER)}`, claims()),
    "jwt:header_invalid",
  ),
  refuse(
    "a header member twice, once escaped",
    forge(EC, '{"alg":"ES256","kid":"ec-1","\\u006bid":"ec-9"}', claims()),
    "jwt:header_invalid",
  ),
  refuse("a name twice inside a claim", rawClaim('"x":[{"a":1,"a":2}]'), "jwt:claims_invalid"),
  accept("a claim named __proto__", rawClaim('"__proto__":{"sub":"root"}')),
  accept("a claim that is a huge number", rawClaim(`"x":${"9".repeat(400)},"y":1e999999`)),
  accept("a claim with an escaped NUL", rawClaim('"x":"a\\u0000b","\\u0000":1')),
];

const forgeHeader = (changed: object): string => forge(EC, { ...HEADER, ...changed }, claims());

const headers: Case[] = [
  accept("no kid where one key would do", forgeHeader({ kid: undefined })),
  ...["JWT", "jwt", "application/jwt", "at+jwt", "application/at+jwt", "AT+JWT"].map((typ) =>
    accept(`typ ${typ}`, forgeHeader({ typ })),
  ),
  ...["jwt", "application/jwt"].map((cty) =>
    refuse(`cty ${cty}`, forgeHeader({ cty }), "jwt:type_refused"),
  ),
  refuse("an unencoded payload", forgeHeader({ crit: ["b64"], b64: false }), "jwt:header_invalid"),
  refuse("crit with a name twice", forgeHeader({ crit: ["b64", "b64"] }), "jwt:critical_refused"),
  accept(
    "thumbprints of certificates choose no key",
    forgeHeader({ x5t: "AAAA", "x5t#S256": "AAAA" }),
  ),
];

const claimed = (changed: object): string => forge(EC, HEADER, claims({ ...changed }));

const inClaims: Case[] = [
  accept("one expected audience among others", claimed({ aud: ["a", "b", "orders"] })),
  accept("an exp with a fraction", claimed({ exp: NOW + 3600.5 })),
  ...["https://idp.test\u200b", "https://\u0456dp.test", "https://idp.test:443"].map((iss) =>
    refuse(`an issuer that looks alike: ${encode(iss)}`, claimed({ iss }), "jwt:issuer_refused"),
  ),
  refuse(
    "an exp that overflows with the skew",
    claimedRaw("exp", "9223372036854775807"),
    "jwt:claims_invalid",
  ),
];

function claimedRaw(name: string, value: string): string {
  const text = JSON.stringify(claims({ [name]: 0 })).replace(`"${name}":0`, `"${name}":${value}`);
  return forge(EC, HEADER, text);
}

export const jwtInputTokenCases: readonly Case[] = [...shapes, ...inBytes, ...headers, ...inClaims];
