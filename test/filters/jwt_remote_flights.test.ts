// Who fetches keys, and when: one request at a time for the whole process, whatever its workers,
// roots and clients do.

import { describe, expect, test } from "vitest";

import type { HttpCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import { requestOn } from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import {
  bearer,
  CLUSTER,
  configuration,
  FETCHES_OK,
  jwks,
  metric,
  pass,
  reasonFor,
  remote,
  simulate,
  started,
  token,
  URI,
} from "./remote_keys.ts";

const KEY = ecKey("k");
const NEW = ecKey("new");

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error("there is none");
  return item;
}

describe("a request for keys", () => {
  test("is a GET of the URI, from the configured cluster, with a timeout", async () => {
    const server = new KeyServer(jwks(KEY));
    const keys = { uri: "http://idp.test:8080/a/keys?v=1", cluster: CLUSTER, timeout: "250ms" };
    await started(server, { configuration: remote(keys) });
    const { cluster, headers, body, timeoutMilliseconds } = first(server.calls);
    expect({ cluster, headers, size: body.length, timeoutMilliseconds }).toEqual({
      cluster: CLUSTER,
      headers: [
        [":method", "GET"],
        [":scheme", "http"],
        [":authority", "idp.test:8080"],
        [":path", "/a/keys?v=1"],
        ["accept", "application/jwk-set+json, application/json"],
      ],
      size: 0,
      timeoutMilliseconds: 250,
    });
  });

  test.each([1, 2, 4, 16])("is one for %i workers, which all have the keys", async (workers) => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { workers });
    expect(server.calls).toHaveLength(1);
    for (let worker = 0; worker < workers; worker++) {
      expect(await reasonFor(filter, KEY, worker)).toBeNull();
    }
    await pass(filter, 1800, 5);
    expect(server.calls).toHaveLength(4);
    expect(metric(filter, FETCHES_OK)).toBe(4);
  });

  test("is made for the first token that comes before any tick", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = simulate(server, { workers: 2 });
    const value = bearer(await token(KEY));
    for (const worker of [0, 1]) {
      expect(filter.send(value, worker).reason).toBe("waits");
    }
    expect(server.calls).toHaveLength(1);
    await settle();
    expect(await reasonFor(filter, KEY)).toBeNull();
    await pass(filter, 1);
    expect(await reasonFor(filter, KEY, 1)).toBeNull();
    expect(server.calls).toHaveLength(1);
  });

  test("is not made for a token that could not pass anyway", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = simulate(server);
    for (const value of ["x", "a.b.c", (await token(KEY)).slice(0, 40)]) {
      expect(filter.send(bearer(value)).reason).toMatch(/^jwt:(malformed|header_invalid)$/);
    }
    expect(filter.send().reason).toBe("jwt:missing");
    expect(server.calls).toEqual([]);
  });

  test("is one for all roots of a source, and goes with the last of them", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    const other = filter.host.addPlugin({
      module: filter.module,
      configuration: JSON.stringify(configuration({ remote: { uri: URI, cluster: CLUSTER } })),
      vmId: "vm",
      rootId: "another",
    });
    await pass(filter, 2);
    expect(server.calls).toHaveLength(1);
    const stream = first(other.workers).openStream();
    expect(requestOn(stream, bearer(await token(KEY))).reason).toBeNull();
    stream.close();
    other.remove();
    await pass(filter, 2);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });
});

describe("a push", () => {
  test("of the same source keeps the keys and fetches nothing", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { workers: 2 });
    server.answer = { status: 500 };
    const changed = remote({ refresh: "5m", cooldown: "1m" });
    filter.plugin.update(JSON.stringify(changed));
    for (const worker of [0, 1]) expect(await reasonFor(filter, KEY, worker)).toBeNull();
    expect(server.calls).toHaveLength(1);
  });

  test("of another source fetches that one", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    server.answer = jwks(NEW);
    filter.plugin.update(JSON.stringify(remote({ uri: `${URI}2` })));
    expect(await reasonFor(filter, KEY)).toBe("jwt:key_unknown");
    expect(await reasonFor(filter, NEW)).toBeNull();
    expect(server.calls).toHaveLength(2);
  });

  test("while a request is on its way: its answer is ignored and another is made", async () => {
    const server = new KeyServer("hang");
    const filter = await started(server);
    const call = first(server.calls);
    server.answer = jwks(NEW);
    filter.plugin.update(JSON.stringify(remote({ refresh: "5m" })));
    expect(call.finished).toBe(true);
    answerCall(call, jwks(KEY));
    await pass(filter, 1);
    expect(server.calls).toHaveLength(2);
    expect(await reasonFor(filter, NEW)).toBeNull();
    expect(await reasonFor(filter, KEY)).toBe("jwt:key_unknown");
  });

  test("takes no place for good, though there are more pushes than places", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    for (let round = 0; round < 60; round++) {
      filter.plugin.update(JSON.stringify(remote({ uri: `${URI}/${String(round)}` })));
    }
    await pass(filter, 2);
    expect(await reasonFor(filter, KEY)).toBeNull();
    expect(filter.host.liveContexts()).toBe(2);
  });
});

