// What a server of keys can answer, and what becomes of the keys.

import { beforeEach, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Answering } from "../support/key_server.ts";
import { KeyServer } from "../support/key_server.ts";
import { ecKey, keyFor, rsaKey } from "../support/tokens.ts";
import {
  FETCHES_FAILED,
  FETCHES_OK,
  jwks,
  metric,
  pass,
  reasonFor,
  remote,
  sendBy,
  simulate,
  started,
} from "./remote_keys.ts";
import { newEcKeys } from "../support/key_pairs.ts";

const KEY = ecKey("k");
const OTHER = ecKey("other");
const GOOD = jwks(KEY);
const text = (status: number, body: unknown = ""): Answering => ({ status, body });

/** More than the keys of the server, in bytes. */
const LARGE = { keys: [KEY.jwk], padding: "x".repeat(65536) };

const BAD: [name: string, answer: Answering, status: number][] = [
  ["404", text(404, "not found"), 404],
  ["500", text(500, { keys: [OTHER.jwk] }), 500],
  ["201", text(201, { keys: [OTHER.jwk] }), 201],
  ["204", text(204), 204],
  ["206", text(206, { keys: [OTHER.jwk] }), 206],
  ["301", { status: 301, headers: [["location", "https://evil.test/keys"]] }, 301],
  ["304 that nobody asked for", text(304), 304],
  ["HTML", text(200, "<!doctype html><title>Sign in</title>"), 4],
  ["an empty body", text(200), 4],
  ["a truncated document", text(200, JSON.stringify({ keys: [OTHER.jwk] }).slice(0, -2)), 4],
  ["two documents", text(200, `${JSON.stringify({ keys: [OTHER.jwk] })}{}`), 4],
  ["a list", text(200, [OTHER.jwk]), 4],
  ["no keys", text(200, { Keys: [OTHER.jwk] }), 4],
  ["keys that are no list", text(200, { keys: { 0: OTHER.jwk } }), 4],
  ["keys twice", text(200, '{"keys":[],"keys":[]}'), 4],
  ["no key at all", text(200, { keys: [] }), 4],
  ["no usable key", text(200, { keys: [{ kty: "EC" }, 7, { ...OTHER.jwk, use: "enc" }] }), 4],
  ["bytes that are not UTF-8", text(200, new Uint8Array([0x7b, 0xff, 0x7d])), 4],
  ["a body above the limit", text(200, LARGE), 4],
  ["10 MB", text(200, new Uint8Array(10 << 20).fill(0x20)), 4],
  [
    "33 usable keys",
    text(200, { keys: Array.from({ length: 33 }, (_, i) => ({ ...KEY.jwk, kid: String(i) })) }),
    4,
  ],
  ["10,000 keys", text(200, { keys: Array.from({ length: 10_000 }, () => 1) }), 4],
  ["a document that is too deep", text(200, `{"keys":${"[".repeat(40)}${"]".repeat(40)}}`), 4],
  ["a reset connection", "reset", 3],
  ["no healthy host", "refuse", 2],
];

describe("an answer without keys", () => {
  test.each(BAD)("%s: the last good keys stay", async (_, answer, status) => {
    const server = new KeyServer(GOOD);
    const filter = await started(server);
    server.answer = answer;
    await pass(filter, 601, 1);
    expect(server.calls.length).toBeGreaterThan(1);
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(status);
    expect(metric(filter, FETCHES_FAILED)).toBeGreaterThan(0);
    expect(await reasonFor(filter, KEY)).toBeNull();
    expect(await reasonFor(filter, OTHER)).toBe("jwt:keys_unavailable");
  });

  test.each(BAD)("%s at first: 503 until there are some", async (_, answer) => {
    const server = new KeyServer(answer);
    const filter = await started(server);
    const refused = await sendBy(filter, KEY);
    expect({ reason: refused.reason, status: refused.status }).toEqual({
      reason: "jwt:keys_unavailable",
      status: 503,
    });
    expect(refused.headers.has("www-authenticate")).toBe(false);
    server.answer = GOOD;
    await pass(filter, 3);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });

  test("an answer that never comes is given up after the timeout", async () => {
    const server = new KeyServer("hang");
    const filter = await started(server);
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.timeoutMilliseconds).toBe(5000);
    await pass(filter, 5);
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(504);
    server.answer = GOOD;
    await pass(filter, 2);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });

  test("a cluster that is not there is asked for again", async () => {
    const server = new KeyServer(GOOD);
    const filter = await started(server, { clusters: [] });
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(1);
    await pass(filter, 20);
    expect(metric(filter, FETCHES_FAILED)).toBeGreaterThan(3);
    expect(await reasonFor(filter, KEY)).toBe("jwt:keys_unavailable");
  });
});

