// Requests that wait for keys: paused at their headers, walked again when the keys have come, never
// for long, never too many.

import { describe, expect, test } from "vitest";

import type { Stream } from "../../host-sim/src/index.ts";
import { answerCall, KeyServer, settle } from "../support/key_server.ts";
import type { Sent, Simulated } from "../support/simulated_filter.ts";
import { requestOn, waitingFor } from "../support/simulated_filter.ts";
import type { TestKey } from "../support/tokens.ts";
import { ecKey } from "../support/tokens.ts";
import {
  bearer,
  CLUSTER,
  jwks,
  metric,
  pass,
  remote,
  simulate,
  started,
  token,
  URI,
} from "./remote_keys.ts";

const KEY = ecKey("k");
const NEW = ecKey("new");
const STRANGER = ecKey("k");
const WAITERS_MAX = 1024;
const SUBJECT = { claim: "sub", header: "x-user" };
const WAITERS = "sallyport_jwks_waiters";

interface Waiting {
  stream: Stream;
  /** Null while it waits. */
  outcome: () => Sent | null;
}

/** A request that must wait. */
async function wait(filter: Simulated, key: TestKey, worker = 0): Promise<Waiting> {
  const stream = filter.open(worker);
  const outcome = waitingFor(stream);
  expect(requestOn(stream, bearer(await token(key))).reason).toBe("waits");
  return { stream, outcome };
}

describe("a request before the first keys", () => {
  test("waits, and goes on when they have come", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const { stream, outcome } = await wait(filter, KEY);
    expect(metric(filter, WAITERS)).toBe(1);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, jwks(KEY));
    await settle();
    expect(outcome()?.reason).toBeNull();
    expect(outcome()?.headers.get("authorization")).toBeUndefined();
    expect(metric(filter, WAITERS)).toBe(0);
    stream.close();
  });

  test("is refused when they are not those of its token", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const other = await wait(filter, STRANGER);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, jwks(KEY));
    await settle();
    expect(other.outcome()?.reason).toBe("jwt:signature_invalid");
    other.stream.close();
  });

  test("is refused with 503 and Retry-After when the server fails", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const { stream, outcome } = await wait(filter, KEY);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, { status: 500 });
    await settle();
    expect(outcome()).toMatchObject({ reason: "jwt:keys_unavailable", status: 503 });
    expect(Number(outcome()?.headers.get("retry-after"))).toBeGreaterThan(0);
    stream.close();
  });

  test("is refused after five seconds whatever happens", async () => {
    const server = new KeyServer("hang");
    const configuration = remote({ timeout: "30s" });
    const filter = simulate(server, { configuration });
    const { stream, outcome } = await wait(filter, KEY);
    await pass(filter, 4.8);
    expect(outcome()).toBeNull();
    await pass(filter, 0.4);
    expect(outcome()).toMatchObject({ reason: "jwt:keys_unavailable", status: 503 });
    expect(outcome()?.headers.get("retry-after")).toBe("2");
    stream.close();
    expect(metric(filter, WAITERS)).toBe(0);
  });

  test("passes after five seconds where its rule or a dry run lets failures pass", async () => {
    const keys = { remote: { uri: URI, cluster: CLUSTER, timeout: "30s" } };
    const provider = { audiences: ["orders"], keys, forward: { claims: [SUBJECT] } };
    const match = { prefix: "/" };
    for (const section of [
      { rules: [{ match, require: { optionalOrFailed: "idp" } }] },
      { dryRun: true, rules: [{ match, require: "idp" }] },
    ]) {
      const configuration = { jwt: { providers: { idp: provider }, ...section } };
      const filter = simulate(new KeyServer("hang"), { configuration });
      const { stream, outcome } = await wait(filter, KEY);
      await pass(filter, 5.2);
      expect(outcome()?.reason).toBeNull();
      expect(outcome()?.headers.has("x-user")).toBe(false);
      stream.close();
    }
  });

  test("passes a dry run after five seconds, marked", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server, {
      configuration: remote({ timeout: "30s" }, { dryRun: true }),
    });
    const { stream, outcome } = await wait(filter, KEY);
    await pass(filter, 5.2);
    expect(outcome()?.reason).toBeNull();
    expect(outcome()?.headers.get("x-sallyport-dry-run")).toBe("jwt:keys_unavailable");
    stream.close();
  });

  test("waits on a worker that does not fetch, until that knows what the other got", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server, { workers: 2 });
    const first = await wait(filter, KEY, 0);
    const second = await wait(filter, KEY, 1);
    expect(server.calls).toHaveLength(1);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, jwks(KEY));
    await settle();
    expect(first.outcome()?.reason).toBeNull();
    expect(second.outcome()).toBeNull();
    await pass(filter, 0.2);
    expect(second.outcome()?.reason).toBeNull();
  });
});

