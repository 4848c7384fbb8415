// What surrounds a configuration may fail, which denies every request; the verdict on its bytes is
// the same in every VM, whatever else lives there.

import { describe, expect, test } from "vitest";

import type { StreamResult } from "../../host-sim/src/index.ts";
import { PluginRejected, Status } from "../../host-sim/src/index.ts";
import { forgedToken, fullConfiguration, goodToken, hostileHeaders } from "./full_configuration.ts";
import { FullFilter } from "./full_filter.ts";
import type { FullFilterOptions } from "./full_filter.ts";
import { RawGuest } from "./raw_guest.ts";

const CONFIG_BYTES_MAX = 524_288;
const CONFIG_NODES_MAX = 16_384;
const ROOTS_MAX = 16;
const DISABLED = "algorithm disabled: the self-test of its verifier failed algorithm=ES256";
const CRITICAL = "config_failed: every request is refused until the set-up succeeds";

function detailsOf(result: StreamResult): string {
  return result.kind === "reply" ? result.reply.details : result.kind;
}

const failing =
  (...names: string[]): NonNullable<FullFilterOptions["faults"]> =>
  ({ name }) =>
    names.includes(name) ? Status.INTERNAL_FAILURE : undefined;

describe("a host that lacks what a configuration needs", () => {
  const hosts: [name: string, options: FullFilterOptions][] = [
    ["random bytes", { faults: failing("random_get") }],
    ["shared data to read", { faults: failing("proxy_get_shared_data") }],
    ["shared data to write", { faults: failing("proxy_set_shared_data") }],
    ["metrics", { faults: failing("proxy_define_metric") }],
  ];

  test.each(hosts)("without %s: it is accepted, denies all and says so", (_name, options) => {
    const filter = new FullFilter(options);
    for (let second = 0; second < 3; second++) {
      for (const token of [goodToken(), forgedToken(), null]) {
        expect(detailsOf(filter.send(hostileHeaders(token)))).toBe("sallyport{config_failed}");
      }
      filter.afterRetry();
    }
    const { failed, absent } = filter.worker();
    expect({ failed, absent }).toEqual({ failed: false, absent: false });
    const critical = filter.host.log.filter(({ level }) => level === "critical");
    // The canary, the main thread and the worker once each, then the two of them each second.
    expect(critical.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 + 3 * 2 }, () => CRITICAL),
    );
  });

  test("without verify_signature: tokens that only the host may verify are refused", () => {
    const filter = new FullFilter({ verifies: false });
    for (let second = 0; second < 3; second++) {
      for (const token of [goodToken(), forgedToken()]) {
        const details = detailsOf(filter.send(hostileHeaders(token)));
        expect(details).toBe("sallyport{jwt:algorithm_disabled}");
      }
      expect(detailsOf(filter.send(hostileHeaders(null)))).toBe("sallyport{jwt:missing}");
      filter.afterRetry();
    }
    const critical = filter.host.log.filter(({ level }) => level === "critical");
    // The canary, the main thread and the worker once each; another try says nothing new.
    expect(critical.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => DISABLED),
    );
  });

  test("but that a configuration does not need, serves", () => {
    const filter = new FullFilter({ verifies: false, configuration: { markChecked: true } });
    expect(filter.send(hostileHeaders(null)).kind).toBe("continue");
  });
});

/** As much of everything as is allowed. */
function heavyConfiguration(): object {
  const list = <T>(count: number, each: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => each(i));
  const full: { jwt: { providers: { spire: { keys: { inline: { keys: object[] } } } } } } =
    JSON.parse(JSON.stringify(fullConfiguration(true)));
  const [key] = full.jwt.providers.spire.keys.inline.keys;
  const { spire } = full.jwt.providers;
  const other = {
    ...spire,
    audiences: list(16, (i) => `audience-${i}`),
    subjects: list(64, (i) => `spiffe://example.org/ns/${i}/*`),
    keys: { inline: { keys: list(8, (i) => ({ ...key, kid: `k${i}` })) } },
  };
  const providers = Object.fromEntries(list(31, (i) => [`provider-${i}`, other]));
  return {
    ...full,
    jwt: {
      providers: { ...providers, spire },
      rules: [
        ...list(255, (i) => ({ match: { prefix: `/${i}/x` }, require: `provider-${i % 31}` })),
        { match: { prefix: "/" }, require: "spire" },
      ],
    },
    rateLimit: {
      limits: list(64, (i) => ({
        name: `limit-${i}`,
        key: [{ claim: "sub" }, { header: `x-key-${i}` }, { path: true }, { text: "t" }],
        capacity: 1_000_000,
        refill: "1000000/s",
      })),
    },
  };
}

