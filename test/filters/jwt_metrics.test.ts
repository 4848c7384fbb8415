// What the jwt filter counts.

import { describe, expect, test } from "vitest";

import { createSignatureCrypto } from "../../host-sim/gateway/platform.ts";
import type { HeaderList, Host } from "../../host-sim/src/index.ts";
import { createHost } from "../../host-sim/src/index.ts";
import { loadShippedModule, requestOn } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { Claims } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

const PROVIDER = { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } };

const section = (providers: Record<string, object>, changed: object = {}): object => ({
  ...changed,
  providers,
  rules: Object.keys(providers).map((name, i) => ({
    match: { prefix: i === 0 ? "/x" : `/x${String(i)}` },
    require: name,
  })),
});

const bearer = async (changed: Claims = {}): Promise<HeaderList> => {
  const claims = { sub: "alice", aud: "orders", exp: NOW + 10_000, ...changed };
  return [["authorization", `Bearer ${await mint(KEY, claims)}`]];
};

class Filter {
  readonly host: Host;
  readonly #plugin;
  #nanoseconds = BigInt(NOW) * NANOSECONDS_PER_SECOND;

  constructor(jwt: object) {
    this.host = createHost({
      clock: {
        systemNanoseconds: () => this.#nanoseconds,
        monotonicNanoseconds: () => this.#nanoseconds,
      },
      crypto: createSignatureCrypto(),
      random: (target) => target.fill(1),
    });
    this.#plugin = this.host.addPlugin({ module, configuration: JSON.stringify({ jwt }) });
  }

  update(jwt: object): void {
    this.#plugin.update(JSON.stringify({ jwt }));
  }

  remove(): void {
    this.#plugin.remove();
  }

  advance(seconds: number): void {
    this.#nanoseconds += BigInt(seconds) * NANOSECONDS_PER_SECOND;
  }

  send(headers: HeaderList, path = "/x"): string | null {
    const [worker] = this.#plugin.workers;
    if (worker === undefined) throw new Error("no worker");
    const stream = worker.openStream();
    const { reason } = requestOn(stream, headers, path);
    stream.close();
    return reason;
  }

  /** Counters of a metric that are not 0, by their labels, once a tick has told them. */
  counted(metric: string): Record<string, number> {
    this.advance(1);
    this.host.runTimers();
    return this.told(metric);
  }

  told(metric: string): Record<string, number> {
    const found: Record<string, number> = {};
    for (const [name, value] of this.host.metrics()) {
      const parts = name.split(";.;");
      if (parts.pop() !== metric || value.type !== "counter" || value.value === 0n) continue;
      const labels = parts.map((part) => part.split("=.=")[1]).join(" ");
      found[labels] = Number(value.value);
    }
    return found;
  }

  defined(metric: string): string[] {
    return [...this.host.metrics().keys()].filter((name) => name.endsWith(`;.;${metric}`));
  }
}

describe("verdicts of providers", () => {
  test("are counted by provider and reason", async () => {
    const filter = new Filter(section({ idp: PROVIDER, "second one": PROVIDER }));
    const good = await bearer();
    filter.send(good);
    filter.send(await bearer({ exp: 1 }));
    filter.send([]);
    filter.send(good, "/x1");
    filter.send([], "/x1");
    filter.send(good, "/nowhere");
    filter.send(good);
    expect(filter.counted("sallyport_jwt_total")).toEqual({
      "jwt allow ok idp": 2,
      "jwt deny jwt:expired idp": 1,
      "jwt deny jwt:missing idp": 1,
      "jwt allow ok second_one": 1,
      "jwt deny jwt:missing second_one": 1,
    });
    expect(filter.counted("sallyport_decisions_total")["jwt deny jwt:no_rule"]).toBe(1);
  });

  test("of requests that pass are told once a second, and none is lost", async () => {
    const filter = new Filter(section({ idp: PROVIDER }));
    const good = await bearer();
    for (let i = 0; i < 6; i++) filter.send(good);
    expect(filter.told("sallyport_jwt_total")).toEqual({});
    expect(filter.told("sallyport_decisions_total")).toEqual({});
    expect(filter.counted("sallyport_jwt_total")).toEqual({ "jwt allow ok idp": 6 });
    expect(filter.told("sallyport_decisions_total")).toEqual({ "chain allow ok": 6 });
    expect(filter.told("sallyport_jwt_cache_total")).toEqual({ "jwt miss": 1, "jwt hit": 5 });
    expect(filter.counted("sallyport_decisions_total")).toEqual({ "chain allow ok": 6 });
  });

  test("are told when the configuration goes", async () => {
    const filter = new Filter(section({ idp: PROVIDER }));
    filter.send(await bearer());
    filter.remove();
    expect(filter.told("sallyport_jwt_total")).toEqual({ "jwt allow ok idp": 1 });
    expect(filter.told("sallyport_decisions_total")).toEqual({ "chain allow ok": 1 });
  });

  test("make no more counters with each push", async () => {
    const filter = new Filter(section({ idp: PROVIDER }));
    const before = filter.defined("sallyport_jwt_total").length;
    const defines = (): number => filter.host.hostCallsByName().get("proxy_define_metric") ?? 0;
    const calls = defines();
    for (let i = 0; i < 20; i++) filter.update(section({ idp: PROVIDER }, { realm: String(i) }));
    expect(filter.defined("sallyport_jwt_total")).toHaveLength(before);
    // The canary's VM is new each time, the worker's is not.
    expect(defines() - calls).toBeLessThanOrEqual(20 * calls);
    filter.send(await bearer());
    expect(filter.counted("sallyport_jwt_total")).toEqual({ "jwt allow ok idp": 1 });
  });

  test("of more names than there is room for are counted together", async () => {
    const filter = new Filter(section({ idp: PROVIDER }));
    for (let push = 0; push < 4; push++) {
      const names = Array.from({ length: 32 }, (_, i) => `p-${String(push)}-${String(i)}`);
      filter.update(section(Object.fromEntries(names.map((name) => [name, PROVIDER]))));
    }
    const providers = new Set(
      filter
        .defined("sallyport_jwt_total")
        .map((name) => /provider=\.=(.*?);\.;/.exec(name)?.[1] ?? ""),
    );
    expect(providers).toContain("other");
    filter.send(await bearer());
    expect(filter.counted("sallyport_jwt_total")).toEqual({ "jwt allow ok other": 1 });
  });

  test("have labels that cannot break a metric's name", () => {
    const name = 'a;.;b=.=c"\n\\é'.repeat(10);
    const filter = new Filter(section({ [name]: PROVIDER }));
    for (const each of filter.defined("sallyport_jwt_total")) {
      const labels = each.split(";.;");
      expect(labels).toHaveLength(5);
      expect(labels[3]).toMatch(/^provider=\.=[A-Za-z0-9_.-]{1,64}$/);
    }
  });
});

describe("a dry run", () => {
  test("is counted as that, and not as allowed", async () => {
    const filter = new Filter(section({ idp: PROVIDER }, { dryRun: true }));
    expect(filter.send(await bearer({ exp: 1 }))).toBeNull();
    expect(filter.send(await bearer())).toBeNull();
    expect(filter.send([], "/nowhere")).toBeNull();
    expect(filter.counted("sallyport_decisions_total")).toEqual({
      "jwt dry_run jwt:expired": 1,
      "jwt dry_run jwt:no_rule": 1,
      "chain allow ok": 1,
    });
    expect(filter.counted("sallyport_jwt_total")).toEqual({
      "jwt dry_run jwt:expired idp": 1,
      "jwt allow ok idp": 1,
    });
  });
});
