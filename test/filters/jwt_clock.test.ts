// The jwt filter under a clock that jumps, or stands at 0.

import { beforeAll, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { requireModule } from "../support/envoy.ts";
import type { Sent } from "../support/simulated_filter.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { ecKey, forge } from "../support/tokens.ts";

beforeAll(requireModule);

const module = await loadShippedModule();
const KEY = ecKey("k");
const NOW = 1_700_000_000;
/** Where the clock of a simulated filter begins. */
const FIRST_SECOND = 1;
const SKEW_SECONDS = 10;
const LIFETIME_SECONDS = 100;

const CONFIGURATION = {
  jwt: {
    providers: {
      idp: {
        audiences: ["orders"],
        clockSkew: `${SKEW_SECONDS}s`,
        keys: { inline: { keys: [KEY.jwk] } },
      },
    },
    rules: [
      { match: { prefix: "/open" }, require: "none" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
};

let serial = 0;

/** A token that no cache has. */
function newToken(times: object): HeaderList {
  const claims = { aud: "orders", jti: `${serial++}`, ...times };
  return [["authorization", `Bearer ${forge(KEY, { alg: "ES256", kid: "k" }, claims)}`]];
}

const TIMES = { iat: NOW, nbf: NOW, exp: NOW + LIFETIME_SECONDS };

/** A filter whose clock is set at will. */
function atTime(seconds: number): { filter: Simulated; set: (seconds: number) => void } {
  const filter = new Simulated(module, { configuration: CONFIGURATION });
  let now = FIRST_SECOND;
  const set = (to: number): void => {
    filter.advance(to - now);
    now = to;
  };
  set(seconds);
  return { filter, set };
}

describe("the clock of the host", () => {
  const DAY = 86_400;
  const JUMPS: [seconds: number, reason: string | null][] = [
    [NOW + DAY, "jwt:expired"],
    [NOW - SKEW_SECONDS - 1, "jwt:not_yet_valid"],
    [NOW - SKEW_SECONDS, null],
    [NOW + LIFETIME_SECONDS + SKEW_SECONDS, "jwt:expired"],
    [NOW + LIFETIME_SECONDS + SKEW_SECONDS - 1, null],
    [1, "jwt:not_yet_valid"],
    [2 ** 33, "jwt:expired"],
    [NOW, null],
  ];

  test("a jump forward ends tokens, a jump back brings them to life", () => {
    const { filter, set } = atTime(NOW);
    const cached = newToken(TIMES);
    expect(filter.send(cached).reason).toBeNull();
    for (const [seconds, reason] of JUMPS) {
      set(seconds);
      expect(filter.send(cached).reason, `cached, ${seconds}`).toBe(reason);
      expect(filter.send(newToken(TIMES)).reason, `new, ${seconds}`).toBe(reason);
      set(NOW);
      expect(filter.send(cached).reason).toBeNull();
    }
  });

  test("a token without dates but exp does not mind a jump back", () => {
    const { filter, set } = atTime(NOW);
    const token = newToken({ exp: NOW });
    expect(filter.send(token).reason).toBeNull();
    set(1);
    expect(filter.send(token).reason).toBeNull();
    set(NOW + SKEW_SECONDS);
    expect(filter.send(token).reason).toBe("jwt:expired");
  });

  test("a host whose time is 0 refuses every token", () => {
    const { filter, set } = atTime(NOW);
    const cached = newToken(TIMES);
    expect(filter.send(cached).reason).toBeNull();
    set(0);
    for (const token of [cached, newToken(TIMES), newToken({ exp: 1 }), newToken({ exp: 0 })]) {
      const sent: Sent = filter.send(token);
      expect(sent).toMatchObject({ reason: "host_failure", status: 503 });
      expect(sent.headers.has("www-authenticate")).toBe(false);
    }
    expect(filter.send([]).reason).toBe("jwt:missing");
    set(NOW);
    expect(filter.send(cached).reason).toBeNull();
  });
});

describe("a time that requests share", () => {
  const CLOCK = "clock_time_get";
  const USES = 64;
  const MINUTE = 60;
  const HOUR = 60 * MINUTE;
  const ticking = (seconds: number): { filter: Simulated; set: (seconds: number) => void } => {
    const { filter, set } = atTime(seconds);
    filter.host.runTimers();
    return { filter, set };
  };
  const readings = (filter: Simulated, token: HeaderList, requests: number): number => {
    let count = 0;
    for (let i = 0; i < requests; i++) count += filter.callsOf(token).get(CLOCK) ?? 0;
    return count;
  };
  /** Holds from an hour before NOW until an hour behind it. */
  const farFromItsDates = (): HeaderList => newToken({ iat: NOW - HOUR, exp: NOW + HOUR });

  test("is read once for 64 requests with a known token, and after each tick", () => {
    const { filter, set } = ticking(NOW);
    const token = farFromItsDates();
    filter.send(token);
    // Both clocks: the system's is compared with the monotonic one once a second.
    set(NOW + 1);
    filter.host.runTimers();
    expect(readings(filter, token, 1)).toBe(2);
    expect(readings(filter, token, USES - 1)).toBe(0);
    expect(readings(filter, token, USES)).toBe(1);
    set(NOW + 2);
    filter.host.runTimers();
    expect(readings(filter, token, 1)).toBe(2);
  });

  test("serves no token within a minute of its dates", () => {
    const { filter, set } = ticking(NOW);
    const ends = NOW + MINUTE - SKEW_SECONDS;
    const begins = NOW - MINUTE + SKEW_SECONDS;
    const young = newToken({ iat: begins + 1, exp: NOW + HOUR });
    for (const token of [newToken({ exp: ends }), young]) {
      filter.send(token);
      expect(readings(filter, token, 10)).toBe(10);
    }
    const old = newToken({ iat: begins, exp: ends + 1 });
    filter.send(old);
    expect(readings(filter, old, 10)).toBe(0);
    // The clock itself ends what is near its end, though others share an older time.
    const near = newToken({ exp: ends });
    expect(filter.send(near).reason).toBeNull();
    set(ends + SKEW_SECONDS);
    expect(filter.send(near).reason).toBe("jwt:expired");
  });

  test("ends with a tick, or after 64 requests", () => {
    const { filter, set } = ticking(NOW);
    const token = farFromItsDates();
    for (let i = 0; i < 2; i++) expect(filter.send(token).reason).toBeNull();
    set(NOW + 2 * HOUR);
    filter.host.runTimers();
    expect(filter.send(token).reason).toBe("jwt:expired");

    const other = ticking(NOW);
    const again = farFromItsDates();
    other.filter.send(again);
    other.filter.send(again);
    other.set(NOW + 2 * HOUR);
    const reasons = Array.from({ length: USES }, () => other.filter.send(again).reason);
    expect(reasons.filter((reason) => reason !== null).length).toBeGreaterThan(0);
    expect(reasons.at(-1)).toBe("jwt:expired");
  });

  test("is not shared where no ticks come", () => {
    const { filter, set } = atTime(NOW);
    const token = farFromItsDates();
    filter.send(token);
    expect(readings(filter, token, 10)).toBe(10);
    // They came, and come no more.
    filter.host.runTimers();
    filter.send(token);
    set(NOW + 4);
    for (let i = 0; i < USES; i++) filter.send(token);
    expect(readings(filter, token, 10)).toBe(10);
    set(NOW + 2 * HOUR);
    expect(filter.send(token).reason).toBe("jwt:expired");
  });
});
