// What is measured: listeners, and the load that each of them gets.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { BareCalls } from "../harness/bare_guests.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "../harness/listeners.ts";
import { askUpstream, LOAD_PATH, requireAnswer } from "../harness/listeners.ts";
import type { HeaderSet } from "../harness/load.ts";
import type { MeasuredCase } from "../harness/measure.ts";
import { native, ours, SUBJECT_HEADER } from "./filters.ts";
import type { Algorithm, PublicKey, Signer } from "./samples.ts";
import {
  ALGORITHMS,
  makeSigner,
  mint,
  mintRotation,
  requestHeaders,
  SUBJECT,
  tampered,
} from "./samples.ts";

export interface JwtCase {
  name: string;
  listener: string;
  load: "cached" | Algorithm | Refusal;
}

export const REFUSALS = ["bad signature", "expired"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Providers of a configuration, keys of a provider; the case `ours` has one of each. */
export const PROVIDER_COUNTS = [10, 100] as const;
export const KEY_COUNTS = [8, 32] as const;
const CACHED_ALGORITHM = "ES256";

export const providersCase = (count: number): string => `${count} providers`;
export const keysCase = (count: number): string => `${count} keys`;
/** Tokens that miss the cache, and the most keys to choose from. */
export const MISS_AMONG_KEYS = `${keysCase(KEY_COUNTS[1])} ${CACHED_ALGORITHM}`;

/**
 * What a cached token takes of the host: the token stripped, its subject handed on. The time is
 * read for one of 64.
 */
export const TOKEN_CALLS: BareCalls = {
  request: [
    ["remove", "authorization"],
    ["add", SUBJECT_HEADER, SUBJECT],
  ],
};

export interface JwtSamples {
  signers: Record<Algorithm, Signer>;
  /** Of keys that sign nothing. */
  otherKeys: PublicKey[];
  /** Headers of the requests of a load. */
  headers: Record<JwtCase["load"], HeaderSet[]>;
}

export function jwtCases(providerCounts: readonly number[]): JwtCase[] {
  const cached = ["none", "empty", "calls", "ours", "native"];
  const growth = [...providerCounts.map(providersCase), ...KEY_COUNTS.map(keysCase)];
  const ofMiss = (load: Algorithm): JwtCase[] => [
    { name: `none ${load}`, listener: "none", load },
    { name: `ours ${load}`, listener: `ours ${load}`, load },
    { name: `native ${load}`, listener: `native ${load}`, load },
  ];
  const ofRefusal = (load: Refusal): JwtCase[] => [
    { name: `ours ${load}`, listener: "ours refusals", load },
    { name: `native ${load}`, listener: `native ${CACHED_ALGORITHM}`, load },
  ];
  return [
    ...[...cached, ...growth].map((name) => ({ name, listener: name, load: "cached" as const })),
    ...ALGORITHMS.flatMap(ofMiss),
    { name: MISS_AMONG_KEYS, listener: MISS_AMONG_KEYS, load: CACHED_ALGORITHM },
    ...REFUSALS.flatMap(ofRefusal),
  ];
}

export async function caseFilters(
  samples: JwtSamples,
  modulePath: string,
  providerCounts: readonly number[],
  none: EmptyFilters,
): Promise<CaseFilters> {
  const key = samples.signers[CACHED_ALGORITHM].publicKey;
  const withKeys = (name: string, count: number): JsonObject[] =>
    ours({ modulePath, name, keys: [...samples.otherKeys.slice(0, count - 1), key] });
  const withProviders = (name: string, count: number): JsonObject[] => {
    const otherProviders = samples.otherKeys.slice(0, count - 1);
    return ours({ modulePath, name, keys: [key], otherProviders });
  };
  const filters: CaseFilters = {
    none: [],
    empty: [none.empty],
    calls: [await none.bare("calls", TOKEN_CALLS)],
    ours: withKeys("ours", 1),
    native: native([key], true),
    "ours refusals": withKeys("ours refusals", 1),
    [MISS_AMONG_KEYS]: withKeys(MISS_AMONG_KEYS, KEY_COUNTS[1]),
  };
  for (const count of providerCounts) {
    filters[providersCase(count)] = withProviders(providersCase(count), count);
  }
  for (const count of KEY_COUNTS) filters[keysCase(count)] = withKeys(keysCase(count), count);
  for (const algorithm of ALGORITHMS) {
    const keys = [samples.signers[algorithm].publicKey];
    filters[`ours ${algorithm}`] = ours({ modulePath, name: `ours ${algorithm}`, keys });
    filters[`native ${algorithm}`] = native(keys, false);
  }
  return filters;
}

export async function makeSamples(): Promise<JwtSamples> {
  const signers = {
    RS256: await makeSigner("RS256", "bench"),
    PS256: await makeSigner("PS256", "bench"),
    ES256: await makeSigner("ES256", "bench"),
    ES384: await makeSigner("ES384", "bench"),
    EdDSA: await makeSigner("EdDSA", "bench"),
  };
  const otherKeys: PublicKey[] = [];
  for (let i = 1; i < Math.max(...PROVIDER_COUNTS, ...KEY_COUNTS); i++) {
    otherKeys.push((await makeSigner(CACHED_ALGORITHM, `other-${i}`)).publicKey);
  }
  const signer = signers[CACHED_ALGORITHM];
  const good = await mintRotation(signer);
  const expired = await mintRotation(signer, { iat: 1_700_000_000, exp: 1_700_000_600 });
  const headers = {
    cached: [requestHeaders(await mint(signer, "cached"))],
    RS256: (await mintRotation(signers.RS256)).map(requestHeaders),
    PS256: (await mintRotation(signers.PS256)).map(requestHeaders),
    ES256: good.map(requestHeaders),
    ES384: (await mintRotation(signers.ES384)).map(requestHeaders),
    EdDSA: (await mintRotation(signers.EdDSA)).map(requestHeaders),
    "bad signature": good.map(tampered).map(requestHeaders),
    expired: expired.map(requestHeaders),
  };
  return { signers, otherKeys, headers };
}

/** Requests of one case, when its token is found in a cache, and when not. */
export interface RequestCounts {
  cached: number;
  verified: number;
}

export function measuredCase(
  one: JwtCase,
  envoy: BenchEnvoy,
  samples: JwtSamples,
  requests: RequestCounts,
  warmUp: RequestCounts,
): MeasuredCase {
  const kind = one.load === "cached" ? "cached" : "verified";
  return {
    name: one.name,
    port: envoy.port(one.listener),
    path: LOAD_PATH,
    headers: samples.headers[one.load],
    requests: requests[kind],
    warmUpRequests: warmUp[kind],
    status: isRefusal(one.load) ? 401 : 200,
  };
}

/** Asks the case whether it does its work. */
export async function checkCase({ load }: JwtCase, measured: MeasuredCase): Promise<void> {
  const { name, port, headers, status } = measured;
  const [first = {}] = headers;
  const { response, upstream } = await askUpstream(port, first);
  requireAnswer(name, "status", response.status, status);
  if (isRefusal(load) || name === "empty" || name.startsWith("none")) return;
  requireAnswer(name, SUBJECT_HEADER, upstream.get(SUBJECT_HEADER), SUBJECT);
  requireAnswer(name, "authorization", upstream.get("authorization"), undefined);
  if (name === "calls") return;
  const bad = requestHeaders(tampered((first["authorization"] ?? "").slice("Bearer ".length)));
  const refused = await askUpstream(port, bad);
  requireAnswer(name, "status of a bad signature", refused.response.status, 401);
  const without = await askUpstream(port, {});
  requireAnswer(name, "status without a token", without.response.status, 401);
}

function isRefusal(load: JwtCase["load"]): load is Refusal {
  return REFUSALS.some((refusal) => refusal === load);
}
