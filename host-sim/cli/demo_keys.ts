// The keys behind the demo's tokens: made once in the git-ignored folder .keys, readable by their
// owner only.

import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import type { JWK } from "jose";
import { CommandError, systemCode } from "./command_error.ts";
import { inRepository } from "./module_file.ts";

export const ALGORITHMS = ["ES256", "RS256"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface TokenOptions {
  subject: string;
  audiences: string[];
  lifetimeSeconds: number;
  algorithm: Algorithm;
}

const FOLDER = inRepository(".keys");
const PUBLIC_MEMBERS = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"] as const;

/** The public half of both keys as a JSON Web Key Set; makes the keys that are missing. */
export async function demoKeySet(): Promise<{ keys: Record<string, unknown>[] }> {
  const keys: Record<string, unknown>[] = [];
  for (const algorithm of ALGORITHMS) keys.push(publicHalf(await demoKey(algorithm)));
  return { keys };
}

/** A compact JWS as a JWT-SVID wants it: sub, aud, iat and exp (JWT-SVID.md §3). */
export async function mintDemoToken(options: TokenOptions): Promise<string> {
  const key = await demoKey(options.algorithm);
  const issuedAt = Math.floor(Date.now() / 1000);
  const header = { alg: options.algorithm, typ: "JWT", ...(key.kid ? { kid: key.kid } : {}) };
  return new SignJWT()
    .setProtectedHeader(header)
    .setSubject(options.subject)
    .setAudience(options.audiences.length === 1 ? (options.audiences[0] ?? "") : options.audiences)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + options.lifetimeSeconds)
    .sign(await importJWK(key, options.algorithm));
}

/** The private key; made when there is none, by whichever process is first. */
async function demoKey(algorithm: Algorithm): Promise<JWK> {
  const path = join(FOLDER, `demo_${algorithm.toLowerCase()}.jwk.json`);
  return (await readKey(path)) ?? (await makeKey(path, algorithm));
}

async function readKey(path: string): Promise<JWK | null> {
  try {
    const key: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isPrivateKey(key)) return key;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError(`${path} is not a private JWK: delete it, a new one will be made`);
}

async function makeKey(path: string, algorithm: Algorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: `demo-${algorithm}`, alg: algorithm };
  await mkdir(FOLDER, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(key)}\n`, { mode: 0o600, flag: "wx" });
  try {
    // A link never replaces: of two processes that start at once, both use the first one's key.
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readKey(path)) ?? key;
}

function publicHalf(key: JWK): Record<string, unknown> {
  const members = PUBLIC_MEMBERS.filter((name) => key[name] !== undefined);
  return { ...Object.fromEntries(members.map((name) => [name, key[name]])), use: "sig" };
}

function isPrivateKey(value: unknown): value is JWK {
  if (typeof value !== "object" || value === null) return false;
  return "kty" in value && "d" in value && typeof value.d === "string";
}
