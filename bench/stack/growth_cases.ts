// What a request costs when something is many: one case for each number and each who does the work.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { CaseFilters } from "../harness/listeners.ts";
import type { HeaderSet } from "../harness/load.ts";
import { ourFilters } from "../harness/ours.ts";
import { headerRemoval } from "../headers/cases.ts";
import { native as jwtAuthn, oursConfiguration } from "../jwt/filters.ts";
import type { PublicKey } from "../jwt/samples.ts";
import type { StackInput } from "./chain_filters.ts";
import { chainFilters } from "./chain_filters.ts";
import { chains, NONE } from "./cases.ts";
import { localRateLimits } from "./native.ts";
import { headersOf, makeOtherKeys, tokenHeaders } from "./growth_samples.ts";
import type { Part } from "./work.ts";
import { AMPLE, CALLER_HEADER, LIMIT_NAME } from "./work.ts";

export interface GrowthCase {
  axis: string;
  at: number;
  /** Who does the work; NONE for Envoy without filters under the same load. */
  kind: string;
  /** Cases of one listener share it, and its VM: they differ in their requests alone. */
  listener: string;
  filters: JsonObject[];
  headers: HeaderSet[];
  /** Whether each request has a signature to verify. */
  isVerified: boolean;
  parts: readonly Part[];
  changed?: Readonly<Record<string, string | undefined>>;
}

export interface Axis {
  unit: string;
  numbers: readonly number[];
}

export const AXES = {
  headers: { unit: "headers of a request", numbers: [8, 25, 50, 100] },
  rules: { unit: "header rules, of which one applies", numbers: [1, 10, 100, 1000] },
  limits: { unit: "limits, of which one applies", numbers: [1, 10, 100, 1000] },
  providers: { unit: "token providers", numbers: [1, 10, 100] },
  keys: { unit: "keys of a provider, each token verified", numbers: [1, 8, 32] },
  token: { unit: "bytes of a token, cached", numbers: [512, 2048, 8000] },
} as const satisfies Record<string, Axis>;
export type AxisName = keyof typeof AXES;

export const growthName = ({ axis, at, kind }: Pick<GrowthCase, "axis" | "at" | "kind">): string =>
  `${axis} ${at}, ${kind}`;

/** Axes on which requests grow, and no configuration. */
const OF_REQUESTS: readonly AxisName[] = ["headers", "token"];
const listenerName = (axis: AxisName, at: number, kind: string): string => {
  if (kind === NONE) return NONE;
  return OF_REQUESTS.includes(axis) ? `${axis}, ${kind}` : growthName({ axis, at, kind });
};

/** All of an axis, or its ends. */
export function numbersOf(axis: AxisName, onlyEnds: boolean): number[] {
  const numbers: readonly number[] = AXES[axis].numbers;
  return numbers.filter((_, index) => !onlyEnds || index === 0 || index === numbers.length - 1);
}

type Made = Omit<GrowthCase, "axis" | "at" | "listener">;
type Maker = (at: number, input: StackInput, otherKeys: readonly PublicKey[]) => Promise<Made[]>;

