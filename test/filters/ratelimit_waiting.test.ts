// Requests that wait for stores of limits, for keys, and for both: charged once, counted once, and
// never for ever.

import { describe, expect, test } from "vitest";

import type { GrpcCall, HeaderList, HttpCall, Stream } from "../../host-sim/src/index.ts";
import { answerCall as answerHttp } from "../support/key_server.ts";
import { CODE } from "../support/rls_messages.ts";
import { answerCall as answerGrpc, verdict } from "../support/rls_service.ts";
import { readCommand, reply } from "../support/simulated_webdis.ts";
import type { Sent } from "../support/simulated_filter.ts";
import {
  loadShippedModule,
  requestOn,
  Simulated,
  WAITING,
  waitingFor,
} from "../support/simulated_filter.ts";
import { ecKey } from "../support/tokens.ts";
import { bearer, token } from "./remote_keys.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const GOOD = bearer(await token(KEY));
const WAITERS_MAX = 1024;
const UNAVAILABLE = "ratelimit:unavailable";
const LIMITED = "ratelimit:limited";

const STORES = {
  redis: { redis: { cluster: "webdis", timeout: "1s" } },
  rls: { rls: { cluster: "limits", domain: "edge", timeout: "1s" } },
};
const BUCKET = { capacity: 4, refill: "0/s" };
const JWT = {
  providers: {
    idp: {
      audiences: ["orders"],
      keys: { remote: { uri: "https://idp.test/keys", cluster: "keys", timeout: "30s" } },
    },
  },
  rules: [{ match: { prefix: "/" }, require: "idp" }],
};
const OPEN = { match: { prefix: "/limited" }, require: "none" };

interface Waiting {
  stream: Stream;
  came: () => Sent | null;
}

/** A filter whose calls nobody answers but the test. */
class Held {
  readonly http: HttpCall[] = [];
  readonly grpc: GrpcCall[] = [];
  readonly filter: Simulated;

  /** Seconds that each request takes that goes on. */
  resumeSeconds = 0;

  constructor(limits: object[], jwt: object | null = null, section: object = {}) {
    this.filter = new Simulated(module, {
      configuration: {
        ...(jwt === null ? {} : { jwt }),
        rateLimit: { stores: STORES, limits, ...section },
      },
      clusters: ["keys", "webdis", "limits"],
      faults: ({ name }) => {
        if (name === "proxy_continue_stream") this.filter.advance(this.resumeSeconds);
        return undefined;
      },
      dispatch: (call) => void this.http.push(call),
      dispatchGrpc: (call) => void this.grpc.push(call),
    });
  }

  /** What comes of a request at once. */
  ask(headers: HeaderList = [], path = "/"): Sent & Waiting {
    const stream = this.filter.open();
    const came = waitingFor(stream);
    return { ...requestOn(stream, headers, path), stream, came };
  }

  /** One that must wait. */
  wait(headers: HeaderList = [], path = "/"): Waiting {
    const asked = this.ask(headers, path);
    expect(asked.reason).toBe(WAITING.reason);
    return asked;
  }

  giveKeys(): void {
    for (const call of this.#due("keys")) answerHttp(call, { body: { keys: [KEY.jwk] } });
  }

  /** Gives what is asked for, or nothing. */
  lease(gives = true): number {
    const due = this.#due("webdis");
    for (const call of due) {
      const { name, most } = readCommand(call);
      answerHttp(call, reply(name, gives ? [most, 0, 0] : [0, 0, -1]));
    }
    return due.length;
  }

  /** Lets pass or refuses all that was asked about. */
  tell(code: number = CODE.OK): number {
    const due = this.grpc.splice(0);
    for (const call of due) answerGrpc(call, verdict(code));
    return due.length;
  }

  #due(cluster: string): HttpCall[] {
    const due = this.http.filter((call) => call.cluster === cluster && !call.finished);
    for (const call of due) this.http.splice(this.http.indexOf(call), 1);
    return due;
  }

  pass(seconds: number): void {
    for (let steps = Math.round(seconds * 10); steps > 0; steps--) {
      this.filter.advance(0.1);
      this.filter.host.runTimers();
    }
  }

