// Which limits apply: by path, method, host, header and claim. Most limits here refuse all that
// they count, so that a refusal names the first that applies.

import type { HeaderList } from "../../host-sim/src/index.ts";
import type { Case, CaseExpectation, CaseRequest, CaseStep } from "../support/case.ts";
import { bearer, refused as refusedByJwt } from "./jwt_expectations.ts";
import { STRANGER, token } from "./jwt_tokens.ts";

const HTTP = ["http1", "http2"] as const;
const PASSES: CaseExpectation = { status: 200, reason: null };

const limited = (name: string): CaseExpectation => ({
  status: 429,
  reason: "ratelimit:limited",
  grpcStatus: 8,
  response: { "ratelimit-policy": new RegExp(`^"${name}";`) },
});

/** Nobody can tell which limits count it. */
const TARGET_REFUSED: CaseExpectation = {
  status: 400,
  reason: "ratelimit:target_refused",
  grpcStatus: 3,
};

/** A request that the limit counts, or no limit when the name is null. */
const step = (name: string | null, request: CaseRequest): CaseStep => ({
  request,
  expect: name === null ? PASSES : limited(name),
});
const at = (name: string | null, ...paths: string[]): CaseStep[] =>
  paths.map((path) => step(name, { path }));
const onHost = (name: string | null, ...authorities: string[]): CaseStep[] =>
  authorities.map((authority) => step(name, { authority }));
const refusedAt = (...paths: string[]): CaseStep[] =>
  paths.map((path) => ({ request: { path }, expect: TARGET_REFUSED }));
const refusedOn = (...authorities: string[]): CaseStep[] =>
  authorities.map((authority) => ({ request: { authority }, expect: TARGET_REFUSED }));
const withFields = (name: string | null, ...headers: HeaderList): CaseStep =>
  step(name, { headers });

const paths: Case[] = [
  {
    name: "paths of every kind",
    configuration: "limits by path",
    steps: [
      ...at("prefix", "/api", "/api/", "/api/a/b", "/%61pi?x", "/b/../api"),
      ...at(null, "/apis", "/Api", "/a/api", "/", "/ap"),
      ...at("path", "/login", "/login?next=/", "/./login", "/login/", "/login/."),
      ...at(null, "/login/a", "/logins"),
      ...at("template", "/v1/a/orders/1", "/v1/%20/orders/2", "/v1/a/orders/1/"),
      ...at(null, "/v1/a/orders", "/v1/a/orders/1/2", "/v1/a/b/orders/1", "/v2/a/orders/1"),
      ...at("suffix", "/a/export/items.json", "/export/items.json", "/export/items.json/"),
      ...at(null, "/items.json", "/aexport/items.json"),
    ],
  },
  {
    name: "a path that servers read differently escapes no limit on one of its readings",
    configuration: "limits and odd paths",
    protocols: HTTP,
    steps: [
      ...at("login", "//login", "/login;x=1"),
      ...at("api", "/api/a%2fb", "/api;v=1/a", "/api//a", "/api/%zz"),
    ],
  },
  {
    name: "a path that could be any is refused",
    configuration: "limits and odd paths",
    protocols: HTTP,
    steps: [
      ...refusedAt("/%2flogin", "/login%01", "/;/login", "/%zz", "/x%5c..%5clogin"),
      ...refusedAt("/a//../login", "/..;/login", "/%252e%252e/login", "/../login"),
      ...refusedAt("/shop/a%2fb/../../login", "/a;/%2e%2e/login"),
    ],
  },
  {
    name: "but it is not counted by limits on other paths",
    configuration: "limits and odd paths",
    protocols: HTTP,
    steps: at(
      null,
      "/shop/a%2fb",
      "/shop;color=red/a",
      "/shop//a",
      "/shop/%zz",
      "/logins/%2f",
      "//a",
      "/a%2fb",
    ),
  },
  {
    name: "requests of other paths take nothing",
    configuration: "one request of a path",
    steps: [
      ...at(null, "/", "/logout", "/login"),
      ...at("login", "/login", "/%6cogin"),
      ...at(null, "/logout"),
    ],
  },
];

