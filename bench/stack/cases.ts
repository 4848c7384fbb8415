// The cases of the stack: listeners, and the load that each of them gets.

import type { CaseFilters, EmptyFilters } from "../harness/listeners.ts";
import { ourFilters } from "../harness/ours.ts";
import { headerMutation } from "../headers/cases.ts";
import { native as jwtAuthn } from "../jwt/filters.ts";
import type { StackInput } from "./chain_filters.ts";
import { chainFilters } from "./chain_filters.ts";
import { headerToMetadata, localRateLimit } from "./native.ts";
import type { Peers } from "./peers.ts";
import type { LoadName } from "./samples.ts";
import { MISSED } from "./samples.ts";
import type { Part } from "./work.ts";
import {
  AMPLE,
  CHAIN,
  CHAIN_CALLS,
  configurationOf,
  refusalCalls,
  SCANT,
  WITHOUT_TOKEN,
} from "./work.ts";

export interface StackCase {
  name: string;
  listener: string;
  load: LoadName;
  /** What it has to do to a request. */
  parts: readonly Part[];
}

export const NONE = "none";
export const EMPTY = "empty";
/** The host calls of the chain alone. */
export const CALLS = "calls";
/** Sallyport with nothing configured. */
export const IDLE = "idle";
/** What is compared with Lua. */
export const TOKENLESS = "chain without token";

const SECTIONS: readonly [name: string, parts: readonly Part[]][] = [
  [IDLE, []],
  ["headers", ["headers"]],
  ["trace", ["trace"]],
  ["jwt", ["token"]],
  ["rateLimit", ["limit"]],
  [TOKENLESS, WITHOUT_TOKEN],
  ["chain", CHAIN],
];
const NATIVE_PARTS: readonly Part[] = ["headers", "token", "limit"];
const NATIVE: readonly [name: string, parts: readonly Part[]][] = [
  ["header_mutation", ["headers"]],
  ["header_to_metadata", []],
  ["jwt_authn", ["token"]],
  ["local_ratelimit", ["limit"]],
  ["native", NATIVE_PARTS],
];
/** Their responses are refusals. */
export const REFUSALS = ["no token", "bad signature", "over the limit"] as const;
type Refusal = (typeof REFUSALS)[number];

export const withLoad = (name: string, load: LoadName): string => `${name}, ${load}`;
/** The listener of a module that answers with a status, and has no reason to. */
const answering = (status: 401 | 429): string => `${CALLS}, ${status}`;
/** The listener whose bucket is empty. */
const scant = (name: string): string => `${name}, scant`;

/** The case without filters that a case is compared with; null for refusals. */
export function baseOf(name: string): string | null {
  const load = name.split(", ")[1];
  if (load === undefined) return NONE;
  return REFUSALS.some((refusal) => refusal === load) ? null : `${NONE}, ${load}`;
}

/** The cases that do all that a chain has to: Sallyport's, Envoy's and the peers'. */
export function chains(peers: Peers): [name: string, parts: readonly Part[]][] {
  const able = [...peers.found].filter(([, { parts }]) => parts.includes("token"));
  return [
    ["chain", CHAIN],
    ["native", NATIVE_PARTS],
    ...able.map(([name, { parts }]): [string, readonly Part[]] => [name, parts]),
  ];
}

/** Who verifies nothing is not measured at it. */
function refusalsOf(name: string, peers: Peers): readonly Refusal[] {
  const verifies = peers.found.get(name)?.verifies ?? true;
  return REFUSALS.filter((refusal) => verifies || refusal !== "bad signature");
}

export function stackCases(peers: Peers): StackCase[] {
  const others = [...peers.found].map(([name, { parts }]): [string, readonly Part[]] => {
    return [name, parts];
  });
  const bare: [string, readonly Part[]][] = [
    [NONE, []],
    [EMPTY, []],
    [CALLS, WITHOUT_TOKEN],
  ];
  const alone = [...bare, ...SECTIONS, ...NATIVE];
  const turns: [string, readonly Part[]][] = [[NONE, []], ...chains(peers)];
  return [
    ...[...alone, ...others].map(([name, parts]): StackCase => {
      return { name, listener: name, load: "one token", parts };
    }),
    ...turns.map(([name, parts]): StackCase => {
      return { name: withLoad(name, "turns"), listener: name, load: "turns", parts };
    }),
    ...MISSED.flatMap((load): StackCase[] => [
      { name: withLoad(NONE, load), listener: NONE, load, parts: [] },
      ...["jwt", "jwt_authn"].map((name): StackCase => {
        const listener = withLoad(name, load);
        return { name: listener, listener, load, parts: ["token"] };
      }),
    ]),
    ...REFUSALS.map((load): StackCase => {
      const listener = answering(load === "over the limit" ? 429 : 401);
      return { name: withLoad(CALLS, load), listener, load, parts: [] };
    }),
    ...chains(peers).flatMap(([name, parts]) =>
      refusalsOf(name, peers).map((load): StackCase => {
        const listener = load === "over the limit" ? scant(name) : name;
        return { name: withLoad(name, load), listener, load, parts };
      }),
    ),
  ];
}

export async function stackFilters(input: StackInput, none: EmptyFilters): Promise<CaseFilters> {
  const { modulePath, samples, peers } = input;
  const key = samples.signers.ES256.publicKey;
  const filters: CaseFilters = {
    [NONE]: [],
    [EMPTY]: [none.empty],
    [CALLS]: [await none.bare(CALLS, CHAIN_CALLS)],
    [answering(401)]: [await none.bare(answering(401), refusalCalls(401))],
    [answering(429)]: [await none.bare(answering(429), refusalCalls(429))],
    header_mutation: [headerMutation()],
    header_to_metadata: [headerToMetadata()],
    jwt_authn: jwtAuthn([key], true),
    local_ratelimit: [localRateLimit(true)],
  };
  for (const [name, parts] of SECTIONS) {
    filters[name] = ourFilters(modulePath, name, configurationOf(parts, key));
  }
  for (const kind of ["native", ...peers.found.keys()]) {
    filters[kind] = chainFilters(input, kind, kind, AMPLE);
  }
  for (const [kind] of chains(peers)) {
    filters[scant(kind)] = chainFilters(input, kind, scant(kind), SCANT);
  }
  for (const algorithm of MISSED) {
    const { publicKey } = samples.signers[algorithm];
    const name = withLoad("jwt", algorithm);
    filters[name] = ourFilters(modulePath, name, configurationOf(["token"], publicKey));
    filters[withLoad("jwt_authn", algorithm)] = jwtAuthn([publicKey], false);
  }
  return filters;
}
