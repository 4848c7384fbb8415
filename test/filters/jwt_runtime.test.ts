// The jwt filter over time and on hosts that fail: the cache, the clock, the verifier.

import { describe, expect, test } from "vitest";

import type { HeaderList, HostCall, SignatureCrypto } from "../../host-sim/src/index.ts";
import { createHost, Status } from "../../host-sim/src/index.ts";
import { requestOn, loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { ecKey, flipBit, forge, mint, rsaKey } from "../support/tokens.ts";
import type { Claims, TestKey } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;
const VERIFY = "proxy_call_foreign_function";

/** The host verifies, so that verifications can be counted. */
const CONFIGURATION = {
  jwt: {
    crypto: "host",
    providers: {
      idp: {
        audiences: ["orders"],
        clockSkew: "10s",
        keys: { inline: { keys: [KEY.jwk] } },
        forward: { claims: [{ claim: "sub", header: "x-user" }] },
      },
    },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
};

const token = (changed: Claims = {}): Promise<string> =>
  mint(KEY, { sub: "alice", aud: "orders", exp: NOW + 100, ...changed });
const bearer = (value: string): HeaderList => [["authorization", `Bearer ${value}`]];

function simulate(faults?: (call: HostCall) => Status | undefined): Simulated {
  const options = faults === undefined ? {} : { faults };
  const filter = new Simulated(module, { configuration: CONFIGURATION, ...options });
  filter.advance(NOW - 1);
  return filter;
}

const verificationsOf = (filter: Simulated, value: string): number =>
  filter.callsOf(bearer(value)).get(VERIFY) ?? 0;

describe("a token that was verified before", () => {
  test("is not verified again, and gives the same headers", async () => {
    const filter = simulate();
    const value = await token();
    expect(verificationsOf(filter, value)).toBe(1);
    expect(verificationsOf(filter, value)).toBe(0);
    expect(filter.send(bearer(value)).headers.get("x-user")).toBe("alice");
  });

  test("expires like any other, and the clock may go back", async () => {
    const filter = simulate();
    const value = await token({ nbf: NOW - 5 });
    const reasonAfter = (seconds: number): string | null => {
      filter.advance(seconds);
      return filter.send(bearer(value)).reason;
    };
    expect(reasonAfter(0)).toBeNull();
    expect(reasonAfter(109)).toBeNull();
    expect(reasonAfter(1)).toBe("jwt:expired");
    expect(reasonAfter(100000)).toBe("jwt:expired");
    expect(reasonAfter(-100110)).toBeNull();
    expect(reasonAfter(-15)).toBeNull();
    expect(reasonAfter(-1)).toBe("jwt:not_yet_valid");
    expect(reasonAfter(1)).toBeNull();
  });

  test("is another token when a byte differs, wherever", async () => {
    const filter = simulate();
    const value = await token();
    expect(filter.send(bearer(value)).reason).toBeNull();
    for (const changed of [flipBit(value, 2, 63), flipBit(value, 2, 0)]) {
      expect(filter.send(bearer(changed)).reason).toBe("jwt:signature_invalid");
    }
    for (let at = 0; at < value.length; at++) {
      const other = value[at] === "A" ? "B" : "A";
      const changed = value.slice(0, at) + other + value.slice(at + 1);
      expect(filter.send(bearer(changed)).reason, `byte ${String(at)}`).not.toBeNull();
    }
  });

  test("may be forgotten when there are many, and each keeps its own claims", async () => {
    const filter = simulate();
    const tokens = await Promise.all(
      Array.from({ length: 2000 }, (_, i) => token({ sub: `user-${String(i)}` })),
    );
    for (let round = 0; round < 2; round++) {
      for (const [i, value] of tokens.entries()) {
        expect(filter.send(bearer(value)).headers.get("x-user")).toBe(`user-${String(i)}`);
      }
    }
  });

  test("is forgotten with its configuration", async () => {
    const filter = simulate();
    const value = await token();
    expect(filter.send(bearer(value)).reason).toBeNull();
    const other = { ...KEY.jwk, ...ecKey("k").jwk };
    const { idp } = CONFIGURATION.jwt.providers;
    const changed = { idp: { ...idp, keys: { inline: { keys: [other] } } } };
    filter.plugin.update(JSON.stringify({ jwt: { ...CONFIGURATION.jwt, providers: changed } }));
    expect(filter.send(bearer(value)).reason).toBe("jwt:signature_invalid");
  });
});

describe("work that a bad token makes", () => {
  test("no signature is verified before everything in front of it is right", async () => {
    const filter = simulate();
    const claims = { sub: "a", aud: "orders", exp: NOW + 100 };
    const cheap = [
      "x",
      "a.b.c",
      (await token()).replace(".", ".."),
      forge(KEY, { alg: "none", kid: "k" }, claims),
      forge(KEY, { alg: "RS256", kid: "k" }, claims),
      forge(KEY, { alg: "ES256", kid: "unknown" }, claims),
      forge(KEY, { alg: "ES256", kid: "k", crit: ["x"] }, claims),
      `${forge(KEY, { alg: "ES256", kid: "k" }, claims).split(".").slice(0, 2).join(".")}.AAAA`,
    ];
    for (const value of cheap) expect(verificationsOf(filter, value), value).toBe(0);
  });

  test("no payload is judged whose signature is wrong", async () => {
    const value = await token();
    const expired = forge(ecKey("k"), { alg: "ES256", kid: "k" }, { exp: 1 });
    expect(simulate().send(bearer(expired)).reason).toBe("jwt:signature_invalid");
    expect(simulate().send(bearer(value)).reason).toBeNull();
  });
});

describe("a host that fails during a request", () => {
  const failing =
    (name: string, status: Status) =>
    (call: HostCall): Status | undefined =>
      call.name === name && call.phase === "request_headers" ? status : undefined;

  const statuses = Object.entries(Status).filter(([name]) => name !== "OK");
  test.each(statuses)("the verifier answers %s: refused", async (_, status) => {
    const {
      reason,
      status: http,
      headers,
    } = simulate(failing(VERIFY, status)).send(bearer(await token()));
    expect({ reason, http }).toEqual({ reason: "host_failure", http: 503 });
    expect(headers.has("www-authenticate")).toBe(false);
  });

  test("the clock: refused, also when the token was verified before", async () => {
    let broken = false;
    const filter = simulate((call) =>
      broken ? failing("clock_time_get", Status.INTERNAL_FAILURE)(call) : undefined,
    );
    const value = await token();
    expect(filter.send(bearer(value)).reason).toBeNull();
    broken = true;
    expect(filter.send(bearer(value)).reason).toBe("host_failure");
    broken = false;
    expect(filter.send(bearer(value)).reason).toBeNull();
  });
});

const NO: SignatureCrypto = { verify: () => false };
const YES: SignatureCrypto = { verify: () => true };
const UNUSABLE: SignatureCrypto = {
  verify: () => {
    throw new Error("no key is good enough");
  },
};

describe("a host that is not fit for it", () => {
  const RSA = rsaKey("k");

  function run(
    crypto: SignatureCrypto | undefined,
    mode: string,
    key: TestKey,
  ): { reason: string | null; status: number; lines: string[] } {
    const nanoseconds = BigInt(NOW) * 1_000_000_000n;
    const lines: string[] = [];
    const host = createHost({
      clock: { systemNanoseconds: () => nanoseconds, monotonicNanoseconds: () => nanoseconds },
      random: (target) => target.fill(1),
      onLog: (level, message) => lines.push(`${level} ${message}`),
      ...(crypto === undefined ? {} : { crypto }),
    });
    const { idp } = CONFIGURATION.jwt.providers;
    const providers = { idp: { ...idp, keys: { inline: { keys: [key.jwk] } } } };
    const configuration = { jwt: { ...CONFIGURATION.jwt, crypto: mode, providers } };
    const [worker] = host.addPlugin({
      module,
      configuration: JSON.stringify(configuration),
    }).workers;
    if (worker === undefined) throw new Error("no worker");
    const claims = { sub: "alice", aud: "orders", exp: NOW + 100 };
    const token = forge(key, { alg: key.alg, kid: key.kid }, claims);
    const { reason, status } = requestOn(worker.openStream(), bearer(token));
    return { reason, status, lines };
  }

  test.each([
    ["no verifier", undefined],
    ["one that always says yes", YES],
    ["one that always says no", NO],
    ["one that takes no key", UNUSABLE],
  ])("with %s the module verifies", (_, crypto) => {
    for (const key of [KEY, RSA]) {
      for (const mode of ["auto", "wasm"]) expect(run(crypto, mode, key).reason).toBeNull();
    }
  });

  test.each([
    ["no verifier", undefined],
    ["one that always says yes", YES],
    ["one that always says no", NO],
    ["one that takes no key", UNUSABLE],
  ])("with %s crypto: host refuses each token, and says so once", (_, crypto) => {
    for (const key of [KEY, RSA]) {
      const { reason, status, lines } = run(crypto, "host", key);
      expect({ reason, status }).toEqual({ reason: "jwt:algorithm_disabled", status: 503 });
      const line =
        "critical algorithm disabled: the self-test of its verifier failed " +
        `algorithm=${key.alg}`;
      expect(lines.filter((each) => each === line)).not.toEqual([]);
    }
  });

  test("that stops to answer between requests is replaced by the module", async () => {
    const key = RSA;
    const { idp } = CONFIGURATION.jwt.providers;
    const providers = { idp: { ...idp, keys: { inline: { keys: [key.jwk] } } } };
    const configuration = { jwt: { ...CONFIGURATION.jwt, crypto: "auto", providers } };
    const faults = (call: HostCall): Status | undefined =>
      call.name === VERIFY && call.phase === "request_headers"
        ? Status.INTERNAL_FAILURE
        : undefined;
    const filter = new Simulated(module, { configuration, faults });
    filter.advance(NOW - 1);
    const value = await mint(key, { sub: "alice", aud: "orders", exp: NOW + 100 });
    expect(verificationsOf(filter, value)).toBe(1);
    expect(filter.send(bearer(value)).reason).toBeNull();
    expect(filter.send(bearer(flipBit(value, 2, 9))).reason).toBe("jwt:signature_invalid");
  });

  test("without random bytes every request is refused until there are some", async () => {
    let broken = true;
    const filter = simulate(({ name }) =>
      broken && name === "random_get" ? Status.INTERNAL_FAILURE : undefined,
    );
    const value = await token();
    expect(filter.send(bearer(value)).reason).toBe("config_failed");
    broken = false;
    filter.advance(2);
    filter.host.runTimers();
    expect(filter.send(bearer(value)).reason).toBeNull();
  });
});
