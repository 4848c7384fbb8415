// Goal: nothing that a server, another plugin or the host says about keys makes the module trap, or
// lets a token by another key pass; and once they are sane again, so is the filter. Method: seeded
// mutations of good answers and shared values, and each status at each host call of a fetch.

import { describe, expect, test } from "vitest";

import type { HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { KeyServer, settle } from "../support/key_server.ts";
import type { Random } from "../support/random.ts";
import { SEED, seededRandom } from "../support/random.ts";
import type { Simulated } from "../support/simulated_filter.ts";
import { ecKey, keyFor, rsaKey } from "../support/tokens.ts";
import {
  bearer,
  CLUSTER,
  configuration,
  jwks,
  pass,
  reasonFor,
  remote,
  simulate,
  started,
  token,
  URI,
} from "./remote_keys.ts";

const ROUNDS = 1500;
const KEY = ecKey("k");
const KEYS = [KEY, rsaKey("r"), keyFor("EdDSA", "d"), ecKey("e", "ES512")];
const FORGED = bearer(await token(ecKey("k")));

function mutate(random: Random, good: Uint8Array): Uint8Array {
  const bytes = Buffer.from(good);
  const at = random.below(bytes.length + 1);
  const count = random.below(12);
  switch (random.below(7)) {
    case 0:
      return random.bytes(random.below(300));
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(count), bytes.subarray(at)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]);
    case 4: {
      const from = random.below(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from)]);
    }
    case 5:
      bytes.writeUInt32LE(
        random.pick([0, 1, 0x7fffffff, 0xffffffff, 65536, random.below(999)]),
        random.below(bytes.length - 4) & ~3,
      );
      return bytes;
    default:
      for (let i = 0; i <= count; i++) {
        const place = random.below(bytes.length);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.below(8));
      }
      return bytes;
  }
}

async function expectSane(filter: Simulated, where: string): Promise<void> {
  for (const worker of filter.plugin.workers) {
    expect({ failed: worker.failed, absent: worker.absent }, where).toEqual({
      failed: false,
      absent: false,
    });
  }
  expect(filter.send(FORGED).reason, where).not.toBeNull();
  await settle();
}

describe(`with SEED=${String(SEED)}`, () => {
  const bundleConfiguration = configuration(
    { bundle: { uri: "https://spire.test/b", cluster: CLUSTER, cooldown: "1s" } },
    { profile: "jwt-svid", trustDomain: "example.org" },
  );
  const discoveryConfiguration = configuration({
    discovery: { issuer: "https://idp.test", cluster: CLUSTER, cooldown: "1s" },
  });
  const documents: [name: string, config: object, document: object][] = [
    ["key sets", remote({ cooldown: "1s" }), { keys: KEYS.map(({ jwk }) => jwk) }],
    [
      "bundles",
      bundleConfiguration,
      {
        keys: KEYS.map(({ jwk }) => ({ ...jwk, use: "jwt-svid" })),
        spiffe_sequence: 4,
        spiffe_refresh_hint: 60,
      },
    ],
    [
      "metadata",
      discoveryConfiguration,
      { issuer: "https://idp.test", jwks_uri: "https://idp.test/keys\u00fc\\" },
    ],
  ];

  test.each(documents)("garbage among %s never traps", async (_, config, document) => {
    const random = seededRandom(SEED);
    const good = new TextEncoder().encode(JSON.stringify(document));
    const server = new KeyServer(() => ({
      status: random.pick([200, 200, 200, 200, 304, 500]),
      body: mutate(random, good),
      headers: random.pick([
        [],
        [["cache-control", random.bytes(8).toString("latin1")]],
        [["etag", '"a"']],
        [["retry-after", String(random.below(100))]],
      ]),
    }));
    const filter = simulate(server, { configuration: config });
    for (let round = 0; round < ROUNDS; round++) {
      filter.advance(31);
      filter.host.runTimers();
      await settle();
      await expectSane(filter, `round ${String(round)}`);
    }
    expect(server.calls.length).toBeGreaterThan(ROUNDS / 10);
  });

  test("a tag in shared data that would end its line is not sent", async () => {
    const tag = '"0123456789"';
    const server = new KeyServer({ body: { keys: [KEY.jwk] }, headers: [["etag", tag]] });
    const filter = await started(server);
    const [name] = filter.keys().filter((each) => each.endsWith("/body"));
    if (name === undefined) throw new Error("no document");
    const body = Buffer.from(filter.shared(name));
    body.write('"\r\nx: 1\r\n"', body.indexOf(tag), "latin1");
    filter.share(name, new Uint8Array(body));
    filter.plugin.update(JSON.stringify(remote({ refresh: "1m" })));
    const plugin = filter.host.addPlugin({
      module: filter.module,
      configuration: JSON.stringify(remote()),
      vmId: "vm",
      environment: { VM: "another" },
    });
    filter.plugin.remove();
    await pass(filter, 601, 1);
    expect(plugin.workers[0]?.failed).toBe(false);
    expect(server.calls).toHaveLength(2);
    expect(server.request(1).has("if-none-match")).toBe(false);
  });

  test("garbage in shared data never traps, and is outlived", async () => {
    const random = seededRandom(SEED);
    const server = new KeyServer(jwks(...KEYS));
    const filter = await started(server, { workers: 2, configuration: remote() });
    const names = filter.keys().filter((name) => name.startsWith("sallyport/keys/"));
    expect(names).toHaveLength(2);
    const records = names.map((name) => filter.shared(name));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, name] of names.entries()) {
        const good = random.below(4) === 0 ? filter.shared(name) : records[index];
        if (random.below(3) !== 0 && good !== undefined && good.length > 8) {
          filter.share(name, new Uint8Array(mutate(random, good)));
        }
      }
      await pass(filter, random.pick([1, 1, 5, 70]), 1);
      await expectSane(filter, `round ${String(round)}`);
    }
    await pass(filter, 900, 1);
    for (const worker of [0, 1]) expect(await reasonFor(filter, KEY, worker)).toBeNull();
  });
});

