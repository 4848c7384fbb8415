import { everywhere, IDP } from "./jwt.ts";

const K = { name: "k", capacity: 1, refill: "0/s" };
const JWT = { jwt: { providers: { idp: IDP }, rules: [everywhere("idp")] } };

function limits(...each: object[]): { rateLimit: { limits: object[] } } {
  return { rateLimit: { limits: each } };
}

/** A limit of one request for each key of these parts. */
function one(...key: object[]): { rateLimit: object } {
  return limits({ ...K, key });
}

function cost(source: object): { rateLimit: object } {
  return limits({ ...K, capacity: 10, cost: source });
}

/** Configurations of the cases about keys and costs of rate limits, by name. */
export const rateLimitKeyConfigurations = {
  "one by parameter": one({ query: "id" }),
  "one by cookie": one({ cookie: "id" }),
  "one by method": one({ method: true }),
  "one by host": one({ host: true }),
  "one by path": one({ path: true }),
  "one by tenant in the path": one({ pathTemplate: "/v1/{tenant}/*" }),
  "one by tenant in the path, skipped elsewhere": one({
    pathTemplate: "/v1/{tenant}/*",
    onMissing: "skip",
  }),
  "one by two names in the path": one({ pathTemplate: "/{a}/{b}/**", onMissing: "skip" }),
  "one by network": one({ clientAddress: { trustedHops: 2, ipv4Prefix: 24, ipv6Prefix: 48 } }),
  "one by the last proxy's word": one({ clientAddress: { trustedHops: 1 } }),
  "one by two headers": one({ header: "x-a" }, { header: "x-b" }),
  "one for all": limits(K),
  "one by header, skipped without": one({ header: "x-user", onMissing: "skip" }),
  "one by header, refused without": one({ header: "x-user", onMissing: "deny" }),
  "one by header with a default": one({ header: "x-user", default: "nobody" }),
  "one by forwarded address, skipped without": one({
    clientAddress: { trustedHops: 2 },
    onMissing: "skip",
  }),
  "a wide limit and one that needs a header": limits(
    { name: "wide", capacity: 1, refill: "0/s" },
    { ...K, key: [{ header: "x-user", onMissing: "deny" }] },
  ),
  "one by claims": {
    ...JWT,
    ...one({ claim: ["org", "id"] }, { claim: "level", default: "none" }),
  },
  "one by claim, skipped without": { ...JWT, ...one({ claim: "org", onMissing: "skip" }) },
  "one by claim, refused without": { ...JWT, ...one({ claim: "org", onMissing: "deny" }) },
  "ten, three each": limits({ ...K, capacity: 10, cost: 3 }),
  "one, for nothing": limits({ ...K, cost: 0 }),
  "ten by stated cost": cost({ header: "x-cost", max: 8 }),
  "ten by stated cost of all kinds": cost({ header: "x-cost", default: 2, min: 0, max: 10 }),
  "ten by cost that must be a number": cost({ header: "x-cost", max: 8, onInvalid: "deny" }),
  "ten by claimed cost": { ...JWT, ...cost({ claim: "weight", max: 8 }) },
  "two limits with costs of their own": limits(
    { name: "cheap", key: [{ text: "all" }], capacity: 10, refill: "0/s", cost: 4 },
    { name: "dear", key: [{ header: "x-user" }], capacity: 10, refill: "0/s", cost: 7 },
  ),
} as const;