const conditions: Case[] = [
  {
    name: "methods",
    configuration: "limits by method, host and header",
    protocols: HTTP,
    steps: [
      step("method", { method: "DELETE" }),
      step("method", { method: "PUT" }),
      step(null, { method: "GET" }),
      step(null, { method: "POST" }),
    ],
  },
  {
    name: "hosts",
    configuration: "limits by method, host and header",
    steps: [
      ...onHost("host", "closed.example.org", "CLOSED.example.org:8443", "closed.example.org."),
      ...onHost("host", "[::1]", "[::1]:80"),
      ...onHost(null, "open.example.org", "a.closed.example.org", "[::2]", "xclosed.example.org"),
      ...onHost("hosts-below", "a.private.example.org", "a.b.PRIVATE.example.org:1"),
      ...onHost(null, "private.example.org", "xprivate.example.org"),
      // Servers could disagree about the host.
      ...refusedOn("open.example.org:x", "open%2eexample.org"),
    ],
  },
  {
    name: "a user in front of the host",
    configuration: "limits by method, host and header",
    // Envoy's codec for HTTP/2 refuses it first.
    protocols: ["http1"],
    steps: refusedOn("user@open.example.org"),
  },
  {
    name: "headers",
    configuration: "limits by method, host and header",
    steps: [
      withFields("header", ["x-kind", "bot"]),
      withFields(null, ["x-kind", "Bot"]),
      withFields(null, ["x-kind", "bot, bot"]),
      withFields("header", ["x-kind", "person"], ["x-kind", "bot"]),
      withFields(null, ["x-kind", "person"], ["x-kind", "cat"]),
      withFields("headers", ["x-kind", "app-1"], ["x-trial", ""]),
      withFields(null, ["x-kind", "app-1"]),
      withFields(null, ["x-kind", "app-1"], ["x-trial", ""], ["x-paid", ""]),
      withFields("headers", ["x-kind", "app-1"], ["x-trial", "1"], ["x-trial", "2"]),
    ],
  },
  {
    name: "all conditions must hold",
    configuration: "limits by method, host and header",
    steps: [
      ...[
        { path: "/all", authority: "all.example.org" },
        { path: "/all", headers: [["x-all", ""]] satisfies HeaderList },
        { authority: "all.example.org", headers: [["x-all", ""]] satisfies HeaderList },
      ].map((request) => step(null, request)),
      step("all", { path: "/all", authority: "all.example.org:1", headers: [["x-all", ""]] }),
    ],
  },
  {
    name: "the first in the configuration that refuses is named",
    configuration: "limits that overlap",
    steps: [
      step("host", { path: "/a", authority: "a.example.org" }),
      step("path", { path: "/a" }),
      step("prefix", { path: "/a/b" }),
      step("rest", { path: "/b" }),
    ],
  },
];

const thousands: Case[] = [
  {
    name: "one path of a thousand",
    configuration: "a thousand limits by path",
    steps: [
      ...[0, 1, 255, 256, 999].flatMap((i) => at(`l${String(i)}`, `/shops/${String(i)}/items`)),
      ...at(null, "/shops/1000/items", "/shops/1/item", "/shops/1", "/"),
      ...at("l7", "/shops/x/../7/items"),
    ],
  },
  {
    name: "one host of a thousand",
    configuration: "a thousand limits by host",
    steps: [
      ...[0, 1, 255, 256, 999].flatMap((i) =>
        onHost(`l${String(i)}`, `SHOP-${String(i)}.example.org:443`),
      ),
      ...onHost(null, "shop-1000.example.org", "shop-.example.org", "example.org"),
      ...refusedOn("shop-1000.example.org:x"),
    ],
  },
];

const plain = await token();
const withClaim = async (
  name: string | null,
  changed: Record<string, unknown>,
  path = "/",
): Promise<CaseStep> => step(name, { path, headers: bearer(await token(changed)) });

const byClaims: Case[] = [
  {
    name: "claims of the verified token",
    configuration: "limits by claim",
    steps: await Promise.all([
      withClaim(null, {}),
      withClaim("plan", { plan: "free" }),
      withClaim(null, { plan: "Free" }),
      withClaim(null, { plan: "freedom" }),
      withClaim("tenant", { org: { tenant: "t2" } }),
      withClaim(null, { org: { tenant: "t3" } }),
      withClaim(null, { org: "t1" }),
      withClaim(null, { "org.tenant": "t1" }),
      withClaim("role", { role: "bot-1" }),
      withClaim(null, { role: "bot" }),
      withClaim("both", {}, "/both"),
      withClaim(null, { plan: "paid" }, "/both"),
      withClaim(null, { sub: "bob" }, "/both"),
    ]),
  },
  {
    name: "claims that are no texts",
    configuration: "limits by claim",
    protocols: HTTP,
    steps: await Promise.all([
      // Whole numbers and booleans are compared as they stand in the token.
      withClaim("level", { level: 7 }),
      withClaim("level", { level: "7" }),
      withClaim(null, { level: 7.5 }),
      withClaim(null, { level: 70 }),
      withClaim("admin", { admin: true }),
      withClaim("admin", { admin: "true" }),
      withClaim(null, { admin: false }),
      // Lists and objects have no value, but they are there; null is not.
      withClaim(null, { plan: ["free"] }),
      withClaim(null, { role: { "bot-1": 1 } }),
      withClaim("trial", { trial: [] }),
      withClaim("trial", { trial: {} }),
      withClaim("trial", { trial: "" }),
      withClaim("trial", { trial: false }),
      withClaim(null, { trial: null }),
    ]),
  },
  {
    name: "limits on claims come after the token, those without before it",
    configuration: "a limit by claim before one by path",
    steps: [
      step("path", { path: "/a", headers: bearer(plain) }),
      step("path", { path: "/a" }),
      step("subject", { path: "/b", headers: bearer(plain) }),
      { request: { path: "/b" }, expect: refusedByJwt("jwt:missing") },
      {
        request: { path: "/b", headers: bearer(await token({}, STRANGER)) },
        expect: refusedByJwt("jwt:key_unknown"),
      },
      // Nobody looks at tokens there, so that no claim is known.
      step(null, { path: "/open", headers: bearer(plain) }),
    ],
  },
];

export const rateLimitMatchCases: Case[] = [...paths, ...conditions, ...thousands, ...byClaims];