describe("the time between attempts", () => {
  /** Seconds at which the server was asked. */
  async function asked(answer: Answering, seconds: number, changed = {}): Promise<number[]> {
    let now = 0;
    const times: number[] = [];
    const server = new KeyServer(() => {
      times.push(now);
      return answer;
    });
    const filter = simulate(server, { configuration: remote(changed) });
    for (; now < seconds; now++) await pass(filter, 1);
    return times;
  }
  const gaps = (times: number[]): number[] =>
    times.slice(1).map((time, index) => time - (times[index] ?? 0));

  test("doubles after each failure, up to 30 s", async () => {
    const found = gaps(await asked(text(500), 200));
    expect(found.length).toBeGreaterThan(6);
    for (const [index, gap] of found.entries()) {
      const backoff = Math.min(2 ** index, 30);
      expect(gap).toBeGreaterThanOrEqual(Math.floor(backoff * 0.9) - 1);
      expect(gap).toBeLessThanOrEqual(backoff + 1);
    }
  });

  test("is what Retry-After says, up to five minutes", async () => {
    const later = (seconds: string): Answering => ({
      status: 503,
      headers: [["Retry-After", seconds]],
    });
    expect(gaps(await asked(later("60"), 130))[0]).toBeGreaterThanOrEqual(60);
    expect(gaps(await asked(later("100000"), 310))[0]).toBeGreaterThanOrEqual(300);
    expect(gaps(await asked(later("Wed, 21 Oct 2015 07:28:00 GMT"), 10))[0]).toBeLessThan(3);
  });

  const fresh = (value: string, ...more: HeaderList): Answering => ({
    body: { keys: [KEY.jwk] },
    headers: [["cache-control", value], ...more],
  });
  test.each<[string, Answering, number, number]>([
    ["of the configuration", GOOD, 540, 601],
    ["of max-age, shorter", fresh("public, max-age=120"), 108, 121],
    ["of max-age, longer", fresh("max-age=3600"), 3240, 3601],
    ["of max-age less Age", fresh("Max-Age=500", ["age", "300"]), 180, 201],
    ["at least 30 s", fresh("max-age=0"), 30, 31],
    ["of the configuration beside no-store", fresh("no-store, max-age=60"), 540, 601],
    ["of the configuration beside no-cache", fresh("max-age=60 , no-cache"), 540, 601],
    ["of the configuration when it cannot be read", fresh("max-age=1x"), 540, 601],
    ["of the configuration when it says two", fresh("max-age=60, max-age=61"), 540, 601],
  ])("after keys is that %s", async (_, answer, least, most) => {
    const [first, second] = await asked(answer, most + 2);
    expect(first).toBe(0);
    expect(second).toBeGreaterThanOrEqual(least);
    expect(second).toBeLessThanOrEqual(most);
  });

  test("after keys is at most half of staleFor", async () => {
    const answer = fresh("max-age=86400");
    const [, second] = await asked(answer, 310, { staleFor: "10m" });
    expect(second).toBeLessThanOrEqual(301);
  });
});

describe("keys that are confirmed", () => {
  const TAGGED: Answering = { body: { keys: [KEY.jwk] }, headers: [["ETag", '"v1"']] };

  test("by a 304 stay good, also for other workers", async () => {
    const server = new KeyServer(TAGGED);
    const filter = await started(server, {
      workers: 2,
      configuration: remote({ staleFor: "15m" }),
    });
    expect(server.request(0).has("if-none-match")).toBe(false);
    server.answer = { status: 304 };
    await pass(filter, 3600, 1);
    expect(server.calls.length).toBeGreaterThan(3);
    for (let i = 1; i < server.calls.length; i++) {
      expect(server.request(i).get("if-none-match")).toBe('"v1"');
    }
    for (const worker of [0, 1]) expect(await reasonFor(filter, KEY, worker)).toBeNull();
    expect(metric(filter, "sallyport_jwks_last_status")).toBe(304);
    expect(metric(filter, "sallyport_jwks_age_seconds")).toBeLessThan(601);
    expect(metric(filter, FETCHES_OK)).toBe(server.calls.length);
  });

  test("a tag that is too long is not sent back", async () => {
    const server = new KeyServer({ ...TAGGED, headers: [["etag", `"${"x".repeat(300)}"`]] });
    const filter = await started(server);
    await pass(filter, 601, 1);
    expect(server.calls).toHaveLength(2);
    expect(server.request(1).has("if-none-match")).toBe(false);
  });
});