  /** Sum of the counters whose names contain all of these. */
  count(...parts: string[]): number {
    let sum = 0;
    for (const [name, metric] of this.filter.host.metrics()) {
      if (metric.type !== "counter" || !parts.every((part) => name.includes(part))) continue;
      sum += Number(metric.value);
    }
    return sum;
  }
}

const LIMIT_EVENT = "sallyport_ratelimit_total";
const eventOf = (held: Held, limit: string, outcome: string): number =>
  held.count(LIMIT_EVENT, `limit=.=${limit};`, `outcome=.=${outcome};`);

describe("keys first, and then stores", () => {
  const limits = [
    { name: "flood", key: [{ text: "x" }], ...BUCKET },
    { name: "asked", store: "rls" },
    { name: "tried", shadow: true, capacity: 0, refill: "0/s" },
    { name: "unkeyed", shadow: true, key: [{ header: "x-none", onMissing: "deny" }], ...BUCKET },
    { name: "leased", key: [{ claim: "sub" }], store: "redis", ...BUCKET },
    { name: "subject", key: [{ claim: "sub" }], ...BUCKET },
    { name: "told", key: [{ claim: "sub" }], store: "rls" },
    {
      name: "unkeyed-by",
      shadow: true,
      key: [{ claim: "sub" }, { header: "x-none", onMissing: "deny" }],
      ...BUCKET,
    },
  ];

  test("each is asked once, charged once and counted once", () => {
    const held = new Held(limits, JWT);
    held.filter.advance(1);
    const one = held.wait(GOOD);
    expect(held.tell()).toBe(1);
    expect(one.came()).toBeNull();
    held.giveKeys();
    expect(one.came()).toBeNull();
    expect(held.lease()).toBe(1);
    expect(one.came()).toBeNull();
    expect(held.tell()).toBe(1);
    expect(one.came()?.reason).toBeNull();
    one.stream.close();
    held.pass(1.1);
    expect([held.http.length, held.grpc.length]).toEqual([0, 0]);
    for (const name of ["flood", "asked", "leased", "subject", "told"]) {
      expect([name, eventOf(held, name, "allowed")]).toEqual([name, 1]);
    }
    for (const name of ["tried", "unkeyed", "unkeyed-by"]) {
      expect([name, eventOf(held, name, "shadow")]).toEqual([name, 1]);
    }
    expect(held.count(LIMIT_EVENT, "store_error")).toBe(0);
    expect(held.count("sallyport_jwt_total")).toBe(1);
    expect(held.count("sallyport_decisions_total")).toBe(1);
  });

  test("who is refused last has used the first group, and nothing of the second", () => {
    const held = new Held(limits, JWT);
    held.filter.advance(1);
    const one = held.wait(GOOD);
    held.tell();
    held.giveKeys();
    held.lease();
    held.tell(CODE.OVER_LIMIT);
    expect(one.came()).toMatchObject({ reason: LIMITED, status: 429 });
    held.pass(1.1);
    expect(eventOf(held, "flood", "allowed")).toBe(1);
    expect(eventOf(held, "subject", "allowed")).toBe(0);
    expect(eventOf(held, "told", "limited")).toBe(1);
    expect(held.count("sallyport_jwt_total")).toBe(1);
    expect(held.count("sallyport_decisions_total")).toBe(1);
  });
});

test("a long resumption takes no tokens of a lease that has ended meanwhile", () => {
  const held = new Held(
    [{ name: "subject", key: [{ claim: "sub" }], capacity: 6400, refill: "0/s" }],
    JWT,
  );
  const waiting = Array.from({ length: 20 }, () => held.wait(GOOD));
  held.resumeSeconds = 1;
  held.giveKeys();
  expect(waiting.every(({ came }) => came()?.reason === null)).toBe(true);
  held.resumeSeconds = 0;
  held.pass(1.1);
  expect(eventOf(held, "subject", "allowed")).toBe(20);
  // What takes a second has no use for one.
  expect(eventOf(held, "subject", "leased")).toBe(0);
});

/** What becomes of requests whose limit in a store cannot be asked about. */
const MODES = [
  ["deny", [UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]],
  ["allow", [null, null, null]],
  // Four tokens among two workers.
  ["local", [null, null, LIMITED]],
] as const;