describe("a root without a place in the store", () => {
  test("denies everything until another root goes", async () => {
    const server = new KeyServer(jwks(KEY));
    const providers = (from: number): object =>
      Object.fromEntries(
        Array.from({ length: 16 }, (_, i) => [
          `p${String(i)}`,
          {
            audiences: ["orders"],
            keys: { remote: { uri: `${URI}/${String(from + i)}`, cluster: CLUSTER } },
          },
        ]),
      );
    const full = (from: number): object => ({
      jwt: { providers: providers(from), rules: [{ match: { prefix: "/" }, require: "p0" }] },
    });
    const filter = await started(server, { configuration: full(0) });
    const add = (from: number): ReturnType<typeof filter.host.addPlugin> =>
      filter.host.addPlugin({
        module: filter.module,
        configuration: JSON.stringify(full(from)),
        vmId: "vm",
        rootId: String(from),
      });
    const others = [add(100), add(200)];
    const last = add(300);
    const send = async (): Promise<string | null> => {
      const stream = first(last.workers).openStream();
      const { reason } = requestOn(stream, bearer(await token(KEY)));
      stream.close();
      return reason;
    };
    await pass(filter, 2);
    expect(await send()).toBe("config_failed");
    first(others).remove();
    await pass(filter, 3);
    expect(await send()).toBeNull();
  });
});

describe("an unknown kid", () => {
  test("asks once in a cooldown, however many there are", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { workers: 2 });
    for (let second = 0; second < 120; second++) {
      for (let i = 0; i < 20; i++) {
        const unknown = { ...NEW, kid: `${String(second)}/${String(i)}` };
        expect(await reasonFor(filter, unknown, i % 2)).toBe("jwt:key_unknown");
      }
      await pass(filter, 1, 1);
    }
    expect(server.calls.length).toBeGreaterThanOrEqual(4);
    expect(server.calls.length).toBeLessThanOrEqual(5);
  });

  test("of a key that the server has by now is waited for once, and known", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { workers: 2 });
    server.answer = jwks(KEY, NEW);
    await pass(filter, 31, 1);
    expect(await reasonFor(filter, NEW)).toBeNull();
    await pass(filter, 1);
    expect(await reasonFor(filter, NEW, 1)).toBeNull();
    expect(server.calls).toHaveLength(2);
  });

  test("finds what another worker fetched meanwhile without asking the server", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { workers: 2, configuration: remote({ cooldown: "1s" }) });
    server.answer = jwks(KEY, NEW);
    await pass(filter, 2, 1);
    expect(await reasonFor(filter, NEW)).toBeNull();
    expect(await reasonFor(filter, NEW, 1)).toBeNull();
    expect(server.calls).toHaveLength(2);
  });

  test("gets 503 while the server fails, which is asked once a cooldown", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, { configuration: remote({ cooldown: "1s" }) });
    server.answer = { status: 500 };
    await pass(filter, 2, 1);
    for (let second = 0; second < 30; second++) {
      expect(await reasonFor(filter, NEW), String(second)).toBe("jwt:keys_unavailable");
      await pass(filter, 1, 1);
    }
    // Once a cooldown: whoever waits for a key asks, and nobody asks more often.
    expect(server.calls.length).toBeLessThanOrEqual(33);
  });
});

describe("a worker that dies while it fetches", () => {
  test("is followed by another once its time is over", async () => {
    const owners: HttpCall["worker"][] = [];
    const server = new KeyServer((call) => {
      owners.push(call.worker);
      return owners.length === 1 ? "hang" : jwks(KEY);
    });
    let dead: HttpCall["worker"] | null = null;
    const filter = simulate(server, {
      workers: 2,
      // A worker whose clock stops looks after nothing any more.
      faults: (call) =>
        call.worker === dead && call.name === "clock_time_get"
          ? Status.INTERNAL_FAILURE
          : undefined,
    });
    await pass(filter, 0.1);
    dead = first(owners);
    const call = first(server.calls);
    Object.defineProperty(call, "deadline", { value: null });
    await pass(filter, 5.5);
    expect(owners).toHaveLength(1);
    await pass(filter, 1);
    expect(owners.length).toBe(2);
    expect(owners[1]).not.toBe(dead);
    answerCall(call, jwks(NEW));
    await pass(filter, 0.2);
    dead = null;
    await pass(filter, 1);
    for (const worker of [0, 1]) {
      expect(await reasonFor(filter, KEY, worker)).toBeNull();
      expect(await reasonFor(filter, NEW, worker)).toBe("jwt:key_unknown");
    }
  });

  test("leaves its keys to a VM that is new", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    server.answer = { status: 500 };
    const plugin = filter.host.addPlugin({
      module: filter.module,
      configuration: JSON.stringify(remote()),
      vmId: "vm",
      environment: { VM: "another" },
    });
    const stream = first(plugin.workers).openStream();
    expect(requestOn(stream, bearer(await token(KEY))).reason).toBeNull();
    expect(server.calls).toHaveLength(1);
  });
});

describe("a host without shared data", () => {
  test("has each worker fetch for itself", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server, {
      workers: 2,
      faults: ({ name }) =>
        name === "proxy_get_shared_data" || name === "proxy_set_shared_data"
          ? Status.INTERNAL_FAILURE
          : undefined,
    });
    for (const worker of [0, 1]) expect(await reasonFor(filter, KEY, worker)).toBeNull();
    expect(server.calls).toHaveLength(3);
    await pass(filter, 500, 1);
    expect(server.calls).toHaveLength(3);
  });
});