const MAKERS: Record<AxisName, Maker> = {
  headers: (at, input) => {
    const [one = {}] = input.samples.headers["one token"];
    const headers = [headersOf(at, one)];
    const shared = { headers, isVerified: false };
    return Promise.resolve([
      { ...shared, kind: NONE, filters: [], parts: [] },
      ...chains(input.peers).map(([kind, parts]): Made => {
        const filters = chainFilters(input, kind, listenerName("headers", at, kind), AMPLE);
        return { ...shared, kind, filters, parts };
      }),
    ]);
  },
  rules: (at, { modulePath, samples }) => {
    const remove = [...many(at - 1, (index) => `x-other-${index}`), "x-debug"];
    const shared: Omit<Made, "kind" | "filters"> = {
      headers: samples.headers["one token"],
      isVerified: false,
      parts: [],
      changed: { "x-debug": undefined },
    };
    const name = listenerName("rules", at, "headers");
    const ours = ourFilters(modulePath, name, { normalise: { remove } });
    return Promise.resolve([
      { ...shared, kind: NONE, filters: [], changed: {} },
      { ...shared, kind: "headers", filters: ours },
      { ...shared, kind: "header_mutation", filters: [headerRemoval(remove)] },
    ]);
  },
  limits: (at, { modulePath, samples }) => {
    const bucket = { key: [{ header: CALLER_HEADER }], capacity: 1_000_000, refill: "1000000/s" };
    const paths = many(at - 1, (i) => `/v1/place/${i}`);
    const limits = [
      ...paths.map((path, i) => ({ ...bucket, name: `p${i}`, match: { path } })),
      { ...bucket, name: LIMIT_NAME },
    ];
    const name = listenerName("limits", at, "rateLimit");
    const configuration = { rateLimit: { headers: "always", limits } };
    const filters = ourFilters(modulePath, name, configuration);
    const shared = { headers: samples.headers["one token"], isVerified: false };
    return Promise.resolve([
      { ...shared, kind: NONE, filters: [], parts: [] },
      { ...shared, kind: "rateLimit", filters, parts: ["limit"] },
      {
        ...shared,
        kind: "local_ratelimit",
        filters: [localRateLimits(paths, CALLER_HEADER)],
        parts: ["limit"],
      },
    ]);
  },
  providers: (at, { modulePath, samples }, otherKeys) => {
    const keys = [samples.signers.ES256.publicKey];
    const otherProviders = otherKeys.slice(0, at - 1);
    const name = listenerName("providers", at, "jwt");
    const filters = ourFilters(modulePath, name, oursConfiguration({ keys, otherProviders }));
    const shared = { headers: samples.headers["one token"], isVerified: false };
    return Promise.resolve([
      { ...shared, kind: NONE, filters: [], parts: [] },
      { ...shared, kind: "jwt", filters, parts: ["token"] },
      {
        ...shared,
        kind: "jwt_authn",
        filters: jwtAuthn(keys, true, otherProviders),
        parts: ["token"],
      },
    ]);
  },
  keys: (at, { modulePath, samples }, otherKeys) => {
    const keys = [...otherKeys.slice(0, at - 1), samples.signers.ES256.publicKey];
    const name = listenerName("keys", at, "jwt");
    const filters = ourFilters(modulePath, name, oursConfiguration({ keys }));
    const shared = { headers: samples.headers.ES256, isVerified: true };
    return Promise.resolve([
      { ...shared, kind: NONE, filters: [], parts: [] },
      { ...shared, kind: "jwt", filters, parts: ["token"] },
      { ...shared, kind: "jwt_authn", filters: jwtAuthn(keys, false), parts: ["token"] },
    ]);
  },
  token: async (at, { modulePath, samples }) => {
    const keys = [samples.signers.ES256.publicKey];
    const name = listenerName("token", at, "jwt");
    const filters = ourFilters(modulePath, name, oursConfiguration({ keys }));
    const shared = { headers: [await tokenHeaders(samples, at)], isVerified: false };
    return [
      { ...shared, kind: NONE, filters: [], parts: [] },
      { ...shared, kind: "jwt", filters, parts: ["token"] },
      { ...shared, kind: "jwt_authn", filters: jwtAuthn(keys, true), parts: ["token"] },
    ];
  },
};

function many<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export async function growthCases(input: StackInput, onlyEnds: boolean): Promise<GrowthCase[]> {
  const otherKeys = await makeOtherKeys(Math.max(...AXES.providers.numbers, ...AXES.keys.numbers));
  const cases: GrowthCase[] = [];
  for (const axis of AXIS_NAMES) {
    for (const at of numbersOf(axis, onlyEnds)) {
      const made = await MAKERS[axis](at, input, otherKeys);
      const listenerOf = ({ kind }: Made): string => listenerName(axis, at, kind);
      cases.push(...made.map((one) => ({ axis, at, listener: listenerOf(one), ...one })));
    }
  }
  return cases;
}

export const AXIS_NAMES: readonly AxisName[] = [
  "headers",
  "rules",
  "limits",
  "providers",
  "keys",
  "token",
];

export function growthFilters(cases: readonly GrowthCase[]): CaseFilters {
  return Object.fromEntries(cases.map(({ listener, filters }) => [listener, filters]));
}
