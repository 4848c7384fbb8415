// Tokens of the stack's requests, made anew in each run.

import type { HeaderSet } from "../harness/load.ts";
import type { Signer } from "../jwt/samples.ts";
import { makeSigner, mint, mintRotation, tampered } from "../jwt/samples.ts";
import { stackHeaders } from "./work.ts";

/** Algorithms whose tokens are verified anew in each request. */
export const MISSED = ["ES256", "RS256", "EdDSA"] as const;
export type Missed = (typeof MISSED)[number];
/** Tokens that take turns, few enough for every cache. */
export const TURNS = 100;

/** What requests carry: one token, several, or none. */
export type LoadName =
  "one token" | "turns" | "no token" | "bad signature" | "over the limit" | Missed;

export interface StackSamples {
  signers: Record<Missed, Signer>;
  headers: Record<LoadName, HeaderSet[]>;
}

export async function makeStackSamples(): Promise<StackSamples> {
  const signers = {
    ES256: await makeSigner("ES256", "bench"),
    RS256: await makeSigner("RS256", "bench"),
    EdDSA: await makeSigner("EdDSA", "bench"),
  };
  const one = [stackHeaders(await mint(signers.ES256, "one"))];
  const rotations = {
    ES256: await mintRotation(signers.ES256),
    RS256: await mintRotation(signers.RS256),
    EdDSA: await mintRotation(signers.EdDSA),
  };
  const headers = {
    "one token": one,
    turns: rotations.ES256.slice(0, TURNS).map(stackHeaders),
    "no token": [stackHeaders(null)],
    "bad signature": rotations.ES256.map(tampered).map(stackHeaders),
    "over the limit": one.slice(),
    ES256: rotations.ES256.map(stackHeaders),
    RS256: rotations.RS256.map(stackHeaders),
    EdDSA: rotations.EdDSA.map(stackHeaders),
  };
  return { signers, headers };
}
