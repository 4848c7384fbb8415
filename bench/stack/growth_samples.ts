// What grows: headers of a request, tokens, and keys of others.

import type { HeaderSet } from "../harness/load.ts";
import type { PublicKey } from "../jwt/samples.ts";
import { makeSigner, mint } from "../jwt/samples.ts";
import type { StackSamples } from "./samples.ts";
import { stackHeaders, TRACEPARENT } from "./work.ts";

/** What the chain needs: with the pseudo-headers eight. */
const LEAST_HEADERS = 8;

/** As many headers as asked for, pseudo-headers and token included. */
export function headersOf(count: number, token: HeaderSet): HeaderSet {
  const { authorization = "" } = token;
  const least = { "x-debug": "1", "x-env": "staging", traceparent: TRACEPARENT, authorization };
  const others = Array.from({ length: count - LEAST_HEADERS }, (_, index) => {
    return [`x-other-${index}`, `value-${index}`] as const;
  });
  return { ...least, ...Object.fromEntries(others) };
}

/** A token of so many bytes, or hardly fewer. */
export async function tokenHeaders({ signers }: StackSamples, bytes: number): Promise<HeaderSet> {
  const { length: least } = await mint(signers.ES256, "long", { pad: "" });
  // Three bytes of a claim are four of base64url.
  const pad = "x".repeat(Math.max(0, Math.floor(((bytes - least) * 3) / 4) - 2));
  return stackHeaders(await mint(signers.ES256, "long", { pad }));
}

/** Public keys that sign nothing. */
export async function makeOtherKeys(count: number): Promise<PublicKey[]> {
  const keys: PublicKey[] = [];
  for (let i = 1; i <= count; i++) keys.push((await makeSigner("ES256", `other-${i}`)).publicKey);
  return keys;
}
