// Tokens that were refused a moment ago: what is remembered of them, for how long, and that they
// push no good token out.

import { describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";
import { ecKey, flipBit, forge, mint } from "../support/tokens.ts";
import type { Claims, TestKey } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const OTHER = ecKey("k");
/** The simulated clock when requests begin. */
const NOW = 1_700_000_000;
const SECONDS = 10;

const idp = (key: TestKey): object => ({
  audiences: ["orders"],
  issuer: "https://idp.test",
  subjects: ["alice"],
  clockSkew: "0s",
  keys: { inline: { keys: [key.jwk] } },
  forward: { claims: [{ claim: "sub", header: "x-user" }] },
});

/** The host verifies, so that verifications can be counted. */
const configuration = (key: TestKey): object => ({
  jwt: {
    crypto: "host",
    providers: { idp: idp(key), other: idp(OTHER) },
    rules: [
      { match: { prefix: "/other" }, require: "other" },
      { match: { prefix: "/" }, require: "idp" },
    ],
  },
});

const CLAIMS = { iss: "https://idp.test", sub: "alice", aud: "orders", exp: NOW + 1000 };
const token = (changed: Claims = {}, key = KEY): Promise<string> =>
  mint(key, { ...CLAIMS, ...changed });
const bearer = (value: string): HeaderList => [["authorization", `Bearer ${value}`]];

function simulate(): Simulated {
  const filter = new Simulated(module, { configuration: configuration(KEY) });
  filter.advance(NOW - 1);
  return filter;
}

const verificationsOf = (filter: Simulated, value: string): number =>
  filter.callsOf(bearer(value)).get("proxy_call_foreign_function") ?? 0;

describe("a refusal that lasts", () => {
  const GOOD = token();
  const lasting: [reason: string, token: Promise<string>][] = [
    ["jwt:signature_invalid", GOOD.then((value) => flipBit(value, 2, 5))],
    ["jwt:signature_invalid", token({}, OTHER)],
    ["jwt:claims_invalid", token({ exp: undefined })],
    ["jwt:expired", token({ exp: NOW })],
    ["jwt:issuer_refused", token({ iss: "https://evil.test" })],
    ["jwt:audience_refused", token({ aud: "billing" })],
    ["jwt:subject_missing", token({ sub: undefined })],
    ["jwt:subject_refused", token({ sub: "bob" })],
  ];
  test.each(lasting)("%s is remembered for a while", async (reason, made) => {
    const filter = simulate();
    const value = await made;
    const send = (): [number, string | null, string | undefined] => {
      const verifications = verificationsOf(filter, value);
      const { reason: found, headers } = filter.send(bearer(value));
      return [verifications, found, headers.get("www-authenticate")];
    };
    const challenge = expect.stringContaining(`error_description="${reason}"`);
    expect(send()).toEqual([1, reason, challenge]);
    expect(send()).toEqual([0, reason, challenge]);
    filter.advance(SECONDS - 1);
    expect(send()).toEqual([0, reason, challenge]);
    filter.advance(1);
    expect(send()).toEqual([1, reason, challenge]);
    filter.advance(0);
    expect(send()).toEqual([0, reason, challenge]);
  });

  test("holds for that token and that provider alone", async () => {
    const filter = simulate();
    const value = await token({}, OTHER);
    expect(filter.send(bearer(value)).reason).toBe("jwt:signature_invalid");
    const pseudo: HeaderList = [
      [":authority", "a"],
      [":path", "/other"],
      [":method", "GET"],
      [":scheme", "http"],
    ];
    const stream = filter.open();
    expect(stream.requestHeaders([...pseudo, ...bearer(value)], true).kind).toBe("continue");
    stream.close();
    expect(filter.send(bearer(await token())).reason).toBeNull();
    expect(filter.send(bearer(value)).reason).toBe("jwt:signature_invalid");
  });

  test("is forgotten with its configuration: the right keys come", async () => {
    const filter = simulate();
    const value = await token({}, OTHER);
    expect(filter.send(bearer(value)).reason).toBe("jwt:signature_invalid");
    filter.plugin.update(JSON.stringify(configuration(OTHER)));
    expect(filter.send(bearer(value)).reason).toBeNull();
  });

  test("of an expired token does not outlive a clock that goes back", async () => {
    const filter = simulate();
    const value = await token({ exp: NOW + 5 });
    filter.advance(5);
    expect(filter.send(bearer(value)).reason).toBe("jwt:expired");
    filter.advance(-1);
    expect(filter.send(bearer(value)).reason).toBeNull();
    filter.advance(1);
    expect(filter.send(bearer(value)).reason).toBe("jwt:expired");
  });
});

describe("what does not last", () => {
  test("a token that is not valid yet is judged each time", async () => {
    const filter = simulate();
    const value = await token({ nbf: NOW + 2 });
    for (let turn = 0; turn < 2; turn++) {
      expect(verificationsOf(filter, value)).toBe(1);
      expect(filter.send(bearer(value)).reason).toBe("jwt:not_yet_valid");
    }
    filter.advance(2);
    expect(filter.send(bearer(value)).reason).toBeNull();
  });

  test("what costs no signature is not remembered", () => {
    const filter = simulate();
    const cheap = ["x", "a.b.c", forge(KEY, { alg: "ES256", kid: "unknown" }, CLAIMS)];
    for (const value of cheap) {
      filter.send(bearer(value));
      filter.send(bearer(value));
    }
    const refusedAgain = filter.host
      .metrics()
      .get("filter=.=jwt;.;result=.=refused;.;sallyport_jwt_cache_total");
    expect(refusedAgain).toEqual({ type: "counter", value: 0n });
  });

  test("a token that is too large for it", async () => {
    const filter = simulate();
    const value = await token({ aud: "billing", filler: "x".repeat(5900) });
    expect(value.length).toBeGreaterThan(7932);
    for (let turn = 0; turn < 2; turn++) expect(verificationsOf(filter, value)).toBe(1);
  });
});

describe("a flood of bad tokens", () => {
  test("pushes no good token out", async () => {
    const filter = simulate();
    const good = await Promise.all(
      Array.from({ length: 50 }, (_, i) => token({ jti: `good-${String(i)}` })),
    );
    for (const value of good) expect(filter.send(bearer(value)).reason).toBeNull();
    const claims = { ...CLAIMS, aud: "billing" };
    for (let i = 0; i < 3000; i++) {
      const bad = forge(KEY, { alg: "ES256", kid: "k" }, { ...claims, jti: String(i) });
      expect(filter.send(bearer(bad)).reason).toBe("jwt:audience_refused");
    }
    for (const value of good) expect(verificationsOf(filter, value)).toBe(0);
  });
});