describe("what is logged of fetches", () => {
  test("is one line when they begin to fail, fail otherwise, and work again", async () => {
    const server = new KeyServer(text(500));
    const filter = await started(server);
    await pass(filter, 100, 1);
    server.answer = text(200, "<html>");
    await pass(filter, 100, 1);
    server.answer = GOOD;
    await pass(filter, 100, 1);
    server.answer = text(200, { keys: [KEY.jwk, OTHER.jwk, 1, 2] });
    await pass(filter, 1300, 1);
    expect(server.calls.length).toBeGreaterThan(8);
    const lines = filter.host.log.map(({ level, message }) => `${level} ${message}`);
    expect(lines.filter((line) => line.includes(" keys "))).toEqual([
      'warn keys not fetched provider="idp" status=500',
      'warn keys not fetched provider="idp" status=4',
      'info keys fetched again provider="idp"',
      'warn keys dropped from the document provider="idp" count=2',
    ]);
  });
});

describe("keys that nobody confirms", () => {
  test("are used until staleFor, for cached tokens too; then 503 until new ones", async () => {
    const server = new KeyServer(GOOD);
    const filter = await started(server, { configuration: remote({ staleFor: "20m" }) });
    expect(await reasonFor(filter, KEY)).toBeNull();
    server.answer = text(500);
    await pass(filter, 1190, 1);
    expect(await reasonFor(filter, KEY)).toBeNull();
    await pass(filter, 20, 1);
    expect(await reasonFor(filter, KEY)).toBe("jwt:keys_unavailable");
    expect(await reasonFor(filter, OTHER)).toBe("jwt:keys_unavailable");
    server.answer = GOOD;
    await pass(filter, 31, 1);
    expect(await reasonFor(filter, KEY)).toBeNull();
  });
});

describe("one bad key among good ones", () => {
  const RSA = rsaKey("r");
  const ED = keyFor("EdDSA", "e");
  const { privateKey } = newEcKeys("P-256");
  let server: KeyServer;
  beforeEach(() => {
    server = new KeyServer(GOOD);
  });

  test.each<[string, unknown]>([
    ["a private key", { ...privateKey.export({ format: "jwk" }), kid: "p" }],
    ["a secret", { ...keyFor("HS256", "s").jwk }],
    ["a point off its curve", { ...OTHER.jwk, x: OTHER.jwk.y }],
    ["a short modulus", { ...RSA.jwk, n: "AQAB", kid: "n" }],
    ["an alg of another type", { ...OTHER.jwk, alg: "RS256" }],
    ["no object", "key"],
    ["no kty", { kid: "x" }],
    ["a second key of one kid and type", { ...OTHER.jwk, kid: "k" }],
    ["a kid that is too long", { ...OTHER.jwk, kid: "x".repeat(1025) }],
  ])("is dropped and counted: %s", async (_, bad) => {
    server.answer = { body: { keys: [KEY.jwk, bad, RSA.jwk, ED.jwk] } };
    const filter = await started(server);
    for (const key of [KEY, RSA, ED]) expect(await reasonFor(filter, key)).toBeNull();
    expect(metric(filter, "sallyport_jwks_keys")).toBe(3);
    expect(metric(filter, "sallyport_jwks_dropped_keys_total")).toBe(1);
  });

  test("a key for another purpose is read over and not counted", async () => {
    server.answer = { body: { keys: [{ ...OTHER.jwk, use: "enc" }, KEY.jwk, { kty: "new" }] } };
    const filter = await started(server);
    expect(await reasonFor(filter, KEY)).toBeNull();
    expect(await reasonFor(filter, OTHER)).toBe("jwt:key_unknown");
    expect(metric(filter, "sallyport_jwks_keys")).toBe(1);
    expect(metric(filter, "sallyport_jwks_dropped_keys_total")).toBe(0);
  });

  test("a secret of the server is no key, though a token is made by it", async () => {
    const secret = keyFor("HS256", "s");
    server.answer = { body: { keys: [KEY.jwk, secret.jwk] } };
    const filter = await started(server);
    expect(await reasonFor(filter, secret)).toBe("jwt:algorithm_refused");
  });
});
