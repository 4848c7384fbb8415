// A filter whose requests fail by a plan, and what is expected of it.

import { expect } from "vitest";

import type { HostCall, Status } from "../../host-sim/src/index.ts";
import { fullConfiguration, hostileHeaders } from "./full_configuration.ts";
import type { Plan } from "./full_filter.ts";
import { FAULTS, FullFilter, Saboteur, wrongWith } from "./full_filter.ts";
import type { StoreLimit } from "./full_limits.ts";
import type { Kind } from "./kinds.ts";
import { KEPT } from "./kinds.ts";

/** No breaker stays open for longer. */
const BREAKER_MILLISECONDS = 31_000;

/** A filter whose requests fail by a plan. */
export class Sabotaged {
  readonly filter: FullFilter;
  #saboteur: Saboteur | null = null;

  constructor(showsLimits: boolean, dryRun = false, storeLimits?: readonly StoreLimit[]) {
    this.filter = new FullFilter({
      configuration: fullConfiguration(showsLimits, dryRun, storeLimits),
      faults: (call) => this.#answer(call),
    });
    // The first keys come.
    for (let turn = 0; turn < 3; turn++) this.filter.pass(100);
    this.filter.send(hostileHeaders(KEPT));
  }

  #answer(call: HostCall): Status | undefined {
    return this.#saboteur?.answer(call);
  }

  /** Sends one request under a plan; returns the host calls it made. */
  run(kind: Kind, plan: Plan): readonly string[] {
    const headers = kind.headers();
    const saboteur = new Saboteur(plan);
    this.#saboteur = saboteur;
    const result = this.filter.send(headers);
    this.#saboteur = null;
    const where = `${kind.name}, ${JSON.stringify([...plan])}, ${saboteur.seen.join(" ")}`;
    const { reason, identity, alsoFor, failsOpen } = kind;
    expect(wrongWith(result, reason, saboteur.hit, identity, alsoFor, failsOpen), where).toBeNull();
    const { failed, absent } = this.filter.worker();
    expect({ failed, absent }, where).toEqual({ failed: false, absent: false });
    // What was asked for the next requests is answered.
    this.filter.pass(1);
    return saboteur.seen;
  }

  /** The same request on a host that does its part gets what it is due. */
  expectHealthy(kind: Kind): void {
    const result = this.filter.send(kind.headers());
    expect(wrongWith(result, kind.reason, [], kind.identity), kind.name).toBeNull();
    expect(this.filter.mapsThatWentOn, kind.name).toBe(result.kind === "continue" ? 3 : 0);
  }

  /** The breakers of stores close. */
  heal(kinds: readonly Kind[]): void {
    this.filter.pass(BREAKER_MILLISECONDS);
    for (const { headers } of kinds) this.filter.send(headers());
    for (const kind of kinds) this.expectHealthy(kind);
  }

  /** Each host call of a request fails in each way; `healthy` are served after each. */
  runSingleFaults(kind: Kind, healthy: readonly Kind[] = []): void {
    const calls = this.run(kind, new Map()).length;
    let tried = 0;
    for (let at = 0; at < calls; at++) {
      for (const fault of FAULTS) {
        this.run(kind, new Map([[at, fault]]));
        for (const each of healthy) this.expectHealthy(each);
        tried++;
      }
      this.expectHealthy(kind);
    }
    expect(tried).toBe(calls * FAULTS.length);
    expect(tried).toBeGreaterThanOrEqual(kind.faultsMin);
    expect(this.filter.host.liveContexts()).toBe(2);
  }
}
