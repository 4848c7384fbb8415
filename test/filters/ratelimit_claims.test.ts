// Limits on what is known of who calls: only verified tokens count.

import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, Simulated } from "../support/simulated_filter.ts";

const module = await loadShippedModule();
const KEY_ID = "key";
const { publicKey, privateKey } = await generateKeyPair("ES256");
const stranger = await generateKeyPair("ES256");
const jwk = { ...(await exportJWK(publicKey)), kid: KEY_ID, alg: "ES256" };

async function bearer(claims: Record<string, string>, key = privateKey): Promise<HeaderList> {
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", kid: KEY_ID })
    .setAudience("orders")
    .setExpirationTime(2 ** 40)
    .sign(key);
  return [["authorization", `Bearer ${token}`]];
}

const CONFIGURATION = {
  jwt: {
    providers: { one: { audiences: ["orders"], keys: { inline: { keys: [jwk] } } } },
    rules: [{ match: { prefix: "/" }, require: "one" }],
  },
  rateLimit: {
    limits: [
      { name: "tenant", key: [{ claim: "tenant" }], capacity: 4, refill: "0/s" },
      { name: "subject", key: [{ claim: "iss" }, { claim: "sub" }], capacity: 2, refill: "0/s" },
      { name: "anyone", key: [{ text: "" }], capacity: 50, refill: "0/s" },
    ],
  },
};

let filter: Simulated;
beforeEach(() => {
  filter = new Simulated(module, { configuration: CONFIGURATION });
});

const tokensOf = (name: string): string | undefined =>
  filter.keys().find((key) => key.includes(`/${name}/`));

describe("a limit on a claim", () => {
  test("has a bucket for each value, from the first request on and from the cache", async () => {
    const [one, two] = [await bearer({ sub: "a" }), await bearer({ sub: "b" })];
    expect([1, 2, 3].map(() => filter.send(one).reason)).toEqual([null, null, "ratelimit:limited"]);
    expect([1, 2, 3].map(() => filter.send(two).reason)).toEqual([null, null, "ratelimit:limited"]);
  });

  test("counts the claim, not the token", async () => {
    for (const iat of ["x", "y"]) {
      expect(filter.send(await bearer({ sub: "a", nonce: iat })).reason).toBeNull();
    }
    expect(filter.send(await bearer({ sub: "a", nonce: "z" })).reason).toBe("ratelimit:limited");
  });

  test("takes from all limits of its group or from none", async () => {
    const a = await bearer({ sub: "a", tenant: "t" });
    for (let i = 0; i < 6; i++) filter.send(a);
    const b = await bearer({ sub: "b", tenant: "t" });
    expect([1, 2].map(() => filter.send(b).reason)).toEqual([null, null]);
    const refused = filter.send(await bearer({ sub: "c", tenant: "t" }));
    expect(refused.headers.get("ratelimit-policy")).toBe('"tenant";q=4');
  });

  test("gives tokens without the claim one bucket", async () => {
    expect(filter.send(await bearer({})).reason).toBeNull();
    expect(filter.send(await bearer({})).reason).toBeNull();
    expect(filter.send(await bearer({})).reason).toBe("ratelimit:limited");
    expect(filter.send(await bearer({ sub: "" })).reason).toBe("ratelimit:limited");
  });

  test("is not touched by tokens that do not hold, while limits without a claim are", async () => {
    const forged = await bearer({ sub: "a", tenant: "t" }, stranger.privateKey);
    for (let i = 0; i < 50; i++) expect(filter.send(forged).reason).toBe("jwt:signature_invalid");
    expect(tokensOf("subject")).toBeUndefined();
    expect(tokensOf("tenant")).toBeUndefined();
    expect(filter.send(forged)).toMatchObject({ status: 429, reason: "ratelimit:limited" });
  });
});