/** The heavy configuration, blown up to so many bytes. */
function ofBytes(bytes: number): string {
  return JSON.stringify(heavyConfiguration()).padEnd(bytes);
}

/** A configuration of so many values; a key set may have members that nobody reads. */
function ofValues(count: number): string {
  const document = (unread: number): string => {
    const full: { jwt: { providers: { spire: { keys: { inline: { unread?: number[] } } } } } } =
      JSON.parse(JSON.stringify(fullConfiguration(false)));
    full.jwt.providers.spire.keys.inline.unread = Array.from({ length: unread }, () => 0);
    return JSON.stringify(full);
  };
  return document(count - valuesOf(JSON.parse(document(0))));
}

function valuesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce((sum: number, each) => sum + valuesOf(each), 1);
}

const LARGEST: [name: string, accepted: string, refused: string, line: string][] = [
  [
    `${CONFIG_BYTES_MAX} bytes`,
    ofBytes(CONFIG_BYTES_MAX),
    ofBytes(CONFIG_BYTES_MAX + 1),
    "config: $: found 524289 bytes, allowed: at most 524288 bytes",
  ],
  [
    `${CONFIG_NODES_MAX} values`,
    ofValues(CONFIG_NODES_MAX),
    ofValues(CONFIG_NODES_MAX + 1),
    "config: $: found too many values, allowed: at most 16384 values",
  ],
];

describe.each(LARGEST)("a configuration of %s", (_name, largest, tooLarge, line) => {
  test.each([0, 1, 2])("is accepted and serves in VMs with %i other roots", (others) => {
    const filter = new FullFilter({ configuration: others === 0 ? largest : { trace: {} } });
    if (others === 2) filter.addPlugin("second", {});
    const plugin =
      others === 0 ? filter.plugin : filter.addPlugin("large", { configuration: largest });
    const worker = filter.worker(0, plugin);
    const { failed, absent } = worker;
    expect({ failed, absent }).toEqual({ failed: false, absent: false });
    expect(filter.send(hostileHeaders(goodToken()), worker).kind).toBe("continue");
    expect(filter.send(hostileHeaders(forgedToken()), worker).kind).toBe("reply");
  });

  test("and one more are refused by the canary, and the old configuration serves on", () => {
    const filter = new FullFilter();
    expect(() => filter.plugin.update(tooLarge)).toThrow(PluginRejected);
    expect(() => filter.addPlugin("second", { configuration: tooLarge })).toThrow(line);
    expect(filter.send(hostileHeaders(goodToken())).kind).toBe("continue");
  });

  test("has one verdict whatever the number of roots, and when it is read again", () => {
    const guest = new RawGuest();
    for (let id = 1; id <= ROOTS_MAX + 1; id++) {
      guest.openRoot(id);
      for (let turn = 0; turn < 3; turn++) {
        expect(guest.configure(id, largest)).toEqual({ accepted: true, lines: [] });
        expect(guest.configure(id, tooLarge)).toEqual({ accepted: false, lines: [line] });
      }
    }
  });
});

describe("the root after the last that has a place", () => {
  const filter = new FullFilter();
  const plugins = [filter.plugin];
  for (let i = 1; i <= ROOTS_MAX; i++) plugins.push(filter.addPlugin(`root-${i}`, {}));

  test("is accepted, and refuses its requests", () => {
    const worker = filter.worker(0, plugins[ROOTS_MAX]);
    for (const token of [goodToken(), forgedToken(), null]) {
      expect(detailsOf(filter.send(hostileHeaders(token), worker))).toBe(
        "sallyport{unknown_context}",
      );
    }
    const { failed, absent } = worker;
    expect({ failed, absent }).toEqual({ failed: false, absent: false });
  });

  test("leaves the others as they are", () => {
    for (const plugin of plugins.slice(0, ROOTS_MAX)) {
      const worker = filter.worker(0, plugin);
      expect(filter.send(hostileHeaders(goodToken()), worker).kind).toBe("continue");
      expect(filter.send(hostileHeaders(forgedToken()), worker).kind).toBe("reply");
    }
  });

  test("judges bytes as every other", () => {
    expect(() => filter.addPlugin("bad", { configuration: { trace: 1 } })).toThrow(
      "config: $.trace: found 1, allowed: an object",
    );
  });

  test("leaves its place to the next, which serves", () => {
    plugins[0]?.remove();
    const next = filter.addPlugin("next", {});
    expect(filter.send(hostileHeaders(goodToken()), filter.worker(0, next)).kind).toBe("continue");
  });
});
