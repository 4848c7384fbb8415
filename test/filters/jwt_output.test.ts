// What the jwt filter tells its host of a token: filter state, and to choose the route again.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import type { Sent } from "../support/simulated_filter.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { Claims } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;

const CONFIGURATION = {
  jwt: {
    clearRouteCache: true,
    providers: {
      idp: {
        audiences: ["orders"],
        keys: { inline: { keys: [KEY.jwk] } },
        forward: {
          filterState: [
            { claim: "sub", key: "sallyport.sub" },
            { claim: "level", key: "level" },
          ],
        },
      },
    },
    rules: [
      { match: { prefix: "/open" }, require: "none" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
  rateLimit: {
    limits: [{ name: "l", key: [{ claim: "sub" }], capacity: 1, refill: "0/s" }],
  },
};

const bearer = async (changed: Claims = {}): Promise<HeaderList> => {
  const claims = { sub: "alice", aud: "orders", exp: NOW + 100, ...changed };
  return [["authorization", `Bearer ${await mint(KEY, claims)}`]];
};

function simulate(faults?: (call: HostCall) => Status | undefined): Simulated {
  const options = faults === undefined ? {} : { faults };
  const filter = new Simulated(module, { configuration: CONFIGURATION, ...options });
  filter.advance(NOW - 1);
  return filter;
}

interface Told extends Sent {
  state: Record<string, string>;
  routeCacheClears: number;
}

function send(filter: Simulated, headers: HeaderList, path = "/"): Told {
  const stream = filter.open();
  const sent = requestOn(stream, headers, path);
  const state = Object.fromEntries(
    [...stream.filterState].map(([key, value]) => [key, Buffer.from(value).toString()]),
  );
  const { routeCacheClears } = stream;
  stream.close();
  return { ...sent, state, routeCacheClears };
}

describe("a token that was verified", () => {
  test("becomes filter state, from the cache as well", async () => {
    const filter = simulate();
    const headers = await bearer({ level: 7 });
    const first = send(filter, headers);
    expect(first).toMatchObject({ reason: null, routeCacheClears: 1 });
    expect(first.state).toEqual({ "sallyport.sub": "alice", level: "7" });
    const second = send(filter, headers);
    // Who was limited is known to the access log.
    expect(second.reason).toBe("ratelimit:limited");
    expect(second.state).toEqual({ "sallyport.sub": "alice", level: "7" });
    expect(second.routeCacheClears).toBe(0);
  });

  test("leaves out claims that it has not, or that no field could hold", async () => {
    const filter = simulate();
    expect(send(filter, await bearer({ sub: "b" })).state).toEqual({ "sallyport.sub": "b" });
    expect(send(filter, await bearer({ sub: "a\r\nb", level: 1 })).state).toEqual({ level: "1" });
  });
});

describe("nothing is told", () => {
  test("of a token that was refused", async () => {
    const filter = simulate();
    const refused = send(filter, await bearer({ exp: 1 }));
    expect(refused).toMatchObject({ reason: "jwt:expired", state: {}, routeCacheClears: 0 });
  });

  test("of a token that nobody asked for, but the route is chosen again", async () => {
    const filter = simulate();
    const open = send(filter, await bearer(), "/open");
    expect(open).toMatchObject({ reason: null, state: {}, routeCacheClears: 1 });
  });
});

describe("a host that fails", () => {
  const failures = Object.entries(Status).filter(([name]) => name !== "OK");
  test.each(failures)("to set filter state with %s: refused", async (_, status) => {
    const filter = simulate(({ name }) => (name === "proxy_set_property" ? status : undefined));
    const sent = send(filter, await bearer());
    expect(sent).toMatchObject({ reason: "host_failure", status: 503 });
    expect(sent.headers.has("www-authenticate")).toBe(false);
  });

  test.each(failures)("to clear the route cache with %s: refused", async (_, status) => {
    const filter = simulate(({ name, phase }) =>
      name === "proxy_call_foreign_function" && phase === "request_headers" ? status : undefined,
    );
    expect(send(filter, await bearer())).toMatchObject({ reason: "host_failure", status: 503 });
    expect(send(filter, [], "/open")).toMatchObject({ reason: "host_failure", status: 503 });
  });
});