describe.each(["redis", "rls"])("the store %s", (store) => {
  const limitIn = (onStoreFailure: string): object => ({
    name: "one",
    match: { prefix: "/limited" },
    key: [{ header: "x-key" }],
    store,
    onStoreFailure,
    ...(store === "redis" || onStoreFailure === "local" ? BUCKET : {}),
  });
  const answer = (held: Held): number => (store === "redis" ? held.lease() : held.tell());

  test.each(MODES)("%s when too many wait", (mode, reasons) => {
    const jwt = { ...JWT, rules: [OPEN, ...JWT.rules] };
    const held = new Held([limitIn(mode)], jwt, { nodes: 2 });
    const waiting = Array.from({ length: WAITERS_MAX }, () => held.wait(GOOD));
    const sent = reasons.map(() => held.ask([["x-key", "a"]], "/limited"));
    expect(sent.map(({ reason }) => reason)).toEqual(reasons);
    held.pass(1.1);
    expect(eventOf(held, "one", "store_error")).toBe(reasons.length);
    held.giveKeys();
    expect(waiting.every(({ came }) => came()?.reason === null)).toBe(true);
    for (const { stream } of [...waiting, ...sent]) stream.close();
    held.http.length = 0;
    held.grpc.length = 0;
    const next = held.wait([["x-key", "b"]], "/limited");
    expect(answer(held)).toBe(1);
    expect(next.came()?.reason).toBeNull();
  });

  test.each(MODES)("%s when no answer comes in time", (mode, reasons) => {
    const held = new Held([limitIn(mode)], null, { nodes: 2 });
    const waiting = reasons.map(() => held.wait([["x-key", "a"]], "/limited"));
    held.pass(1.2);
    const came = waiting.map(({ came: reason }) => reason()?.reason);
    expect(came.sort()).toEqual([...reasons].sort());
    held.pass(0.1);
    expect(eventOf(held, "one", "store_error")).toBe(reasons.length);
  });

  test("who goes leaves nothing behind, however many do", () => {
    const held = new Held([limitIn("deny")]);
    for (let round = 0; round < 4 * WAITERS_MAX; round++) {
      held.wait([["x-key", String(round)]], "/limited").stream.close();
      answer(held);
      held.filter.advance(0.001);
    }
    const waiting = Array.from({ length: 90 }, (_, i) =>
      held.wait([["x-key", `w${String(i)}`]], "/limited"),
    );
    answer(held);
    expect(waiting.every(({ came }) => came()?.reason === null)).toBe(true);
    expect(held.filter.host.liveContexts()).toBe(2 + waiting.length);
  });

  test("a push lets those go on who wait, answered or not", () => {
    const held = new Held([limitIn("deny")]);
    const answered = held.wait([["x-key", "a"]], "/limited");
    const late = held.wait([["x-key", "b"]], "/limited");
    const gone = held.wait([["x-key", "c"]], "/limited");
    const all = { http: held.http.splice(0), grpc: held.grpc.splice(0) };
    const rateLimit = { stores: STORES, limits: [{ ...limitIn("deny"), name: "other" }] };
    held.filter.plugin.update(JSON.stringify({ rateLimit }));
    gone.stream.close();
    held.http.push(...all.http.filter((_, i) => i === 0));
    held.grpc.push(...all.grpc.filter((_, i) => i === 0));
    expect(answer(held)).toBe(1);
    expect(answered.came()?.reason).toBeNull();
    held.pass(1.2);
    expect(late.came()?.reason).toBe(UNAVAILABLE);
    expect(gone.came()).toBeNull();
    const next = held.wait([["x-key", "a"]], "/limited");
    expect(answer(held)).toBe(1);
    expect(next.came()?.reason).toBeNull();
    for (const { stream } of [answered, late, next]) stream.close();
    held.pass(0.2);
    expect(held.filter.host.liveContexts()).toBe(2);
  });

  test("a plugin that goes takes its calls with it", () => {
    const held = new Held([limitIn("deny")]);
    const { stream, came } = held.wait([["x-key", "a"]], "/limited");
    held.filter.plugin.remove();
    held.pass(6);
    stream.close();
    expect(came()?.reason).not.toBe(null);
    answer(held);
    expect(held.filter.host.liveContexts()).toBe(0);
  });
});