describe("a host call that fails during a fetch", () => {
  /** Those that the module tells apart, and one that it does not. */
  const FAULTS = [
    Status.NOT_FOUND,
    Status.BAD_ARGUMENT,
    Status.INVALID_MEMORY_ACCESS,
    Status.CAS_MISMATCH,
    Status.INTERNAL_FAILURE,
  ];

  /** Whether a call is one of a tick or an answer. */
  const isOfFetch = ({ phase }: HostCall): boolean =>
    phase === "tick" || phase === "http_call_response";

  async function fetchWith(faults: (call: HostCall) => Status | undefined): Promise<Simulated> {
    const server = new KeyServer({ body: { keys: [KEY.jwk] }, headers: [["etag", '"1"']] });
    // One algorithm: the self-tests of all are not what is looked at here.
    const keys = { remote: { uri: URI, cluster: CLUSTER } };
    const config = configuration(keys, { algorithms: ["ES256"] });
    const filter = simulate(server, { configuration: config, faults });
    await pass(filter, 0.3);
    return filter;
  }

  test("denies until the next try, whichever call and status it is", async () => {
    let calls = 0;
    await fetchWith((call) => {
      if (isOfFetch(call)) calls++;
      return undefined;
    });

    expect(calls).toBeGreaterThan(20);
    for (let at = 0; at < calls; at++) {
      for (const fault of FAULTS) {
        let seen = 0;
        let name = "";
        const filter = await fetchWith((call) => {
          if (!isOfFetch(call) || seen++ !== at) return undefined;
          name = call.name;
          return fault;
        });
        const where = `${String(at)} ${name} ${String(fault)}`;
        await expectSane(filter, where);
        await pass(filter, 8, 1);
        expect(await reasonFor(filter, KEY), where).toBeNull();
      }
    }
  });

  test("denies while it fails for good, and serves once it does not", async () => {
    const names = new Set<string>();
    await fetchWith((call) => {
      if (isOfFetch(call)) names.add(call.name);
      return undefined;
    });
    for (const name of names) {
      let isBroken = true;
      const filter = await fetchWith((call) =>
        isBroken && isOfFetch(call) && call.name === name ? Status.INTERNAL_FAILURE : undefined,
      );
      await pass(filter, 10, 1);
      await expectSane(filter, name);
      isBroken = false;
      await pass(filter, 40, 1);
      expect(await reasonFor(filter, KEY), name).toBeNull();
    }
  });
});
