/** Configurations of the rate limit cases, by name. */
export const rateLimitConfigurations = {
  "three in all": limits({ name: "all", key: [{ text: "" }], capacity: 3, refill: "0/s" }),
  "two an hour": limits({ name: "hourly", key: [{ text: "" }], capacity: 2, refill: "2/h" }),
  // Envoy has one worker in the cases.
  "three in the worker": limits({
    name: "all",
    key: [{ text: "" }],
    capacity: 3,
    refill: "0/s",
    store: "worker",
  }),
  "none at all": limits({ name: "closed", key: [{ text: "" }], capacity: 0, refill: "10/s" }),
  "one by header": limits({
    name: "by-header",
    key: [{ header: "x-user" }],
    capacity: 1,
    refill: "0/s",
  }),
  "one by header and path": limits({
    name: "by-place",
    key: [{ header: "X-User" }, { path: true }],
    capacity: 1,
    refill: "0/s",
  }),
  "one by client address": limits({
    name: "by-peer",
    key: [{ clientAddress: {} }],
    capacity: 1,
    refill: "0/s",
  }),
  "one by forwarded address": limits({
    name: "by-client",
    key: [{ clientAddress: { trustedHops: 2 } }],
    capacity: 1,
    refill: "0/s",
  }),
  "a wide and a narrow limit": limits(
    { name: "wide", key: [{ text: "all" }], capacity: 3, refill: "0/s" },
    { name: "narrow", key: [{ header: "x-user" }], capacity: 1, refill: "0/s" },
  ),
  "limits shown on responses": {
    rateLimit: {
      headers: "always",
      limits: [
        { name: "wide", key: [{ text: "all" }], capacity: 100, refill: "1/d" },
        { name: "narrow", key: [{ header: "x-user" }], capacity: 2, refill: "1/h" },
      ],
    },
  },
  "a store that fails beside a limit": {
    rateLimit: {
      stores: { gone: { rls: { cluster: "absent", domain: "edge" } } },
      limits: [
        { name: "outside", store: "gone", match: { path: "/deny" } },
        { name: "lenient", store: "gone", onStoreFailure: "allow" },
        { name: "here", key: [{ header: "x-user" }], capacity: 2, refill: "0/s" },
      ],
    },
  },
} as const;

interface Limit {
  name: string;
  key: object[];
  capacity: number;
  refill: string;
  store?: "worker";
}

function limits(...each: Limit[]): { rateLimit: { limits: Limit[] } } {
  return { rateLimit: { limits: each } };
}
