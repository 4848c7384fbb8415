// Goal: whichever host call fails, no header map goes on with what rules, the preset or gRPC's own
// names take away, and no mapped error tells it. Method: each host call from a request to the end
// of its response fails in each way, alone and in seeded combinations.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList, StreamResult } from "../../host-sim/src/index.ts";
import type { Plan } from "./full_filter.ts";
import { FAULTS, FullFilter, Saboteur } from "./full_filter.ts";
import { FULL_RULES, SECRET, UNRULED, wrongFields } from "./full_rules.ts";

const COMBINATIONS = 2000;
const SEED = 20_261_126;

const LATER = FULL_RULES.response;
const DECODED = { header: "x-encoded", apply: ["base64Decode"], onInvalid: "reject" };

const CONFIGURATION = {
  markChecked: true,
  errors: { mapUpstream: "precise" },
  normalise: {
    ...FULL_RULES,
    set: FULL_RULES.set.filter(({ header }) => header !== "x-subject"),
    preset: "untrusted-edge",
    singletons: { "x-tenant": "first" },
    grpcUserAgent: "sallyport",
    grpc: {
      timeout: { header: "x-timeout-ms", max: "30s" },
      binary: { padding: "remove" },
      invalidMetadata: "drop",
      gateway: "toMetadata",
    },
    response: { ...LATER, remove: [...LATER.remove, "www-authenticate"], rewrite: [DECODED] },
    responseTrailers: { ...LATER, rewrite: [DECODED] },
    requestTrailers: { ...LATER, rewrite: [DECODED] },
  },
  rateLimit: {
    headers: "always",
    xRateLimitHeaders: true,
    limits: [{ name: "many", capacity: 100_000_000, refill: "1/s" }],
  },
};

/** What nobody vouches for, and what gRPC keeps for itself. */
const FORGED: HeaderList = [
  ["x-auth-user", "forged"],
  ["x_auth_user", "forged"],
  ["x-real-ip", "forged"],
  ["grpc-status", "forged"],
  ["x-sallyport-checked", "forged"],
];

interface Kind {
  name: string;
  headers: HeaderList;
  response: HeaderList;
  /** Whether its trailers cannot be changed. */
  hasInvalidTrailers?: true;
  /** How many maps go on where the host does its part, the request's headers included. */
  mapsThatGoOn: number;
}

const OK: HeaderList = [[":status", "200"], ...UNRULED];
const ERROR: HeaderList = [
  [":status", "503"],
  ["content-type", "text/html"],
  ["www-authenticate", "secret"],
  ...UNRULED,
];
const OVER_GRPC: HeaderList = [
  ["content-type", "application/grpc"],
  ["grpc-timeout", "99H"],
  ["a-bin", "AQL/"],
  ["b-bin", "?"],
];
const OVER_HTTP: HeaderList = [
  ["grpc-metadata-x-b", "1"],
  ["x-tenant", "a"],
  ["x-tenant", "b"],
];

const KINDS: readonly Kind[] = [
  { name: "a request over HTTP", headers: OVER_HTTP, response: OK, mapsThatGoOn: 4 },
  { name: "a request over gRPC", headers: OVER_GRPC, response: OK, mapsThatGoOn: 4 },
  { name: "an error over HTTP", headers: OVER_HTTP, response: ERROR, mapsThatGoOn: 4 },
  { name: "an error over gRPC, mapped", headers: OVER_GRPC, response: ERROR, mapsThatGoOn: 2 },
  {
    name: "a response that cannot be changed",
    headers: OVER_HTTP,
    response: [...OK, ["x-encoded", "?"]],
    mapsThatGoOn: 2,
  },
  {
    name: "trailers that cannot be changed",
    headers: OVER_GRPC,
    response: OK,
    hasInvalidTrailers: true,
    mapsThatGoOn: 3,
  },
];

class Exchanges {
  readonly filter: FullFilter;
  #saboteur: Saboteur | null = null;

  constructor() {
    this.filter = new FullFilter({
      configuration: CONFIGURATION,
      faults: (call) => this.#saboteur?.answer(call),
    });
  }

