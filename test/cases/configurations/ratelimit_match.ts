import { everywhere, IDP } from "./jwt.ts";

/** A limit that refuses all that it counts. */
const closed = (name: string, match: object): object => ({
  name,
  match,
  capacity: 0,
  refill: "0/s",
});
const limits = (...each: object[]): object => ({ rateLimit: { limits: each } });
const withTokens = (section: object, ...each: object[]): object => ({
  jwt: { providers: { idp: IDP }, ...section },
  ...limits(...each),
});
const THOUSAND = Array.from({ length: 1000 }, (_, i) => i);

/** Configurations of the cases about which limits apply, by name. */
export const rateLimitMatchConfigurations = {
  "limits by path": limits(
    closed("prefix", { prefix: "/api" }),
    closed("path", { path: "/login" }),
    closed("template", { template: "/v1/{tenant}/orders/*" }),
    closed("suffix", { suffix: "export/items.json" }),
  ),
  "limits and odd paths": limits(
    closed("login", { path: "/login" }),
    closed("api", { prefix: "/api" }),
  ),
  "limits by method, host and header": limits(
    closed("method", { methods: ["DELETE", "PUT"] }),
    closed("host", { hosts: ["closed.example.org", "[::1]"] }),
    closed("hosts-below", { hosts: ["*.private.example.org"] }),
    closed("header", { headers: [{ name: "x-kind", exact: "bot" }] }),
    closed("headers", {
      headers: [
        { name: "x-kind", prefix: "app-" },
        { name: "X-Trial", present: true },
        { name: "x-paid", present: false },
      ],
    }),
    closed("all", {
      path: "/all",
      hosts: ["all.example.org"],
      headers: [{ name: "x-all", present: true }],
    }),
  ),
  "one request of a path": limits({
    name: "login",
    match: { path: "/login" },
    capacity: 1,
    refill: "0/s",
  }),
  "limits that overlap": limits(
    closed("host", { hosts: ["a.example.org"] }),
    closed("path", { path: "/a" }),
    closed("prefix", { prefix: "/a" }),
    closed("path-again", { path: "/a" }),
    closed("rest", { methods: ["GET", "POST"] }),
  ),
  "limits by claim": withTokens(
    { rules: [everywhere("idp")] },
    closed("plan", { claims: [{ claim: "plan", equals: "free" }] }),
    closed("tenant", { claims: [{ claim: ["org", "tenant"], in: ["t1", "t2"] }] }),
    closed("level", { claims: [{ claim: "level", equals: "7" }] }),
    closed("admin", { claims: [{ claim: "admin", equals: "true" }] }),
    closed("role", { claims: [{ claim: "role", prefix: "bot-" }] }),
    closed("trial", { claims: [{ claim: "trial", present: true }] }),
    closed("both", {
      path: "/both",
      claims: [
        { claim: "sub", equals: "alice" },
        { claim: "plan", present: false },
      ],
    }),
  ),
  "a limit by claim before one by path": withTokens(
    { rules: [{ match: { prefix: "/open" }, require: "none" }, everywhere("idp")] },
    closed("subject", { prefix: "/", claims: [{ claim: "sub", present: true }] }),
    closed("path", { path: "/a" }),
  ),
  "a thousand limits by path": limits(
    ...THOUSAND.map((i) => closed(`l${String(i)}`, { path: `/shops/${String(i)}/items` })),
  ),
  "a thousand limits by host": limits(
    ...THOUSAND.map((i) => closed(`l${String(i)}`, { hosts: [`shop-${String(i)}.example.org`] })),
  ),
} as const;
