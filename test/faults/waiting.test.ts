// Goal: whichever host call fails while a request waits for keys, nothing passes that should not,
// and no request waits for ever. Method: each host call from the request to its end, those of ticks
// and answers included, fails in each way.

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall, Status } from "../../host-sim/src/index.ts";
import {
  forgedToken,
  fullConfiguration,
  goodToken,
  hostileHeaders,
  SUBJECT,
} from "./full_configuration.ts";
import type { Identity, Plan } from "./full_filter.ts";
import { CHECKED, FAULTS, FullFilter, Saboteur, SPIRE_IDENTITY, wrongWith } from "./full_filter.ts";

const SEED = 20_261_123;
const COMBINATIONS = 400;
/** After a fetch that failed the next one is at most so many seconds later. */
const RECOVERY_SECONDS = 32;

/** What a request may be refused for while its keys do not come. */
const KEYS_MISSING = ["jwt:key_unknown", "jwt:keys_unavailable", "jwt:waiting_full"];

interface Kind {
  name: string;
  /** A request whose token is by a key of this name, which nobody has asked for yet. */
  headers: (kid: string) => HeaderList;
  reason: string | null;
  identity: Identity;
  /** Whether the servers of keys have the key. */
  isThere: boolean;
}

const by = (name: string, token: string): [string, string] => [`x-${name}-token`, token];
const single = (name: string): Kind => ({
  name: `a token by a key of ${name}`,
  headers: (kid) => [...hostileHeaders(null, "/fetched"), by(name, goodToken({}, kid))],
  reason: null,
  identity: { ...CHECKED, [`x-jwt-${name}`]: SUBJECT },
  isThere: true,
});

const KINDS: readonly Kind[] = [
  single("api"),
  single("idp"),
  single("mesh"),
  {
    ...single("api"),
    name: "a forged token",
    headers: (kid) => [...hostileHeaders(null, "/api"), by("api", forgedToken(kid))],
    reason: "jwt:signature_invalid",
  },
  { ...single("api"), name: "a token by no key", reason: "jwt:key_unknown", isThere: false },
  {
    name: "what may fail, by no key",
    headers: (kid) => [...hostileHeaders(null, "/failed"), by("mesh", goodToken({}, kid))],
    reason: null,
    identity: CHECKED,
    isThere: false,
  },
];

/** A filter with its first keys, whose calls fail by a plan. */
class Fetching {
  readonly filter: FullFilter;
  #saboteur: Saboteur | null = null;
  #keys = 0;

  constructor(dryRun: boolean) {
    this.filter = new FullFilter({
      configuration: fullConfiguration(true, dryRun),
      faults: (call) => this.#answer(call),
    });
    this.recover();
  }

  #answer(call: HostCall): Status | undefined {
    return this.#saboteur?.answer(call);
  }

  /** Until every source has been fetched again, and may be asked again. */
  recover(): void {
    for (let second = 0; second < RECOVERY_SECONDS; second++) this.filter.pass(1000);
  }

  /** One request from its headers to its end; the host calls that were made meanwhile. */
  run(kind: Kind, plan: Plan): readonly string[] {
    const kid = `key-${String(++this.#keys)}`;
    if (kind.isThere) this.filter.kids = ["one", kid];
    const saboteur = new Saboteur(plan);
    this.#saboteur = saboteur;
    const result = this.filter.send(kind.headers(kid));
    this.#saboteur = null;
    const where = `${kind.name}, ${JSON.stringify([...plan])}, ${saboteur.seen.join(" ")}`;
    const { hit } = saboteur;
    const alsoFor = hit.length === 0 ? [] : KEYS_MISSING;
    expect(wrongWith(result, kind.reason, hit, kind.identity, alsoFor), where).toBeNull();
    const { failed, absent } = this.filter.worker();
    expect({ failed, absent }, where).toEqual({ failed: false, absent: false });
    return saboteur.seen;
  }

  /** On a host that does its part everything is as it should be. */
  expectHealthy(kind: Kind): void {
    this.recover();
    this.run(kind, new Map());
    const result = this.filter.send(hostileHeaders(goodToken()));
    expect(wrongWith(result, null, [], SPIRE_IDENTITY)).toBeNull();
    expect(this.filter.host.liveContexts()).toBe(2);
    this.filter.pass(2000);
  }
}

describe.each([
  ["refused or served", false],
  ["tried out", true],
])("requests that wait for keys, %s", (_name, dryRun) => {
  test.each(KINDS)("$name: each host call fails in each way", (kind) => {
    const fetching = new Fetching(dryRun);
    const calls = fetching.run(kind, new Map());
    expect(calls).toContain("proxy_http_call");
    fetching.recover();
    for (let at = 0; at < calls.length; at++) {
      for (const fault of FAULTS) {
        fetching.run(kind, new Map([[at, fault]]));
        fetching.recover();
      }
      fetching.expectHealthy(kind);
    }
  });

  test(`${COMBINATIONS} combinations of faults let nothing pass (seed ${SEED})`, () => {
    const fetching = new Fetching(dryRun);
    const plan = fc
      .array(fc.tuple(fc.nat({ max: 120 }), fc.constantFrom(...FAULTS)), { maxLength: 12 })
      .map((faults) => new Map(faults));
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), plan, (kind, faults) => {
        fetching.run(kind, faults);
        fetching.recover();
      }),
      { numRuns: COMBINATIONS, seed: SEED },
    );
    for (const kind of KINDS) fetching.expectHealthy(kind);
  });
});