  /** One request to the end of its response under a plan; the host calls it made. */
  run(kind: Kind, plan: Plan): { seen: readonly string[]; mapsThatWentOn: number } {
    const saboteur = new Saboteur(plan);
    const stream = this.filter.open();
    const where = `${kind.name}, ${JSON.stringify([...plan])}`;
    const trailers: HeaderList = kind.hasInvalidTrailers
      ? [...UNRULED, ["x-encoded", "?"]]
      : UNRULED;
    const steps: (() => StreamResult)[] = [
      () => stream.requestHeaders([...PSEUDO, ...FORGED, ...UNRULED, ...kind.headers], false),
      () => stream.requestTrailers(UNRULED),
      () => stream.responseHeaders(kind.response, false),
      () => stream.responseTrailers(trailers),
    ];
    this.#saboteur = saboteur;
    let mapsThatWentOn = 0;
    for (const [index, step] of steps.entries()) {
      const result = step();
      const wrong = wrongWith(result, index === 0, saboteur.hit);
      expect(wrong, `${where}, map ${String(index)}, ${saboteur.seen.join(" ")}`).toBeNull();
      if (result.kind !== "continue") break;
      mapsThatWentOn++;
    }
    this.#saboteur = null;
    stream.close();
    expect(this.filter.worker().failed, where).toBe(false);
    return { seen: saboteur.seen, mapsThatWentOn };
  }
}

const PSEUDO: HeaderList = [
  [":authority", "example.test"],
  [":path", "/orders"],
  [":method", "GET"],
  [":scheme", "http"],
];

/** What is wrong with what came of a map; null when nothing is. */
function wrongWith(result: StreamResult, isRequest: boolean, hit: readonly string[]) {
  if (result.kind === "reply") return wrongAnswer(result.reply.headers);
  if (result.kind === "reset") return null;
  const silenced = hit.filter((name) => name === "proxy_send_local_response").length;
  if (result.kind === "paused") return silenced >= 2 ? null : "hangs";
  const fields = result.trailers ?? result.headers;
  const isForged = fields.some(([, value]) => value === "forged");
  return isForged ? `forged: ${JSON.stringify(fields)}` : wrongFields(fields, isRequest);
}

function wrongAnswer(headers: HeaderList): string | null {
  const isTold = headers.some(([name, value]) => name === SECRET || value === "secret");
  return isTold ? `told ${JSON.stringify(headers)}` : null;
}

describe.each(KINDS)("$name", (kind) => {
  test("survives each single fault", () => {
    const exchanges = new Exchanges();
    const { seen, mapsThatWentOn } = exchanges.run(kind, new Map());
    expect(mapsThatWentOn).toBe(kind.mapsThatGoOn);
    expect(seen.length).toBeGreaterThan(20);
    for (let at = 0; at < seen.length; at++) {
      for (const fault of FAULTS) exchanges.run(kind, new Map([[at, fault]]));
      expect(exchanges.run(kind, new Map()).mapsThatWentOn).toBe(kind.mapsThatGoOn);
    }
    expect(exchanges.filter.host.liveContexts()).toBe(2);
  });
});

test(`${COMBINATIONS} combinations of faults change nothing of it (seed ${SEED})`, () => {
  const exchanges = new Exchanges();
  const plan = fc
    .array(fc.tuple(fc.nat({ max: 80 }), fc.constantFrom(...FAULTS)), { maxLength: 12 })
    .map((faults) => new Map(faults));
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), plan, (kind, faults) => {
      exchanges.run(kind, faults);
    }),
    { numRuns: COMBINATIONS, seed: SEED },
  );
  for (const kind of KINDS) {
    expect(exchanges.run(kind, new Map()).mapsThatWentOn).toBe(kind.mapsThatGoOn);
  }
});

describe("maps that do not fit", () => {
  const ARENA_BYTES = 1 << 20;

  test("every size around a full arena is refused, or changed", () => {
    const exchanges = new Exchanges();
    const counts = new Set<number>();
    for (let size = ARENA_BYTES - 49_152; size <= ARENA_BYTES; size += 256) {
      const large: [string, string] = ["x-large", "v".repeat(size)];
      for (const kind of KINDS.slice(0, 2)) {
        const { mapsThatWentOn } = exchanges.run({ ...kind, response: [...OK, large] }, new Map());
        counts.add(mapsThatWentOn);
      }
    }
    expect([...counts].sort()).toEqual([2, 4]);
  });
});
