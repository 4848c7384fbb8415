// Tokens that are bound to a key (RFC 7800): refused where nobody asks for the proof, and held
// against the client's certificate (RFC 8705) on every request where a provider does.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest } from "../support/case.ts";
import { bearer, one, passes, refused, step } from "./jwt_expectations.ts";
import { token } from "./jwt_tokens.ts";

const CONFIGURATION = "jwt claims";
const REFUSED = refused("jwt:confirmation_refused");

const DIGEST = Buffer.alloc(32, "ab", "hex");
const OTHER = Buffer.alloc(32, "cd", "hex");
const binding = (cnf: unknown): Promise<string> => token({ cnf });
const BOUND = await binding({ "x5t#S256": DIGEST.toString("base64url") });

const certificate = (...values: string[]): HeaderList =>
  values.map((value): [string, string] => ["x-forwarded-client-cert", value]);
const hash = (digest: Buffer): string => `Hash=${digest.toString("hex")}`;

const forwarded = (value: string, certificates: HeaderList): CaseRequest => ({
  path: "/forwarded",
  headers: [...bearer(value), ...certificates],
});

const unasked: Case[] = [
  ...(await Promise.all(
    [{ jkt: "x" }, { "x5t#S256": "x" }, {}, [], "x", null].map(async (cnf) =>
      one(
        `a token with cnf ${JSON.stringify(cnf)} where no proof is asked for`,
        CONFIGURATION,
        { path: "/scope", headers: bearer(await token({ cnf, scope: "orders:read" })) },
        REFUSED,
      ),
    ),
  )),
  one(
    "cnf inside of another claim binds nothing",
    CONFIGURATION,
    { path: "/scope", headers: bearer(await token({ act: { cnf: {} }, scope: "orders:read" })) },
    passes(),
  ),
  one(
    "a bound token where bindings are ignored",
    CONFIGURATION,
    { path: "/bearer", headers: bearer(BOUND) },
    passes(),
  ),
];

/** Bindings that cannot be proved by a certificate, whoever shows it. */
const UNPROVABLE: [name: string, cnf: unknown][] = [
  ["no cnf", undefined],
  ["cnf null", null],
  ["an empty cnf", {}],
  ["another kind of binding", { jkt: DIGEST.toString("base64url") }],
  ["two bindings", { "x5t#S256": DIGEST.toString("base64url"), jkt: "x" }],
  ["a digest in hexadecimal", { "x5t#S256": DIGEST.toString("hex") }],
  ["a digest with padding", { "x5t#S256": `${DIGEST.toString("base64url")}=` }],
  ["a digest that is cut", { "x5t#S256": DIGEST.toString("base64url").slice(0, 42) }],
  ["a digest with bits that say nothing", { "x5t#S256": `${"A".repeat(42)}B` }],
  ["a list", [{ "x5t#S256": DIGEST.toString("base64url") }]],
  ["a digest in a list", { "x5t#S256": [DIGEST.toString("base64url")] }],
  ["a digest that is too long to keep", { "x5t#S256": "A".repeat(3000) }],
];

/** Values of the header that do not prove the certificate. */
const UNPROVED: [name: string, certificates: HeaderList][] = [
  ["no certificate", []],
  ["another certificate", certificate(hash(OTHER))],
  ["an empty header", certificate("")],
  ["an element without digest", certificate("By=spiffe://a/b;URI=spiffe://c/d")],
  ["the certificate of a hop before the last", certificate(`${hash(DIGEST)},${hash(OTHER)}`)],
  ["a digest in a quoted subject", certificate(`${hash(OTHER)};Subject="x,${hash(DIGEST)}"`)],
  ["a subject that ends in a backslash", certificate(`Subject="x\\\\",${hash(DIGEST)}"`)],
  ["an open quotation", certificate(`Subject="x,${hash(DIGEST)}`)],
  ["two digests", certificate(`${hash(OTHER)};${hash(DIGEST)}`)],
  ["a digest that is cut", certificate(hash(DIGEST).slice(0, -2))],
];

const proofs: Case[] = [
  ...(await Promise.all(
    UNPROVABLE.map(async ([name, cnf]) =>
      one(
        `mtls: a token with ${name}`,
        CONFIGURATION,
        forwarded(await binding(cnf), certificate(hash(DIGEST))),
        REFUSED,
      ),
    ),
  )),
  ...UNPROVED.map(([name, certificates]) =>
    one(`mtls: ${name}`, CONFIGURATION, forwarded(BOUND, certificates), REFUSED),
  ),
  one(
    "mtls: the certificate that the token is bound to",
    CONFIGURATION,
    forwarded(BOUND, certificate(`By=spiffe://a/b;${hash(DIGEST)};Subject="CN=x, O=\\"y\\""`)),
    passes({ "x-user": "alice" }),
  ),
  one(
    "mtls: the certificate of the last hop",
    CONFIGURATION,
    forwarded(BOUND, certificate(`${hash(OTHER)},${hash(DIGEST).toUpperCase()}`)),
    passes({ "x-user": "alice" }),
  ),
  one(
    "mtls: a plain connection has no certificate",
    CONFIGURATION,
    { path: "/connection", headers: bearer(BOUND) },
    REFUSED,
  ),
];

const PROVED: CaseExpectation = passes({ "x-user": "alice" });
const again: Case = {
  name: "mtls: the proof is asked for again when the token is known",
  configuration: CONFIGURATION,
  steps: [
    step(forwarded(BOUND, certificate(hash(OTHER))), REFUSED),
    step(forwarded(BOUND, certificate(hash(DIGEST))), PROVED),
    step(forwarded(BOUND, certificate(hash(OTHER))), REFUSED),
    step(forwarded(BOUND, []), REFUSED),
    step(forwarded(BOUND, certificate(hash(DIGEST))), PROVED),
  ],
};

export const jwtConfirmationCases: Case[] = [...unasked, ...proofs, again];