describe("an unknown key", () => {
  test("is waited for once, then known", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    await pass(filter, 31, 1);
    server.answer = jwks(KEY, NEW);
    const { stream, outcome } = await wait(filter, NEW);
    await settle();
    expect(outcome()?.reason).toBeNull();
    stream.close();
    expect(filter.send(bearer(await token(NEW))).reason).toBeNull();
  });

  test("that stays unknown is refused, and within the cooldown at once", async () => {
    const server = new KeyServer(jwks(KEY));
    const filter = await started(server);
    await pass(filter, 31, 1);
    const { outcome } = await wait(filter, NEW);
    await settle();
    expect(outcome()).toMatchObject({ reason: "jwt:key_unknown", status: 401 });
    expect(filter.send(bearer(await token(NEW))).reason).toBe("jwt:key_unknown");
  });
});

test("a key that stays unknown for five seconds is refused with a challenge", async () => {
  const server = new KeyServer(jwks(KEY));
  const filter = await started(server, { configuration: remote({ timeout: "30s" }) });
  await pass(filter, 31, 1);
  server.answer = "hang";
  const { stream, outcome } = await wait(filter, NEW);
  await pass(filter, 5.2);
  expect(outcome()).toMatchObject({ reason: "jwt:key_unknown", status: 401 });
  expect(outcome()?.headers.get("www-authenticate")).toContain("invalid_token");
  stream.close();
});

describe("many requests that wait", () => {
  test("are bounded: one more is refused at once, and room comes back", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const value = bearer(await token(KEY));
    const streams = Array.from({ length: WAITERS_MAX }, () => filter.open());
    const outcomes = streams.map((stream) => waitingFor(stream));
    for (const stream of streams) expect(requestOn(stream, value).reason).toBe("waits");
    const refused = filter.send(value);
    expect(refused).toMatchObject({ reason: "jwt:waiting_full", status: 503 });
    expect(refused.headers.get("retry-after")).toBeDefined();
    expect(metric(filter, WAITERS)).toBe(WAITERS_MAX);

    streams[0]?.close();
    expect(metric(filter, WAITERS)).toBe(WAITERS_MAX - 1);
    const late = await wait(filter, KEY);
    const [call] = server.calls;
    if (call === undefined) throw new Error("nothing was asked");
    answerCall(call, jwks(KEY));
    await settle();
    expect(outcomes.slice(1).map((outcome) => outcome()?.reason)).toEqual(
      Array.from({ length: WAITERS_MAX - 1 }, () => null),
    );
    expect(outcomes[0]?.()).toBeNull();
    expect(late.outcome()?.reason).toBeNull();
    for (const stream of [...streams.slice(1), late.stream]) stream.close();
    expect(metric(filter, WAITERS)).toBe(0);
  });

  test("pass a dry run marked when there is no room for them", async () => {
    const server = new KeyServer("hang");
    const configuration = { markChecked: true, ...remote({}, { dryRun: true }) };
    const filter = simulate(server, { configuration });
    const value = bearer(await token(KEY));
    const streams = Array.from({ length: WAITERS_MAX }, () => filter.open());
    for (const stream of streams) expect(requestOn(stream, value).reason).toBe("waits");
    const sent = filter.send(value);
    expect(sent.reason).toBeNull();
    expect(sent.headers.get("x-sallyport-dry-run")).toBe("jwt:waiting_full");
    expect(sent.headers.get("x-sallyport-checked")).toBe("1");
    expect(sent.headers.get("authorization")).toBeUndefined();
    for (const stream of streams) stream.close();
  });

  test("are let go when their configuration is replaced", async () => {
    const server = new KeyServer("hang");
    const filter = simulate(server);
    const { stream, outcome } = await wait(filter, KEY);
    filter.plugin.update(JSON.stringify(remote({ uri: "https://idp.test/others" })));
    await pass(filter, 6);
    expect(outcome()?.reason).toBe("jwt:keys_unavailable");
    stream.close();
  });
});

test("a limit is charged once for a request that waited", async () => {
  const server = new KeyServer("hang");
  const rateLimit = {
    headers: "always",
    limits: [{ name: "all", key: [{ text: "x" }], capacity: 2, refill: "0/s" }],
  };
  const filter = simulate(server, { configuration: { ...remote(), rateLimit } });
  const first = await wait(filter, KEY);
  const [call] = server.calls;
  if (call === undefined) throw new Error("nothing was asked");
  answerCall(call, jwks(KEY));
  await settle();
  expect(first.outcome()?.reason).toBeNull();
  const response = first.stream.responseHeaders([[":status", "200"]], true);
  if (response.kind !== "continue") throw new Error(`found ${response.kind}`);
  expect(new Map(response.headers).get("ratelimit")).toMatch(/^"all";r=1\b/);
  const value = bearer(await token(KEY));
  expect(filter.send(value).reason).toBeNull();
  expect(filter.send(value).reason).toBe("ratelimit:limited");
});
