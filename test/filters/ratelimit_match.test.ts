// Matches of limits where a case cannot look: what a request leaves alone.

import { expect, test } from "vitest";

import type { HeaderList } from "../../host-sim/src/index.ts";
import { loadShippedModule, requestOn, Simulated } from "../support/simulated_filter.ts";
import { ecKey, mint } from "../support/tokens.ts";

const module = await loadShippedModule();
const KEY = ecKey("k");
const STRANGER = ecKey("k");
const bearer = async (changed: object, key = KEY): Promise<HeaderList> => {
  const claims = { sub: "a", aud: "orders", exp: 2 ** 40, ...changed };
  return [["authorization", `Bearer ${await mint(key, claims)}`]];
};

const limit = (name: string, match: object): object => ({
  name,
  match,
  capacity: 2,
  refill: "0/s",
});
const withTokens = (...limits: object[]): object => ({
  jwt: {
    providers: { idp: { audiences: ["orders"], keys: { inline: { keys: [KEY.jwk] } } } },
    rules: [{ match: { prefix: "/" }, require: "idp" }],
  },
  rateLimit: { limits },
});

const bucketsOf = (filter: Simulated): string[] =>
  filter
    .keys()
    .map((key) => /^sallyport\/rl\d+\/([\w-]+)\//.exec(key)?.[1])
    .filter((name) => name !== undefined)
    .toSorted();

test("a limit with claims counts nothing before the token is verified", async () => {
  const configuration = withTokens(
    limit("free", { path: "/", claims: [{ claim: "plan", equals: "free" }] }),
  );
  const filter = new Simulated(module, { configuration });
  const forged = await bearer({ plan: "free" }, STRANGER);
  for (let i = 0; i < 5; i++) expect(filter.send(forged).reason).toBe("jwt:signature_invalid");
  expect(filter.send().reason).toBe("jwt:missing");
  expect(bucketsOf(filter)).toEqual([]);
  const free = await bearer({ plan: "free" });
  // The first verifies the token, the others find its claims in the cache.
  const reasons = [1, 2, 3].map(() => filter.send(free).reason);
  expect(reasons).toEqual([null, null, "ratelimit:limited"]);
  expect(bucketsOf(filter)).toEqual(["free"]);
  expect(filter.send(await bearer({ plan: "paid" })).reason).toBeNull();
});

test("a request takes from the limits that it meets and from no other", () => {
  const configuration = {
    rateLimit: {
      limits: [
        limit("path", { path: "/a" }),
        limit("host", { hosts: ["example.test"] }),
        limit("other-path", { path: "/b" }),
        limit("other-host", { hosts: ["other.test"] }),
        limit("prefix", { prefix: "/a" }),
        limit("other-method", { methods: ["POST"] }),
        limit("header", { headers: [{ name: "x-a", present: true }] }),
      ],
    },
  };
  const filter = new Simulated(module, { configuration });
  const stream = filter.open();
  expect(requestOn(stream, [["x-a", "1"]], "/a").reason).toBeNull();
  stream.close();
  expect(bucketsOf(filter)).toEqual(["header", "host", "path", "prefix"]);
});

test("a header that a token became counts only for limits with claims", async () => {
  const configuration = {
    jwt: {
      providers: {
        idp: {
          audiences: ["orders"],
          keys: { inline: { keys: [KEY.jwk] } },
          forward: { claims: [{ claim: "sub", header: "x-user" }] },
        },
      },
      rules: [{ match: { prefix: "/" }, require: "idp" }],
    },
    rateLimit: {
      limits: [
        limit("before", { headers: [{ name: "x-user", present: true }] }),
        limit("behind", {
          headers: [{ name: "x-user", exact: "a" }],
          claims: [{ claim: "sub", present: true }],
        }),
      ],
    },
  };
  const filter = new Simulated(module, { configuration });
  expect(filter.send([...(await bearer({})), ["x-user", "root"]]).reason).toBeNull();
  expect(bucketsOf(filter)).toEqual(["behind"]);
});
