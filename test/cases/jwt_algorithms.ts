// Every algorithm, by whoever verifies it: the module, the host, or the one that is chosen.

import type { Case } from "../support/case.ts";
import { flipBit, forge, replacePart } from "../support/tokens.ts";
import { bearer, passes, refused, step } from "./jwt_expectations.ts";
import { claims, EC, EVERY_KEY, NOW, RSA } from "./jwt_tokens.ts";

const BY_HOST = /^[RE]S/;

/** Enough right signatures for a curve to build the tables of its base point and of one key. */
const TOKENS_UNTIL_TABLES = 260;

const configurations = [
  "jwt with every algorithm",
  "jwt with every algorithm by the module",
  "jwt with every algorithm of the host",
] as const;

function verified(configuration: (typeof configurations)[number]): Case[] {
  const keys = EVERY_KEY.filter(
    ({ alg }) => BY_HOST.test(alg) || !configuration.endsWith("of the host"),
  );
  return keys.map((key) => {
    const { alg, kid } = key;
    const path = `/${alg}`;
    const good = forge(key, { alg, kid }, claims());
    const renamed = forge(key, { alg: "Ed25519", kid }, claims());
    const long = forge(key, { alg, kid }, claims({ filling: "x".repeat(3000) }));
    const bytes = Buffer.from(good.split(".")[2] ?? "", "base64url");
    const resized = [bytes.subarray(1), Buffer.concat([bytes, Buffer.alloc(1)])].map((signature) =>
      replacePart(good, 2, signature.toString("base64url")),
    );
    const wrong = [flipBit(good, 2, 0), flipBit(good, 2, 31), ...resized];
    return {
      name: `${alg} is verified: ${configuration}`,
      configuration,
      steps: [
        step({ path, headers: bearer(good) }, passes()),
        step({ path, headers: bearer(long) }, passes()),
        ...(alg === "EdDSA" ? [step({ path, headers: bearer(renamed) }, passes())] : []),
        ...wrong.map((token) =>
          step({ path, headers: bearer(token) }, refused("jwt:signature_invalid")),
        ),
      ],
    };
  });
}

/** A token by a key whose provider has no such algorithm. */
const strangers: Case[] = EVERY_KEY.map((key) => {
  const others = EVERY_KEY.filter(({ alg }) => alg !== key.alg && !sharesKey(alg, key.alg));
  return {
    name: `a token by ${key.alg} is nothing to a provider of another algorithm`,
    configuration: "jwt with every algorithm",
    protocols: ["http2"],
    steps: others.map(({ alg: other, kid }) =>
      step(
        { path: `/${other}`, headers: bearer(forge(key, { alg: key.alg, kid }, claims())) },
        refused("jwt:algorithm_refused"),
      ),
    ),
  };
});

/** Keys of one type take each other's algorithms unless they name theirs. */
function sharesKey(one: string, other: string): boolean {
  return (/^[RP]S/.test(one) && /^[RP]S/.test(other)) || (/^HS/.test(one) && /^HS/.test(other));
}

const named: Case[] = [
  {
    name: "a key that names its algorithm verifies that one alone",
    configuration: "jwt with keys for one algorithm each",
    steps: [
      step({ headers: bearer(by("PS256", "rsa-1")) }, passes()),
      step({ headers: bearer(by("RS256", "rsa-1")) }, refused("jwt:key_unknown")),
      step({ headers: bearer(by("PS384", "rsa-1")) }, refused("jwt:key_unknown")),
      step({ headers: bearer(by("RS512", "any")) }, passes()),
      step({ headers: bearer(by("PS512", "any")) }, passes()),
      step(
        { headers: bearer(forge(EC, { alg: "ES256", kid: EC.kid }, claims())) },
        passes({ "x-user": "alice" }),
      ),
      step(
        { headers: bearer(forge(EC, { alg: "ES384", kid: EC.kid }, claims())) },
        refused("jwt:algorithm_refused"),
      ),
    ],
  },
];

function by(alg: "RS256" | "RS512" | "PS256" | "PS384" | "PS512", kid: string): string {
  return forge({ ...RSA, alg }, { alg, kid }, claims());
}

const tables: Case[] = EVERY_KEY.filter(({ alg }) => /^E/.test(alg)).map((key) => ({
  name: `${key.alg} is verified the same before and after its tables are built`,
  configuration: "jwt with every algorithm by the module",
  protocols: ["http2"],
  steps: Array.from({ length: TOKENS_UNTIL_TABLES }, (_, index) => {
    const good = forge(key, { alg: key.alg, kid: key.kid }, claims({ jti: `${NOW}-${index}` }));
    const isWrong = index % 20 === 19;
    return step(
      { path: `/${key.alg}`, headers: bearer(isWrong ? flipBit(good, 2, index % 64) : good) },
      isWrong ? refused("jwt:signature_invalid") : passes(),
    );
  }),
}));

export const jwtAlgorithmCases: readonly Case[] = [
  ...configurations.flatMap(verified),
  ...strangers,
  ...named,
  ...tables,
];
