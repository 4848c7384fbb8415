// What follows from claims over time and on each request: ages of tokens that were verified before,
// tokens without end, and the client's certificate on the connection.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall, PropertyValue } from "../../host-sim/src/index.ts";
import { Status } from "../../host-sim/src/index.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";
import type { Claims } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;
const VERIFY = "proxy_call_foreign_function";
const PROPERTY = "proxy_get_property";

const token = (changed: Claims = {}): Promise<string> =>
  mint(KEY, { sub: "alice", aud: "orders", exp: NOW + 1000, iat: NOW, ...changed });
const bearer = (value: string): HeaderList => [["authorization", `Bearer ${value}`]];

/** The host verifies, so that verifications can be counted. */
function simulate(
  provider: object,
  faults?: (call: HostCall) => Status | undefined,
  sections: object = {},
): Simulated {
  const idp = {
    audiences: ["orders"],
    clockSkew: "10s",
    keys: { inline: { keys: [KEY.jwk] } },
    forward: { claims: [{ claim: "sub", header: "x-user" }] },
    ...provider,
  };
  const rules = [{ match: { prefix: "/" }, require: "idp" }];
  const filter = new Simulated(module, {
    configuration: { jwt: { crypto: "host", providers: { idp }, rules }, ...sections },
    ...(faults === undefined ? {} : { faults }),
  });
  filter.advance(NOW - 1);
  return filter;
}

/** Reason of a request after some seconds, and how many signatures were verified for it. */
function after(filter: Simulated, seconds: number, value: string): [string | null, number] {
  filter.advance(seconds);
  const count = (): number => filter.host.hostCallsByName().get(VERIFY) ?? 0;
  const before = count();
  const { reason } = filter.send(bearer(value));
  return [reason, count() - before];
}

describe("the age of a token that was verified before", () => {
  test("is judged on each request, and has its own reason", async () => {
    const filter = simulate({ maxAge: "60s" });
    const value = await token();
    expect(after(filter, 0, value)).toEqual([null, 1]);
    expect(after(filter, 70, value)).toEqual([null, 0]);
    expect(after(filter, 1, value)).toEqual(["jwt:too_old", 1]);
  });

  test("does not outlive its exp", async () => {
    const filter = simulate({ maxAge: "60s" });
    const value = await token({ exp: NOW + 30 });
    expect(after(filter, 39, value)).toEqual([null, 1]);
    expect(after(filter, 0, value)).toEqual([null, 0]);
    expect(after(filter, 1, value)).toEqual(["jwt:expired", 1]);
  });

  test("has no part in the end of a token where it does not matter", async () => {
    const filter = simulate({});
    const value = await token({ exp: NOW + 30 });
    expect(after(filter, 39, value)).toEqual([null, 1]);
    expect(after(filter, 1, value)).toEqual(["jwt:expired", 0]);
  });
});

describe("a token without end", () => {
  test("is verified again now and then", async () => {
    const filter = simulate({ requireExp: false });
    const value = await token({ exp: undefined });
    expect(after(filter, 0, value)).toEqual([null, 1]);
    expect(after(filter, 309, value)).toEqual([null, 0]);
    expect(after(filter, 1, value)).toEqual([null, 1]);
    expect(after(filter, 300, value)).toEqual([null, 0]);
    expect(after(filter, 1_000_000, value)).toEqual([null, 1]);
  });

  test("ends where exp is required", async () => {
    const value = await token({ exp: undefined });
    expect(after(simulate({}), 0, value)).toEqual(["jwt:claims_invalid", 1]);
  });
});

describe("a largest lifetime without iat", () => {
  test("counts from when the token is seen", async () => {
    const filter = simulate({ maxLifetime: "900s" });
    const value = await token({ iat: undefined });
    expect(after(filter, 0, value)).toEqual(["jwt:lifetime_refused", 1]);
    expect(after(filter, 100, value)).toEqual([null, 1]);
  });
});

const DIGEST = Buffer.alloc(32, "ab", "hex");
const PEER = "connection.sha256_peer_certificate_digest";
const MTLS = { confirmation: { mtls: "connection" } };
const BOUND = await token({ cnf: { "x5t#S256": DIGEST.toString("base64url") } });

function sendOver(filter: Simulated, properties: Record<string, PropertyValue>): string | null {
  const [worker] = filter.plugin.workers;
  if (worker === undefined) throw new Error("no worker");
  const stream = worker.openStream({ sourceAddress: "192.0.2.1:4711", properties });
  try {
    const { reason, headers } = requestOn(stream, bearer(BOUND));
    expect(headers.get("x-user")).toBe(reason === null ? "alice" : undefined);
    return reason;
  } finally {
    stream.close();
  }
}

describe("a token that is bound to the certificate of the connection", () => {
  const REFUSED = "jwt:confirmation_refused";

  test("is good on connections with that certificate, each time anew", () => {
    const filter = simulate(MTLS);
    const hex = DIGEST.toString("hex");
    expect(sendOver(filter, { [PEER]: hex })).toBeNull();
    const verifications = filter.host.hostCallsByName().get(VERIFY);
    expect(sendOver(filter, { [PEER]: hex.toUpperCase() })).toBeNull();
    for (const other of [
      `${hex.slice(0, -1)}c`,
      "",
      hex.slice(2),
      `${hex}00`,
      `${hex.slice(2)}zz`,
    ]) {
      expect(sendOver(filter, { [PEER]: other }), other).toBe(REFUSED);
    }
    expect(sendOver(filter, {})).toBe(REFUSED);
    expect(sendOver(filter, { [PEER]: hex })).toBeNull();
    expect(filter.host.hostCallsByName().get(VERIFY)).toBe(verifications);
  });

  test("is refused when the host does not say which that is", () => {
    const statuses: [Status, string][] = [
      [Status.NOT_FOUND, REFUSED],
      [Status.INTERNAL_FAILURE, "host_failure"],
      [Status.BAD_ARGUMENT, "host_failure"],
    ];
    for (const [status, reason] of statuses) {
      const filter = simulate(MTLS, ({ name }) => (name === PROPERTY ? status : undefined));
      expect(sendOver(filter, { [PEER]: DIGEST.toString("hex") })).toBe(reason);
    }
  });

  test("asks the host for nothing where it is not asked for", async () => {
    const plain = await token();
    expect(simulate({}).callsOf(bearer(plain)).has(PROPERTY)).toBe(false);
    const ignoring = simulate({ confirmation: "ignore" });
    expect(ignoring.send(bearer(BOUND)).reason).toBeNull();
    expect(ignoring.callsOf(bearer(BOUND)).has(PROPERTY)).toBe(false);
  });

  test("gives nobody's claims to others when it is refused", () => {
    const limit = { name: "user", key: [{ claim: "sub" }], capacity: 1, refill: "1/h" };
    const filter = simulate(MTLS, undefined, { rateLimit: { limits: [limit] } });
    expect(sendOver(filter, {})).toBe(REFUSED);
    expect(sendOver(filter, { [PEER]: DIGEST.toString("hex") })).toBeNull();
    expect(sendOver(filter, { [PEER]: DIGEST.toString("hex") })).toBe("ratelimit:limited");
  });
});
