// What is measured: four edits of a request's headers, made by Envoy's own filter, by the bare host
// calls of a module and by rules, of which there are four or a thousand.

import type { JsonObject } from "../../envoy/http_filters.ts";
import type { Edit } from "../harness/bare_guests.ts";
import type { BenchEnvoy, CaseFilters, EmptyFilters } from "../harness/listeners.ts";
import { askUpstream, LOAD_PATH, requireAnswer } from "../harness/listeners.ts";
import type { HeaderSet } from "../harness/load.ts";
import type { MeasuredCase } from "../harness/measure.ts";
import { ourFilters } from "../harness/ours.ts";

export const NONE = "none";
export const EMPTY = "empty";
export const SNAPSHOT = "snapshot";
/** The host calls of the four rules alone. */
export const CALLS = "calls";
export const NATIVE = "native";
export const FOUR = "4 rules";
/** Rules of which the same four do something. */
export const MANY = 1000;
export const BY_NAME = `${MANY} rules by name`;
export const BY_PREFIX = `${MANY} rules by prefix`;
export const BY_PATH = `${MANY} rules by path`;
export const BY_HEADER = `${MANY} rules by header`;
const MANY_RULES = [BY_NAME, BY_PREFIX, BY_PATH, BY_HEADER];
const CASES = [NONE, EMPTY, SNAPSHOT, CALLS, NATIVE, FOUR, ...MANY_RULES];
/** Cases in which the four edits are made. */
const EDITING = [CALLS, NATIVE, FOUR, ...MANY_RULES];

const HEADERS: HeaderSet = {
  "user-agent": "bench/1",
  accept: "application/json",
  "accept-encoding": "gzip, br",
  "accept-language": "en",
  "x-debug": "1",
  "x-env": "staging",
  "x-request-start": "t=1700000000",
  cookie: "session=0123456789abcdef",
};

/** The same four edits: two values are set, one is added, one header goes. */
export const EDITS = {
  set: [
    { header: "x-env", value: "production" },
    { header: "x-region", value: "eu-north-1" },
  ],
  add: [{ header: "x-tenant", value: "nobody" }],
  remove: ["x-debug"],
};
const EDIT_COUNT = 4;
/** The host calls that they are. */
export const EDIT_CALLS: readonly Edit[] = [
  ["remove", "x-debug"],
  ["replace", "x-env", "production"],
  ["add", "x-region", "eu-north-1"],
  ["add", "x-tenant", "nobody"],
];
/** What the upstream sees of them. */
export const EDITED: Record<string, string | undefined> = {
  "x-env": "production",
  "x-region": "eu-north-1",
  "x-tenant": "nobody",
  "x-debug": undefined,
};

/** The four edits. */
export function headerMutation(): JsonObject {
  const append = (key: string, value: string, action: string): JsonObject => ({
    append: { header: { key, value }, append_action: action },
  });
  const overwrite = "OVERWRITE_IF_EXISTS_OR_ADD";
  return mutationFilter([
    { remove: "x-debug" },
    append("x-env", "production", overwrite),
    append("x-region", "eu-north-1", overwrite),
    append("x-tenant", "nobody", "ADD_IF_ABSENT"),
  ]);
}

export function headerRemoval(names: readonly string[]): JsonObject {
  return mutationFilter(names.map((remove) => ({ remove })));
}

function mutationFilter(mutations: JsonObject[]): JsonObject {
  return {
    name: "envoy.filters.http.header_mutation",
    typed_config: {
      "@type":
        "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
      mutations: { request_mutations: mutations },
    },
  };
}

/** Rules that do nothing to the requests of the benchmark. */
function others<T>(make: (index: number) => T): T[] {
  return Array.from({ length: MANY - EDIT_COUNT }, (_, index) => make(index));
}

export async function caseFilters(modulePath: string, none: EmptyFilters): Promise<CaseFilters> {
  const ours = (name: string, rules: JsonObject): JsonObject[] =>
    ourFilters(modulePath, name, { normalise: rules });
  const set = (when: (index: number) => JsonObject): JsonObject => ({
    ...EDITS,
    set: [
      ...others((i) => ({ header: `x-other-${i % 200}`, value: `${i}`, when: when(i) })),
      ...EDITS.set,
    ],
  });
  const remove = (name: (index: number) => string): JsonObject => ({
    ...EDITS,
    remove: [...others(name), ...EDITS.remove],
  });
  return {
    [NONE]: [],
    [EMPTY]: [none.empty],
    [SNAPSHOT]: [await none.bare(SNAPSHOT, { request: [] })],
    [CALLS]: [await none.bare(CALLS, { request: EDIT_CALLS })],
    [NATIVE]: [headerMutation()],
    [FOUR]: ours(FOUR, EDITS),
    [BY_NAME]: ours(
      BY_NAME,
      remove((i) => `x-other-${i}`),
    ),
    [BY_PREFIX]: ours(
      BY_PREFIX,
      remove((i) => `x-other-${i}-*`),
    ),
    [BY_PATH]: ours(
      BY_PATH,
      set((i) => ({ path: `/v1/place/${i}` })),
    ),
    [BY_HEADER]: ours(
      BY_HEADER,
      set((i) => ({ headers: [{ name: `x-flag-${i}`, present: true }] })),
    ),
  };
}

export function measuredCases(
  envoy: BenchEnvoy,
  requests: number,
  warmUpRequests: number,
): MeasuredCase[] {
  return CASES.map((name) => ({
    name,
    port: envoy.port(name),
    path: LOAD_PATH,
    headers: [HEADERS],
    requests,
    warmUpRequests,
    status: 200,
  }));
}

/** Asks the case whether it does its work. */
export async function checkCase({ name, port }: MeasuredCase): Promise<void> {
  const { response, upstream } = await askUpstream(port, HEADERS);
  requireAnswer(name, "status", response.status, 200);
  const expected = EDITING.includes(name) ? { ...HEADERS, ...EDITED } : HEADERS;
  for (const [header, value] of Object.entries(expected)) {
    requireAnswer(name, header, upstream.get(header), value);
  }
}
